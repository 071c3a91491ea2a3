//! Reads CSV: tables with named columns, of which those that are used hold finite numbers. Every error names
//! file, line and column.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use ntk_core::Rows;

use crate::error::{Failure, counted, shown};
use crate::memory;

mod cells;
mod header;
mod number;

use cells::{OpenQuote, Splitter};

/// A table with a header row. It keeps the text of the file: cells become numbers when their column is asked
/// for, so other columns may hold anything.
#[derive(Clone, Debug)]
pub struct Table {
    path: PathBuf,
    header: Vec<String>,
    header_line: usize,
    separator: u8,
    text: Vec<u8>,
    /// Where the rows start in the text: the byte, and the line from 1.
    start: (usize, usize),
    /// The number of rows up to the last one that is not empty.
    rows: usize,
}

/// Some columns of a table, row by row, with the lengths that [`Rows`] needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Columns {
    /// The numbers, row after row.
    pub values: Vec<f64>,
    /// Numbers in a row.
    pub width: usize,
    path: PathBuf,
    lines: Vec<usize>,
}

impl Columns {
    /// Returns the number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len().checked_div(self.width).unwrap_or(0)
    }

    /// Returns the line of a row in its file, from 1.
    #[must_use]
    pub fn line(&self, row: usize) -> usize {
        self.lines.get(row).copied().unwrap_or(0)
    }

    /// Returns the place of a row as FILE:LINE.
    #[must_use]
    pub fn place(&self, row: usize) -> String {
        format!("{}:{}", self.path.display(), self.line(row))
    }

    /// Returns whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Returns the numbers as rows for the core.
    ///
    /// # Errors
    /// If there are no columns.
    pub fn rows(&self) -> Result<Rows<'_, f64>, Failure> {
        Ok(Rows::new(&self.values, self.width)?)
    }
}

impl Table {
    /// Reads a file with a header row and at least one row below it.
    ///
    /// # Errors
    /// If the file cannot be read, is no text, is empty, has no rows, or has a row of another length or a
    /// quote that is not closed.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let mut text = fs::read(path).map_err(|cause| Failure::file("read", path, &cause))?;
        header::refuse_other_formats(path, &text)?;
        if text.starts_with("\u{feff}".as_bytes()) {
            text.drain(..3);
        }
        // Ctrl-Z, with which old programs end a file and fill the rest of its last block.
        if let Some(end) = text.iter().rposition(|b| *b != 0x1a).map(|last| last + 1) {
            text.truncate(end);
        }
        let found = header::find(path, &text)?;
        let (header, header_line, separator) = (found.names, found.line, found.separator);
        let mut table =
            Self { path: path.to_owned(), header, header_line, separator, text, start: found.end, rows: 0 };
        table.rows = table.count_rows()?;
        if table.rows == 0 {
            return Err(Failure::new(format!(
                "{}: there are no rows below the header; add at least one",
                path.display()
            )));
        }
        Ok(table)
    }

    /// Returns the columns PREFIX0, PREFIX1, ... in order of their number, wherever they stand; `single` is
    /// accepted as the name of a lone column. Other columns are passed over.
    ///
    /// # Errors
    /// If there is no such column, a number is missing, a name occurs twice, or a cell is no finite number.
    pub fn numbered(&self, prefix: &str, single: Option<&str>) -> Result<Columns, Failure> {
        let of_prefix = |name: &str| name.strip_prefix(prefix).is_some_and(|n| n.parse::<usize>().is_ok());
        let count = self.header.iter().filter(|name| of_prefix(name)).count();
        let names: Vec<String> = match single {
            Some(name) if count == 0 => vec![name.to_owned()],
            _ => (0..count.max(1)).map(|i| format!("{prefix}{i}")).collect(),
        };
        // The place of each name: with very many columns, searching the header for every name takes too long.
        let mut places: HashMap<&str, (usize, bool)> = HashMap::new();
        for (i, name) in self.header.iter().enumerate() {
            places.entry(name).and_modify(|(_, is_twice)| *is_twice = true).or_insert((i, false));
        }
        let index = |name: &String| match places.get(name.as_str()) {
            Some((index, false)) => Ok(*index),
            found => Err(self.no_column(name, found.is_some())),
        };
        let indices = names.iter().map(index).collect::<Result<Vec<_>, _>>()?;
        self.columns(&indices)
    }

    /// Returns the column of this name, if there is one.
    ///
    /// # Errors
    /// If the name occurs twice, or a cell is no finite number.
    pub fn optional(&self, name: &str) -> Result<Option<Columns>, Failure> {
        let mut places = self.header.iter().enumerate().filter(|(_, column)| *column == name);
        match (places.next(), places.next()) {
            (None, _) => Ok(None),
            (Some((index, _)), None) => Ok(Some(self.columns(&[index])?)),
            _ => Err(self.no_column(name, true)),
        }
    }

    /// Returns whether there is a column of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.header.iter().any(|column| column == name)
    }

    fn columns(&self, indices: &[usize]) -> Result<Columns, Failure> {
        let (rows, count) = (self.rows, self.rows.saturating_mul(indices.len()));
        let what = format_args!("{}: a table of {rows} x {} numbers", self.path.display(), indices.len());
        let (mut values, mut lines) = (memory::room(count, what)?, memory::room(rows, what)?);
        let (mut splitter, mut cells) = (self.splitter(), Vec::new());
        while lines.len() < self.rows
            && let Some(line) = self.next_row(&mut splitter, &mut cells)?
        {
            lines.push(line);
            for &i in indices {
                let cell = cells.get(i).copied().unwrap_or(b"");
                let value = number::parse(cell, self.separator).map_err(|why| {
                    let (path, cell) = (self.path.display(), excerpt(cell));
                    let name = self.header.get(i).map_or(String::new(), |name| shown(name));
                    Failure::new(format!("{path}:{line}:{}: '{cell}' in column '{name}' {why}", i + 1))
                })?;
                values.push(value);
            }
        }
        Ok(Columns { values, width: indices.len(), path: self.path.clone(), lines })
    }

    fn splitter(&self) -> Splitter<'_> {
        Splitter::new(self.text.get(self.start.0..).unwrap_or(b""), self.separator, self.start.1)
    }

    fn next_row<'t>(
        &self,
        splitter: &mut Splitter<'t>,
        cells: &mut Vec<&'t [u8]>,
    ) -> Result<Option<usize>, Failure> {
        splitter.next_row(cells).map_err(|quote| open_quote(&self.path, &quote))
    }

    /// Checks the length of each row. Empty rows at the end, as spreadsheets write them, do not count.
    fn count_rows(&self) -> Result<usize, Failure> {
        let (mut splitter, mut cells) = (self.splitter(), Vec::new());
        let (mut seen, mut rows) = (0, 0);
        let named = self.header.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
        while let Some(line) = self.next_row(&mut splitter, &mut cells)? {
            seen += 1;
            let filled =
                cells.iter().rposition(|cell| !cell.trim_ascii().is_empty()).map_or(0, |last| last + 1);
            if filled == 0 {
                continue; // if its column is used and rows follow, the empty cell is refused
            }
            rows = seen;
            if cells.len() < named || filled > self.header.len() {
                return Err(self.ragged(line, &cells));
            }
        }
        Ok(rows)
    }

    /// Says why a row has another length than the header.
    fn ragged(&self, line: usize, cells: &[&[u8]]) -> Failure {
        let path = self.path.display();
        if let Some(why) = not_text(cells) {
            return Failure::new(format!("{path}:{line}: not a text file ({why}); save it as CSV in UTF-8"));
        }
        let first = cells.first().copied().unwrap_or(b"");
        let other = |b: &u8| matches!(b, b',' | b';' | b'\t') && *b != self.separator;
        let (found, needed) = (counted(cells.len(), "cell"), self.header.len());
        let remedy = if cells.iter().any(|cell| cell.contains(&0x1a)) {
            "it has a Ctrl-Z, the end of an older file: remove it".to_owned()
        } else if first.starts_with(b"#") {
            "if it is a comment, remove it".to_owned()
        } else if cells.len() > needed && self.separator == b',' {
            "remove some, put a cell that has a comma in quotes, or write decimal points for commas"
                .to_owned()
        } else if cells.len() > needed {
            "remove some".to_owned()
        } else if cells.iter().any(|cell| cell.iter().any(other)) {
            format!(
                "separate them by {}, as the header does, or complete the row",
                number::plural(self.separator)
            )
        } else {
            "complete the row".to_owned()
        };
        Failure::new(format!("{path}:{line}: {found} where the header has {needed}; {remedy}"))
    }

    /// Returns the error that says why a name stands for no column.
    fn no_column(&self, name: &str, is_twice: bool) -> Failure {
        let (path, line) = (self.path.display(), self.header_line);
        if is_twice {
            return Failure::new(format!(
                "{path}:{line}: the column '{name}' occurs twice; rename or remove one"
            ));
        }
        let names: Vec<String> = self.header.iter().take(10).map(|name| shown(name)).collect();
        let more = self.header.len() - names.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let (names, remedy) = (names.join(", "), header::remedy(&self.header, name));
        Failure::new(format!(
            "{path}:{line}: there is no column '{name}'; {remedy} (the columns are: {names}{more})"
        ))
    }
}

fn open_quote(path: &Path, quote: &OpenQuote) -> Failure {
    let (path, OpenQuote { line, column }) = (path.display(), quote);
    Failure::new(format!("{path}:{line}:{column}: a quote (\") is opened and not closed; close or remove it"))
}

/// Returns why cells are no text, or `None` if they are text.
fn not_text(cells: &[&[u8]]) -> Option<&'static str> {
    if cells.iter().any(|cell| cell.contains(&0)) {
        Some("zero bytes, as a loss of power leaves them")
    } else if cells.iter().any(|cell| std::str::from_utf8(cell).is_err()) {
        Some("invalid UTF-8")
    } else {
        None
    }
}

/// Returns the start of a cell in a form that may be printed.
fn excerpt(cell: &[u8]) -> String {
    let start = cell.trim_ascii().get(..400).unwrap_or(cell.trim_ascii());
    shown(&String::from_utf8_lossy(start))
}
