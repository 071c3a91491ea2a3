//! A finished or interrupted sweep, opened for reading.

use std::fs::{File, TryLockError};
use std::io::Read;
use std::path::{Path, PathBuf};

use super::{Plan, Rows, csv, plan, settings};
use crate::error::Failure;
use crate::experiment::example3::Settings;
use crate::files::ordinary;

/// The sweep that a folder holds.
#[derive(Debug)]
pub struct Saved {
    /// The folder.
    pub folder: PathBuf,
    /// The settings that all rows share.
    pub settings: Settings,
    /// The seeds and widths that the folder is to hold.
    pub plan: Plan,
    /// The rows that it holds.
    pub rows: Rows,
}

impl Saved {
    /// Reads a folder.
    ///
    /// # Errors
    /// If it holds no sweep, or one that is at work or damaged.
    pub fn read(folder: &Path) -> Result<Self, Failure> {
        let path = folder.join(settings::FILE);
        let failed = |cause| Failure::file("read", &path, &cause);
        ordinary(&path)?;
        let mut file = File::open(&path).map_err(failed)?;
        if let Err(TryLockError::WouldBlock) = file.try_lock_shared() {
            let folder = folder.display();
            return Err(Failure::new(format!("a sweep is at work in {folder}; wait for it")));
        }
        let mut text = Vec::new();
        file.read_to_end(&mut text).map_err(failed)?;
        let settings = settings::parse(&text).map_err(|why| {
            let path = path.display();
            Failure::new(format!("{path} {why}; name the folder of a sweep"))
        })?;
        let rows = csv::read(&folder.join(csv::FILE), &settings)?;
        let mut plan = Plan::read(&folder.join(plan::FILE))?;
        plan.extend(&Plan::of(&rows));
        Ok(Self { folder: folder.to_owned(), settings, plan, rows })
    }

    /// Returns the text of `sweep.csv`.
    #[must_use]
    pub fn csv(&self) -> String {
        csv::text(&self.rows, &self.settings)
    }
}
