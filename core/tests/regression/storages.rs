//! A model in arrays and one in a lent slice: the same bits, and neither changes when it refuses.

use ntk_core::random::uniform;
use ntk_core::regression::bytes::Contents;
use ntk_core::regression::{Criterion, Fixed, Flat, Variances, WhenFull};
use ntk_core::{Architecture, Erf, Error, Ntk, Regression};

use crate::support::growing::{held_in, random_samples};
use crate::support::{normal_points, rng};

const N: usize = 6;
const SHAPE: [usize; 3] = [2, N, 2];

type Network = Ntk<Erf, Architecture<f64>>;
type InArrays = Regression<Network, Fixed<f64, 2, N, [f64; 2]>>;
type InSlice<'m> = Regression<Network, Flat<f64, &'m mut Vec<f64>>>;

const KERNEL: Network = Ntk::with(Erf, Architecture::ONE_LAYER.bias(0.3));

/// Every answer of both, bit for bit.
fn same_answers(arrays: &InArrays, slice: &InSlice<'_>) {
    let n = arrays.len();
    let (mut work, mut mean) = (vec![0.0; n], [0.0; 2]);
    let (mut low, mut high, mut p) = ([0.0; 2], [0.0; 2], [0.0; 2]);
    assert_eq!(slice.drift().to_bits(), arrays.drift().to_bits());
    for output in 0..3 {
        assert_eq!(slice.amplitude(output), arrays.amplitude(output));
        assert_eq!(slice.log_marginal_likelihood(output), arrays.log_marginal_likelihood(output));
    }
    for i in 0..=n {
        let found = slice.leave_one_out_into(i, &mut work, &mut mean);
        let expected = arrays.leave_one_out(i);
        assert_eq!(found.map(|_| mean), expected.map(|e| e.mean));
        let scaled = found.map(|d| [0, 1].map(|output| d * slice.amplitude(output).unwrap()));
        assert_eq!(scaled, expected.map(|e| e.deviation));
        assert_eq!(slice.novelty_of_into(i, &mut work), arrays.novelty_of(i));
    }
    for x in normal_points::<f64, 2, 3>(&mut rng(3)) {
        let expected = arrays.predict(&x).unwrap();
        let found = slice.predict_into(&x, &mut work, &mut mean).unwrap();
        assert_eq!((mean, found.novelty), (expected.mean, expected.novelty));
        for output in 0..2 {
            let amplitude = slice.amplitude(output).unwrap();
            assert_eq!(found.deviation * amplitude, expected.deviation[output]);
            assert_eq!(found.observation_deviation * amplitude, expected.observation_deviation[output]);
        }
        slice.mean_into(&x, &mut work, &mut mean).unwrap();
        assert_eq!(Ok(mean), arrays.mean(&x));
        let mut gradient = [0.0; 2];
        slice.mean_gradient_into(&x, 1, &mut gradient).unwrap();
        assert_eq!(Ok(gradient), arrays.mean_gradient(&x, 1));
        let ensemble = slice.ensemble_deviation_into(&KERNEL.nngp(), &x, &mut work);
        assert_eq!(ensemble, arrays.ensemble_deviation(&KERNEL.nngp(), &x));
        let (mut variances, mut space) = (vec![0.0; n], vec![0.0; 3 * n]);
        let expected = arrays.intervals().unwrap();
        let intervals = slice.intervals_into(&mut variances).unwrap();
        let found = intervals.at_into(&x, 0.6, &mut space, &mut low, &mut high);
        assert_eq!(found.map(|()| (low, high)), expected.at(&x, 0.6).map(|at| (at.low, at.high)));
        let found = intervals.p_value_into(&x, &[0.1, -2.0], &mut work, &mut p);
        assert_eq!(found.map(|()| p), expected.p_value(&x, [0.1, -2.0]));
    }
}

/// One change of both, drawn at random; both must say the same.
fn change(
    arrays: &mut InArrays,
    slice: &mut InSlice<'_>,
    rng: &mut rand_chacha::ChaCha8Rng,
) -> Result<(), Error> {
    let mut below = |n: usize| (uniform::<f64, _>(rng).abs() * n as f64) as usize;
    let (choice, index, other) = (below(14), below(N + 1), below(60));
    let (x, mut y) = random_samples::<f64>(1, rng)[0];
    if other % 7 == 0 {
        y[0] = f64::NAN;
    }
    let criterion =
        [Criterion::LeaveOneOut, Criterion::LeaveOneOutDensity, Criterion::MarginalLikelihood][other % 3];
    let policy = [WhenFull::Refuse, WhenFull::DropOldest, WhenFull::DropRedundant][other % 3];
    match choice {
        0..6 => {
            let (a, b) = (arrays.push(&x, y, policy), slice.push(&x, &y, policy));
            assert_eq!(a, b);
            a.map(drop)
        }
        6 => {
            let (a, b) = (arrays.remove(index), slice.remove(index));
            assert_eq!(a, b);
            a
        }
        7 => {
            let (a, b) = (arrays.replace(index, &x, y), slice.replace(index, &x, &y));
            assert_eq!(a, b);
            a
        }
        8 => {
            let ridge = [0.0, 1e-3, 0.3, f64::NAN][other % 4];
            let (a, b) = (arrays.set_ridge(ridge), slice.set_ridge(ridge));
            assert_eq!(a, b);
            a
        }
        9 => {
            let (a, b) = (arrays.refine(), slice.refine());
            assert_eq!(a, b);
            a.map(drop)
        }
        10 => {
            let (a, b) = (arrays.tune_ridge(criterion), slice.tune_ridge(criterion));
            assert_eq!(a, b);
            a.map(drop)
        }
        11 => {
            let which = [Variances::Bias, Variances::Weight, Variances::Both][index % 3];
            let (a, b) = (arrays.tune_variances(criterion, which), slice.tune_variances(criterion, which));
            assert_eq!(a, b);
            a.map(drop)
        }
        12 => {
            let amplitude = [None, Some(0.5), Some(-1.0)][other % 3];
            let (a, b) = (arrays.set_amplitude(amplitude), slice.set_amplitude(amplitude));
            assert_eq!(a, b);
            a
        }
        _ => {
            let count = 1 + other % (N + 1);
            let (x, y): (Vec<_>, Vec<_>) = random_samples::<f64>(count, rng).into_iter().unzip();
            let (a, b) =
                (arrays.fit(x.as_slice(), y.as_slice(), 0.02), slice.fit(x.as_slice(), y.as_slice(), 0.02));
            assert_eq!(a, b);
            a
        }
    }
}

#[test]
fn a_history_in_arrays_and_in_a_lent_slice() {
    let mut memory = vec![f64::NAN; Flat::<f64>::len(2, N, 2)]; // what was there does not matter
    let mut arrays = InArrays::new(KERNEL, Fixed::new());
    let mut slice = Regression::new(KERNEL, Flat::new(2, N, 2, &mut memory).unwrap());
    let rng = &mut rng(21);
    let mut refused = 0;
    for step in 0..1_500 {
        let before = [held_in(&arrays, SHAPE), held_in(&slice, SHAPE)];
        let result = change(&mut arrays, &mut slice, rng);
        let after = [held_in(&arrays, SHAPE), held_in(&slice, SHAPE)];
        assert_eq!(after[0], after[1], "step {step}");
        if result.is_err() {
            refused += 1;
            assert_eq!(after, before, "step {step}: {result:?}");
        }
        if step % 10 == 0 && !arrays.is_empty() {
            same_answers(&arrays, &slice);
        }
    }
    assert!(refused > 100 && refused < 1_000, "{refused}");
}

#[test]
fn files_of_both_are_the_same_and_either_reads_them() {
    let (x, y): (Vec<_>, Vec<_>) = random_samples::<f64>(5, &mut rng(4)).into_iter().unzip();
    let [mut memory, mut other_memory] = [(); 2].map(|()| vec![0.0; Flat::<f64>::len(2, N, 2)]);
    let mut arrays = InArrays::new(KERNEL, Fixed::new());
    let mut slice = Regression::new(KERNEL, Flat::new(2, N, 2, &mut memory).unwrap());
    arrays.fit(x.as_slice(), y.as_slice(), 0.02).unwrap();
    slice.fit(x.as_slice(), y.as_slice(), 0.02).unwrap();
    for contents in [Contents::Means, Contents::Everything] {
        let length = arrays.written_len(contents);
        assert_eq!(slice.written_len(contents), length);
        let [mut a, mut b] = [(); 2].map(|()| vec![0; length]);
        assert_eq!((arrays.write(contents, &mut a), slice.write(contents, &mut b)), (Ok(length), Ok(length)));
        assert_eq!(a, b);
        let mut loaded = Regression::new(KERNEL, Flat::new(2, N, 2, &mut other_memory).unwrap());
        let (mut one, mut two) = ([0.0; 2], [0.0; 2]);
        let result = loaded.load_into(&a, [&mut one, &mut two]);
        if contents == Contents::Everything {
            assert_eq!(result, Ok(()));
            assert_eq!(held_in(&loaded, SHAPE), held_in(&arrays, SHAPE));
            same_answers(&arrays, &loaded);
            a[60] ^= 1;
            let before = held_in(&loaded, SHAPE);
            assert!(loaded.load_into(&a, [&mut one, &mut two]).is_err());
            assert_eq!(held_in(&loaded, SHAPE), before);
        } else {
            assert!(result.is_err() && loaded.is_empty());
        }
    }
}

/// The parts of a block are shown by name, in the order in which they are in memory; none is left out.
#[test]
fn a_block_is_shown_by_its_parts() {
    let parts =
        [("x", 6), ("lengths", 6), ("matrix", 9), ("reciprocals", 3), ("labels", 12), ("coefficients", 12)];
    let parts = parts.into_iter().chain([("amplitudes", 4), ("scratch", 24)]);
    for noise in [0, 4] {
        let mut next = 0..;
        let mut fields = Vec::new();
        for (name, count) in parts.clone().chain([("noise", noise)]) {
            let numbers: Vec<String> = next.by_ref().take(count).map(|i: u32| format!("{i}.0")).collect();
            fields.push(format!("{name}: [{}]", numbers.join(", ")));
        }
        let block: Vec<f64> = (0..next.next().unwrap()).map(f64::from).collect();
        let found = if noise == 0 {
            format!("{:?}", Flat::new(2, 3, 4, block).unwrap())
        } else {
            format!("{:?}", Flat::with_noise(2, 3, 4, block).unwrap())
        };
        assert_eq!(found, format!("Flat {{ {} }}", fields.join(", ")));
    }
}
