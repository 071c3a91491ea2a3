//! The claims ledger of a page, from the file that `ntk verify --json` writes.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::markup::{cell, download, escaped, number, table};
use crate::error::{Failure, message};

/// Columns of the table; a claim that lacks one leaves its cell empty.
const COLUMNS: [&str; 9] =
    ["id", "where", "statement", "expected", "measured", "low", "high", "tolerance", "verdict"];

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
        let rows = self.claims.iter().map(|claim| COLUMNS.map(|column| shown(&claim[column])).to_vec());
        let heads =
            ["claim", "where", "statement", "expected", "measured", "low", "high", "tolerance", "verdict"];
        let data = self.claims.iter().filter(|claim| !claim["data"].is_null()).map(|claim| {
            let id = claim["id"].as_str().unwrap_or("").replace(|c: char| !c.is_ascii_alphanumeric(), "-");
            download(&format!("{id}.json"), "application/json", &claim["data"].to_string()) + " "
        });
        format!(
            "<section id=\"claims\">\n<h2>The claims ledger</h2>\n{}<p class=\"links\">{}{}</p>\n</section>\n",
            table(&heads, rows),
            data.collect::<String>(),
            download("ledger.json", "application/json", &self.text)
        )
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => cell("", None),
        Value::Number(n) => n.as_f64().map_or_else(|| cell(&n.to_string(), None), number),
        Value::String(text) => cell(&escaped(text), None),
        other => cell(&escaped(&other.to_string()), None),
    }
}
