//! The claims ledger of a page, from the file that `ntk verify --json` writes.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::markup::{cell, download, escaped, figure, number, table};
use crate::error::{Failure, message};

/// Columns of the table; a claim that lacks one leaves its cell empty.
const COLUMNS: [&str; 9] =
    ["id", "verdict", "statement", "expected", "measured", "low", "high", "tolerance", "where"];

/// Claims with what was measured.
#[derive(Debug)]
pub struct Ledger {
    claims: Vec<Value>,
    text: String,
}

impl Ledger {
    /// Reads a file.
    ///
    /// # Errors
    /// If it cannot be read or is no ledger.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let text = fs::read_to_string(path).map_err(|cause| Failure::file("read", path, &cause))?;
        let wrong = |why: String| {
            let path = path.display();
            Failure::new(format!("{path}: no claims ledger: {why}; write one with ntk verify --json FILE"))
        };
        let value: Value = serde_json::from_str(&text).map_err(|e| wrong(message(&e)))?;
        match value["claims"].as_array() {
            Some(claims) if claims.iter().all(|claim| claim["id"].is_string()) => {
                Ok(Self { claims: claims.clone(), text })
            }
            Some(_) => Err(wrong("a claim has no id".to_owned())),
            None => Err(wrong("there is no list 'claims'".to_owned())),
        }
    }

    pub(super) fn section(&self) -> String {
        let cells = |claim: &Value| COLUMNS.map(|column| shown(claim, column)).to_vec();
        let rows = self.claims.iter().map(cells);
        let heads =
            ["claim", "verdict", "statement", "expected", "measured", "low", "high", "tolerance", "where"];
        let id = |claim: &Value| claim["id"].as_str().unwrap_or("").to_owned();
        let data = self.claims.iter().enumerate().filter(|(_, claim)| !claim["data"].is_null());
        let data = data.map(|(i, claim)| {
            // A claim has several rows, and each of them its own file.
            let alike = |claims: &[Value]| claims.iter().filter(|other| id(other) == id(claim)).count();
            let number = alike(self.claims.get(..=i).unwrap_or(&[]));
            let number = if alike(&self.claims) > 1 { format!("-{number}") } else { String::new() };
            let name = id(claim).replace(|c: char| !c.is_ascii_alphanumeric(), "-");
            download(&format!("{name}{number}.json"), "application/json", &claim["data"].to_string()) + " "
        });
        format!(
            "<section id=\"claims\">\n<h2>The claims ledger</h2>\n<p>What the lecture states, beside what was measured, and whether it holds \
             (an interval from low to high, or a tolerance, decides). The files below the table have the numbers behind each \
             row.</p>\n{}<p class=\"links\">{}{}</p>\n</section>\n",
            table(&heads, rows),
            data.collect::<String>(),
            download("ledger.json", "application/json", &self.text)
        )
    }
}

/// Returns a cell of a claim. A bound that the measured number must be above or below says so.
fn shown(claim: &Value, column: &str) -> String {
    let value = &claim[column];
    let sign = match (column, claim["test"].as_str()) {
        ("expected", Some("above")) => "&gt; ",
        ("expected", Some("below")) => "&lt; ",
        _ => "",
    };
    match value {
        Value::Number(n) if !sign.is_empty() => {
            let bound = n.as_f64().unwrap_or(f64::NAN);
            cell(&format!("{sign}{}", figure(bound)), Some(bound))
        }
        Value::Null => cell("", None),
        Value::Number(n) => n.as_f64().map_or_else(|| cell(&n.to_string(), None), number),
        Value::String(text) => cell(&escaped(text), None),
        other => cell(&escaped(&other.to_string()), None),
    }
}
