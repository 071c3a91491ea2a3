//! A folder with a sweep in it: rows are written as they come, and the sweep is resumed where it stopped.
//!
//! After a kill or power loss the sweep can always be resumed. A row counts as done after it has been written
//! and its data synced. So a row is whole, or it is a last line without its end, which the next start drops
//! and runs again. All other files are written beside their place, synced and renamed, and their folder is
//! synced. While a sweep is at work it holds the lock of `settings.json`, which is taken before the file gets
//! its name.

use std::cmp::Reverse;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use rayon::prelude::*;

use super::{Key, Plan, Rows, Runner, Width, csv, plan, settings};
use crate::error::Failure;
use crate::experiment::example3::Settings;
use crate::experiment::interrupt::Interrupt;
use crate::files::{ordinary, output};
use crate::threads;

/// The files that a sweep writes for its reader; settings.json and plan.json are for its own use.
pub const WRITTEN: &[&str] = &[
    csv::FILE,
    "curves.csv",
    "quantiles.csv",
    "sentences.csv",
    "figure1.svg",
    "figure2.svg",
    #[cfg(feature = "png")]
    "figure1.png",
    #[cfg(feature = "png")]
    "figure2.png",
];

/// A folder with a sweep in it.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    settings: Settings,
    plan: Plan,
    /// settings.json, locked for as long as this sweep is at work.
    _lock: File,
    /// The rows found and added.
    pub rows: Rows,
}

impl Store {
    /// Opens a folder, which is made if need be, and reads what a sweep with the same settings has left
    /// there.
    ///
    /// # Errors
    /// If the folder cannot be written, holds a sweep with other settings or a file that is no sweep, or
    /// another program is at work in it.
    pub fn open(folder: &Path, wanted: &Settings) -> Result<Self, Failure> {
        fs::create_dir_all(folder).map_err(|cause| Failure::file("make the folder", folder, &cause))?;
        let lock = lock_settings(folder, wanted)?;
        for file in WRITTEN.iter().copied().chain([plan::FILE, settings::FILE]) {
            output::remove_unfinished(&folder.join(file)); // those that this call may not write
        }
        let rows = csv::read(&folder.join(csv::FILE), wanted)?;
        let plan = Plan::read(&folder.join(plan::FILE))?;
        let store = Self { folder: folder.to_owned(), settings: *wanted, plan, _lock: lock, rows };
        store.save()?; // drops a row that was cut off when an earlier run was killed
        Ok(store)
    }

    /// Returns the folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the settings that all rows share.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Returns what the folder is to hold: what this and earlier calls have asked for.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Adds to what the folder is to hold.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn extend_plan(&mut self, wanted: &Plan) -> Result<(), Failure> {
        self.plan.extend(wanted);
        self.plan.extend(&Plan::of(&self.rows));
        output::replace_file(&self.folder.join(plan::FILE), self.plan.text().as_bytes())
    }

    pub(super) fn save(&self) -> Result<(), Failure> {
        output::replace_file(&self.folder.join(csv::FILE), csv::text(&self.rows, &self.settings).as_bytes())
    }

    /// Runs those of the rows that are missing. Each is appended to the file as it comes, and counts as done
    /// when the disk has it; a thread of its own waits for the disk.
    ///
    /// # Errors
    /// The first failure of a run or of writing, or an interruption; the rows that were done until then are
    /// kept.
    pub fn run_missing(
        &mut self,
        keys: &[Key],
        jobs: Option<usize>,
        interrupt: &Interrupt,
        done: impl Fn() + Sync,
    ) -> Result<(), Failure> {
        let mut missing: Vec<Key> = keys.iter().filter(|key| !self.rows.contains_key(key)).copied().collect();
        missing.sort_by_key(|&(seed, width)| (self.is_predictable(width), Reverse(width), seed));
        let path = self.folder.join(csv::FILE);
        let mut file = OpenOptions::new().append(true).open(&path);
        let file = file.as_mut().map_err(|cause| Failure::file("write", &path, cause))?;
        let pool = threads::pool(jobs)?;
        let (runner, settings) = (&Runner::new(&self.settings, interrupt), &self.settings);
        let (sender, receiver) = mpsc::channel();
        let one = move |key: Key| {
            let measured = runner.run(key)?;
            let sent = sender.send(csv::line(key, &measured, settings));
            sent.map_err(|_| Failure::new("the rows can no longer be written"))?;
            Ok((key, measured))
        };
        let (new, written) = thread::scope(|scope| {
            let writer = scope.spawn(|| append(file, receiver, &done));
            // A bridge hands out one task at a time in this order. After the last one the sender is dropped,
            // and the writer ends.
            let new = pool
                .install(|| missing.into_iter().par_bridge().map(one).collect::<Result<Vec<_>, Failure>>());
            (new, writer.join())
        });
        match written {
            Ok(Ok(())) => {}
            Ok(Err(cause)) => return Err(Failure::file("write", &path, &cause)),
            Err(_) => return Err(Failure::new("the thread that writes the rows failed")),
        }
        self.rows.extend(new?);
        self.save()
    }

    /// Returns whether the number of steps can be foreseen. Wide networks train to a target and take some ten
    /// thousand steps; narrow ones train until nothing improves, a hundred steps or a million, and run first
    /// so that no long run is left for the end.
    fn is_predictable(&self, width: Width) -> bool {
        !matches!(width, Width::Finite(k) if k < self.settings.samples)
    }
}

/// Opens settings.json, takes its lock, and checks that it has the settings wanted. A folder without a sweep
/// gets the file.
fn lock_settings(folder: &Path, wanted: &Settings) -> Result<File, Failure> {
    let (path, csv) = (folder.join(settings::FILE), folder.join(csv::FILE));
    if !path.exists()
        && !csv.exists()
        && let Some(lock) = output::create_locked(&path, settings::text(wanted).as_bytes())?
    {
        return Ok(lock);
    }
    ordinary(&path)?;
    let failed = |cause: io::Error| Failure::file("write", &path, &cause);
    let check = |there: &[u8]| match mismatch(there, wanted) {
        None => Ok(()),
        Some(why) => {
            let (csv, path) = (csv.display(), path.display());
            Err(Failure::new(format!(
                "{csv} cannot be continued: {path} {why}; choose another --out or remove both files"
            )))
        }
    };
    if !path.exists() && csv.exists() {
        check(&[])?;
    }
    let mut lock = OpenOptions::new().read(true).write(true).open(&path).map_err(failed)?;
    if let Err(TryLockError::WouldBlock) = lock.try_lock() {
        let folder = folder.display();
        return Err(Failure::new(format!(
            "another sweep is at work in {folder}; wait for it or choose another --out"
        )));
    }
    let mut there = Vec::new();
    lock.read_to_end(&mut there).map_err(failed)?;
    check(&there)?;
    Ok(lock)
}

/// Returns why a sweep with these settings cannot be resumed with those of a file; `None` if they are the
/// same.
fn mismatch(file: &[u8], wanted: &Settings) -> Option<String> {
    match settings::parse(file) {
        Ok(there) if there == *wanted => None,
        Ok(there) => Some(format!("has other settings ({})", settings::differences(&there, wanted))),
        Err(why) => Some(why),
    }
}

/// Writes lines as they come until no sender is left. Lines that come while the disk is busy are written
/// together.
fn append(file: &mut File, lines: Receiver<String>, done: impl Fn()) -> io::Result<()> {
    while let Ok(first) = lines.recv() {
        let (mut text, mut count) = (first, 1);
        for line in lines.try_iter() {
            text += &line;
            count += 1;
        }
        file.write_all(text.as_bytes())?;
        file.sync_data()?;
        (0..count).for_each(|_| done());
    }
    Ok(())
}
