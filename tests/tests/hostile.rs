//! Hostile input: every refusal is a value, says where, and leaves things usable.

#![cfg_attr(any(target_os = "none", target_arch = "wasm32"), no_std, no_main)]

use device::samples::{example_3, network};
use device::suite;
use ntk_core::regression::Labels;
use ntk_core::train::{StopReason, StopRule, descend, workspace_len};
use ntk_core::{
    Cholesky, Dataset, DeepRelu, EmpiricalNtk, Error, Identity, Kernel, Linearized, Network, Params,
    Regression, ReluNngp, ReluNtk, Tanh, hessian, largest_eigenvalue,
};

const BAD: [f32; 3] = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY];

/// A model with three samples.
fn fitted() -> Regression<f32, ReluNtk, 2, 4> {
    let mut model = Regression::new(ReluNtk);
    let (x, y) = ([[0.0, 1.0], [0.5, 1.0], [1.0, 1.0]], [[1.0], [2.0], [2.5]]);
    model.fit(&Dataset::new(&x, &y).unwrap(), 0.0, Labels::AsGiven).unwrap();
    model
}

suite! {
    fn bad_numbers_in_a_data_set_are_named() {
        for bad in BAD {
            let (x, y) = ([[0.0, 1.0], [bad, 1.0]], [[1.0f32], [2.0]]);
            assert_eq!(Dataset::new(&x, &y), Err(Error::NotFinite { what: "x", row: 1, column: 0 }));
            let (x, y) = ([[0.0f32, 1.0], [0.5, 1.0]], [[bad], [2.0]]);
            assert_eq!(Dataset::new(&x, &y), Err(Error::NotFinite { what: "y", row: 0, column: 0 }));
        }
    }

    fn bad_numbers_come_out_of_kernels_as_bad_numbers() {
        let network = network::<f32, _, 2, 5, 1>(Tanh, 1);
        let (empirical, deep) = (EmpiricalNtk::new(&network, 0).unwrap(), DeepRelu::ntk(3, 1.0, 0.5).unwrap());
        for bad in BAD {
            let (x, y) = ([bad, 1.0], [1.0, 2.0]);
            assert!(!ReluNtk.value(&x, &y).is_finite() && !ReluNngp.value(&x, &y).is_finite());
            assert!(!deep.value(&x, &y).is_finite());
            assert!(!empirical.value(&x, &y).is_finite());
        }
        assert!(empirical.value(&[1.0; 3], &[1.0; 2]).is_nan());
    }

    fn the_zero_vector_has_kernel_zero() {
        let (zero, x) = ([0.0f32; 3], [1.0, 2.0, 3.0]);
        assert_eq!(ReluNtk.value(&zero, &x), 0.0);
        assert_eq!(ReluNngp.value(&zero, &zero), 0.0);
        assert_eq!(DeepRelu::ntk(4, 1.0, 0.0).unwrap().value(&zero, &x), 0.0);
        let mut model = Regression::<f32, ReluNtk, 3, 2>::new(ReluNtk);
        let data = [zero, x];
        let data = Dataset::new(&data, &[[1.0], [2.0]]).unwrap();
        assert!(model.fit(&data, 0.0, Labels::AsGiven).is_err());
        model.fit(&data, 0.1, Labels::AsGiven).unwrap();
        assert_eq!(model.mean(&zero), Ok([0.0]));
    }

    fn duplicates_need_a_ridge() {
        let (x, y) = ([[0.6f32, 0.8], [1.0, 0.0], [0.6, 0.8]], [[1.0], [2.0], [3.0]]);
        let data = Dataset::new(&x, &y).unwrap();
        let (mut model, mut empty) = (fitted(), Regression::<f32, ReluNtk, 2, 4>::new(ReluNtk));
        let refused = Err(Error::Coincident { first: 0, second: 2 });
        assert_eq!((model.fit(&data, 0.0, Labels::AsGiven), empty.fit(&data, 0.0, Labels::AsGiven)), (refused, refused));
        assert_eq!(model.predict(&x[0]), fitted().predict(&x[0]));
        assert_eq!(empty.mean(&x[0]), Err(Error::NotFitted));
        assert_eq!(model.fit_first(&data, 0.01, Labels::AsGiven), Err(Error::AlreadyFitted));
        model.clear();
        assert_eq!(model.mean(&x[0]), Err(Error::NotFitted));
        model.fit_first(&data, 0.01, Labels::AsGiven).unwrap();
        assert!((model.mean(&x[0]).unwrap()[0] - 2.0).abs() < 0.05);
    }

    fn full_capacity_and_one_more() {
        let (x, y) = example_3::<f32, 5>(2);
        let mut model = fitted();
        let refused = model.fit(&Dataset::new(&x, &y).unwrap(), 0.01, Labels::AsGiven);
        assert_eq!(refused, Err(Error::Capacity { capacity: 4, found: 5 }));
        assert_eq!(model.len(), 3);
        assert!((model.mean(&[0.5, 1.0]).unwrap()[0] - 2.0).abs() < 1e-4);
        model.fit(&Dataset::new(&x[..4], &y[..4]).unwrap(), 0.01, Labels::AsGiven).unwrap();
        assert_eq!(model.len(), 4);
        assert!(model.leave_one_out(3, 0).is_ok() && model.leave_one_out(4, 0).is_err());
        assert!(model.leave_one_out(0, 1).is_err() && model.leave_one_out(usize::MAX, usize::MAX).is_err());
        let mut cholesky = Cholesky::<f32, 4>::new();
        let identity = |i, j| if i == j { 1.0 } else { 0.0 };
        cholesky.factor(4, 0.0, identity).unwrap();
        assert_eq!(cholesky.factor(5, 0.0, identity), Err(Error::Capacity { capacity: 4, found: 5 }));
        assert_eq!(cholesky.view().len(), 4);
    }

    fn bad_ridges_and_queries_leave_the_model_alone() {
        let mut model = fitted();
        let (x, y) = ([[0.0f32, 1.0], [0.5, 1.0]], [[1.0], [2.0]]);
        let data = Dataset::new(&x, &y).unwrap();
        for bad in BAD.into_iter().chain([-1e-6]) {
            assert!(matches!(model.fit(&data, bad, Labels::AsGiven), Err(Error::OutOfRange { what: "ridge", .. })));
        }
        for bad in BAD {
            assert_eq!(model.predict(&[1.0, bad]), Err(Error::NotFinite { what: "x", row: 0, column: 1 }));
        }
        assert_eq!(model.len(), 3);
        assert!(model.log_marginal_likelihood(0).unwrap().is_finite());
        assert!(model.log_marginal_likelihood(1).is_err());
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
