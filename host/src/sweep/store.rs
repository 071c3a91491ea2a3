//! A folder with a sweep in it: rows written as they come, resumed where they stopped.
//!
//! What a program that is killed, or a machine that loses its power, leaves behind is at all times a sweep that goes on. A row is
//! written and its data synced, before it counts as done; so a row is whole, or it is a last line without its end, which the next
//! start drops and runs again. Files that are replaced are written beside their place, synced and renamed, and their
//! folder is synced. While a sweep is at work `settings.json` is locked.

use std::cmp::Reverse;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use rayon::prelude::*;

use super::{Key, Plan, Rows, Runner, Width, csv, plan, settings};
use crate::error::Failure;
use crate::example3::Settings;
use crate::interrupt::Interrupt;
use crate::output;

/// What a sweep writes for its reader; settings.json and plan.json are its own.
pub const WRITTEN: [&str; 8] = [
    csv::FILE,
    "curves.csv",
    "quantiles.csv",
    "sentences.csv",
    "figure1.svg",
    "figure1.png",
    "figure2.svg",
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
    /// Opens a folder, making it if need be, and reads what a sweep with the same settings has left there.
    ///
    /// # Errors
    /// If the folder cannot be written, holds a sweep with other settings or a file that is no sweep, or another program
    /// is at work in it.
    pub fn open(folder: &Path, wanted: &Settings) -> Result<Self, Failure> {
        fs::create_dir_all(folder).map_err(|cause| Failure::file("make the folder", folder, &cause))?;
        let path = folder.join(settings::FILE);
        let failed = |cause: io::Error| Failure::file("write", &path, &cause);
        let mut options = OpenOptions::new();
        let mut lock =
            options.read(true).write(true).create(true).truncate(false).open(&path).map_err(failed)?;
        if let Err(TryLockError::WouldBlock) = lock.try_lock() {
            let folder = folder.display();
            return Err(Failure::new(format!(
                "another sweep is at work in {folder}; wait for it or choose another --out"
            )));
        }
        let mut there = Vec::new();
        lock.read_to_end(&mut there).map_err(failed)?;
        let csv = folder.join(csv::FILE);
        if there.is_empty() && !csv.exists() {
            lock.write_all(settings::text(wanted).as_bytes())
                .and_then(|()| lock.sync_all())
                .map_err(failed)?;
            output::sync_folder(folder);
        } else if let Some(why) = mismatch(&there, wanted) {
            let (csv, path) = (csv.display(), path.display());
            return Err(Failure::new(format!(
                "{csv} cannot be continued: {path} {why}; choose another --out or remove both files"
            )));
        }
        for file in WRITTEN.into_iter().chain([plan::FILE]) {
            output::remove_unfinished(&folder.join(file));
        }
        let rows = csv::read(&csv, wanted)?;
        let plan = Plan::read(&folder.join(plan::FILE))?;
        let store = Self { folder: folder.to_owned(), settings: *wanted, plan, _lock: lock, rows };
        store.save()?; // drops a row that was cut off when an earlier run was killed
        Ok(store)
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What all rows share.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What the folder is to hold: what this and earlier calls have asked for.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Adds to what the folder is to hold.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn intend(&mut self, wanted: &Plan) -> Result<(), Failure> {
        self.plan.extend(wanted);
        self.plan.extend(&Plan::of(&self.rows));
        output::replace_file(&self.folder.join(plan::FILE), self.plan.text().as_bytes())
    }

    pub(super) fn save(&self) -> Result<(), Failure> {
        output::replace_file(&self.folder.join(csv::FILE), csv::text(&self.rows, &self.settings).as_bytes())
    }

    /// Runs what is missing. Each row is appended to the file as it comes, and counts as done once it would survive a loss of power;
    /// a thread of its own waits for the disk.
    ///
    /// # Errors
    /// The first failure of a run or of writing, or an interruption; the rows that were done until then are kept.
    pub fn complete(
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
        let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs.unwrap_or(0)).build();
        let pool = pool.map_err(|e| Failure::new(format!("cannot start threads: {e}")))?;
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
            // A bridge hands out one task at a time in this order. With the last one the sender goes, and the writer ends.
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

    /// Wide networks, which train to a target, take some ten thousand steps; one that trains until nothing improves, a hundred or a
    /// million. Those come first, so that no long one is left over at the end.
    fn is_predictable(&self, width: Width) -> bool {
        !matches!(width, Width::Finite(k) if k < self.settings.samples)
    }
}

/// What keeps a sweep with these settings from going on with those of a file; nothing if they are the same.
fn mismatch(file: &[u8], wanted: &Settings) -> Option<String> {
    match settings::parse(file) {
        Ok(there) if there == *wanted => None,
        Ok(there) => Some(format!("has other settings ({})", settings::differences(&there, wanted))),
        Err(why) => Some(why),
    }
}

/// Writes lines as they come, together those that came while the disk was busy, until no sender is left.
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
