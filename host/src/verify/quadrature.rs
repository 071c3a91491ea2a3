//! E[phi(u) phi(v)] independently of the core: Gauss's rule in polar coordinates, between the kinks.

/// Returns E[f(u) f(v)] of jointly normal u and v with standard deviations x and y and the angle t between
/// them.
///
/// With u = r x cos s and v = r y cos(s - t) the density is r exp(-r^2 / 2) / (2 pi). A kink of f at 0 lies
/// on the four rays where u or v is 0; between them, and on pieces of r up to 14, Gauss and Legendre's rule
/// converges as for a smooth function.
#[must_use]
pub(super) fn expectation([x, y, t]: [f64; 3], f: impl Fn(f64) -> f64) -> f64 {
    let (pi, half) = (std::f64::consts::PI, std::f64::consts::FRAC_PI_2);
    let mut rays =
        [-half, half, t - half, t + half].map(|ray| if ray < 0.0 { ray + 2.0 * pi } else { ray }).to_vec();
    rays.sort_by(f64::total_cmp);
    rays.push(rays[0] + 2.0 * pi);
    let (angles, lengths) = (gauss(32), gauss(16));
    let mut sum = 0.0;
    for pair in rays.windows(2) {
        for (s, weight) in pieces(pair[0], pair[1], 2, &angles) {
            let (u, v) = (x * libm::cos(s), y * libm::cos(s - t));
            let along = pieces(0.0, 14.0, 7, &lengths);
            let ray: f64 = along.map(|(r, w)| w * r * libm::exp(-0.5 * r * r) * f(r * u) * f(r * v)).sum();
            sum += weight * ray;
        }
    }
    sum / (2.0 * pi)
}

/// Points and weights on [from, to] in equal pieces.
pub(super) fn pieces(
    from: f64,
    to: f64,
    count: usize,
    rule: &[(f64, f64)],
) -> impl Iterator<Item = (f64, f64)> {
    let half = 0.5 * (to - from) / count as f64;
    (0..count).flat_map(move |piece| {
        let middle = from + (2 * piece + 1) as f64 * half;
        rule.iter().map(move |(x, w)| (middle + half * x, half * w))
    })
}

/// Nodes and weights of Gauss and Legendre's rule on [-1, 1]: zeros of the n-th Legendre polynomial by
/// Newton's method.
#[must_use]
pub(super) fn gauss(n: usize) -> Vec<(f64, f64)> {
    let polynomial = |x: f64| {
        let (mut before, mut now) = (1.0, x);
        for i in 2..=n {
            let i = i as f64;
            (before, now) = (now, ((2.0 * i - 1.0) * x * now - (i - 1.0) * before) / i);
        }
        (now, n as f64 * (before - x * now) / (1.0 - x * x))
    };
    let node = |i: usize| {
        let mut x = libm::cos(std::f64::consts::PI * (i as f64 + 0.75) / (n as f64 + 0.5));
        for _ in 0..10 {
            let (value, slope) = polynomial(x);
            x -= value / slope;
        }
        let slope = polynomial(x).1;
        (x, 2.0 / ((1.0 - x * x) * slope * slope))
    };
    (0..n).map(node).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// E[u v] = x y cos t, E[u^2 v^2] = 1 + 2 cos^2 t, E|u||v| by its closed form.
    #[test]
    fn known_moments() {
        for t in [0.0f64, 0.3, 1.5, 2.9, std::f64::consts::PI] {
            let c = t.cos();
            assert!((expectation([2.0, 0.5, t], |z| z) - c).abs() < 1e-14);
            assert!((expectation([1.0, 1.0, t], |z| z * z) - (1.0 + 2.0 * c * c)).abs() < 1e-13);
            let absolute = (t.sin() + c * (std::f64::consts::FRAC_PI_2 - t)) * std::f64::consts::FRAC_2_PI;
            assert!((expectation([1.0, 1.0, t], f64::abs) - absolute).abs() < 1e-14);
        }
    }
}
