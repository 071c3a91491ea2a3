#![doc = include_str!("../README.md")]
#![no_std]

mod calibration;
mod costs;
mod error;
mod flash;
mod header;
mod journal;
mod layout;
mod model;
mod restore;
mod save;
mod scan;
mod store;
mod stream;

pub use calibration::{Change, Noisy};
pub use costs::Costs;
pub use error::Error;
pub use model::{Model, Record};
pub use store::Store;
pub use stream::Event;
