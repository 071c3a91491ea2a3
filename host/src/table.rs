//! CSV in: tables of finite numbers with named columns, every complaint with file, line and column.

use std::fs;
use std::path::{Path, PathBuf};

use csv::{ErrorKind, ReaderBuilder, StringRecord};
use ntk_core::Rows;

use crate::error::{Failure, counted, message, shown};

/// A rectangular table of finite numbers.
#[derive(Clone, Debug)]
pub struct Table {
    path: PathBuf,
    header: Vec<String>,
    values: Vec<f64>,
    lines: Vec<usize>,
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
    /// The number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len().checked_div(self.width).unwrap_or(0)
    }

    /// The line of a row in its file, from 1.
    #[must_use]
    pub fn line(&self, row: usize) -> usize {
        self.lines.get(row).copied().unwrap_or(0)
    }

    /// Where a row stands, FILE:LINE.
    #[must_use]
    pub fn place(&self, row: usize) -> String {
        format!("{}:{}", self.path.display(), self.line(row))
    }

    /// No rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// A view for the core.
    ///
    /// # Errors
    /// If there are no columns.
    pub fn rows(&self) -> Result<Rows<'_, f64>, Failure> {
        Ok(Rows::new(&self.values, self.width)?)
    }
}

impl Table {
    /// Reads a file with a header row and at least one row of numbers.
    ///
    /// # Errors
    /// If the file cannot be read, is empty, has no rows, or has a row of another length or a cell that is no finite
    /// number.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let bytes = fs::read(path).map_err(|cause| Failure::file("read", path, &cause))?;
        let mut reader = ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(&bytes[..]);
        let header = reader.headers().map_err(|e| unreadable(path, &bytes, &e))?.clone();
        if header.iter().all(str::is_empty) {
            return Err(Failure::new(format!(
                "{}: the file is empty; a header row is needed",
                path.display()
            )));
        }
        let (mut values, mut lines) = (Vec::new(), Lines::new(&bytes));
        let mut line_of_row = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|e| unreadable(path, &bytes, &e))?;
            let line = lines.of(record.position());
            if record.len() != header.len() {
                return Err(Failure::new(format!(
                    "{}:{line}: {} where the header has {}; complete the row",
                    path.display(),
                    counted(record.len(), "cell"),
                    header.len()
                )));
            }
            line_of_row.push(line);
            for (column, cell) in record.iter().enumerate() {
                values.push(number(path, line, column, &header, cell)?);
            }
        }
        if values.is_empty() {
            return Err(Failure::new(format!(
                "{}: there are no rows below the header; add at least one",
                path.display()
            )));
        }
        let header = header.iter().map(str::to_owned).collect();
        Ok(Self { path: path.to_owned(), header, values, lines: line_of_row })
    }

    /// The columns PREFIX0, PREFIX1, ... in order of their number, wherever they stand; `single` is accepted as the name
    /// of a lone column. Other columns are passed over.
    ///
    /// # Errors
    /// If there is no such column, a number is missing or a name occurs twice.
    pub fn numbered(&self, prefix: &str, single: Option<&str>) -> Result<Columns, Failure> {
        let of_prefix = |name: &str| name.strip_prefix(prefix).is_some_and(|n| n.parse::<usize>().is_ok());
        let count = self.header.iter().filter(|name| of_prefix(name)).count();
        let names: Vec<String> = match single {
            Some(name) if count == 0 => vec![name.to_owned()],
            _ => (0..count.max(1)).map(|i| format!("{prefix}{i}")).collect(),
        };
        let indices = names.iter().map(|name| self.index(name)).collect::<Result<Vec<_>, _>>()?;
        let rows = self.values.chunks_exact(self.header.len());
        let values = rows.flat_map(|row| indices.iter().map(|&i| row[i])).collect();
        Ok(Columns { values, width: indices.len(), path: self.path.clone(), lines: self.lines.clone() })
    }

    fn index(&self, name: &str) -> Result<usize, Failure> {
        let mut places = self.header.iter().enumerate().filter(|(_, column)| *column == name);
        match (places.next(), places.next()) {
            (Some((index, _)), None) => Ok(index),
            (None, _) => {
                let names: Vec<String> = self.header.iter().take(10).map(|name| shown(name)).collect();
                let more = self.header.len() - names.len();
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                let (path, names) = (self.path.display(), names.join(", "));
                let remedy = if self.header.iter().all(|cell| cell.parse::<f64>().is_ok()) {
                    "write a header row above the numbers"
                } else {
                    "add or rename it"
                };
                Err(Failure::new(format!(
                    "{path}:1: there is no column '{name}'; {remedy} (the columns are: {names}{more})"
                )))
            }
            _ => {
                let path = self.path.display();
                Err(Failure::new(format!("{path}:1: the column '{name}' occurs twice; rename or remove one")))
            }
        }
    }
}

fn number(
    path: &Path,
    line: usize,
    column: usize,
    header: &StringRecord,
    cell: &str,
) -> Result<f64, Failure> {
    let why = match cell.parse::<f64>() {
        Ok(value) if value.is_finite() => return Ok(value),
        Ok(_) => "is not finite; correct it or remove the row",
        Err(_) if cell.contains([';', '\t']) => "is not a number; cells are separated by commas",
        Err(_) => "is not a number; correct it or remove the row",
    };
    let (name, cell) = (shown(header.get(column).unwrap_or("")), shown(cell));
    Err(Failure::new(format!("{}:{line}:{}: '{cell}' in column '{name}' {why}", path.display(), column + 1)))
}

/// Lines of records that come in the order of the file: the parser's own count is off after blank lines and with CRLF.
struct Lines<'b> {
    rest: &'b [u8],
    passed: usize,
    line: usize,
}

impl<'b> Lines<'b> {
    fn new(bytes: &'b [u8]) -> Self {
        Self { rest: bytes, passed: 0, line: 1 }
    }

    /// The line of a record, from 1.
    fn of(&mut self, position: Option<&csv::Position>) -> usize {
        let start = position.map_or(0, |p| usize::try_from(p.byte()).unwrap_or(0));
        let start = start.saturating_sub(self.passed).min(self.rest.len());
        let blank = self.rest[start..].iter().take_while(|b| b.is_ascii_whitespace()).count();
        let (before, rest) = self.rest.split_at(start + blank);
        self.line += before.iter().filter(|b| **b == b'\n').count();
        self.passed += before.len();
        self.rest = rest;
        self.line
    }
}

fn unreadable(path: &Path, bytes: &[u8], error: &csv::Error) -> Failure {
    match error.kind() {
        ErrorKind::Utf8 { pos, .. } => Failure::new(format!(
            "{}:{}: not a text file (invalid UTF-8); save it as CSV in UTF-8",
            path.display(),
            Lines::new(bytes).of(pos.as_ref())
        )),
        _ => Failure::new(format!("{}: {}", path.display(), message(error))),
    }
}
