//! Rectified powers, Hermite polynomials, signs and sines by roads of their own: integrals over a plane that
//! is wide enough for the tails of polynomials, printed formulas, and what they share with other activations.

use core::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

use crate::support::assert_close;
use ntk_core::activation::{GaussianPair, HalfAngle};
use ntk_core::{
    Activation, Cos, DerivativeDual, Dual, DualGradient, Hermite, Identity, Kernel, Nngp, Quadratic, Rbf,
    RectifiedPower, Relu, Sign, Sin, Sine, Step,
};

const ANGLES: [f64; 9] = [0.0, 1e-7, 1e-3, 0.4, 1.2, FRAC_PI_2, 2.0, 3.0, PI];
const DEVIATIONS: [[f64; 2]; 5] = [[1.0, 1.0], [0.3, 1.4], [0.8, 0.7], [2.5, 0.1], [2.0, 3.0]];

fn pair([x, y]: [f64; 2], t: f64) -> GaussianPair<f64> {
    let square = (0.5 * if t > FRAC_PI_2 { PI - t } else { t }).sin().powi(2);
    GaussianPair::at_angle(x, y, HalfAngle { square, obtuse: t > FRAC_PI_2 })
}

/// The integral of f from `from` to `to` by Gauss's rule of eight nodes on so many parts (Abramowitz and
/// Stegun, table 25.4).
fn gauss([from, to]: [f64; 2], parts: u16, f: impl Fn(f64) -> f64) -> f64 {
    const NODES: [[f64; 2]; 4] = [
        [0.183_434_642_495_649_8, 0.362_683_783_378_362],
        [0.525_532_409_916_329, 0.313_706_645_877_887_3],
        [0.796_666_477_413_626_7, 0.222_381_034_453_374_5],
        [0.960_289_856_497_536_3, 0.101_228_536_290_376_3],
    ];
    let half = 0.5 * (to - from) / f64::from(parts);
    let mut sum = 0.0;
    for part in 0..parts {
        let middle = from + (2.0 * f64::from(part) + 1.0) * half;
        for [node, weight] in NODES {
            sum += half * weight * (f(middle + half * node) + f(middle - half * node));
        }
    }
    sum
}

/// E[f(u, v)] in polar coordinates: u = x r cos(s - t/2), v = y r cos(s + t/2), density r exp(-r^2 / 2) / (2
/// pi). f is smooth in r, and in s between the angles where u or v is 0, at which the circle is cut.
fn integral([x, y]: [f64; 2], t: f64, f: impl Fn(f64, f64) -> f64) -> f64 {
    let mut cuts: Vec<f64> = (-1..=2)
        .flat_map(|k| [f64::from(k) * PI + FRAC_PI_2 + 0.5 * t, f64::from(k) * PI + FRAC_PI_2 - 0.5 * t])
        .filter(|s| (0.0..2.0 * PI).contains(s))
        .chain([0.0, 2.0 * PI])
        .collect();
    cuts.sort_by(f64::total_cmp);
    let ray = |s: f64| {
        let (u, v) = (x * (s - 0.5 * t).cos(), y * (s + 0.5 * t).cos());
        gauss([0.0, 16.0], 40, |r| r * (-0.5 * r * r).exp() * f(r * u, r * v))
    };
    cuts.windows(2).map(|ends| gauss([ends[0], ends[1]], 6, ray)).sum::<f64>() / (2.0 * PI)
}

/// All five expectations against the integrals; errors relative to the scale of each.
fn is_integrated<A: DualGradient<f64>>(phi: A, allowed: f64) {
    for deviations in DEVIATIONS {
        for t in ANGLES {
            let uv = pair(deviations, t);
            let of = |f: &dyn Fn(f64, f64) -> f64| integral(deviations, t, f);
            let own = |order: u8, deviation: f64| {
                let uv = GaussianPair::equal(deviation);
                [phi.dual(&uv), phi.derivative_dual(&uv), phi.second_derivative_dual(&uv)][usize::from(order)]
            };
            let [x, y] = deviations;
            let scale = |of_u: u8, of_v: u8| (own(of_u, x) * own(of_v, y)).sqrt();
            let (d, dd) = (|z| phi.derivative(z), |z| phi.second_derivative(z));
            let value = |z| phi.value(z);
            for (found, expected, scale) in [
                (phi.dual(&uv), of(&|u, v| value(u) * value(v)), scale(0, 0)),
                (phi.derivative_dual(&uv), of(&|u, v| d(u) * d(v)), scale(1, 1)),
                (phi.second_derivative_dual(&uv), of(&|u, v| dd(u) * dd(v)), scale(2, 2)),
                (
                    phi.dual_by_length(&uv),
                    of(&|u, v| u * d(u) * value(v)),
                    3.0 * x * scale(1, 0) + scale(0, 0),
                ),
                (
                    phi.derivative_dual_by_length(&uv),
                    of(&|u, v| u * dd(u) * d(v)),
                    3.0 * x * scale(2, 1) + scale(1, 1),
                ),
            ] {
                assert_close(found, expected, allowed * scale + 1e-15);
            }
        }
    }
}

#[test]
fn closed_forms_by_integrals_in_polar_coordinates() {
    is_integrated(RectifiedPower::Square, 1e-12);
    is_integrated(RectifiedPower::Cube, 1e-12);
    for degree in 1..=Hermite::MOST_DEGREE {
        is_integrated(Hermite::new(degree).unwrap(), 1e-11);
    }
    is_integrated(Sine { scale: 0.7, phase: 0.4 }, 1e-11);
    is_integrated(Sine { scale: 0.3, phase: -2.0 }, 1e-11);
    is_integrated(Rbf { gamma: 0.3 }, 1e-11);
}

/// Cho and Saul 2009, equations 7 and 8, and Sheppard's 1 - 2 t / pi.
#[test]
fn the_printed_formulas() {
    for [x, y] in DEVIATIONS {
        for t in ANGLES {
            let (uv, n, rest) = (pair([x, y], t), x * y, PI - t);
            let square = 3.0 * t.sin() * t.cos() + rest * (1.0 + 2.0 * t.cos().powi(2));
            let cube =
                15.0 * t.sin() - 11.0 * t.sin().powi(3) + rest * (9.0 * t.cos() + 6.0 * t.cos().powi(3));
            let of = |phi: RectifiedPower| phi.dual(&uv);
            assert_close(of(RectifiedPower::Square), n.powi(2) * square / (2.0 * PI), 3e-15 * n.powi(2));
            assert_close(of(RectifiedPower::Cube), n.powi(3) * cube / (2.0 * PI), 3e-14 * n.powi(3));
            assert_close(Sign.dual(&uv), 1.0 - 2.0 * t / PI, 4e-16);
        }
    }
}

/// For unit variances E[he_n he_n] is the n-th power of the cosine, and polynomials of different degrees are
/// orthonormal.
#[test]
fn hermite_polynomials_are_orthonormal_and_have_powers_as_duals() {
    let all: Vec<Hermite> = (1..=Hermite::MOST_DEGREE).map(|n| Hermite::new(n).unwrap()).collect();
    for phi in &all {
        for t in ANGLES {
            let expected = t.cos().powi(phi.degree().into());
            assert_close(phi.dual(&pair([1.0; 2], t)), expected, 8.0 * f64::EPSILON);
        }
        for other in &all {
            let product = |u, _| Activation::<f64>::value(*phi, u) * other.value(u);
            let expected = if phi == other { 1.0 } else { 0.0 };
            assert_close(integral([1.0; 2], 1.0, product), expected, 1e-12);
        }
    }
    assert!(Hermite::new(0).is_none() && Hermite::new(9).is_none());
}

/// What the new activations share with the old ones.
#[test]
fn relatives() {
    let [linear, square] = [1, 2].map(|n| Hermite::new(n).unwrap());
    let general = |scale, phase| Sine { scale, phase };
    for deviations in DEVIATIONS {
        for t in ANGLES {
            let uv = pair(deviations, t);
            let n = uv.product;
            let close = |a: f64, b: f64, scale: f64| assert_close(a, b, 8.0 * f64::EPSILON * scale);
            close(linear.dual(&uv), Identity.dual(&uv), n);
            // he_2 = (z^2 - 1) / sqrt 2.
            let [a, d] = deviations.map(|x| x * x);
            close(square.dual(&uv), 0.5 * (Quadratic.dual(&uv) - a - d + 1.0), (1.0 + a) * (1.0 + d));
            // max(0, z)^2 + max(0, -z)^2 = z^2.
            let turned = pair(deviations, PI - t);
            let both = 2.0 * (RectifiedPower::Square.dual(&uv) + RectifiedPower::Square.dual(&turned));
            close(both, Quadratic.dual(&uv), 3.0 * n * n);
            close(RectifiedPower::Square.derivative_dual(&uv), 2.0 * Relu.dual(&uv), n);
            // sign z = sqrt 2 step(z) - 1, away from 0.
            close(Sign.dual(&uv), 2.0 * Step.dual(&uv) - 1.0, 1.0);
            close(general(1.0, 0.0).dual(&uv), Sin.dual(&uv), 1.0);
            close(general(1.0, FRAC_PI_2).dual(&uv), Cos.dual(&uv), 1.0);
            close(2.0 * general(1.0, FRAC_PI_4).dual(&uv), Rbf { gamma: 0.5 }.dual(&uv), 1.0);
            close(general(-1.0, 0.3).dual(&uv), general(1.0, 0.3).dual(&uv), 0.0);
        }
    }
    let (x, y) = ([0.3, -1.2, 0.5], [1.0, 0.4, -0.2]);
    let apart: f64 = x.iter().zip(y).map(|(x, y)| (x - y) * (x - y)).sum();
    assert_close(Nngp::new(Rbf { gamma: 0.7 }).value(&x, &y), (-0.7 * apart).exp(), 1e-15);
}

/// Angles between phi(u) and phi(v) keep their digits where the default, by moments, has lost them.
#[test]
fn small_angles_of_rectified_powers() {
    for t in [1e-8, 1e-6, 1e-4] {
        // 1 - J_2(t) / (3 pi) = (2/3) t^2 + O(t^3), 1 - J_3(t) / (15 pi) = (9/10) t^2 + O(t^4).
        let square = |phi: RectifiedPower| phi.angle(&pair([1.0, 2.0], t)).square;
        assert_close(square(RectifiedPower::Square), t * t / 3.0, (t + 1e-8) * t * t);
        assert_close(square(RectifiedPower::Cube), 0.45 * t * t, (t + 1e-8) * t * t);
    }
}
