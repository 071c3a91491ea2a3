//! Numbers with one decimal, printed by integers alone: what `core` has for floats costs kilobytes of flash.

use core::fmt::{Display, Formatter, Result};

/// A number to print, eight columns wide, rounded to tenths.
pub(crate) struct Tenths(pub(crate) f32);

impl Display for Tenths {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let half = if self.0 < 0.0 { -0.5 } else { 0.5 };
        let tenths = (self.0 * 10.0 + half) as i32; // saturates
        let decimal = tenths.unsigned_abs() % 10;
        if tenths < 0 && tenths > -10 {
            write!(f, "    -0.{decimal}")
        } else {
            write!(f, "{:6}.{decimal}", tenths / 10)
        }
    }
}
