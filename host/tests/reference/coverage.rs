//! The defaults of `Sensor` on measured data: the share of new observations that its intervals hold, and how
//! wide they are.

use std::fmt::Write;
use std::fs;

use ntk_core::{Error, Rows, Scalar, Sensor};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::data;
use crate::left_out::samples;

/// Data sets and their number of inputs.
const SETS: [(&str, usize); 18] = [
    ("bennett5", 1),
    ("berger1", 1),
    ("chwirut1", 1),
    ("chwirut2", 1),
    ("eckerle4", 1),
    ("enso", 1),
    ("filip", 1),
    ("hahn1", 1),
    ("kirby2", 1),
    ("linewidth", 1),
    ("loadcell", 1),
    ("nelson", 2),
    ("norris", 1),
    ("pontius", 1),
    ("roszman1", 1),
    ("spiegel", 1),
    ("thurber", 1),
    ("type_k", 1),
];

/// Numbers of samples that are learned. A size is passed over in a set with fewer than [`LEAST`] rows beside
/// them.
const SIZES: [usize; 3] = [15, 20, 24];

/// Random splits of each set at each size: `ChaCha8`, seed the size, stream the set's place in [`SETS`].
const SPLITS: usize = 20;

/// The least and the largest number of samples that a split holds out.
const LEAST: usize = 8;
const MOST: usize = 50;

const LEVEL: f64 = 0.9;

/// What some splits of a set have shown.
#[derive(Clone, Default)]
struct Outcome {
    /// Held-out samples inside of their intervals.
    inside: usize,
    /// Half-width of the interval of each held-out sample.
    half_widths: Vec<f64>,
    /// |value - label| of each held-out sample.
    errors: Vec<f64>,
    /// Leave-one-out errors of the samples that were learned.
    left_out: Vec<f64>,
}

impl Outcome {
    /// In percent.
    fn coverage(&self) -> f64 {
        100.0 * self.inside as f64 / self.errors.len() as f64
    }

    /// The median half-width over the 90 % quantile of the errors.
    fn ratio(&self) -> f64 {
        quantile(&self.half_widths, 0.5) / quantile(&self.errors, LEVEL)
    }

    /// The median leave-one-out error over the median error.
    fn left_out(&self) -> f64 {
        quantile(&self.left_out, 0.5) / quantile(&self.errors, 0.5)
    }

    fn add(&mut self, other: &Self) {
        self.inside += other.inside;
        self.half_widths.extend(&other.half_widths);
        self.errors.extend(&other.errors);
        self.left_out.extend(&other.left_out);
    }
}

/// Linear between its neighbours in order.
fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = share * (sorted.len() - 1) as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    below + (above - below) * place.fract()
}

/// Puts `count` of the rows, drawn at random, in front of the others.
fn shuffle(rows: &mut [usize], count: usize, rng: &mut ChaCha8Rng) {
    for i in 0..count {
        let others = (rows.len() - i) as u128;
        rows.swap(i, i + ((u128::from(rng.next_u64()) * others) >> 64) as usize);
    }
}

/// Learns n samples in T and reads others; the splits are the same in each precision.
fn measured<T: Scalar, const D: usize>(set: usize, n: usize, x: &[f64], y: &[f64]) -> Outcome {
    let rounded = |values: &[f64]| values.iter().map(|&v| T::from_f64(v)).collect::<Vec<T>>();
    let (x, y) = (rounded(x), rounded(y));
    let row = |i: usize| std::array::from_fn::<T, D, _>(|column| x[i * D + column]);
    let mut rng = ChaCha8Rng::seed_from_u64(n as u64);
    rng.set_stream(set as u64);
    let (mut rows, last): (Vec<usize>, _) = ((0..y.len()).collect(), y.len().min(n + MOST));
    let (mut outcome, mut sensor) = (Outcome::default(), Sensor::<D, 24, T>::new());
    for _ in 0..SPLITS {
        shuffle(&mut rows, last, &mut rng);
        let inputs: Vec<T> = rows[..n].iter().flat_map(|&i| row(i)).collect();
        let labels: Vec<T> = rows[..n].iter().map(|&i| y[i]).collect();
        sensor.fit(Rows::new(&inputs, D).unwrap(), Rows::new(&labels, 1).unwrap()).unwrap();
        for (i, label) in labels.iter().enumerate() {
            let left_out = sensor.leave_one_out(i).unwrap();
            outcome.left_out.push((left_out.mean.to_f64() - label.to_f64()).abs());
        }
        for &i in &rows[n..last] {
            let reading = sensor.read(&row(i), T::from_f64(LEVEL)).unwrap();
            let [value, low, high, label] = [reading.value, reading.low, reading.high, y[i]].map(T::to_f64);
            outcome.inside += usize::from(low <= label && label <= high);
            outcome.half_widths.push((high - low) / 2.0);
            outcome.errors.push((value - label).abs());
        }
    }
    outcome
}

/// What a set has shown: at each size, and all sizes together.
struct Shown {
    sizes: [Option<Outcome>; SIZES.len()],
    all: Outcome,
}

/// All sets in T.
fn all<T: Scalar>() -> Vec<Shown> {
    let of_set = |(set, (name, inputs)): (usize, (&str, usize))| {
        let (x, y) = samples(name, inputs);
        let measured = if inputs == 1 { measured::<T, 1> } else { measured::<T, 2> };
        let sizes = SIZES.map(|n| (y.len() >= n + LEAST).then(|| measured(set, n, &x, &y)));
        let mut all = Outcome::default();
        sizes.iter().flatten().for_each(|outcome| all.add(outcome));
        Shown { sizes, all }
    };
    SETS.into_iter().enumerate().map(of_set).collect()
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let values: Vec<f64> = values.collect();
    values.iter().sum::<f64>() / values.len() as f64
}

const HEAD: &str = "\
| set | n = 15 | n = 20 | n = 24 | all | ratio | all, `f64` | ratio, `f64` | left out |
|---|---|---|---|---|---|---|---|---|
";

/// The table of the page: coverage at each size in `f32`, then all sizes together in `f32` and `f64`.
fn table(single: &[Shown], double: &[Shown]) -> String {
    let mut table = HEAD.to_owned();
    for ((name, _), (single, double)) in SETS.iter().zip(single.iter().zip(double)) {
        write!(table, "| {name} |").unwrap();
        for outcome in &single.sizes {
            match outcome {
                Some(outcome) => write!(table, " {:.1} |", outcome.coverage()).unwrap(),
                None => table.push_str(" |"),
            }
        }
        let (single, double) = (&single.all, &double.all);
        let (coverage, ratio, left_out) = (single.coverage(), single.ratio(), single.left_out());
        write!(table, " {coverage:.1} | {ratio:.2} | {:.1} |", double.coverage()).unwrap();
        writeln!(table, " {:.2} | {left_out:.2} |", double.ratio()).unwrap();
    }
    write!(table, "| mean |").unwrap();
    for size in 0..SIZES.len() {
        let of_size = single.iter().filter_map(|shown| shown.sizes[size].as_ref());
        write!(table, " {:.1} |", mean(of_size.map(Outcome::coverage))).unwrap();
    }
    let of = |all: &[Shown], what: fn(&Outcome) -> f64| mean(all.iter().map(|shown| what(&shown.all)));
    write!(table, " {:.1} | {:.2} |", of(single, Outcome::coverage), of(single, Outcome::ratio)).unwrap();
    write!(table, " {:.1} | {:.2} |", of(double, Outcome::coverage), of(double, Outcome::ratio)).unwrap();
    writeln!(table, " {:.2} |", of(single, Outcome::left_out)).unwrap();
    table
}

/// Bounds on both sides: an interval that is too wide is wrong as well. All sizes of a set together: 20
/// splits of one size are too few, their coverage has a standard error of 2 points and more.
fn check(scalar: &str, all: &[Shown]) {
    for ((name, _), Shown { all, .. }) in SETS.iter().zip(all) {
        let (coverage, ratio) = (all.coverage(), all.ratio());
        assert!((84.0..=97.0).contains(&coverage), "{name} in {scalar}: coverage {coverage} %");
        assert!(ratio <= 2.5, "{name} in {scalar}: ratio {ratio}");
    }
    let coverage = mean(all.iter().map(|shown| shown.all.coverage()));
    assert!((88.0..=95.0).contains(&coverage), "mean coverage in {scalar} {coverage} %");
    let ratio = mean(all.iter().map(|shown| shown.all.ratio()));
    assert!(ratio <= 1.3, "mean ratio in {scalar} {ratio}");
}

#[test]
fn the_intervals_of_the_defaults_hold_on_measured_data() {
    let (single, double) = (all::<f32>(), all::<f64>());
    let table = table(&single, &double);
    println!("{table}");
    check("f32", &single);
    check("f64", &double);
    let page = fs::read_to_string(data::path("../../docs/defaults.md")).unwrap();
    let (_, rest) = page.split_once("<!-- coverage: host/tests/reference/coverage.rs -->\n").unwrap();
    let (quoted, _) = rest.split_once("<!-- end of coverage -->").unwrap();
    assert!(quoted == table, "docs/defaults.md must hold this table:\n{table}");
}

/// The rest of what the page says, with nine samples of x + sin 3x.
#[test]
fn the_page_is_right_about_few_samples_constants_and_extrapolation() {
    let x: [f32; 9] = std::array::from_fn(|i| (i as f32 - 4.0) / 4.0);
    let y = x.map(|x| x + (3.0 * x).sin());
    let mut sensor = Sensor::<1, 9>::new();
    sensor.fit(&x[..8], &y[..8]).unwrap();
    assert_eq!(sensor.read(&[0.1], 0.9), Err(Error::TooFewSamples { needed: 9, found: 8 }));
    sensor.fit(&x, &y).unwrap();
    assert_eq!(sensor.read(&[0.1], 0.95), Err(Error::TooFewSamples { needed: 19, found: 9 }));

    let far = [16.0, 32.0, 64.0].map(|x| sensor.read(&[x], 0.9).unwrap());
    let slopes = [(far[1].value - far[0].value) / 16.0, (far[2].value - far[1].value) / 32.0];
    assert!((slopes[1] / slopes[0] - 1.0).abs() < 0.01, "{slopes:?}");
    assert!(far.iter().all(|reading| reading.familiarity == 0.1), "{far:?}");

    sensor.fit(&x, &[5.3; 9]).unwrap();
    let reading = sensor.read(&[0.1], 0.9).unwrap();
    assert_eq!([reading.low, reading.value, reading.high, reading.deviation], [5.3, 5.3, 5.3, 0.0]);
    assert_eq!([5.3, 5.31].map(|y| sensor.p_value(&[0.1], y)), [Ok(1.0), Ok(0.1)]);
}
