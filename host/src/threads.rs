//! Threads that ask for memory once before they work.
//!
//! glibc gives a thread 64 MB of address space for a heap when it first allocates. If that happened after
//! [`crate::memory`] had found enough memory, a calculation under a limit of memory would fail in the middle.

use std::hint::black_box;

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::error::Failure;

/// Starts the threads that calculations without a pool of their own run in, one for each processor.
///
/// # Errors
/// If the system refuses a thread, or if they run already.
pub fn start() -> Result<(), Failure> {
    ThreadPoolBuilder::new().build_global().map_err(refused)?;
    rayon::broadcast(|_| allocate());
    Ok(())
}

/// Returns a pool of so many threads; by default one for each processor.
///
/// # Errors
/// If the system refuses a thread.
pub fn pool(jobs: Option<usize>) -> Result<ThreadPool, Failure> {
    let pool = ThreadPoolBuilder::new().num_threads(jobs.unwrap_or(0)).build().map_err(refused)?;
    pool.broadcast(|_| allocate());
    Ok(pool)
}

fn refused(error: rayon::ThreadPoolBuildError) -> Failure {
    Failure::new(format!("cannot start threads: {error}"))
}

/// Takes what the allocator gives a thread with its first request.
pub fn allocate() {
    drop(black_box(vec![0u8; 1 << 10]));
}
