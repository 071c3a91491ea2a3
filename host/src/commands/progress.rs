//! Progress bars for long calculations, on a terminal.

use std::io::{IsTerminal, stderr};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::kernels::KernelSpec;
use crate::threads;
use crate::work::{KERNEL_VALUES, MULTIPLY_ADDS, ROUNDS};

/// A shorter calculation shows no bar.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// The largest amount of work that a calculation can take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Work {
    kernel_values: f64,
    /// The multiply-adds that take the time of one kernel value.
    cost: f64,
    multiply_adds: f64,
}

impl Work {
    /// Creates the work of so many values of a kernel, and multiply-adds.
    pub(super) fn new(kernel: KernelSpec, kernel_values: f64, multiply_adds: f64) -> Self {
        Self { kernel_values, cost: kernel.cost(), multiply_adds }
    }

    /// Creates the work of a Gram matrix of n samples and its factor.
    pub(super) fn fit(kernel: KernelSpec, n: usize) -> Self {
        let n = n as f64;
        Self::new(kernel, n * n / 2.0, n.powi(3) / 6.0)
    }

    /// Creates the work of predictions of m inputs by a model of n samples.
    pub(super) fn predictions(kernel: KernelSpec, m: usize, n: usize) -> Self {
        let (m, n) = (m as f64, n as f64);
        Self::new(kernel, m * n, n.powi(3) / 6.0 + m * n * n)
    }

    fn total(self) -> f64 {
        self.kernel_values * self.cost + self.multiply_adds
    }
}

/// Does work in blocks. After two seconds it shows a progress bar, if standard error is a terminal.
pub(super) fn during<R>(work: Work, calculate: impl FnOnce() -> R) -> R {
    let before = [KERNEL_VALUES.total(), MULTIPLY_ADDS.total()];
    let done = move || {
        let [values, multiply_adds] = [KERNEL_VALUES.total() - before[0], MULTIPLY_ADDS.total() - before[1]];
        values as f64 * work.cost + multiply_adds as f64
    };
    shown(work.total(), done, calculate)
}

/// Does work like [`during`] that adds so many to [`ROUNDS`], at most.
pub(super) fn rounds<R>(most: usize, calculate: impl FnOnce() -> R) -> R {
    let before = ROUNDS.total();
    shown(most as f64, move || (ROUNDS.total() - before) as f64, calculate)
}

/// Does work like [`during`] that counts nothing. The bar follows the time that the work is expected to take.
pub(super) fn timed<R>(expected: Duration, calculate: impl FnOnce() -> R) -> R {
    let started = Instant::now();
    shown(expected.as_millis() as f64, move || started.elapsed().as_millis() as f64, calculate)
}

/// Does work of which `done` returns how much of the total is done.
fn shown<R>(total: f64, done: impl Fn() -> f64 + Send, calculate: impl FnOnce() -> R) -> R {
    if !stderr().is_terminal() {
        return calculate();
    }
    thread::scope(|scope| {
        let (end, ended) = channel::<()>();
        let (begun, begins) = channel::<()>();
        scope.spawn(move || {
            threads::allocate();
            drop(begun);
            watch(total, done, &ended);
        });
        let _ = begins.recv(); // comes back when the thread has dropped its end
        let result = calculate();
        drop(end);
        result
    })
}

fn watch(total: f64, done: impl Fn() -> f64, ended: &Receiver<()>) {
    let goes_on = |time| ended.recv_timeout(time) == Err(RecvTimeoutError::Timeout);
    if !goes_on(PATIENCE) {
        return;
    }
    let bar = ProgressBar::new(total as u64).with_elapsed(PATIENCE);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {percent} %, {elapsed} so far, {eta} left") {
        bar.set_style(style);
    }
    while goes_on(Duration::from_millis(250)) {
        bar.set_position(done().min(total) as u64);
    }
    bar.finish_and_clear();
}
