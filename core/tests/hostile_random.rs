//! Random shapes and random data: no panic, no success with the wrong lengths, no prediction that is not a
//! number.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod support;

use ntk_core::kernel::gram;
use ntk_core::regression::Fixed;
use ntk_core::train::{StopRule, descend, workspace_len};
use ntk_core::{
    Dataset, EmpiricalNtk, Error, Kernel, Linearized, Ntk, Regression, Relu, Rows, Tanh, hessian, loss,
};
use proptest::collection::vec;
use proptest::prelude::*;
use support::{cases, network, rng, zeros};

proptest! {
    #![proptest_config(cases(2000))]

    /// A call succeeds exactly when every length is the one that it documents.
    #[test]
    fn lengths_decide(
        inputs in 1usize..5, width in 1usize..20, outputs in 1usize..4,
        x_len in 0usize..6, output in 0usize..5, f_len in 0usize..10, work_len in 0usize..40,
    ) {
        let network = network::<f32, _>(Tanh, (inputs, width, outputs), &mut rng(1));
        let x = vec![0.5; x_len];
        let (x_fits, output_fits) = (x_len == inputs, output < outputs);
        let mut buffer = vec![0.0; f_len];
        prop_assert_eq!(network.value(&x, output).is_ok(), x_fits && output_fits);
        prop_assert_eq!(network.output(&x, &mut buffer).is_ok(), x_fits && f_len == outputs);
        prop_assert_eq!(network.ntk_block(&x, &x, &mut buffer).is_ok(), x_fits && f_len == outputs * outputs);
        prop_assert_eq!(EmpiricalNtk::new(&network, output).is_ok(), output_fits);
        let spectrum = hessian::eigenvalues(&network, &x, output, &mut vec![0.0; work_len]);
        prop_assert_eq!(spectrum.is_ok(), x_fits && output_fits && work_len == 2 * width);
        let block = hessian::block(&network, &x, f_len, output);
        prop_assert_eq!(block.is_ok(), x_fits && output_fits && f_len < width);
    }

    /// The same for data sets cut from flat slices, the last row complete or not, and for training on them.
    #[test]
    fn data_decide(
        inputs in 1usize..4, outputs in 1usize..3, x_rows in 0usize..3, y_rows in 0usize..3,
        x_columns in 0usize..4, y_columns in 0usize..3, extra in 0usize..2, spare in 0usize..2,
    ) {
        let (x, y) = (vec![0.5; x_rows * x_columns + extra], vec![0.25; y_rows * y_columns]);
        let (Ok(x), Ok(y)) = (Rows::new(&x, x_columns), Rows::new(&y, y_columns)) else {
            prop_assert!(x_columns == 0 || y_columns == 0 || x.len() % x_columns != 0);
            return Ok(());
        };
        let Ok(data) = Dataset::new(x, y) else {
            prop_assert!(x.is_empty() || x.len() != y.len());
            return Ok(());
        };
        let mut network = network::<f64, _>(Tanh, (inputs, 9, outputs), &mut rng(2));
        let fits = (x_columns, y_columns) == (inputs, outputs);
        prop_assert_eq!(loss(&network, &data).is_ok(), fits);
        let rule = StopRule { target_mse: None, patience: None, max_steps: 2 };
        let mut memory = vec![0.0; workspace_len(data.len(), x_columns, y_columns) + spare];
        let trained = descend(&mut network, &data, 0.1, &rule, &mut memory, |_, _| true);
        prop_assert_eq!(trained.is_ok(), fits && spare == 0);
        let mut line = Linearized::new(&network, zeros(network.shape())).unwrap();
        let trained = descend(&mut line, &data, 0.1, &rule, &mut memory, |_, _| true);
        prop_assert_eq!(trained.is_ok(), fits && spare == 0);
        prop_assert_eq!(gram(&Ntk::new(Relu), data.x(), &mut [0.0; 4]).is_ok(), data.len() == 2);
    }

    /// Points of a coarse grid, so that duplicates, opposites and zeros are frequent. A ridge well above the
    /// rounding always suffices; without one the fit may refuse, and names coincident samples truly.
    #[test]
    fn predictions_are_numbers(
        grid in vec((-4i8..=4, -4i8..=4), 1..9), labels in vec(-10f32..10.0, 8),
        query in (-5f32..5.0, -5f32..5.0), with_ridge: bool,
    ) {
        let x: Vec<_> = grid.iter().map(|&(a, b)| [f32::from(a) / 4.0, f32::from(b) / 4.0]).collect();
        let y: Vec<_> = labels[..x.len()].iter().map(|&y| [y]).collect();
        let query = [query.0, query.1];
        let ridge = if with_ridge { 1e-3 } else { 0.0 };
        let mut model = Regression::new(Ntk::new(Relu), Fixed::<f32, 2, 8>::new());
        model.set_amplitude(Some(1.0)).unwrap();
        match model.fit(x.as_slice(), y.as_slice(), ridge) {
            Ok(()) => {
                let prediction = model.predict(&query).unwrap();
                let prior = Ntk::new(Relu).value(&query, &query).sqrt();
                prop_assert!(prediction.mean.is_finite());
                prop_assert!(prediction.deviation >= 0.0 && prediction.deviation <= prior);
                for i in 0..x.len() {
                    let left_out = model.leave_one_out(i).unwrap();
                    prop_assert!(left_out.mean.is_finite() && left_out.deviation > 0.0);
                }
            }
            Err(Error::Coincident { first, second }) => {
                prop_assert!(!with_ridge && first < second && x[first] == x[second]);
            }
            Err(error) => {
                let indefinite = matches!(error, Error::NotPositiveDefinite { .. });
                prop_assert!(!with_ridge && indefinite);
                prop_assert_eq!(model.predict(&query), Err(Error::NotFitted));
            }
        }
    }

    /// Any bits at all as numbers: a refusal or a finite model, never a panic.
    #[test]
    fn any_bits(bits in vec(any::<u32>(), 9), query_bits in vec(any::<u32>(), 2), ridge_bits: u32) {
        let [ridge, q0, q1] = [ridge_bits, query_bits[0], query_bits[1]].map(f32::from_bits);
        let number = |i: usize| f32::from_bits(bits[i]);
        let x: [[f32; 2]; 3] = core::array::from_fn(|i| [number(2 * i), number(2 * i + 1)]);
        let y: [[f32; 1]; 3] = core::array::from_fn(|i| [number(6 + i)]);
        let finite = x.as_flattened().iter().chain(y.as_flattened()).all(|v| v.is_finite());
        let data = Dataset::new(&x, &y);
        prop_assert_eq!(data.is_ok(), finite);
        let Ok(data) = data else { return Ok(()) };
        let mut model = Regression::new(Ntk::new(Relu), Fixed::<f32, 2, 3>::new());
        let fitted = model.fit(data.x(), data.y(), ridge);
        prop_assert_eq!(model.is_empty(), fitted.is_err());
        match model.predict(&[q0, q1]) {
            Ok(prediction) => {
                prop_assert!(fitted.is_ok() && q0.is_finite() && q1.is_finite());
                prop_assert!(prediction.mean.is_finite() && prediction.deviation >= 0.0);
            }
            Err(Error::NotFitted) => prop_assert!(fitted.is_err()),
            // The query is not finite, or so far out that the prediction would not be.
            Err(error) => {
                let not_finite = matches!(error, Error::NotFinite { .. });
                prop_assert!(fitted.is_ok() && not_finite);
            }
        }
    }
}
