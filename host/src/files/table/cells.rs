//! Splits the text of a CSV file into rows and cells. Nothing is copied: a cell is a part of the text.

use std::mem;

/// Splits a text into rows, from the first to the last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Splitter<'t> {
    rest: &'t [u8],
    separator: u8,
    line: usize,
}

/// A quote that is opened and never closed.
#[derive(Debug)]
pub(super) struct OpenQuote {
    /// The line of the quote, from 1.
    pub(super) line: usize,
    /// The number of its cell in the row, from 1.
    pub(super) column: usize,
}

impl<'t> Splitter<'t> {
    /// Starts at a text whose first line has the number `line` in its file.
    pub(super) fn new(rest: &'t [u8], separator: u8, line: usize) -> Self {
        Self { rest, separator, line }
    }

    /// Returns the rest of the text.
    pub(super) fn rest(&self) -> &'t [u8] {
        self.rest
    }

    /// Returns the line at which the rest starts, from 1.
    pub(super) fn line(&self) -> usize {
        self.line
    }

    /// Puts the cells of the next row into `cells` and returns its line. Lines with nothing but blanks are
    /// passed over; at the end of the text there is no row.
    pub(super) fn next_row(&mut self, cells: &mut Vec<&'t [u8]>) -> Result<Option<usize>, OpenQuote> {
        cells.clear();
        self.skip_blanks();
        while self.skip_line_end() {
            self.skip_blanks();
        }
        if self.rest.is_empty() {
            return Ok(None);
        }
        let line = self.line;
        loop {
            let cell = self.cell(cells.len() + 1)?;
            cells.push(cell);
            if self.rest.first() != Some(&self.separator) {
                break;
            }
            self.advance(1);
        }
        self.skip_line_end();
        Ok(Some(line))
    }

    /// Returns the next cell without the quotes around it. The rest then starts at a separator or the end of
    /// a line.
    fn cell(&mut self, column: usize) -> Result<&'t [u8], OpenQuote> {
        self.skip_blanks();
        let start = self.rest;
        let Some((b'"', after_quote)) = start.split_first() else {
            return Ok(self.advance(unquoted(start, self.separator)));
        };
        let open = OpenQuote { line: self.line, column };
        let Some(length) = quoted(after_quote) else { return Err(open) };
        let inner = self.advance(length + 2).get(1..=length).unwrap_or(b"");
        let tail = self.advance(unquoted(self.rest, self.separator));
        let lines = line_ends(inner);
        self.line += lines;
        if tail.iter().all(u8::is_ascii_whitespace) {
            return Ok(inner);
        }
        // Text follows the closing quote. If both quotes are on one line, the text belongs to the cell, as in
        // "5" tube. Otherwise the first quote was meant to be closed in its own line, and the quote that was
        // found opens another cell.
        if lines > 0 { Err(open) } else { Ok(start.get(..length + 2 + tail.len()).unwrap_or(inner)) }
    }

    fn skip_blanks(&mut self) {
        let blank = |b: &&u8| matches!(b, b' ' | b'\t') && **b != self.separator;
        self.advance(self.rest.iter().take_while(blank).count());
    }

    fn skip_line_end(&mut self) -> bool {
        let length = match self.rest {
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            _ => return false,
        };
        self.advance(length);
        self.line += 1;
        true
    }

    /// Moves the start of the rest and returns what was passed.
    fn advance(&mut self, length: usize) -> &'t [u8] {
        let (passed, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, b""));
        self.rest = rest;
        passed
    }
}

/// Returns the length up to the next separator or end of the line.
fn unquoted(text: &[u8], separator: u8) -> usize {
    let ends = |b: &u8| *b == separator || matches!(b, b'\n' | b'\r');
    text.iter().position(ends).unwrap_or(text.len())
}

/// Returns the length up to the closing quote, if there is one. Two quotes in a row stand for one inside of
/// the cell.
fn quoted(text: &[u8]) -> Option<usize> {
    let mut length = 0;
    loop {
        length += text.get(length..)?.iter().position(|b| *b == b'"')?;
        if text.get(length + 1) != Some(&b'"') {
            return Some(length);
        }
        length += 2;
    }
}

/// Returns the number of line ends in a text: `\n`, `\r\n` or `\r`.
pub(super) fn line_ends(text: &[u8]) -> usize {
    let mut last = 0;
    let ends = |b: &&u8| match (mem::replace(&mut last, **b), **b) {
        (b'\r', b'\n') => false,
        (_, b) => matches!(b, b'\n' | b'\r'),
    };
    text.iter().filter(ends).count()
}
