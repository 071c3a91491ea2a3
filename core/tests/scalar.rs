//! The elementary functions of the three scalar types are as accurate as documented, compared with libm in
//! `f64`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

use ntk_core::Scalar;

/// The square roots equal the correctly rounded ones of the standard library, for one in a thousand of all
/// numbers.
#[test]
fn square_roots_are_correctly_rounded() {
    for bits in (0..=u32::MAX).step_by(1009) {
        let x = f32::from_bits(bits);
        assert_eq!(Scalar::sqrt(x).is_nan(), x.is_nan() || x < 0.0);
        if x >= 0.0 {
            assert_eq!(Scalar::sqrt(x).to_bits(), x.sqrt().to_bits());
        }
    }
    for bits in (0..=f64::INFINITY.to_bits()).step_by((1 << 44) + 12_345) {
        let x = f64::from_bits(bits);
        assert_eq!(Scalar::sqrt(x).to_bits(), x.sqrt().to_bits());
    }
}

/// The distance of an `f32` from the true value in units in the last place of the true value.
fn ulps(found: f32, truth: f64) -> f64 {
    let exponent = truth.abs().log2().floor().max(-126.0);
    (f64::from(found) - truth).abs() / f64::exp2(exponent - 23.0)
}

/// One in 300 of all numbers, all near multiples of pi/2, those that come nearest to one, and the worst two.
#[test]
fn sine_and_cosine_of_f32() {
    let near = (1..20_000).flat_map(|k| {
        let bits = ((f64::from(k) * core::f64::consts::FRAC_PI_2) as f32).to_bits();
        (bits - 3..=bits + 3).map(f32::from_bits)
    });
    let known = [16_367_173.0 * f32::exp2(72.0), 12_727_871.0, f32::MAX, 8.386_069_4e30, 3.084_699_1e11];
    let all = (0..f32::INFINITY.to_bits()).step_by(307).map(f32::from_bits).chain(near).chain(known);
    let mut worst = (0.0f64, 0.0f64);
    for x in all {
        let (sin, cos) = (Scalar::sin(f64::from(x)), Scalar::cos(f64::from(x)));
        worst.0 = worst.0.max(ulps(Scalar::sin(x), sin));
        worst.1 = worst.1.max(ulps(Scalar::cos(x), cos));
        assert_eq!(Scalar::sin(-x).to_bits(), (-Scalar::sin(x)).to_bits());
        assert_eq!(Scalar::cos(-x).to_bits(), Scalar::cos(x).to_bits());
    }
    println!("worst error in ulp: sine {:.3}, cosine {:.3}", worst.0, worst.1);
    assert!(worst.0 <= 0.94 && worst.1 <= 0.94);
    for x in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        assert!(Scalar::sin(x).is_nan() && Scalar::cos(x).is_nan());
    }
    assert_eq!((Scalar::sin(-0.0f32).to_bits(), Scalar::cos(0.0f32)), ((-0.0f32).to_bits(), 1.0));
}

fn is_odd<T: Scalar>(f: impl Fn(T) -> T) {
    assert_eq!(f(T::ZERO), T::ZERO);
    for i in 1..=60_000 {
        let z = T::from_f64(1e-4 * f64::from(i));
        assert_eq!(f(-z), -f(z));
    }
}

#[test]
fn sigmoids_are_odd() {
    is_odd::<f32>(Scalar::tanh);
    is_odd::<f32>(Scalar::erf);
    is_odd::<f64>(Scalar::tanh);
    is_odd::<f64>(Scalar::erf);
}

#[test]
fn constants_and_conversions() {
    fn check<T: Scalar>(epsilon: f64) {
        assert_eq!(T::EPSILON.to_f64(), epsilon);
        assert!(T::ONE + T::EPSILON > T::ONE && T::ONE + T::HALF * T::EPSILON == T::ONE);
        assert_eq!(T::SQRT_2, T::from_f64(core::f64::consts::SQRT_2));
        assert_eq!(T::from_usize(1_000_003).to_f64(), 1_000_003.0);
        assert_eq!(T::from_f64(-0.75).to_f32(), -0.75);
        assert_eq!((T::ZERO, T::HALF + T::HALF, T::TWO - T::ONE), (T::default(), T::ONE, T::ONE));
        assert!(!T::from_f64(f64::NAN).is_finite() && !T::from_f64(f64::INFINITY).is_finite());
    }
    check::<f32>(f64::from(f32::EPSILON));
    check::<f64>(f64::EPSILON);
    #[cfg(feature = "micromath")]
    check::<ntk_core::scalar::Micro>(f64::from(f32::EPSILON));
}

#[cfg(feature = "micromath")]
mod micro {
    use ntk_core::Scalar;
    use ntk_core::scalar::Micro;

    /// The worst error is at most the stated one, and at least a third of it.
    fn stated(what: &str, worst: f64, stated: f64) {
        println!("{what}: worst {worst:.3e}, stated {stated:e}");
        assert!(worst <= stated, "{what}: {worst:e} beyond the stated {stated:e}");
        assert!(worst > stated / 3.0, "{what}: {worst:e}; state less than {stated:e}");
    }

    fn worst(points: impl Iterator<Item = f64>, error: impl Fn(Micro, f64) -> f64) -> f64 {
        points.fold(0.0, |worst: f64, x| {
            let x = Micro::from_f64(x);
            let error = error(x, x.to_f64());
            assert!(error.is_finite(), "at {x:?}");
            worst.max(error)
        })
    }

    /// 400,001 points from -limit to limit.
    fn line(limit: f64) -> impl Iterator<Item = f64> {
        (-200_000..=200_000).map(move |i| limit * f64::from(i) / 2e5)
    }

    /// 400,001 points from 10^-decades to 10^decades, evenly in the logarithm.
    fn logarithmic(decades: f64) -> impl Iterator<Item = f64> {
        line(decades).map(|e| 10f64.powf(e))
    }

    #[test]
    fn worst_errors() {
        stated("exp", worst(line(80.0), |x, z| (x.exp().to_f64() / libm::exp(z) - 1.0).abs()), 3e-3);
        stated("ln", worst(logarithmic(2.0), |x, z| (x.ln().to_f64() - libm::log(z)).abs()), 0.13);
        let circle = [
            worst(line(100.0), |x, z| (x.sin().to_f64() - libm::sin(z)).abs()),
            worst(line(100.0), |x, z| (x.cos().to_f64() - libm::cos(z)).abs()),
        ];
        stated("sin and cos", circle[0].max(circle[1]), 3e-3);
        let sigmoids = [
            worst(line(10.0), |x, z| (x.tanh().to_f64() - libm::tanh(z)).abs()),
            worst(line(10.0), |x, z| (x.erf().to_f64() - libm::erf(z)).abs()),
        ];
        stated("tanh and erf", sigmoids[0].max(sigmoids[1]), 2e-3);
        stated(
            "sqrt",
            worst(logarithmic(37.0), |x, z| (x.sqrt().to_f64() / libm::sqrt(z) - 1.0).abs()),
            2e-6,
        );
    }

    /// `exp_m1` and `ln_1p` are accurate near 0. Farther out their errors are those of `exp` and `ln`.
    #[test]
    fn small_results() {
        let near = || line(0.2).filter(|z| *z != 0.0);
        let relative = worst(near(), |x, z| (x.exp_m1().to_f64() / libm::expm1(z) - 1.0).abs());
        assert!(relative < 1e-4, "exp_m1: {relative:e}");
        let relative = worst(near(), |x, z| (x.ln_1p().to_f64() / libm::log1p(z) - 1.0).abs());
        assert!(relative < 1e-3, "ln_1p: {relative:e}");
        let far = |z: &f64| z.abs() > 0.25;
        let error = worst(line(20.0).filter(far), |x, z| {
            (x.exp_m1().to_f64() - libm::expm1(z)).abs() / libm::exp(z).max(1.0)
        });
        assert!(error < 3e-3, "exp_m1: {error:e}");
        let error =
            worst(line(20.0).filter(|z| *z > 0.25), |x, z| (x.ln_1p().to_f64() - libm::log1p(z)).abs());
        assert!(error < 0.13, "ln_1p: {error:e}");
        let error = worst(line(10.0), |x, z| (x.erfc().to_f64() - libm::erfc(z)).abs());
        assert!(error < 2e-3, "erfc: {error:e}");
    }

    #[test]
    fn sigmoids_are_odd() {
        super::is_odd::<Micro>(Scalar::tanh);
        super::is_odd::<Micro>(Scalar::erf);
    }

    #[test]
    fn ends_of_the_square_root() {
        for x in [0.0, f32::INFINITY] {
            assert_eq!(Scalar::sqrt(Micro(x)).0, x);
        }
        for x in [-1.0, f32::NEG_INFINITY, f32::NAN] {
            assert!(Scalar::sqrt(Micro(x)).0.is_nan());
        }
    }

    /// No argument makes a function panic.
    #[test]
    fn no_number_panics() {
        for bits in (0..=u32::MAX).step_by(9973).chain([f32::INFINITY.to_bits(), f32::NEG_INFINITY.to_bits()])
        {
            let x = Micro(f32::from_bits(bits));
            let near_zero = [Scalar::exp_m1, Scalar::ln_1p, Scalar::erfc];
            for f in
                [Scalar::sqrt, Scalar::exp, Scalar::ln, Scalar::sin, Scalar::cos, Scalar::tanh, Scalar::erf]
                    .into_iter()
                    .chain(near_zero)
            {
                let result = std::panic::catch_unwind(|| f(x));
                assert!(result.is_ok(), "at {x:?}");
            }
        }
    }
}
