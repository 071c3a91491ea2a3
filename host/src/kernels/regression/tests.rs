//! What is said of sizes that do not fit.

use super::*;
use crate::kernels::KernelSpec;
use crate::kernels::{ActivationName, Kind};

#[test]
fn what_does_not_fit_is_refused_before_it_is_allocated() {
    let kernel = || KernelSpec::one_layer(Kind::Nngp, ActivationName::Relu).build::<f64>().unwrap();
    let refused = empty(kernel(), [4, 1_000_000, 1]).unwrap_err().to_string();
    for part in ["1000000 samples", "8000.1 GB", "hours", "fit fewer"] {
        assert!(refused.contains(part), "{refused}");
    }
    assert!(empty(kernel(), [4, usize::MAX, 1]).is_err());
    assert!(empty(kernel(), [4, 10, 1]).is_ok());
    assert!(fits(1 << 20) && !fits(usize::MAX));
}
