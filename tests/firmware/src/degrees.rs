//! Numbers in whole degrees, printed by integers alone: what `core` has for floats costs kilobytes of flash.

/// The nearest whole number; a cast saturates.
pub(crate) fn nearest(celsius: f32) -> i32 {
    (celsius + if celsius < 0.0 { -0.5 } else { 0.5 }) as i32
}

/// The largest whole number that is not above.
pub(crate) fn down(celsius: f32) -> i32 {
    let whole = celsius as i32;
    if whole as f32 > celsius { whole.saturating_sub(1) } else { whole }
}

/// The smallest whole number that is not below.
pub(crate) fn up(celsius: f32) -> i32 {
    -down(-celsius)
}
