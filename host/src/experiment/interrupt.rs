//! Interrupts: after Ctrl-C, or the SIGTERM that a batch system sends, long work stops at its next step.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use signal_hook::low_level::emulate_default_handler;

use crate::error::Failure;

/// Whether the user wants the work to end. Copies share one answer; the default is never interrupted.
#[derive(Clone, Debug, Default)]
pub struct Interrupt {
    asked: Arc<AtomicBool>,
    signal: Arc<AtomicUsize>,
}

impl Interrupt {
    /// Remembers the first signal from now on. A second one ends the program at once.
    ///
    /// # Errors
    /// If the system has no such signals.
    pub fn listen() -> Result<Self, Failure> {
        let own = Self::default();
        for signal in [SIGINT, SIGTERM] {
            let registered = flag::register_conditional_default(signal, own.asked.clone())
                .and_then(|_| flag::register_usize(signal, own.signal.clone(), signal as usize))
                .and_then(|_| flag::register(signal, own.asked.clone()));
            registered.map_err(|e| Failure::new(format!("cannot listen for Ctrl-C: {e}")))?;
        }
        Ok(own)
    }

    /// Returns whether no signal has come.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        !self.asked.load(Ordering::Relaxed)
    }

    /// Fails if a signal has come.
    ///
    /// # Errors
    /// After a signal; the caller says what has become of the work.
    pub fn check(&self) -> Result<(), Failure> {
        if self.is_silent() {
            return Ok(());
        }
        Err(Failure::interrupted(self.signal.load(Ordering::Relaxed), "interrupted"))
    }
}

/// Ends the program as the signal would have, so that a shell or a batch system sees what happened.
pub fn end_by(signal: usize) {
    if let Ok(signal) = i32::try_from(signal) {
        let _ = emulate_default_handler(signal); // comes back only if there is no such signal
    }
}
