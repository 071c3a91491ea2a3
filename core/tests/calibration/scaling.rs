//! The one rule by which inputs and labels are scaled.

use ntk_core::scaling::{Constants, Scaling, apply, standardize};
use ntk_core::{Error, Quantity, Rows, Sensor};

#[test]
fn scaling_by_hand() {
    let rows = [[1.0, 7.0, 1e308], [3.0, 7.0, -1e308]];
    let of = |constants| Scaling::<[f64; 3]>::standard(Rows::from(&rows), constants);
    assert!(matches!(
        of(Constants::ToOne),
        Err(Error::NotFinite { what: Quantity::Shift | Quantity::Scale, row: 0, column: 2 })
    ));
    let rows = [[1.0, 7.0], [3.0, 7.0]];
    let scaling = Scaling::<[f64; 2]>::standard(Rows::from(&rows), Constants::ToOne).unwrap();
    assert_eq!(scaling.apply(&[3.0, 7.0]), [1.0, 1.0]);
    assert_eq!(scaling.undo(&[1.0, 1.0]), [3.0, 7.0]);
    let scaling = Scaling::<[f64; 2]>::standard(Rows::from(&rows), Constants::ToZero).unwrap();
    assert_eq!(scaling.apply(&[1.0, 7.0]), [-1.0, 0.0]);
    assert_eq!(scaling.undo_deviation(&[2.0, 2.0]), [2.0, 2.0]);
    assert!(Scaling::<[f64; 3]>::standard(Rows::from(&rows), Constants::ToZero).is_err());
    assert_eq!(Scaling::<[f64; 2]>::none().apply(&[5.0, -0.5]), [5.0, -0.5]);
    // 0.1 three times has a mean that is not 0.1 but for rounding: still constant.
    let noise = Scaling::<f64>::standard(Rows::from(&[0.1, 0.1, 0.1]), Constants::ToOne).unwrap();
    assert_eq!(noise, Scaling { shift: 0.0, scale: 0.1 });
}

/// 1 and 1.000000000000024, a column that two rules once judged differently: it is scaled, and the same
/// whoever scales it.
#[test]
fn a_column_that_is_almost_constant() {
    let column = [1.0, 1.000_000_000_000_024, 1.0, 1.000_000_000_000_024];
    let scaling = Scaling::<f64>::standard(Rows::from(&column), Constants::ToOne).unwrap();
    assert!(scaling.shift > 1.0 && scaling.shift < column[1], "{scaling:?}");
    assert!(scaling.scale > 1.1e-14 && scaling.scale < 1.3e-14, "{scaling:?}");
    let [mut shift, mut scale, mut rows] = [[0.0], [1.0], [column[1]]];
    standardize(Rows::from(&column), Constants::ToZero, &mut shift, &mut scale).unwrap();
    assert_eq!(([scaling.shift], [scaling.scale]), (shift, scale));
    apply(&shift, &scale, &mut rows);
    assert_eq!(rows, [scaling.apply(&column[1])]);
    let mut sensor = Sensor::<1, 4, f64>::new();
    sensor.fit(&column, &[1.0, 2.0, 1.1, 2.1]).unwrap();
    assert_eq!(sensor.scaling().0, &Scaling { shift, scale });
    assert!((sensor.mean(&[column[1]]).unwrap() - 2.05).abs() < 0.3);
    // 8 roundings apart a column is constant, for all of them.
    let column = [1.0, 1.0 + 8.0 * f64::EPSILON, 1.0, 1.0];
    sensor.fit(&column, &[1.0, 2.0, 1.1, 2.1]).unwrap();
    assert_eq!(sensor.scaling().0, &Scaling { shift: [0.0], scale: [1.0] });
}
