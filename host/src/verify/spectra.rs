//! C22: the eigenvalues of the ReLU's NTK (Example 2) for inputs spread evenly over the circle and the
//! sphere.
//!
//! On the circle K is a function of the angle, its eigenfunctions are cos k t and sin k t, and the eigenvalue
//! of both is l_k = (1/pi) int_0^pi K(t) cos kt dt. The two integrals of K = (sin t + 2 (pi - t) cos t) / pi
//! are elementary:
//!
//! ```text
//! l_0 = 6 / pi^2,  l_1 = 1/2,  l_k = (2 k^2 + 6) / (pi^2 (k^2 - 1)^2) for even k,  l_k = 0 for odd k >= 3.
//! ```
//!
//! On the sphere in d = 3 the eigenvalues are those of Legendre polynomials (Funk and Hecke), with the same
//! zeros. They fall as k^-d (Bietti and Mairal 2019, Proposition 5).

use std::f64::consts::PI;

use ntk_core::{Kernel, symmetric_eigen};

use super::Options;
use super::quadrature::{gauss, pieces};
use super::row::{Cell, Data, Row, largest};
use crate::error::Failure;
use crate::kernels::relu_ntk;

/// Largest frequency of the integrals.
const MOST: usize = 64;

/// C22.
///
/// # Errors
/// None.
pub(super) fn c22(options: &Options) -> Result<Vec<Row>, Failure> {
    Ok(rows(options.factor(), |angle| {
        relu_ntk().value(&[1.0, 0.0, 0.0], &[libm::cos(angle), libm::sin(angle), 0.0])
    })
    .into_iter()
    .chain([points(options.factor())?])
    .collect())
}

/// Returns l_k on the circle.
fn exact(k: usize) -> f64 {
    let square = (k * k) as f64;
    match k {
        1 => 0.5,
        k if k % 2 == 1 => 0.0,
        _ => (2.0 * square + 6.0) / (PI * PI * (square - 1.0) * (square - 1.0)),
    }
}

/// Returns the integral of f over the angles from 0 to pi.
fn integral(f: impl Fn(f64) -> f64) -> f64 {
    pieces(0.0, PI, 16, &gauss(32)).map(|(t, weight)| weight * f(t)).sum()
}

/// Returns P_k(x), by its recurrence.
fn legendre(k: usize, x: f64) -> f64 {
    let (mut before, mut now) = (0.0, 1.0);
    for i in 1..=k {
        let i = i as f64;
        (before, now) = (now, ((2.0 * i - 1.0) * x * now - (i - 1.0) * before) / i);
    }
    now
}

/// Returns the rows for a kernel of the angle; `factor` multiplies it, 1 in the claim.
fn rows(factor: f64, kernel: impl Fn(f64) -> f64) -> Vec<Row> {
    let kernel = |angle: f64| factor * kernel(angle);
    let circle: Vec<f64> =
        (0..=MOST).map(|k| integral(|t| kernel(t) * libm::cos(k as f64 * t)) / PI).collect();
    let sphere: Vec<f64> = (0..=MOST)
        .map(|k| 0.5 * integral(|t| kernel(t) * legendre(k, libm::cos(t)) * libm::sin(t)))
        .collect();
    let mut data = Data::new(&["k", "circle", "closed form", "sphere"]);
    for (k, (circle, sphere)) in circle.iter().zip(&sphere).enumerate() {
        data.push([k.into(), (*circle).into(), exact(k).into(), Cell::from(*sphere)]);
    }
    let name = |k: usize| format!("k = {k}");
    let seen = |k: &usize| *k == 1 || k.is_multiple_of(2);
    let relative = (0..=MOST).filter(seen).map(|k| (name(k), (circle[k] / exact(k) - 1.0).abs()));
    // What is 0 times a factor is 0: an error is one of the slope's term, 2 (pi - t) cos t, alone.
    let slope = |t: f64| (factor - 1.0) * (PI - t).max(0.0) * libm::cos(2.0 * t);
    let odd = |k: usize| (circle[k] + integral(|t| slope(t) * libm::cos(k as f64 * t))).abs();
    let unseen = (0..=MOST).filter(|k| !seen(k)).map(|k| (name(k), odd(k).max(sphere[k].abs())));

    // Mercer: K(t) = l_0 + 2 sum l_k cos kt, here on the diagonal and at right angles, up to a term that is
    // added for the tail: 2 sum over even k > m of 2 / (pi k)^2 = 2 / (pi^2 m) but for a relative 1/m.
    let terms = 20_000;
    let series = |angle: f64| {
        let sum: f64 = (1..=terms).rev().map(|k| 2.0 * exact(k) * libm::cos(k as f64 * angle)).sum();
        exact(0) + sum
    };
    let tail = 2.0 / (PI * PI * terms as f64);
    let mercer = [(0.0, tail), (0.5 * PI, 0.0), (1.0, 0.0)];
    let mercer =
        mercer.map(|(angle, tail)| (format!("angle {angle}"), (kernel(angle) - series(angle) - tail).abs()));

    // The local exponent of l_k between k = 32 and 64, in k + (d - 2) / 2. An error is one of the exponent.
    let falls = |statement: &str, values: &[f64], dimension: f64| {
        let at = |k: usize| k as f64 + 0.5 * dimension - 1.0;
        let exponent = libm::log(values[MOST] / values[MOST / 2]) / libm::log(at(MOST) / at(MOST / 2));
        Row::near(statement, -dimension, exponent - (factor - 1.0), 0.009, Data::default())
    };
    let row = |statement: &str, worst, tolerance| Row::error(statement, worst, tolerance, Data::default());
    vec![
        Row::error("circle: l_k = (2k^2+6) / (pi (k^2-1))^2, k even", largest(relative), 1e-9, data),
        row("circle and sphere: l_k = 0 for odd k >= 3", largest(unseen), 1e-14),
        falls("circle: l_k ~ k^p at k = 64", &circle, 2.0),
        falls("sphere in d = 3: l_k ~ (k + 1/2)^p at k = 64", &sphere, 3.0),
        row("K = sum of l_k cos kt, error", largest(mercer), 1e-7),
    ]
}

/// Returns the eigenvalues of the Gram matrix of n evenly spaced points, over n: frequencies that the points
/// cannot tell apart add up, so the j-th is the sum of l_k over all k = j and -j modulo n.
fn points(factor: f64) -> Result<Row, Failure> {
    const N: usize = 32;
    let at = |i: usize| 2.0 * PI * i as f64 / N as f64;
    let kernel = |i: usize, j: usize| {
        let x = [libm::cos(at(i)), libm::sin(at(i))];
        relu_ntk().value(&x, &[libm::cos(at(j)), libm::sin(at(j))])
    };
    let mut matrix: Vec<f64> = (0..N * N).map(|place| kernel(place / N, place % N)).collect();
    let (mut values, mut vectors) = (vec![0.0; N], vec![0.0; N * N]);
    symmetric_eigen(&mut matrix, N, &mut values, &mut vectors)?;
    // Terms up to m n; the tail of both sides is 2 sum of 2 / (pi n i)^2 over i > m, if j is even.
    let terms = 4000;
    let folded = |j: usize| {
        let (j, tail) = (j.min(N - j), 4.0 / (PI * PI * (N * N) as f64 * (terms as f64 + 0.5)));
        let sides = (1..=terms).rev().map(|i| exact(i * N - j) + exact(i * N + j)).sum::<f64>();
        exact(j) + sides + if j % 2 == 0 { tail } else { 0.0 }
    };
    let mut expected: Vec<f64> = (0..N).map(folded).collect();
    expected.sort_by(|a, b| b.total_cmp(a));
    let mut data = Data::new(&["eigenvalue / n", "closed form"]);
    let mut errors = Vec::new();
    for (value, exact) in values.iter().zip(&expected) {
        data.push([value / N as f64, *exact].map(Cell::from));
        errors.push((String::new(), (factor * value / N as f64 - exact).abs()));
    }
    Ok(Row::error("32 points of the circle: eigenvalues = sums", largest(errors), 1e-10, data))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::relu_nngp;

    #[test]
    fn a_kernel_that_is_wrong_by_a_thousandth_or_that_of_the_last_layer_is_seen() {
        let options = Options::quick(0);
        assert!(!c22(&options).unwrap().iter().any(Row::fails), "{:?}", c22(&options));
        let with = |error: f64| c22(&Options { error, ..Options::quick(0) }).unwrap();
        let wrong = with(1e-3);
        assert!([0, 1, 4, 5].iter().all(|&row| wrong[row].fails()), "{wrong:?}");
        assert!(with(1e-2).iter().all(Row::fails));
        let x = |t: f64| [libm::cos(t), libm::sin(t)];
        let nngp = rows(1.0, |t| relu_nngp().value(&[1.0, 0.0], &x(t)));
        assert!([0, 2, 3, 4].iter().all(|&row| nngp[row].fails()), "{nngp:?}");
        // A kernel with a bias sees all frequencies: cos t is shifted, and K is no longer that of Example 2.
        let shifted = rows(1.0, |t| relu_ntk().value(&[1.0, 0.0, 0.5], &[t.cos(), t.sin(), 0.5]));
        assert!(shifted[1].fails(), "{shifted:?}");
    }
}
