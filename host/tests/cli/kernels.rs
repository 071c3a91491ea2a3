//! `ntk kernel` against `kernels.json`, and its numbers to the bit.

use host::kernels::activations::ActivationName;
use host::kernels::{KernelSpec, Kind, relu_ntk};
use ntk_core::{Architecture, Kernel, Ntk, Relu, Rows};
use serde::Deserialize;

use crate::folder::{Folder, reference};
use crate::numbers::{U, assert_near, bits, csv, largest, matrix, names};

#[derive(Deserialize)]
struct File {
    f64: Vec<Row>,
    f32: Vec<Row>,
    deep: Vec<DeepRow>,
}

#[derive(Clone, Deserialize)]
struct Row {
    x: Vec<f64>,
    y: Vec<f64>,
    nngp: f64,
    ntk: f64,
}

#[derive(Deserialize)]
struct DeepRow {
    #[serde(flatten)]
    row: Row,
    depth: u16,
    weight_variance: f64,
    bias_variance: f64,
}

fn read() -> File {
    serde_json::from_str(&reference("kernels.json")).unwrap()
}

fn norm(x: &[f64]) -> f64 {
    x.iter().map(|v| v * v).sum::<f64>().sqrt()
}

/// The printed kernel of each row's x and y: the diagonal of one cross matrix.
fn printed(rows: &[Row], options: &str) -> Vec<f64> {
    let folder = Folder::new();
    let header = names("x", rows[0].x.len());
    let points =
        |of: fn(&Row) -> &Vec<f64>| csv(&header, &rows.iter().map(|r| of(r).clone()).collect::<Vec<_>>());
    folder.write("x.csv", points(|row| &row.x));
    folder.write("y.csv", points(|row| &row.y));
    let cross = matrix(&folder.results(&format!("kernel --x x.csv --y y.csv {options}")));
    assert!(cross.len() == rows.len() && cross.iter().all(|row| row.len() == rows.len()));
    (0..rows.len()).map(|i| cross[i][i]).collect()
}

/// Ten roundings of the scale |x| |y|; `tests/reference` has the library's own, tighter bounds.
fn compare(rows: &[Row], options: &str, unit: f64) {
    for dimension in [2, 3, 8] {
        let rows: Vec<Row> = rows.iter().filter(|r| r.x.len() == dimension).cloned().collect();
        for (kind, expected) in [("ntk", (|r| r.ntk) as fn(&Row) -> f64), ("nngp", |r| r.nngp)] {
            let options = format!("--kind {kind} {options}");
            for (found, row) in printed(&rows, &options).iter().zip(&rows) {
                let scale = norm(&row.x) * norm(&row.y) * unit;
                let what = format!("{options}, {:?} and {:?}", row.x, row.y);
                assert_near(&[*found], &[expected(row)], 10.0, scale, &what);
            }
        }
    }
}

#[test]
fn both_kernels_in_double_precision() {
    compare(&read().f64, "", 1.0);
}

#[test]
fn both_kernels_in_single_precision() {
    compare(&read().f32, "--precision f32", f64::from(f32::EPSILON) / f64::EPSILON);
}

#[test]
fn depth_and_variances() {
    for DeepRow { row, depth, weight_variance, bias_variance } in read().deep.into_iter().step_by(4) {
        let options =
            format!("--depth {depth} --weight-variance {weight_variance} --bias-variance {bias_variance}");
        for (kind, expected) in [("ntk", row.ntk), ("nngp", row.nngp)] {
            let architecture = Architecture { depth, weight_variance, bias_variance };
            let ntk = Ntk::with(Relu, architecture);
            let own = |x: &[f64]| if kind == "ntk" { ntk.value(x, x) } else { ntk.nngp().value(x, x) };
            let scale = (own(&row.x) * own(&row.y)).sqrt();
            let found = printed(std::slice::from_ref(&row), &format!("--kind {kind} {options}"));
            assert_near(&found, &[expected], 2.0 * (f64::from(depth) + 1.0), scale, &options);
        }
    }
}

/// x.csv, its rows all around the plane and through space: NTKs of obtuse angles among them.
fn around(folder: &Folder) -> Vec<Vec<f64>> {
    let turn = |i: usize| (0.37 * i as f64).sin_cos();
    let points: Vec<Vec<f64>> = (0..90).map(|i| vec![turn(i).0, turn(i).1, (0.1 * i as f64).sin()]).collect();
    folder.write("x.csv", csv("x0,x1,x2", &points));
    points
}

/// What is printed with `--accurate` reads back to the very numbers that the library's kernels have.
#[test]
fn numbers_keep_their_bits() {
    let folder = Folder::new();
    let points = around(&folder);
    let narrow: Vec<Vec<f32>> = points.iter().map(|x| x.iter().map(|v| *v as f32).collect()).collect();
    let n = points.len();
    let text = folder.results("kernel --x x.csv --accurate");
    let text32 = folder.results("kernel --x x.csv --accurate --precision f32");
    assert_eq!((text.lines().count(), text32.lines().count()), (n, n));
    for (i, (line, line32)) in text.lines().zip(text32.lines()).enumerate() {
        assert_eq!(line.split(',').count(), n);
        for (j, (cell, cell32)) in line.split(',').zip(line32.split(',')).enumerate() {
            let (a, b) = (i.max(j), i.min(j)); // the Gram matrix is computed below the diagonal
            let expected = relu_ntk().value(&points[a], &points[b]);
            assert_eq!(cell.parse::<f64>().unwrap().to_bits(), expected.to_bits(), "({i}, {j}): {cell}");
            let expected = relu_ntk().value(&narrow[a], &narrow[b]);
            assert_eq!(cell32.parse::<f32>().unwrap().to_bits(), expected.to_bits(), "({i}, {j}): {cell32}");
        }
    }
}

/// Without it the NTK of ReLU and leaky ReLU comes in vectors: the library's numbers, for any number of
/// threads, of which some differ from the core's; those of other kernels never do.
#[test]
fn accuracy_matters_where_terms_cancel_and_nowhere_else() {
    let folder = Folder::new();
    let points = around(&folder);
    let (flat, n) = (points.concat(), points.len());
    let kinds = [("ntk", Kind::Ntk), ("nngp", Kind::Nngp)];
    for (name, (kind, of)) in
        ["relu", "leaky-relu:0.2", "abs", "erf"].iter().flat_map(|n| kinds.map(|k| (n, k)))
    {
        let command = format!("kernel --x x.csv --activation {name} --kind {kind}");
        let found = folder.results(&command);
        for jobs in [1, 3] {
            assert_eq!(
                folder.results(&format!("{command} --jobs {jobs}")),
                found,
                "{command}, {jobs} threads"
            );
        }
        let choice = KernelSpec {
            kind: of,
            activation: name.parse::<ActivationName>().unwrap(),
            depth: 1,
            weight_variance: 1.0,
            bias_variance: 0.0,
        };
        let mut expected = vec![0.0; n * n];
        choice.build_as(false).unwrap().gram(Rows::new(&flat, 3).unwrap(), &mut expected).unwrap();
        assert_eq!(bits(&matrix(&found).concat()), bits(&expected), "{command}");
        let same = folder.results(&format!("{command} --accurate")) == found;
        let two_roads = of == Kind::Ntk && name.contains("relu");
        assert_eq!(same, !two_roads, "{command}");
    }
}

#[test]
fn partners_default_to_the_inputs() {
    let folder = Folder::new();
    folder.write("x.csv", "x0,x1\n1,0.5\n-2,3\n0.25,0.125\n");
    folder.write("y.csv", "x0,x1\n-2,3\n");
    let gram = matrix(&folder.results("kernel --x x.csv"));
    let cross = matrix(&folder.results("kernel --x x.csv --y x.csv"));
    let all = gram.concat();
    assert_near(&cross.concat(), &all, 4.0, largest(&all), "x with itself");
    let one: Vec<f64> = matrix(&folder.results("kernel --x x.csv --y y.csv")).concat();
    assert_eq!(one, (0..3).map(|i| cross[i][1]).collect::<Vec<_>>());
    assert!((gram[0][0] - 2.5).abs() < 10.0 * U); // K(x, x) = 2 |x|^2
}
