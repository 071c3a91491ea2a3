//! The lift of Example 3 as an option and in files.

use std::fmt;

use ntk_core::Lift;
use serde::{Deserialize, Serialize};

/// [`Lift`] by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LiftName {
    /// x itself.
    Raw,
    /// (x, 1).
    Bias,
    /// (x, 1) / sqrt(x^2 + 1).
    Sphere,
    /// (cos(pi x / 2), sin(pi x / 2)).
    Circle,
}

impl LiftName {
    /// All lifts, in the order in which help lists them.
    pub const ALL: [Self; 4] = [Self::Raw, Self::Bias, Self::Sphere, Self::Circle];

    /// Returns the name on the command line and in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Bias => "bias",
            Self::Sphere => "sphere",
            Self::Circle => "circle",
        }
    }
}

impl fmt::Display for LiftName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl From<LiftName> for Lift {
    fn from(name: LiftName) -> Self {
        match name {
            LiftName::Raw => Self::Raw,
            LiftName::Bias => Self::Bias,
            LiftName::Sphere => Self::Sphere,
            LiftName::Circle => Self::Circle,
        }
    }
}
