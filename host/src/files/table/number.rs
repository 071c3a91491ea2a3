//! Reads one cell as a number, or says why it is none.

/// Returns the finite number in a cell, or the reason why there is none and the remedy.
pub(super) fn parse(cell: &[u8], separator: u8) -> Result<f64, String> {
    // Bytes that are no UTF-8 become a character that is part of no number.
    let text = String::from_utf8_lossy(cell);
    let text = text.trim();
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        Ok(_) => Err("is not finite; correct it or remove the row".to_owned()),
        Err(_) => Err(format!("is not a number; {}", remedy(text, separator))),
    }
}

/// Returns whether a cell is a number, also one with a decimal comma.
pub(super) fn is_number(cell: &str) -> bool {
    cell.parse::<f64>().is_ok() || cell.replacen(',', ".", 1).parse::<f64>().is_ok()
}

fn remedy(text: &str, separator: u8) -> String {
    // The marks with which programs and people group digits. Without them, a grouped text is a number.
    let mark = |c: char| matches!(c, ',' | '.' | '\'' | '’' | '_') || c.is_whitespace();
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let grouped = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| mark(c) || c.is_ascii_digit())
        && digits.contains(mark);
    let hexadecimal = digits.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("0x"));
    if text.contains([';', '\t']) {
        format!("cells are separated by {}", plural(separator))
    } else if separator != b',' && text.contains(',') && is_number(text) {
        "it has a decimal comma: write a decimal point".to_owned()
    } else if grouped {
        "write a decimal point and no thousands separators".to_owned()
    } else if hexadecimal {
        "it is hexadecimal: write it in decimal".to_owned()
    } else if text.contains('−') {
        "write the minus sign as a hyphen".to_owned()
    } else {
        "correct it or remove the row".to_owned()
    }
}

/// Returns what separates cells, for a message.
pub(super) fn plural(separator: u8) -> String {
    match separator {
        b',' => "commas".to_owned(),
        b';' => "semicolons".to_owned(),
        b'\t' => "tabs".to_owned(),
        other => format!("'{}'", char::from(other).escape_default()),
    }
}
