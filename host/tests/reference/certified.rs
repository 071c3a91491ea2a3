//! Twelve sets of `coverage`: what NIST has certified about them, from the numbers of our files.

use std::f64::consts::TAU;

use crate::left_out::samples;

/// The value of a polynomial, coefficients from the constant on.
fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |value, c| value * x + c)
}

/// NIST's certified parameters in NIST's model give NIST's certified residual sum of squares.
fn check(name: &str, certified: f64, error: f64, model: impl Fn(f64) -> f64) {
    let (x, y) = samples(name, 1);
    let sum: f64 = x.iter().zip(&y).map(|(&x, y)| (y - model(x)).powi(2)).sum();
    assert!((sum / certified - 1.0).abs() < error, "{name}: {sum}, certified {certified}");
}

#[test]
fn the_further_sets_are_those_that_nist_certifies() {
    check("chwirut1", 2.3844771393e3, 1e-9, |x| {
        (-1.9027818370e-1 * x).exp() / (6.1314004477e-3 + 1.0530908399e-2 * x)
    });
    let gauss = |x: f64| (-0.5 * ((x - 4.5154121844e2) / 4.0888321754).powi(2)).exp();
    check("eckerle4", 1.4635887487e-3, 1e-9, |x| 1.5543827178 / 4.0888321754 * gauss(x));
    check("bennett5", 5.2404744073e-4, 1e-8, |x| {
        -2.5235058043e3 * (4.6736564644e1 + x).powf(-1.0 / 9.3218483193e-1)
    });
    check("kirby2", 3.9050739624, 1e-9, |x| {
        polynomial(&[1.6745063063, -1.3927397867e-1, 2.5961181191e-3], x)
            / polynomial(&[1.0, -1.7241811870e-3, 2.1664802578e-5], x)
    });
    // Period, and the factors of cosine and sine.
    let cycles = [
        [12.0, 3.0762128085, 5.3280138227e-1],
        [4.4311088700e1, -1.6231428586, 5.2554493756e-1],
        [2.6887614440e1, 2.1232288488e-1, 1.4966870418],
    ];
    check("enso", 7.8853978668e2, 1e-9, |x| {
        let waves = cycles.map(|[period, c, s]| c * (TAU * x / period).cos() + s * (TAU * x / period).sin());
        1.0510749193e1 + waves.iter().sum::<f64>()
    });
    check("norris", 26.6173985294224, 1e-11, |x| polynomial(&[-0.262323073774029, 1.00211681802045], x));
    check("pontius", 1.55761768796992e-6, 1e-8, |x| {
        polynomial(&[0.673565789473684e-3, 0.732059160401003e-6, -0.316081871345029e-14], x)
    });
    // A polynomial of degree 10 whose terms cancel to one part in 100,000.
    let filip = [
        -1467.48961422980,
        -2772.17959193342,
        -2316.37108160893,
        -1127.97394098372,
        -354.478233703349,
        -75.1242017393757,
        -10.8753180355343,
        -1.06221498588947,
        -0.670191154593408e-1,
        -0.246781078275479e-2,
        -0.402962525080404e-4,
    ];
    check("filip", 7.95851382172941e-4, 1e-7, |x| polynomial(&filip, x));
}

/// Residual standard deviations of a line or a parabola through the sets without certified values.
#[test]
fn the_sets_without_certified_values_are_those_of_the_script() {
    let sets = [
        ("berger1", 1, 6.080924),
        ("linewidth", 1, 0.06203196),
        ("loadcell", 2, 3.764029e-5),
        ("spiegel", 2, 59.72332),
    ];
    for (name, degree, expected) in sets {
        let (x, y) = samples(name, 1);
        let found = residual_deviation(&x, &y, degree);
        assert!((found / expected - 1.0).abs() < 1e-6, "{name}: {found}, not {expected}");
    }
}

/// Of the polynomial of least squares, by projection on powers of x made orthogonal one after the other.
fn residual_deviation(x: &[f64], y: &[f64], degree: i32) -> f64 {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let without = |v: &mut [f64], unit: &[f64]| {
        let part = dot(v, unit) / dot(unit, unit);
        v.iter_mut().zip(unit).for_each(|(v, u)| *v -= part * u);
    };
    let (mut basis, mut rest): (Vec<Vec<f64>>, _) = (Vec::new(), y.to_vec());
    for power in 0..=degree {
        let mut column: Vec<f64> = x.iter().map(|x| x.powi(power)).collect();
        basis.iter().for_each(|unit| without(&mut column, unit));
        without(&mut rest, &column);
        basis.push(column);
    }
    (dot(&rest, &rest) / f64::from(x.len() as i32 - degree - 1)).sqrt()
}
