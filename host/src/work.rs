//! How much calculations have done so far, for those who wait.
//!
//! There is one pair of counts for the whole process. They say nothing of results, and nobody reads them but
//! the progress bars.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts something that takes time.
#[derive(Debug)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Adds to the count.
    pub fn add(&self, count: usize) {
        self.0.fetch_add(count as u64, Ordering::Relaxed);
    }

    /// The count since the program was started.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Values of kernels, computed by tiles.
pub static KERNEL_VALUES: Counter = Counter(AtomicU64::new(0));

/// Multiply-adds of calculations by blocks; other work counts as many as fit in its time.
pub static MULTIPLY_ADDS: Counter = Counter(AtomicU64::new(0));
