//! Statistics of independent draws: order statistics, confidence intervals, power laws and rates.

mod interval;
mod power_law;
mod quantiles;
mod rate;

pub use interval::{Estimate, jackknife, mean, share, student, student_tail, wilson};
pub use power_law::{MeanLaw, PowerLaw};
pub use quantiles::{Spread, median, quantile};
pub use rate::{Levels, Mean, Rate};
