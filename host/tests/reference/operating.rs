//! The numbers of `docs/operating.md` stand in the pages and files that it quotes, or follow from them.

use std::fs;

use crate::data;

fn page(name: &str) -> String {
    fs::read_to_string(data::path(&format!("../../{name}"))).unwrap()
}

/// 1234567 as 1,234,567.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// An entry of `tests/budget.toml`.
fn budget(text: &str, row: &str, column: &str) -> u64 {
    let section = text.split(&format!("[{row}]\n")).nth(1).unwrap_or_else(|| panic!("no row {row}"));
    let line = section.lines().find(|line| line.starts_with(&format!("\"{column}\" = "))).unwrap();
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

#[test]
fn what_it_costs_is_what_the_budget_says() {
    let (page, budgets) = (page("docs/operating.md"), page("tests/budget.toml"));
    for (what, row) in [
        ("`Sensor::fit`, all settings chosen", "sensor: fit"),
        ("`Sensor::read`, value and interval", "sensor: read"),
        ("`Sensor::push`, drop the oldest", "sensor: push and drop the oldest of 15"),
    ] {
        let [m0, m4f, rv32] = ["M0", "M4F", "RV32"]
            .map(|column| grouped(budget(&budgets, &format!("instructions.\"{row}\""), column)));
        let line = format!("| {what} | {m0} | {m4f} | {rv32} |\n");
        assert!(page.contains(&line), "{line}");
    }
    for row in ["static sensor, N = 15", "static model, N = 32"] {
        assert!(page.contains(&grouped(budget(&budgets, &format!("RAM.\"{row}\""), "M4F"))), "{row}");
    }
    let of = |row: &str| budget(&budgets, &format!("instructions.\"{row}\""), "M4F") as f64;
    for (row, unit) in [("sensor: read", "2.1 to 4.2 uJ"), ("sensor: fit", "61 to 122 uJ")] {
        let least = of(row) * 156e-6; // microjoules at a cycle an instruction
        let text = unit.split(' ').next().unwrap();
        let digits = text.split('.').nth(1).map_or(0, str::len);
        assert_eq!(format!("{least:.digits$}"), text);
        assert!(page.replace('\n', " ").contains(unit), "{unit}");
    }
    let push = of("sensor: push and drop the oldest of 15");
    assert_eq!(format!("{:.1} to {:.1}", push * 156e-6, push * 312e-6), "4.8 to 9.6");
    assert_eq!(format!("{:.1} million", 192.0 * push / 1e6), "5.9 million");
}

/// Each figure of the table of models stands in a row of `docs/streaming.md` that begins so.
#[test]
fn the_table_of_models_quotes_the_measurements() {
    let (page, streaming) = (page("docs/operating.md"), page("docs/streaming.md"));
    let rows: Vec<&str> = streaming.lines().filter(|line| line.starts_with('|')).collect();
    let row = |room: &str, stream: &str| {
        let start = rows.iter().position(|line| line.starts_with(&format!("| {room} |"))).unwrap();
        let name = format!("| {stream} |");
        *rows[start..].iter().find(|line| line.contains(&name)).unwrap()
    };
    for (room, stream, numbers) in [
        ("15", "1-d, still", ["0.034", "0.132"]),
        ("15", "1-d, drift", ["0.093", "0.227"]),
        ("15", "1-d, drift", ["0.591", "0.227"]),
        ("15", "1-d, still, outliers", ["0.040", "0.199"]),
        ("15", "4-d, still", ["0.299", "0.705"]),
        ("32", "4-d, still", ["0.250", "0.547"]),
        ("32", "1-d, jump", ["0.217", "0.186"]),
    ] {
        for number in numbers {
            assert!(row(room, stream).contains(number), "{room} {stream} {number}");
            assert!(number == "0.705" || page.contains(number), "{number}");
        }
    }
}

/// The chances of the rules for alarms: at least k of 20, each with a chance of a tenth.
#[test]
fn the_chances_of_alarms() {
    let page = page("docs/operating.md");
    let chance = |least: i32| -> f64 {
        let mut ways = 1.0;
        (0..=20)
            .map(|k| {
                let probability = ways * 0.1f64.powi(k) * 0.9f64.powi(20 - k);
                ways *= f64::from(20 - k) / f64::from(k + 1);
                if k >= least { probability } else { 0.0 }
            })
            .sum()
    };
    for (least, text) in [(5, "4.3"), (6, "1.1"), (7, "0.24"), (8, "0.042")] {
        let digits = text.split('.').nth(1).unwrap().len();
        assert_eq!(format!("{:.digits$}", 100.0 * chance(least)), text);
        let line = page.lines().find(|line| line.starts_with(&format!("| at least {least}"))).unwrap();
        assert!(line.ends_with(&format!("| {text} % |")), "{line}");
    }
}
