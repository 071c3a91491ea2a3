//! Hostile input: every refusal is a value, says where, and leaves things usable.

#![cfg_attr(any(target_os = "none", target_arch = "wasm32"), no_std, no_main)]

use device::samples::{example_3, network};
use device::suite;
use ntk_core::regression::bytes::{Contents, FileError, Flash};
use ntk_core::regression::{Fixed, WhenFull};
use ntk_core::train::{StopReason, StopRule, descend, workspace_len};
use ntk_core::{
    Architecture, Cholesky, Dataset, EmpiricalNtk, Error, Identity, Kernel, Linearized, Network, Nngp, Ntk,
    Params, Quantity, Regression, Relu, Sensor, Setting, Tanh, hessian, largest_eigenvalue,
};

const BAD: [f32; 3] = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY];

type Model<const D: usize, const N: usize> = Regression<Ntk<Relu>, Fixed<f32, D, N>>;

fn empty<const D: usize, const N: usize>() -> Model<D, N> {
    Regression::new(Ntk::new(Relu), Fixed::new())
}

/// A model with three samples.
fn fitted() -> Model<2, 4> {
    let mut model = empty();
    model.fit(&[[0.0, 1.0], [0.5, 1.0], [1.0, 1.0]], &[1.0, 2.0, 2.5], 0.0).unwrap();
    model
}

suite! {
    fn bad_numbers_in_a_data_set_are_named() {
        for bad in BAD {
            let (x, y) = ([[0.0, 1.0], [bad, 1.0]], [[1.0f32], [2.0]]);
            assert_eq!(Dataset::new(&x, &y), Err(Error::NotFinite { what: Quantity::X, row: 1, column: 0 }));
            let (x, y) = ([[0.0f32, 1.0], [0.5, 1.0]], [[bad], [2.0]]);
            assert_eq!(Dataset::new(&x, &y), Err(Error::NotFinite { what: Quantity::Y, row: 0, column: 0 }));
        }
    }

    fn bad_numbers_come_out_of_kernels_as_bad_numbers() {
        let network = network::<f32, _, 2, 5, 1>(Tanh, 1);
        let empirical = EmpiricalNtk::new(&network, 0).unwrap();
        let deep = Ntk::with(Relu, Architecture::ONE_LAYER.depth(3).bias(0.5f32));
        for bad in BAD {
            let (x, y) = ([bad, 1.0], [1.0, 2.0]);
            assert!(!Ntk::new(Relu).value(&x, &y).is_finite() && !Nngp::new(Relu).value(&x, &y).is_finite());
            assert!(!deep.value(&x, &y).is_finite());
            assert!(!empirical.value(&x, &y).is_finite());
        }
        assert!(empirical.value(&[1.0; 3], &[1.0; 2]).is_nan());
    }

    fn the_zero_vector_has_kernel_zero() {
        let (zero, x) = ([0.0f32; 3], [1.0, 2.0, 3.0]);
        assert_eq!(Ntk::new(Relu).value(&zero, &x), 0.0);
        assert_eq!(Nngp::new(Relu).value(&zero, &zero), 0.0);
        assert_eq!(Ntk::with(Relu, Architecture::ONE_LAYER.depth(4)).value(&zero, &x), 0.0);
        let mut model = empty::<3, 2>();
        assert!(model.fit(&[zero, x], &[1.0, 2.0], 0.0).is_err());
        model.fit(&[zero, x], &[1.0, 2.0], 0.1).unwrap();
        assert_eq!(model.mean(&zero), Ok(0.0));
        assert!(model.predict(&zero).is_ok_and(|at| at.deviation == 0.0 && at.novelty == 0.0));
    }

    fn duplicates_need_a_ridge() {
        let (x, y) = ([[0.6, 0.8], [1.0, 0.0], [0.6, 0.8]], [1.0, 2.0, 3.0]);
        let (mut model, mut empty) = (fitted(), empty::<2, 4>());
        let refused = Err(Error::Coincident { first: 0, second: 2 });
        assert_eq!((model.fit(&x, &y, 0.0), empty.fit(&x, &y, 0.0)), (refused, refused));
        let refused = Err(Error::RidgeTooSmall { sample: 0 }); // it would be lost in rounding
        assert_eq!((model.fit(&x, &y, 1e-9), empty.fit(&x, &y, 1e-9)), (refused, refused));
        assert_eq!(model.predict(&x[0]), fitted().predict(&x[0]));
        assert_eq!(empty.mean(&x[0]), Err(Error::NotFitted));
        assert_eq!(model.fit_empty(&x, &y, 0.01), Err(Error::AlreadyFitted));
        model.clear();
        assert_eq!(model.mean(&x[0]), Err(Error::NotFitted));
        model.fit_empty(&x, &y, 0.01).unwrap();
        assert!((model.mean(&x[0]).unwrap() - 2.0).abs() < 0.05);
    }

    fn full_capacity_and_one_more() {
        let (x, y) = example_3::<f32, 5>(2);
        let mut model = fitted();
        let refused = model.fit(&x, &y, 0.01);
        assert_eq!(refused, Err(Error::Capacity { capacity: 4, found: 5 }));
        assert_eq!(model.len(), 3);
        assert!((model.mean(&[0.5, 1.0]).unwrap() - 2.0).abs() < 1e-4);
        model.fit(&x[..4], &y[..4], 0.01).unwrap();
        assert_eq!(model.len(), 4);
        assert!(model.leave_one_out(3).is_ok() && model.leave_one_out(4).is_err());
        assert!(model.amplitude(1).is_err() && model.leave_one_out(usize::MAX).is_err());
        assert!(model.push(&x[4], y[4][0], WhenFull::Refuse).is_err());
        let mut cholesky = Cholesky::<f32, 4>::new();
        let identity = |i, j| if i == j { 1.0 } else { 0.0 };
        cholesky.factor(4, 0.0, identity).unwrap();
        assert_eq!(cholesky.factor(5, 0.0, identity), Err(Error::Capacity { capacity: 4, found: 5 }));
        assert_eq!(cholesky.view().len(), 4);
    }

    fn bad_ridges_and_queries_leave_the_model_alone() {
        let mut model = fitted();
        let (x, y) = ([[0.0, 1.0], [0.5, 1.0]], [1.0, 2.0]);
        for bad in BAD.into_iter().chain([-1e-6]) {
            assert_eq!(model.fit(&x, &y, bad), Err(Error::OutOfRange(Setting::Ridge)));
            assert_eq!(model.set_amplitude(Some(bad)), Err(Error::OutOfRange(Setting::Amplitude)));
        }
        for bad in BAD {
            assert_eq!(model.predict(&[1.0, bad]), Err(Error::NotFinite { what: Quantity::X, row: 0, column: 1 }));
        }
        assert_eq!(model.len(), 3);
        assert!(model.log_marginal_likelihood(0).unwrap().is_finite());
        assert!(model.log_marginal_likelihood(1).is_err());
    }

    fn architectures_are_checked_by_a_fit() {
        let of = |kernel| Regression::new(kernel, Fixed::<f32, 1, 2>::new()).fit(&[0.0, 1.0], &[1.0, 2.0], 0.1);
        let usual = Architecture::ONE_LAYER;
        assert_eq!(of(Ntk::with(Relu, usual.bias(0.1))), Ok(()));
        assert_eq!(of(Ntk::with(Relu, usual.depth(0))), Err(Error::OutOfRange(Setting::Depth)));
        for bad in BAD {
            assert_eq!(of(Ntk::with(Relu, usual.weights(bad))), Err(Error::OutOfRange(Setting::WeightVariance)));
            assert_eq!(of(Ntk::with(Relu, usual.bias(bad))), Err(Error::OutOfRange(Setting::BiasVariance)));
        }
    }

    fn levels_that_no_interval_has() {
        let model = fitted();
        let intervals = model.intervals().unwrap();
        assert_eq!(intervals.at(&[0.5, 1.0], 0.9), Err(Error::TooFewSamples { needed: 9, found: 3 }));
        for bad in BAD.into_iter().chain([0.0, 1.0]) {
            assert_eq!(intervals.at(&[0.5, 1.0], bad), Err(Error::OutOfRange(Setting::Level)));
        }
        for bad in BAD {
            assert!(intervals.at(&[bad, 1.0], 0.5).is_err() && intervals.p_value(&[0.5, 1.0], bad).is_err());
        }
        assert!(empty::<2, 4>().intervals().is_err());
    }

    fn a_sensor_stays_as_it_was_when_a_fit_fails() {
        let x: [f32; 9] = core::array::from_fn(|i| i as f32);
        let y = x;
        let mut sensor = Sensor::<1, 9>::new();
        assert_eq!(sensor.read(&[1.0], 0.9), Err(Error::NotFitted));
        sensor.fit(&x, &y).unwrap();
        let before = sensor.read(&[1.0], 0.9);
        for bad in BAD {
            let mut bad_x = x;
            bad_x[3] = bad;
            assert!(sensor.fit(&bad_x, &y).is_err() && sensor.fit(&x, &bad_x).is_err());
            assert!(sensor.push(&[bad], 1.0, WhenFull::DropOldest).is_err() && sensor.read(&[bad], 0.9).is_err());
        }
        assert!(sensor.fit(&x, &y[..8]).is_err());
        assert_eq!(sensor.read(&[1.0], 0.9), before);
        sensor.fit(&x, &[7.0; 9]).unwrap(); // nothing to learn is no error
        assert!(sensor.mean(&[3.5]).is_ok_and(|mean| mean == 7.0));
        sensor.fit(&[1013.25; 9], &y).unwrap(); // nor is a reading that does not change
        assert!(sensor.mean(&[1013.25]).is_ok_and(|mean| (mean - 4.0).abs() < 0.1));
    }

    fn a_file_of_means_has_no_deviations() {
        let (model, mut bytes) = (fitted(), [0; 200]);
        let length = model.write(Contents::Means, &mut bytes).unwrap();
        let stored = Regression::<Ntk<Relu>, Flash<'_, f32, 2, 4>>::open(&bytes[..length]).unwrap();
        assert_eq!(stored.mean(&[0.5, 1.0]), model.mean(&[0.5, 1.0]));
        assert_eq!(stored.predict(&[0.5, 1.0]), Err(Error::MeansOnly));
        assert_eq!(empty::<2, 4>().load(&bytes[..length]), Err(FileError::MeansOnly));
        assert!(Sensor::<2, 4>::new().load(&bytes[..length]).is_err());
    }

    fn matrices_that_are_not_positive_definite() {
        let mut cholesky = Cholesky::<f32, 2>::new();
        for bad in BAD.into_iter().chain([0.0, -1.0]) {
            let refused = cholesky.factor(2, 0.0, |i, j| if i == j { [1.0, bad][i] } else { 0.0 });
            assert!(matches!(refused, Err(Error::NotPositiveDefinite { pivot: 1, .. })));
            assert!(cholesky.view().is_empty());
        }
        for bad in BAD {
            assert!(largest_eigenvalue(&[1.0, bad, bad, 1.0], 2, &mut [0.0; 4]).is_err());
        }
    }

    fn lengths_that_do_not_fit() {
        let mut network = network::<f32, _, 2, 5, 1>(Tanh, 3);
        let mut other = Params::<f32, 3, 5>::zero();
        assert!(network.value(&[1.0; 3], 0).is_err() && network.value(&[1.0; 2], 1).is_err());
        assert!(network.gradient(&[1.0; 2], 0, &mut other).is_err());
        assert!(network.tangent(&[1.0; 2], &other, 0).is_err());
        assert!(Linearized::new(&network, other).is_err());
        assert!(hessian::block(&network, &[1.0; 2], 5, 0).is_err());
        assert!(hessian::eigenvalues(&network, &[1.0; 2], 0, &mut [0.0; 9]).is_err());
        let (x, y) = ([[1.0f32; 3]; 2], [[1.0f32]; 2]);
        let rule = StopRule { target_mse: None, patience: None, max_steps: 1 };
        let mut memory = [0.0; workspace_len(2, 3, 1)];
        let data = Dataset::new(&x, &y).unwrap();
        assert!(descend(&mut network, &data, 0.1, &rule, &mut memory, |_, _| true).is_err());
    }

    fn training_that_diverges_stops() {
        let (x, y) = example_3::<f32, 4>(4);
        let data = Dataset::new(&x, &y).unwrap();
        let rule = StopRule { target_mse: Some(1e-3), patience: None, max_steps: 1000 };
        let mut memory = [0.0; workspace_len(4, 2, 1)];
        let mut fast: Network<_, Params<f32, 2, 8>> = network(Identity, 5);
        let outcome = descend(&mut fast, &data, 1e6, &rule, &mut memory, |_, _| true).unwrap();
        assert_eq!(outcome.reason, StopReason::Diverged);
        for bad in BAD.into_iter().chain([0.0, -0.1]) {
            assert!(descend(&mut fast, &data, bad, &rule, &mut memory, |_, _| true).is_err());
        }
    }
}
