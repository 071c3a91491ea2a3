//! `normals.json`: the words of ChaCha8 in pure Python, and the normals that belong to them at 60 digits.

use ntk_core::random::{normal_from_bits, standard_normal};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde::{Deserialize, Deserializer};

use crate::data;
use crate::tolerances::{Worst, check, roundings};

#[derive(Deserialize)]
struct File {
    streams: Vec<Stream>,
    extremes: Vec<Extreme>,
}

#[derive(Deserialize)]
struct Stream {
    seed: u64,
    stream: u64,
    rows: Vec<Row>,
}

/// A word with a tail at the end of its range or at a switch of the rational approximation.
#[derive(Deserialize)]
struct Extreme {
    note: String,
    #[serde(flatten)]
    row: Row,
}

/// A word and the exact normals of its `f64` and its `f32` reading.
#[derive(Deserialize)]
struct Row {
    #[serde(rename = "u64", deserialize_with = "hexadecimal")]
    word: u64,
    #[serde(rename = "f64")]
    double: f64,
    #[serde(rename = "f32")]
    single: f64,
}

fn hexadecimal<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    let text = String::deserialize(from)?;
    u64::from_str_radix(&text, 16).map_err(serde::de::Error::custom)
}

fn file() -> File {
    data::read("normals.json")
}

#[test]
fn words_and_draws_of_each_stream() {
    for Stream { seed, stream, rows } in file().streams {
        let [mut words, mut draws] = [seed; 2].map(ChaCha8Rng::seed_from_u64);
        words.set_stream(stream);
        draws.set_stream(stream);
        for (i, row) in rows.iter().enumerate() {
            assert_eq!(words.next_u64(), row.word, "seed {seed}, stream {stream}, word {i}");
            let draw: f64 = standard_normal(&mut draws);
            assert_eq!(draw.to_bits(), normal_from_bits::<f64>(row.word).to_bits());
        }
    }
}

#[test]
fn normals_and_their_extremes() {
    let [mut double, mut single] = [const { Worst::new() }; 2];
    let mut see = |row: &Row, note: &str| {
        let place = format!("{:016x} {note}", row.word);
        double.see(roundings(normal_from_bits::<f64>(row.word), row.double, row.double.abs()), &place);
        single.see(roundings(normal_from_bits::<f32>(row.word), row.single, row.single.abs()), &place);
    };
    let file = file();
    file.streams.iter().flat_map(|stream| &stream.rows).for_each(|row| see(row, ""));
    file.extremes.iter().for_each(|extreme| see(&extreme.row, &extreme.note));
    check::<f64>("normal", &double);
    check::<f32>("normal", &single);
}
