//! Pieces of HTML.

/// Returns the text as it may stand anywhere in a page.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Returns a cell of a table, its contents already markup; with a number it is sorted by that.
pub(super) fn cell(markup: &str, key: Option<f64>) -> String {
    key.map_or_else(
        || format!("<td>{markup}</td>"),
        |key| {
            let key = if key.is_infinite() { "Infinity".to_owned() } else { format!("{key:?}") };
            format!("<td class=\"number\" data-key=\"{key}\">{markup}</td>")
        },
    )
}

/// Returns the cell of a number.
pub(super) fn number(value: f64) -> String {
    cell(&figure(value), value.is_finite().then_some(value))
}

/// Returns a number with four decimals, one from 1,000 up, or four digits and an exponent.
pub(super) fn figure(value: f64) -> String {
    let plain = value == 0.0 || (1e-3..1e6).contains(&value.abs());
    match value {
        v if !v.is_finite() => "none".to_owned(),
        v if plain && v.fract() == 0.0 => format!("{v}"),
        v if plain && v.abs() >= 1e3 => format!("{v:.1}"),
        v if plain => format!("{v:.4}"),
        v => format!("{v:.3e}"),
    }
}

/// Returns a table that sorts by the column whose head is pressed.
pub(super) fn table(heads: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let heads: String = heads
        .iter()
        .map(|head| format!("<th aria-sort=\"none\"><button type=\"button\">{}</button></th>", escaped(head)))
        .collect();
    let rows: String = rows.map(|row| format!("<tr>{}</tr>\n", row.concat())).collect();
    format!(
        "<div class=\"scroll\"><table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table></div>\n"
    )
}

/// Returns a link that saves a file which the page itself holds.
pub(super) fn download(name: &str, kind: &str, contents: &str) -> String {
    let mut data = String::with_capacity(contents.len() * 3 / 2);
    for byte in contents.bytes() {
        match byte {
            b'A'..=b'Z'
            | b'a'..=b'z'
            | b'0'..=b'9'
            | b'-'
            | b'_'
            | b'.'
            | b'~'
            | b','
            | b'/'
            | b':'
            | b'='
            | b';' => {
                data.push(char::from(byte));
            }
            _ => data += &format!("%{byte:02X}"),
        }
    }
    format!("<a download=\"{name}\" href=\"data:{kind};charset=utf-8,{data}\">{name}</a>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_its_place() {
        assert_eq!(escaped("<b a=\"&\">"), "&lt;b a=&quot;&amp;&quot;&gt;");
        let link = download("x.csv", "text/csv", "a,b\n\"1\" <%é\n");
        assert!(
            link.contains("href=\"data:text/csv;charset=utf-8,a,b%0A%221%22%20%3C%25%C3%A9%0A\""),
            "{link}"
        );
    }

    #[test]
    fn numbers_are_short_and_sort_by_their_value() {
        assert_eq!(number(0.123_456), "<td class=\"number\" data-key=\"0.123456\">0.1235</td>");
        assert_eq!(number(17324.0), "<td class=\"number\" data-key=\"17324.0\">17324</td>");
        assert_eq!(number(10548.5), "<td class=\"number\" data-key=\"10548.5\">10548.5</td>");
        assert_eq!(number(1.5e-29), "<td class=\"number\" data-key=\"1.5e-29\">1.500e-29</td>");
        assert_eq!(number(f64::NAN), "<td>none</td>");
        assert!(cell("inf", Some(f64::INFINITY)).contains("data-key=\"Infinity\""));
    }
}
