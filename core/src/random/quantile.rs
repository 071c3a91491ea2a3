//! The tables of algorithm AS 241 (Wichura, Applied Statistics 37, 1988) for each scalar type, and the
//! conversion of words to numbers.

#![allow(clippy::excessive_precision)] // the coefficients as published

use crate::Scalar;

/// A quotient of two polynomials. The coefficients begin with that of the lowest power.
#[derive(Debug)]
pub struct Ratio<T: 'static> {
    numerator: &'static [T],
    denominator: &'static [T],
}

impl<T: Scalar> Ratio<T> {
    /// Evaluates the quotient at x.
    pub(super) fn at(&self, x: T) -> T {
        let horner = |c: &[T]| c.iter().rev().fold(T::ZERO, |sum, &c| sum * x + c);
        horner(self.numerator) / horner(self.denominator)
    }
}

/// The tables of AS 241 for a scalar type, and its conversion of words. Its module is private, which seals
/// [`Scalar`].
pub trait NormalQuantile: Sized + 'static {
    /// The quotient for tails above 0.075, in 0.425^2 - q^2.
    const CENTRE: Ratio<Self>;
    /// The quotient for r = sqrt(-ln tail) up to 5, in r - 1.6.
    const MIDDLE: Ratio<Self>;
    /// The quotient for larger r, in r - 5.
    const FAR: Ratio<Self>;
    /// Returns (m + 1/2) / 2^M with m the M bits below the top bit.
    fn open_unit(bits: u64) -> Self;
}

#[rustfmt::skip]
impl NormalQuantile for f64 {
    const CENTRE: Ratio<f64> = Ratio {
        numerator: &[
            3.387_132_872_796_366_608_0, 1.331_416_678_917_843_774_5e2, 1.971_590_950_306_551_442_7e3,
            1.373_169_376_550_946_112_5e4, 4.592_195_393_154_987_145_7e4, 6.726_577_092_700_870_085_3e4,
            3.343_057_558_358_812_810_5e4, 2.509_080_928_730_122_672_7e3,
        ],
        denominator: &[
            1.0, 4.231_333_070_160_091_125_2e1, 6.871_870_074_920_579_083_0e2, 5.394_196_021_424_751_107_7e3,
            2.121_379_430_158_659_586_7e4, 3.930_789_580_009_271_061_0e4, 2.872_908_573_572_194_267_4e4,
            5.226_495_278_852_854_561_0e3,
        ],
    };
    const MIDDLE: Ratio<f64> = Ratio {
        numerator: &[
            1.423_437_110_749_683_577_34, 4.630_337_846_156_545_295_90, 5.769_497_221_460_691_405_50,
            3.647_848_324_763_204_605_04, 1.270_458_252_452_368_382_58, 2.417_807_251_774_506_117_70e-1,
            2.272_384_498_926_918_458_33e-2, 7.745_450_142_783_414_076_40e-4,
        ],
        denominator: &[
            1.0, 2.053_191_626_637_758_821_87, 1.676_384_830_183_803_849_40, 6.897_673_349_851_000_045_50e-1,
            1.481_039_764_274_800_745_90e-1, 1.519_866_656_361_645_719_66e-2, 5.475_938_084_995_344_946_00e-4,
            1.050_750_071_644_416_843_24e-9,
        ],
    };
    const FAR: Ratio<f64> = Ratio {
        numerator: &[
            6.657_904_643_501_103_777_20, 5.463_784_911_164_114_369_90, 1.784_826_539_917_291_335_80,
            2.965_605_718_285_048_912_30e-1, 2.653_218_952_657_612_309_30e-2, 1.242_660_947_388_078_438_60e-3,
            2.711_555_568_743_487_578_15e-5, 2.010_334_399_292_288_132_65e-7,
        ],
        denominator: &[
            1.0, 5.998_322_065_558_879_376_90e-1, 1.369_298_809_227_358_053_10e-1, 1.487_536_129_085_061_485_25e-2,
            7.868_691_311_456_132_591_00e-4, 1.846_318_317_510_054_681_80e-5, 1.421_511_758_316_445_888_70e-7,
            2.044_263_103_389_939_785_64e-15,
        ],
    };

    #[inline]
    fn open_unit(bits: u64) -> f64 {
        const STEP: f64 = 1.0 / (1u64 << 53) as f64;
        let m = (bits >> 11) & ((1 << 52) - 1);
        (2 * m + 1) as f64 * STEP
    }
}

#[rustfmt::skip]
impl NormalQuantile for f32 {
    const CENTRE: Ratio<f32> = Ratio {
        numerator: &[3.387_132_7, 50.434_27, 159.291_13, 59.109_375],
        denominator: &[1.0, 17.895_17, 78.757_76, 67.187_56],
    };
    const MIDDLE: Ratio<f32> = Ratio {
        numerator: &[1.423_437_2, 2.756_815_4, 1.306_728_5, 0.170_238_22],
        denominator: &[1.0, 0.737_001_64, 0.120_211_32],
    };
    const FAR: Ratio<f32> = Ratio {
        numerator: &[6.657_905, 3.081_226_3, 0.428_682_94, 0.017_337_204],
        denominator: &[1.0, 0.241_978_94, 0.012_258_202],
    };

    #[inline]
    fn open_unit(bits: u64) -> f32 {
        const STEP: f32 = 1.0 / (1u32 << 24) as f32;
        let m = (bits >> 40) as u32 & ((1 << 23) - 1);
        (2 * m + 1) as f32 * STEP
    }
}

#[cfg(feature = "micromath")]
#[rustfmt::skip]
mod micro {
    use super::{NormalQuantile, Ratio};
    use crate::scalar::Micro;

    impl NormalQuantile for Micro {
        const CENTRE: Ratio<Micro> = Ratio {
            numerator: &[Micro(3.387_132_7), Micro(50.434_27), Micro(159.291_13), Micro(59.109_375)],
            denominator: &[Micro(1.0), Micro(17.895_17), Micro(78.757_76), Micro(67.187_56)],
        };
        const MIDDLE: Ratio<Micro> = Ratio {
            numerator: &[Micro(1.423_437_2), Micro(2.756_815_4), Micro(1.306_728_5), Micro(0.170_238_22)],
            denominator: &[Micro(1.0), Micro(0.737_001_64), Micro(0.120_211_32)],
        };
        const FAR: Ratio<Micro> = Ratio {
            numerator: &[Micro(6.657_905), Micro(3.081_226_3), Micro(0.428_682_94), Micro(0.017_337_204)],
            denominator: &[Micro(1.0), Micro(0.241_978_94), Micro(0.012_258_202)],
        };

        #[inline]
        fn open_unit(bits: u64) -> Micro {
            Micro(f32::open_unit(bits))
        }
    }
}
