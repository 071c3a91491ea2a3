//! Files: tables and weights as CSV, model files, and how results are written.

pub mod device;
pub mod model;
pub mod output;
pub mod scaling;
pub mod table;
pub mod weights;
