//! A sweep as one web page that needs no other file and no network: sentences of the lecture, figures, their
//! data, the ledger.

use serde_json::json;

use crate::error::Failure;
use crate::figure;
use crate::sweep::{
    Curves, Quantity, Saved, Share, Width, quantiles_csv, ranges, sentences_csv, shares, spread, widths,
};

mod ledger;
mod markup;

pub use ledger::Ledger;
use markup::{cell, download, escaped, number, table};

const STYLE: &str = include_str!("report/page.css");
const SCRIPT: &str = include_str!("report/page.js");

/// What a panel draws, by the name of its quantities; (a) and (c) have files of their own.
const QUANTITIES: [(char, &[Quantity]); 5] = [
    ('b', &[Quantity::TestMse]),
    ('d', &[Quantity::Steps]),
    ('e', &[Quantity::NtkChange]),
    ('f', &[Quantity::HessianNorm, Quantity::HessianNormGelu]),
    ('g', &[Quantity::GapUncorrected, Quantity::GapCorrected]),
];

/// Returns the page.
///
/// # Errors
/// None but those of the drawing library.
pub fn page(sweep: &Saved, curves: &Curves, ledger: Option<&Ledger>) -> Result<String, Failure> {
    let shares = shares(&sweep.rows, &sweep.settings);
    let seeds = ranges(&sweep.plan.seeds);
    let claims = ledger.map_or(String::new(), Ledger::section);
    let link = if ledger.is_some() { "<a href=\"#claims\">Claims</a> " } else { "" };
    Ok(format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Example 3 as a distribution</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n\
         <h1>Example 3 as a distribution</h1>\n\
         <p>Networks of {} widths and the neural tangent kernel, {} draws of {} samples of g(x) = x + sin 10x.</p>\n\
         <p>This page repeats the experiment of Example 3 of the lecture many times: it draws samples and starting weights, trains a ReLU \
         network with one hidden layer of each width on them, and compares it with its limit of infinite width, kernel regression with the \
         neural tangent kernel (NTK). It shows in how many draws each sentence of the lecture about its figure holds, the figures as \
         distributions over the draws, and the medians by width. An error is a mean squared one; lower is better.</p>\n\
         <nav>{link}<a href=\"#sentences\">Sentences</a> <a href=\"#figures\">Figures</a> <a href=\"#widths\">Widths</a> \
         <a href=\"#origin\">Origin</a></nav>\n</header>\n<main>\n{claims}{}{}{}{}</main>\n\
         <div id=\"tip\" role=\"status\" hidden></div>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n",
        widths(&sweep.rows).len(),
        sweep.plan.seeds.len(),
        sweep.settings.samples,
        sentences(&shares),
        figures(sweep, curves)?,
        by_width(sweep),
        origin(sweep, &seeds),
    ))
}

fn sentences(shares: &[Share]) -> String {
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    let rows = shares.iter().map(|s| {
        let share = s.holds as f64 / s.draws as f64;
        vec![
            cell(&escaped(s.lecture), None),
            cell(&escaped(s.checked), None),
            cell(&format!("{} of {}", s.holds, s.draws), Some(s.holds as f64)),
            cell(&percent(share), Some(share)),
            cell(&format!("{} to {}", percent(s.interval.0), percent(s.interval.1)), Some(s.interval.0)),
        ]
    });
    let heads = ["the lecture says", "checked", "holds in", "share", "95 % interval (Wilson)"];
    format!(
        "<section id=\"sentences\">\n<h2>What the lecture says of it</h2>\n{}<p class=\"links\">{}</p>\n</section>\n",
        table(&heads, rows),
        download("sentences.csv", "text/csv", &sentences_csv(shares))
    )
}

fn figures(sweep: &Saved, curves: &Curves) -> Result<String, Failure> {
    let mut all = String::new();
    let quantiles = quantiles_csv(&sweep.rows);
    for (letter, caption) in figure::PANELS {
        let svg = figure::svg(&[&letter.to_string()], &sweep.rows, curves)?;
        let data = match letter {
            'a' => {
                let lines: String = curves.samples.iter().map(|(x, y)| format!("{x:?},{y:?}\n")).collect();
                format!("x,y\n{lines}")
            }
            'c' => curves.csv(),
            _ => of_panel(letter, &quantiles),
        };
        let svg_link = download(&format!("panel-{letter}.svg"), "image/svg+xml", &svg);
        let csv_link = download(&format!("panel-{letter}.csv"), "text/csv", &data);
        all += &format!(
            "<figure id=\"panel-{letter}\">\n{svg}<figcaption><b>({letter})</b> {} <span class=\"links\">{csv_link} {svg_link}</span>\
             </figcaption>\n</figure>\n",
            escaped(caption)
        );
    }
    Ok(format!(
        "<section id=\"figures\">\n<h2>Figures</h2>\n<p>Lines are medians over draws, bands quartiles and 10 to 90 %, dotted lines power \
         laws fitted draw by draw from k = n up; slopes with 1.96 standard errors where there are 20 draws. Point at a value to read it.</p>\n\
         <div class=\"figures\">\n{all}</div>\n</section>\n"
    ))
}

/// Returns the lines of a panel's quantities.
fn of_panel(letter: char, quantiles: &str) -> String {
    let names: Vec<&str> = QUANTITIES
        .iter()
        .filter(|(l, _)| *l == letter)
        .flat_map(|(_, q)| q.iter().map(|q| q.name()))
        .collect();
    let own = |line: &&str| names.contains(&line.split(',').next().unwrap_or(""));
    let lines = quantiles.lines().take(1).chain(quantiles.lines().skip(1).filter(own));
    lines.map(|line| format!("{line}\n")).collect()
}

fn by_width(sweep: &Saved) -> String {
    let all = widths(&sweep.rows).into_iter().map(Width::Finite).chain([Width::Infinite]);
    let rows = all.map(|width| {
        let key = if let Width::Finite(k) = width { k as f64 } else { f64::INFINITY };
        let medians = Quantity::ALL.into_iter().map(|quantity| {
            let spread = spread(&sweep.rows, width, quantity);
            spread.map_or_else(|| cell("", None), |s| number(s.median()))
        });
        let of_width = || sweep.rows.iter().filter(|((_, w), _)| *w == width);
        let ended = |stop: &str| of_width().filter(|(_, m)| m.stop == stop).count();
        let (capped, diverged) = (ended("max-steps"), ended("diverged"));
        let of = of_width().count();
        let unfinished = if diverged > 0 {
            format!("{capped} and {diverged} diverged, of {of}")
        } else {
            format!("{capped} of {of}")
        };
        let unfinished = cell(&unfinished, Some((capped + diverged) as f64));
        [cell(&width.to_string(), Some(key))].into_iter().chain(medians).chain([unfinished]).collect()
    });
    let heads: Vec<&str> =
        ["width"].into_iter().chain(Quantity::ALL.map(Quantity::name)).chain(["ended by the cap"]).collect();
    format!(
        "<section id=\"widths\">\n<h2>Medians by width</h2>\n<p>Medians are over all draws, those included whose training \
         was ended by the cap of {} steps before it reached its target or ran out of patience; the last column counts them, and \
         where they are many a median is that of networks in the middle of their training. Steps of such a run count as more \
         than any others, so a median of steps is none where they are half or more.</p>\n{}<p class=\"links\">{} {}</p>\n</section>\n",
        sweep.settings.max_steps,
        table(&heads, rows),
        download("quantiles.csv", "text/csv", &quantiles_csv(&sweep.rows)),
        download("sweep.csv", "text/csv", &sweep.csv()),
    )
}

fn origin(sweep: &Saved, seeds: &str) -> String {
    let version = concat!("ntk ", env!("CARGO_PKG_VERSION"));
    let settings = json!(sweep.settings);
    let fields = settings.as_object().into_iter().flatten();
    let own = [
        ("program".to_owned(), version.to_owned()),
        ("written on".to_owned(), format!("{} {}", std::env::consts::ARCH, std::env::consts::OS)),
        ("seeds".to_owned(), seeds.to_owned()),
        (
            "generator".to_owned(),
            "ChaCha8; the seed's stream 0 for the data, stream k for a network of width k".to_owned(),
        ),
        ("rows".to_owned(), sweep.rows.len().to_string()),
    ];
    let fields = fields.map(|(name, value)| (name.replace('_', " "), value.to_string().replace('"', "")));
    let items: String = own
        .into_iter()
        .chain(fields)
        .map(|(name, value)| format!("<dt>{}</dt><dd>{}</dd>\n", escaped(&name), escaped(&value)))
        .collect();
    format!("<section id=\"origin\">\n<h2>Origin</h2>\n<dl>\n{items}</dl>\n</section>\n")
}
