//! The width sweep: one row for each draw and width, and one for the NTK; written as they come, resumed where they stopped.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use ntk_core::train::StopReason;
use rayon::prelude::*;

use crate::cli::Shard;
use crate::error::{Failure, message};
use crate::example3::{Draw, KernelPredictor, Settings, Trained, test_mse};
use crate::output;

/// The width of a network; the NTK's is infinite and sorts last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Width {
    /// k units.
    Finite(usize),
    /// The NTK.
    Infinite,
}

impl std::fmt::Display for Width {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Finite(k) => k.fmt(f),
            Self::Infinite => "inf".fmt(f),
        }
    }
}

impl std::str::FromStr for Width {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "inf" { Ok(Self::Infinite) } else { text.parse().map(Self::Finite) }
    }
}

/// What identifies a row: rows sort by seed, then by width.
pub type Key = (u64, Width);

/// What a row says.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Steps of gradient descent; 0 for the NTK.
    pub steps: u32,
    /// The rule that ended the training: target, patience, max-steps, diverged; for the NTK solved, or jitter.
    pub stop: String,
    /// Mean squared error on the samples.
    pub train_mse: f64,
    /// Mean squared error against g on the test points.
    pub test_mse: f64,
}

/// All rows of a folder.
pub type Rows = BTreeMap<Key, Measured>;

const HEADER: &str = "lift,engine,seed,width,steps,stop,train_mse,test_mse";

/// Runs one draw at one width.
///
/// # Errors
/// If the settings are out of range.
pub fn run(settings: &Settings, (seed, width): Key) -> Result<Measured, Failure> {
    let draw = Draw::new(seed, settings)?;
    match width {
        Width::Infinite => {
            let kernel = KernelPredictor::new(&draw)?;
            Ok(Measured {
                steps: 0,
                stop: if kernel.jitter == 0.0 { "solved" } else { "jitter" }.to_owned(),
                train_mse: kernel.train_mse()?,
                test_mse: test_mse(|x| kernel.predict(x))?,
            })
        }
        Width::Finite(k) => {
            let trained = Trained::new(&draw, settings, k)?;
            let stop = match trained.outcome.reason {
                StopReason::Target => "target",
                StopReason::Patience => "patience",
                StopReason::MaxSteps => "max-steps",
                StopReason::Diverged => "diverged",
            };
            Ok(Measured {
                steps: trained.outcome.steps,
                stop: stop.to_owned(),
                train_mse: trained.outcome.mse,
                test_mse: test_mse(|x| trained.predict(x))?,
            })
        }
    }
}

/// A folder with a sweep in it.
#[derive(Debug)]
pub struct Store {
    csv: PathBuf,
    settings: Settings,
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
    pub fn open(folder: &Path, settings: &Settings) -> Result<Self, Failure> {
        fs::create_dir_all(folder).map_err(|cause| Failure::file("make the folder", folder, &cause))?;
        let path = folder.join("settings.json");
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
        let csv = folder.join("sweep.csv");
        if there.is_empty() && !csv.exists() {
            let text = serde_json::to_string(settings).map_err(|e| Failure::new(e.to_string()))?;
            lock.write_all((text + "\n").as_bytes()).map_err(failed)?;
        } else if serde_json::from_slice(&there).ok() != Some(*settings) {
            return Err(Failure::new(format!(
                "{} belongs to a sweep with other settings, those in {}: {}; choose another --out or remove it",
                csv.display(),
                path.display(),
                message(&String::from_utf8_lossy(&there).trim())
            )));
        }
        let mut store = Self { csv, settings: *settings, _lock: lock, rows: Rows::new() };
        store.rows = store.read()?;
        store.save()?; // drops a row that was cut off when an earlier run was killed
        Ok(store)
    }

    /// Rows of the file; a last line without its end is one that was cut off.
    fn read(&self) -> Result<Rows, Failure> {
        let path = &self.csv;
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Rows::new()),
            Err(cause) => return Err(Failure::file("read", path, &cause)),
        };
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        let mut lines = whole.lines().enumerate();
        match lines.next() {
            None => return Ok(Rows::new()),
            Some((_, HEADER)) => (),
            Some(_) => return Err(Failure::new(format!("{}:1: the header is not {HEADER}", path.display()))),
        }
        lines
            .map(|(i, line)| {
                self.parse(line).ok_or_else(|| {
                    Failure::new(format!("{}:{}: not a row of a sweep; remove it", path.display(), i + 1))
                })
            })
            .collect()
    }

    fn parse(&self, line: &str) -> Option<(Key, Measured)> {
        let cells: [&str; 8] = line.split(',').collect::<Vec<_>>().try_into().ok()?;
        let [lift, engine, seed, width, steps, stop, train_mse, test_mse] = cells;
        let measured = Measured {
            steps: steps.parse().ok()?,
            stop: stop.to_owned(),
            train_mse: train_mse.parse().ok()?,
            test_mse: test_mse.parse().ok()?,
        };
        let key = (seed.parse().ok()?, width.parse().ok()?);
        let own = self.line(key, &measured);
        own.starts_with(&format!("{lift},{engine},")).then_some((key, measured))
    }

    fn line(&self, (seed, width): Key, m: &Measured) -> String {
        let Settings { lift, engine, .. } = self.settings;
        let Measured { steps, stop, train_mse, test_mse } = m;
        format!("{lift},{engine},{seed},{width},{steps},{stop},{train_mse:?},{test_mse:?}\n")
    }

    /// Writes the whole file, sorted: the same bytes whatever the order in which the rows came.
    fn save(&self) -> Result<(), Failure> {
        let rows: String = self.rows.iter().map(|(key, measured)| self.line(*key, measured)).collect();
        output::replace_file(&self.csv, format!("{HEADER}\n{rows}").as_bytes())
    }

    /// Runs what is missing, the widest first, appending each row to the file as it comes.
    ///
    /// # Errors
    /// The first failure of a run or of writing.
    pub fn complete(
        &mut self,
        keys: &[Key],
        jobs: Option<usize>,
        done: impl Fn() + Sync,
    ) -> Result<(), Failure> {
        let mut missing: Vec<Key> = keys.iter().filter(|key| !self.rows.contains_key(key)).copied().collect();
        missing.sort_by_key(|&(seed, width)| (std::cmp::Reverse(width), seed));
        let path = self.csv.clone();
        let file = OpenOptions::new().append(true).open(&path);
        let file = Mutex::new(file.map_err(|cause| Failure::file("write", &path, &cause))?);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs.unwrap_or(0)).build();
        let pool = pool.map_err(|e| Failure::new(format!("cannot start threads: {e}")))?;
        let one = |key: Key| {
            let measured = run(&self.settings, key)?;
            append(&file, &path, &self.line(key, &measured))?;
            done();
            Ok((key, measured))
        };
        // A bridge hands out one task at a time in this order, so the long ones do not end up last on one thread.
        let new: Vec<(Key, Measured)> =
            pool.install(|| missing.into_iter().par_bridge().map(one).collect::<Result<_, Failure>>())?;
        self.rows.extend(new);
        self.save()
    }
}

fn append(file: &Mutex<File>, path: &Path, line: &str) -> Result<(), Failure> {
    let mut file = file.lock().map_err(|_| Failure::new("another thread failed while writing"))?;
    let written = file.write_all(line.as_bytes()).and_then(|()| file.sync_data());
    written.map_err(|cause| Failure::file("write", path, &cause))
}

/// All seeds at all widths and the NTK, or the part of a shard.
#[must_use]
pub fn keys(seeds: &[u64], widths: &[usize], shard: Option<Shard>) -> Vec<Key> {
    let mut widths: Vec<Width> = widths.iter().map(|&k| Width::Finite(k)).chain([Width::Infinite]).collect();
    widths.sort_unstable();
    widths.dedup();
    let all = seeds.iter().flat_map(|&seed| widths.iter().map(move |&width| (seed, width)));
    match shard {
        None => all.collect(),
        Some(Shard { index, count }) => all.skip(index).step_by(count).collect(),
    }
}
