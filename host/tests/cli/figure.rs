//! Figure 1 of rows of any kind: it shows what they hold, within its frames, and nothing else.

use host::experiment::example3::test_points;
use host::figure::svg;
use host::sweep::{Curves, Measured, Rows, Width};

use crate::folder::Folder;

const NTK: &str = "#D55E00";
const NETWORKS: &str = "#0072B2";
/// Top and bottom of the frames; left and right of that of panel (b).
const FRAMES: (f64, f64) = (82.0, 1091.0);
const PANEL_B: (f64, f64) = (1392.0, 2375.0);

/// What the figure draws in one colour: the name of the element and its points.
struct Element {
    name: String,
    points: Vec<(f64, f64)>,
}

/// The elements of a colour, every number of them checked.
fn elements(svg: &str, colour: &str) -> Vec<Element> {
    let painted = svg.split('<').filter(|element| element.contains(colour));
    painted
        .map(|element| {
            let value = |name: &str| element.split(&format!(" {name}=\"")).nth(1)?.split('"').next();
            let text = value("points").map_or_else(
                || format!("{},{}", value("cx").unwrap_or("x"), value("cy").unwrap_or("y")),
                str::to_owned,
            );
            let number = |text: &str| text.parse::<f64>().unwrap_or_else(|e| panic!("{e}: {element}"));
            let point = |text: &str| text.split_once(',').map(|(x, y)| (number(x), number(y))).unwrap();
            let points: Vec<_> = text.split_whitespace().map(point).collect();
            for (x, y) in &points {
                assert!((0.0..=3600.0).contains(x) && (FRAMES.0..=FRAMES.1).contains(y), "{element}");
            }
            Element { name: element.split(' ').next().unwrap().to_owned(), points }
        })
        .collect()
}

/// Those in panel (b), the keys of its legend included.
fn in_panel_b(svg: &str, colour: &str) -> Vec<Element> {
    let mut found = elements(svg, colour);
    found.retain(|e| e.points.iter().all(|(x, _)| (PANEL_B.0..=PANEL_B.1).contains(x)));
    found
}

fn curves(f: impl Fn(f64) -> f64) -> Curves {
    let learned = [Width::Finite(1), Width::Infinite].map(|width| (width, test_points().map(&f).collect()));
    Curves { seed: 0, samples: vec![(0.5, 0.25); 15], learned: learned.to_vec() }
}

fn rows(errors: &[(Width, &[f64])]) -> Rows {
    let measured = |test_mse| Measured {
        steps: 1,
        stop: "target".to_owned(),
        train_mse: test_mse,
        test_mse,
        tangent: None,
    };
    let of_width = |(width, errors): &(Width, &[f64])| {
        let width = *width;
        errors
            .iter()
            .enumerate()
            .map(move |(seed, e)| ((seed as u64, width), measured(*e)))
            .collect::<Vec<_>>()
    };
    errors.iter().flat_map(of_width).collect()
}

fn figure(errors: &[(Width, &[f64])]) -> String {
    let svg = svg(&["abc"], &rows(errors), &curves(|x| x)).unwrap();
    for word in ["NaN", "inf", "-2147483648"] {
        assert!(!svg.contains(word), "{word} in the figure of {errors:?}");
    }
    svg
}

const TWO: [f64; 2] = [0.2, 0.3];

#[test]
fn without_a_row_of_the_ntk_there_is_nothing_of_it() {
    let svg = figure(&[(Width::Finite(2), &TWO), (Width::Finite(32), &TWO)]);
    assert!(in_panel_b(&svg, NTK).is_empty());
    assert!(!svg.contains("NTK, ") && svg.contains("networks, 2 draws") && svg.contains("k = n = 15"));
    let networks = in_panel_b(&svg, NETWORKS);
    assert_eq!(networks.iter().filter(|e| e.name == "circle").count(), 2);
    assert_eq!(networks.iter().filter(|e| e.name == "polygon").count(), 2); // 10 to 90 %, quartiles
}

#[test]
fn with_only_the_ntk_there_is_nothing_of_networks() {
    let svg = figure(&[(Width::Infinite, &TWO)]);
    assert!(in_panel_b(&svg, NETWORKS).is_empty());
    assert!(svg.contains("NTK, 2 draws") && !svg.contains("networks, "));
    assert_eq!(in_panel_b(&svg, NTK).iter().filter(|e| e.name == "polygon").count(), 2);
}

#[test]
fn no_rows_at_all_are_an_empty_panel() {
    let svg = figure(&[]);
    assert!(in_panel_b(&svg, NTK).is_empty() && in_panel_b(&svg, NETWORKS).is_empty());
}

#[test]
fn one_draw_has_no_quantiles() {
    let svg = figure(&[(Width::Finite(8), &[0.2]), (Width::Infinite, &[0.1])]);
    assert!(
        svg.contains("networks, one draw") && svg.contains("NTK, one draw") && !svg.contains("10\u{2013}90")
    );
    assert_eq!(in_panel_b(&svg, NETWORKS).iter().filter(|e| e.name == "circle").count(), 1);
}

/// Widths at which runs diverged: no dot without a median, and a band that is open above.
#[test]
fn runs_that_diverged_have_no_place() {
    let lost: [f64; 3] = [f64::NAN, f64::INFINITY, -f64::NAN];
    let svg = figure(&[
        (Width::Finite(1), &[0.5, 0.6, 0.7]),
        (Width::Finite(2), &[0.5, 0.6, f64::INFINITY]),
        (Width::Finite(4), &lost),
        (Width::Finite(8), &[0.1, 0.2, 0.3]),
        (Width::Infinite, &[0.1, 0.2, 0.3]),
    ]);
    let networks = in_panel_b(&svg, NETWORKS);
    assert_eq!(networks.iter().filter(|e| e.name == "circle").count(), 3);
    let bands: Vec<_> = networks.iter().filter(|e| e.name == "polygon").collect();
    assert!(bands.len() == 2 && bands.iter().all(|band| band.points.iter().any(|(_, y)| *y == FRAMES.0)));

    let svg = figure(&[(Width::Finite(1), &lost), (Width::Finite(64), &lost), (Width::Infinite, &lost)]);
    assert!(in_panel_b(&svg, NTK).is_empty() && in_panel_b(&svg, NETWORKS).is_empty());
    figure(&[(Width::Finite(1), &[0.0]), (Width::Finite(2), &[1e-300]), (Width::Infinite, &[1e300])]);
}

/// Learned functions end at the frame; they do not run along it.
#[test]
fn curves_that_leave_the_frame_end_there() {
    let rows = rows(&[(Width::Infinite, &TWO)]);
    for f in
        [|x: f64| 30.0 * x, |x: f64| 5.0 - 1e6 * x * x, |x: f64| 1e300 * x, |x: f64| 1.0 / (x - 0.3).max(0.0)]
    {
        let svg = svg(&["abc"], &rows, &curves(f)).unwrap();
        for colour in ["#CC79A7", NTK] {
            for element in elements(&svg, colour).iter().filter(|e| e.points[0].0 > 2400.0) {
                let runs = |limit: f64| {
                    element
                        .points
                        .windows(2)
                        .any(|p| p[0].1 == limit && p[1].1 == limit && p[0].0 + 2.0 < p[1].0)
                };
                assert!(!runs(FRAMES.0) && !runs(FRAMES.1), "{:?}", element.points);
            }
        }
        assert!(!svg.contains("NaN"));
    }
}

/// The parts of a divided sweep, as the program draws them.
#[test]
fn each_part_of_a_sweep_has_its_figure() {
    let folder = Folder::new();
    for part in 1..=4 {
        let options = "--widths 1,16 --seeds 2 --max-steps 50";
        folder.results(&format!("sweep {options} --shard {part}/4 --out part{part}"));
        let csv = folder.text(&format!("part{part}/sweep.csv"));
        let svg = folder.text(&format!("part{part}/figure1.svg"));
        assert_eq!(in_panel_b(&svg, NTK).is_empty(), !csv.contains(",inf,"), "{csv}");
        assert!(!svg.contains("NaN"));
    }
}

/// Figure 2 of a small sweep: every panel has its lines inside of its own frame, and every value can be read.
#[test]
fn the_second_figure_shows_what_was_measured() {
    let folder = Folder::new();
    folder.results("sweep --widths 4,8,16 --seeds 3 --samples 4 --max-steps 300 --target-mse 0.5 --out s");
    let svg = folder.text("s/figure2.svg");
    for caption in ["(d) steps", "(e) change", "(f) Hessian", "(g) trained"] {
        assert!(svg.contains(caption), "{caption}");
    }
    let said: Vec<&str> =
        svg.split("<title>").skip(1).filter_map(|rest| rest.split("</title>").next()).collect();
    // ReLU on the circle has sqrt(2 / k), whatever the draw; at k = 8 that is 1/2.
    let hessian =
        "k = 8: median 0.5000, quartiles 0.5000 to 0.5000, 10\u{2013}90 % 0.5000 to 0.5000, 3 draws";
    assert!(said.contains(&hessian), "{said:?}");
    assert!(svg.contains("ReLU: slope \u{2212}0.500"), "the exponent of Proposition 1");
    assert!(said.len() >= 3 * 5 && !svg.contains("NaN"), "{said:?}");
}
