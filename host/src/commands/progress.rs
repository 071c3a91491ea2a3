//! Progress bars for long calculations, on a terminal.

use std::io::{IsTerminal, stderr};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::kernels::dense::multiply_adds;
use crate::threads;

/// A shorter calculation shows no bar.
const PATIENCE: Duration = Duration::from_secs(2);

/// Runs work of at most this many multiply-adds in blocks. After two seconds it shows a progress bar, if
/// standard error is a terminal.
pub(super) fn during<R>(total: f64, work: impl FnOnce() -> R) -> R {
    if !stderr().is_terminal() {
        return work();
    }
    thread::scope(|scope| {
        let (end, ended) = channel::<()>();
        let (begun, begins) = channel::<()>();
        scope.spawn(move || {
            threads::allocate();
            drop(begun);
            watch(total, &ended);
        });
        let _ = begins.recv(); // comes back when the thread has dropped its end
        let result = work();
        drop(end);
        result
    })
}

fn watch(total: f64, ended: &Receiver<()>) {
    let before = multiply_adds();
    let goes_on = |time| ended.recv_timeout(time) == Err(RecvTimeoutError::Timeout);
    if !goes_on(PATIENCE) {
        return;
    }
    let bar = ProgressBar::new(total as u64).with_elapsed(PATIENCE);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {percent} %, {elapsed} so far, {eta} left") {
        bar.set_style(style);
    }
    while goes_on(Duration::from_millis(250)) {
        bar.set_position((multiply_adds() - before).min(total as u64));
    }
    bar.finish_and_clear();
}
