//! Finds the header row and the separator of a file, and refuses what is no text.

use std::path::Path;

use super::cells::{Splitter, line_ends};
use super::number::is_number;
use crate::error::{Failure, shown};

/// The possible separators of cells. If several serve equally well, the first of them is taken.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// The number of lines in which a header is searched, and the number of bytes that are read of each, so that
/// the search is fast even in a file without line ends.
const SEARCHED_LINES: usize = 1000;
const SEARCHED_BYTES: usize = 1 << 18;

/// The remedy where names are not separated.
const SEPARATE: &str = "separate all cells by commas, or all by semicolons or tabs";

/// The header of a file.
pub(super) struct Header {
    /// The names without quotes, and without blanks around them.
    pub(super) names: Vec<String>,
    pub(super) separator: u8,
    /// The line of the header, from 1.
    pub(super) line: usize,
    /// Where the rows start: the byte, and the line from 1.
    pub(super) end: (usize, usize),
}

/// A line that may be the header.
#[derive(Clone, Copy)]
struct Candidate {
    start: usize,
    line: usize,
    separator: u8,
}

/// Finds the header: the first line that is not blank. A line `sep=;`, as spreadsheets write it, and comments
/// that start with `#` may precede it.
///
/// # Errors
/// If the file is no text, has no header, or has other lines above it.
pub(super) fn find(path: &Path, text: &[u8]) -> Result<Header, Failure> {
    let (mut first, mut commented, mut declared) = (None::<Candidate>, None, None);
    let (mut start, mut line, mut searched) = (0, 1, 0);
    while start < text.len() && searched < SEARCHED_LINES {
        let below = text.get(start..).unwrap_or(b"");
        let length = below.iter().position(|b| matches!(b, b'\n' | b'\r')).map_or(below.len(), |p| p + 1);
        let content = below.get(..length).unwrap_or(b"");
        let is_content = |b: &u8| !b.is_ascii_whitespace() && *b != b'"' && !SEPARATORS.contains(b);
        if let Some(separator) = declared_separator(content) {
            declared = Some(separator);
        } else if content.iter().any(is_content) {
            searched += 1;
            let (separator, is_header) = separator(below, declared);
            let candidate = Candidate { start, line, separator };
            match (is_comment(content), is_header) {
                (true, true) => commented = Some(candidate),
                (true, false) => {}
                (false, true) => match first {
                    Some(above) => return Err(misplaced(path, above.line, line)),
                    None => return read(path, text, candidate),
                },
                (false, false) => first = first.or(Some(candidate)),
            }
        }
        start += length;
        line += line_ends(content);
        // The end of a line may have two bytes.
        if content.ends_with(b"\r") && text.get(start) == Some(&b'\n') {
            start += 1;
        }
    }
    match (commented, first) {
        // Some programs write the header as a comment.
        (Some(header), Some(other)) if other.line < header.line => {
            Err(misplaced(path, other.line, header.line))
        }
        (Some(header), _) => read(path, text, header),
        (None, Some(header)) => {
            refuse_binary(path, text.get(header.start..).unwrap_or(b""), header.line)?;
            read(path, text, header)
        }
        (None, None) => {
            let what = if text.trim_ascii().is_empty() { "is empty" } else { "has no names of columns" };
            Err(Failure::new(format!("{}: the file {what}; a header row is needed", path.display())))
        }
    }
}

/// Refuses files that are no CSV by their first bytes.
///
/// # Errors
/// If the file is in UTF-16 or is a spreadsheet.
pub(super) fn refuse_other_formats(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let format = match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [1..=255, 0, 1..=255, 0, ..] | [0, 1..=255, 0, 1..=255, ..] => {
            "UTF-16"
        }
        [b'P', b'K', 3, 4, ..] => "a spreadsheet or an archive",
        _ => return Ok(()),
    };
    let path = path.display();
    Err(Failure::new(format!("{path}: not a text file in UTF-8, but {format}; save it as CSV in UTF-8")))
}

/// Returns what to do about a name that is not among the columns.
pub(super) fn remedy(names: &[String], wanted: &str) -> String {
    let alike = |name: &&String| {
        name.eq_ignore_ascii_case(wanted)
            || name.strip_prefix(wanted).is_some_and(|rest| rest.starts_with([' ', '[', '(', '/', '_', ':']))
    };
    let numbers = names.iter().filter(|name| is_number(name)).count();
    let by_blanks = |name: &String| name.split(' ').filter(|part| is_known(part)).count() > 1;
    if names.iter().any(|name| by_blanks(name) || parts(name).any(|part| part == wanted)) {
        SEPARATE.to_owned()
    } else if let Some(name) = names.iter().find(alike) {
        format!("rename '{}' to '{wanted}'", shown(name))
    } else if 2 * numbers > names.iter().filter(|name| !name.is_empty()).count() {
        "write a header row above the numbers".to_owned()
    } else {
        "add or rename it".to_owned()
    }
}

/// Returns the parts of a cell of the header that were not split because of another separator or quotes
/// around the line.
fn parts(name: &str) -> impl Iterator<Item = &str> {
    name.split([',', ';', '\t', '|']).map(str::trim)
}

/// Returns whether a cell of the header surely holds several names; an unused column may well be called "y,
/// raw".
fn is_merged(name: &str) -> bool {
    let numbered = |part: &str| is_known(part) && part.ends_with(|c: char| c.is_ascii_digit());
    parts(name).nth(1).is_some()
        && (parts(name).any(numbered) || parts(name).filter(|part| is_known(part)).count() > 1)
}

fn read(path: &Path, text: &[u8], found: Candidate) -> Result<Header, Failure> {
    let mut rows = Splitter::new(text.get(found.start..).unwrap_or(b""), found.separator, found.line);
    let mut cells = Vec::new();
    rows.next_row(&mut cells).map_err(|quote| super::open_quote(path, &quote))?;
    let (names, end) = (names(&cells), (text.len() - rows.rest().len(), rows.line()));
    if let Some(merged) = names.iter().find(|name| is_merged(name)) {
        let (path, line, name) = (path.display(), found.line, shown(merged));
        return Err(Failure::new(format!(
            "{path}:{line}: '{name}' in the header is several names; {SEPARATE}"
        )));
    }
    Ok(Header { names, separator: found.separator, line: found.line, end })
}

/// Returns the names without blanks around them, and with single quotes where the file doubles them.
fn names(cells: &[&[u8]]) -> Vec<String> {
    let name = |cell: &&[u8]| String::from_utf8_lossy(cell).trim().replace("\"\"", "\"");
    let mut names: Vec<String> = cells.iter().map(name).collect();
    if let Some(name) = names.first_mut().filter(|name| name.starts_with('#')) {
        *name = name.trim_start_matches('#').trim().to_owned();
    }
    names
}

/// Returns whether a name is one of those that the commands ask for.
fn is_known(name: &str) -> bool {
    let numbered = |rest: &str| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit());
    matches!(name, "a" | "y" | "noise") || name.strip_prefix(['a', 'b', 'x', 'y']).is_some_and(numbered)
}

/// Returns the separator that gives the most known names, or else the most cells. Also returns whether the
/// line then has the name `x0` or `b0`, one of which is in every table that the commands read.
fn separator(below: &[u8], declared: Option<u8>) -> (u8, bool) {
    let part = below.get(..SEARCHED_BYTES).unwrap_or(below);
    let (mut best, mut cells) = ((b',', false), Vec::new());
    let mut most = None;
    for separator in declared.into_iter().chain(SEPARATORS) {
        let _ = Splitter::new(part, separator, 1).next_row(&mut cells); // an open quote is reported by `read`
        let names = names(&cells);
        let rank = Some((names.iter().filter(|name| is_known(name)).count(), names.len()));
        if rank > most {
            (most, best) = (rank, (separator, names.iter().any(|name| name == "x0" || name == "b0")));
        }
    }
    best
}

fn is_comment(line: &[u8]) -> bool {
    let line = line.trim_ascii_start();
    line.strip_prefix(b"\"").unwrap_or(line).starts_with(b"#")
}

/// Returns the separator in a line such as `sep=;`.
fn declared_separator(line: &[u8]) -> Option<u8> {
    let line = line.trim_ascii_start();
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    let (start, rest) = line.split_at_checked(4)?;
    let (separator, rest) = rest.split_first()?;
    let padding = |b: &u8| b.is_ascii_whitespace() || *b == b'"' || SEPARATORS.contains(b);
    let is_declaration = start.eq_ignore_ascii_case(b"sep=")
        && !separator.is_ascii_alphanumeric()
        && !matches!(separator, b'\n' | b'\r' | b'"')
        && rest.iter().all(padding);
    is_declaration.then_some(*separator)
}

fn misplaced(path: &Path, above: usize, line: usize) -> Failure {
    Failure::new(format!(
        "{}:{above}: the header row is line {line}; remove what is above it",
        path.display()
    ))
}

/// Refuses a header in which no name is known and not all bytes are text.
fn refuse_binary(path: &Path, text: &[u8], line: usize) -> Result<(), Failure> {
    let length = text.iter().position(|b| *b == b'\n').unwrap_or(text.len());
    let header = text.get(..length).unwrap_or(b"");
    super::not_text(&[header]).map_or(Ok(()), |why| {
        Err(Failure::new(format!(
            "{}:{line}: not a text file ({why}); save it as CSV in UTF-8",
            path.display()
        )))
    })
}
