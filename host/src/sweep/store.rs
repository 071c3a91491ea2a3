//! A folder with a sweep in it: rows written as they come, resumed where they stopped.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use rayon::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Key, Measured, Rows, run};
use crate::error::{Failure, message, shown};
use crate::example3::Settings;
use crate::output;

/// Of settings.json, and so of the folder.
const FORMAT: &str = "ntk sweep 1";
const HEADER: &str = "lift,engine,seed,width,steps,stop,train_mse,test_mse";

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
            let text = json!({ "format": FORMAT, "settings": settings }).to_string();
            lock.write_all((text + "\n").as_bytes()).map_err(failed)?;
        } else if let Some(why) = mismatch(&there, settings) {
            let (csv, path) = (csv.display(), path.display());
            return Err(Failure::new(format!(
                "{csv} cannot be continued: {path} {why}; choose another --out or remove both files"
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
            Some(_) => {
                let path = path.display();
                return Err(Failure::new(format!(
                    "{path}:1: the header is not {HEADER}; choose another --out"
                )));
            }
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

/// What keeps a sweep with these settings from going on with those of a file; nothing if they are the same.
fn mismatch(file: &[u8], settings: &Settings) -> Option<String> {
    if file.is_empty() {
        return Some("is missing or empty".to_owned());
    }
    let saved: Value = match serde_json::from_slice(file) {
        Ok(saved) => saved,
        Err(e) => return Some(format!("has no settings of a sweep: {}", message(&e))),
    };
    match saved["format"].as_str() {
        Some(FORMAT) => (),
        Some(other) => {
            return Some(format!("has the format '{}', this program reads '{FORMAT}'", shown(other)));
        }
        None => return Some(format!("has no settings of a sweep: its format is not '{FORMAT}'")),
    }
    let there = match Settings::deserialize(&saved["settings"]) {
        Ok(there) if there == *settings => return None,
        Ok(there) => json!(there),
        Err(e) => return Some(format!("has no settings of a sweep: {}", message(&e))),
    };
    let wanted = json!(settings);
    let names = wanted.as_object().into_iter().flat_map(|fields| fields.keys());
    let other = names.filter(|name| there[*name] != wanted[*name]);
    let differences: Vec<String> =
        other.map(|name| format!("{name} {}, not {}", there[name], wanted[name])).collect();
    Some(format!("has other settings ({})", differences.join("; ")))
}

fn append(file: &Mutex<File>, path: &Path, line: &str) -> Result<(), Failure> {
    let mut file = file.lock().map_err(|_| Failure::new("another thread failed while writing"))?;
    let written = file.write_all(line.as_bytes()).and_then(|()| file.sync_data());
    written.map_err(|cause| Failure::file("write", path, &cause))
}
