//! Counts of the work that long calculations have done, for progress bars.
//!
//! The counts are those of the whole process. No result depends on them.

use std::sync::atomic::{AtomicU64, Ordering};

/// A count that threads add to.
#[derive(Debug)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Adds to the count.
    pub fn add(&self, count: usize) {
        self.0.fetch_add(count as u64, Ordering::Relaxed);
    }

    /// Returns the count since the program was started.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Kernel values that were computed by tiles.
pub static KERNEL_VALUES: Counter = Counter(AtomicU64::new(0));

/// Multiply-adds of calculations by blocks. Other work adds as many as would take its time.
pub static MULTIPLY_ADDS: Counter = Counter(AtomicU64::new(0));

/// Inputs, or steps of a training, of loops that call the core for each.
pub static ROUNDS: Counter = Counter(AtomicU64::new(0));
