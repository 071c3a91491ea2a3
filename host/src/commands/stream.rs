//! `ntk stream`: replays a log through the streaming model, predicting each row before learning it.

use std::io::Write;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ntk_core::regression::Flat;
use ntk_core::scaling::{self, Constants};
use ntk_core::stream::{Forgetting, Occasion};
use ntk_core::{Architecture, Erf, Error, Ntk, Rows, Scalar, Stream};

use super::progress::PATIENCE;
use crate::cli::{Forget, Precision, StreamArgs};
use crate::error::{Failure, remark};
use crate::files::output;
use crate::files::table::{Columns, Table};

/// The largest number of rows that determine the scaling.
const SCALED_BY: usize = 100;

pub(super) fn run(args: &StreamArgs) -> Result<(), Failure> {
    let table = Table::read(&args.data)?;
    let (x, y) = (table.numbered("x", None)?, table.numbered("y", Some("y"))?);
    let noise = if table.has("noise") { Some(table.numbered("noise", Some("noise"))?) } else { None };
    if let Some(noise) = &noise
        && let Some(row) = noise.values.iter().position(|noise| !(*noise > 0.0))
    {
        let place = noise.place(row);
        return Err(Failure::new(format!("{place}: noise is a standard deviation and must be above 0")));
    }
    let log = Log { x, y, noise };
    match args.precision {
        Precision::F32 => replay::<f32>(args, &log),
        Precision::F64 => replay::<f64>(args, &log),
    }
}

/// The columns of the log.
struct Log {
    x: Columns,
    y: Columns,
    noise: Option<Columns>,
}

type Model<T> = Stream<Ntk<Erf, Architecture<T>>, Flat<T, Vec<T>>>;

/// Creates an empty model with the default kernel, that of `ntk_core::Listener`.
fn empty<T: Scalar>(args: &StreamArgs, d: usize, c: usize) -> Result<Model<T>, Failure> {
    let architecture = Architecture { depth: 1, weight_variance: T::ONE, bias_variance: T::ONE };
    let count = Flat::<T>::len(d, args.room, c);
    let mut block = Vec::new();
    block.try_reserve_exact(count).map_err(|_| Failure::new("there is no memory for so much --room"))?;
    block.resize(count, T::ZERO);
    let basis = Flat::new(d, args.room, c, block)?;
    let mut model = Stream::in_blocks(Ntk::with(Erf, architecture), basis, vec![T::ZERO; 2 * d + 6 * c])?;
    model.set_forgetting(match args.forget {
        Forget::None => Forgetting::Never,
        Forget::Auto => Forgetting::Auto,
        Forget::Factor(factor) => Forgetting::Factor(T::from_f64(factor)),
    })?;
    Ok(model)
}

/// The model and its buffers.
struct Replay<'l, T: Scalar> {
    log: &'l Log,
    x: Vec<T>,
    y: Vec<T>,
    model: Model<T>,
    work: Vec<T>,
    answer: [Vec<T>; 4],
}

impl<'l, T: Scalar> Replay<'l, T> {
    fn new(args: &StreamArgs, log: &'l Log) -> Result<Self, Failure> {
        let (d, c) = (log.x.width, log.y.width);
        let of = |values: &[f64]| values.iter().map(|v| T::from_f64(*v)).collect();
        let (model, none) = (empty(args, d, c)?, || vec![T::ZERO; c]);
        Ok(Self {
            log,
            x: of(&log.x.values),
            y: of(&log.y.values),
            model,
            work: vec![T::ZERO; d + c + args.room],
            answer: [none(), none(), none(), none()],
        })
    }

    fn row(values: &[T], width: usize, row: usize) -> &[T] {
        values.get(row * width..(row + 1) * width).unwrap_or(&[])
    }

    /// Sets the scaling from the first rows and learns them again, because a model is valid only for the
    /// scaling it was learned with.
    fn begin(&mut self, rows: usize) -> Result<(), Failure> {
        let (d, c) = (self.log.x.width, self.log.y.width);
        let mut columns = [vec![T::ZERO; d], vec![T::ZERO; d], vec![T::ZERO; c], vec![T::ZERO; c]];
        let [shift, scale, label_shift, label_scale] = &mut columns;
        for (name, values, columns, constants, [shift, scale]) in [
            ("x", &self.x, &self.log.x, Constants::ToOne, [shift, scale]),
            ("y", &self.y, &self.log.y, Constants::ToZero, [label_shift, label_scale]),
        ] {
            let first = values.get(..rows * columns.width).unwrap_or(&[]);
            scaling::standardize(Rows::new(first, columns.width)?, constants, shift, scale).map_err(
                |_| {
                    let place = columns.place(rows - 1);
                    Failure::new(format!(
                        "{place}: column {name} overflows in this --precision; scale it down"
                    ))
                },
            )?;
        }
        self.model.clear();
        self.model.set_scaling(columns.each_ref().map(Vec::as_slice))?;
        (0..rows).try_for_each(|row| self.hear(row))
    }

    fn hear(&mut self, row: usize) -> Result<(), Failure> {
        let (d, c) = (self.log.x.width, self.log.y.width);
        let mut occasion = Occasion::USUAL;
        if let Some(noise) = &self.log.noise {
            let own = noise.values.get(row).map_or(T::ONE, |noise| T::from_f64(*noise));
            occasion.noise = self.model.noise_of(&vec![own; c]).ok(); // none while labels have no scale
        }
        let (x, y) = (Self::row(&self.x, d, row), Self::row(&self.y, c, row));
        let work = self.work.get_mut(..d + c).unwrap_or(&mut []);
        self.model.hear_into(x, y, occasion, work).map_err(|error| refused(&self.log.x, row, &error))?;
        Ok(())
    }

    /// Writes mean, std, low and high of each output to `answer`, and returns the novelty; `None` while
    /// nothing is known.
    fn predict(&mut self, row: usize, level: T) -> Result<Option<T>, Failure> {
        let d = self.log.x.width;
        let x = Self::row(&self.x, d, row);
        let work = self.work.get_mut(..d + self.model.len()).unwrap_or(&mut []);
        match self.model.answer_into(x, level, work, self.answer.each_mut().map(Vec::as_mut_slice)) {
            Ok(novelty) => Ok(Some(novelty)),
            Err(Error::NotFitted) => Ok(None),
            Err(error) => Err(refused(&self.log.x, row, &error)),
        }
    }
}

fn refused(x: &Columns, row: usize, error: &Error) -> Failure {
    let place = x.place(row);
    Failure::new(match error {
        Error::NotFinite { .. } => {
            format!("{place}: this row overflows in this --precision; remove it, or scale it down")
        }
        other => format!("{place}: {other}"),
    })
}

/// Errors of the rows that had a prediction.
struct Tally {
    squares: Vec<f64>,
    inside: Vec<usize>,
    predicted: usize,
}

impl Tally {
    fn rmse(&self, output: usize) -> f64 {
        (self.squares[output] / self.predicted.max(1) as f64).sqrt()
    }

    fn coverage(&self, output: usize) -> f64 {
        self.inside[output] as f64 / self.predicted.max(1) as f64
    }
}

fn replay<T: Scalar>(args: &StreamArgs, log: &Log) -> Result<(), Failure> {
    let mut replay = Replay::<T>::new(args, log)?;
    let (c, rows) = (log.y.width, log.x.len());
    let mut tally = Tally { squares: vec![0.0; c], inside: vec![0; c], predicted: 0 };
    let mut out = Vec::new(); // a log that cannot be replayed to its end prints nothing
    let names = ["mean", "std", "low", "high"].map(|name| output::names(name, c)).concat();
    writeln!(out, "{},novelty", names.join(","))?;
    let (started, bar) = (Instant::now(), progress(rows));
    let level = T::from_f64(args.level);
    for row in 0..rows {
        match replay.predict(row, level)? {
            // A single row gives no scale, so there is no deviation.
            Some(novelty) if row > 1 => {
                let values = replay.answer.iter().flatten().chain([&novelty]).map(|v| v.to_f64());
                output::line(&mut out, values)?;
                tally.predicted += 1;
                for (output, &y) in Replay::row(&replay.y, c, row).iter().enumerate() {
                    let [mean, _, low, high] = replay.answer.each_ref().map(|column| column[output]);
                    tally.squares[output] += (y.to_f64() - mean.to_f64()).powi(2);
                    tally.inside[output] += usize::from(low <= y && y <= high);
                }
            }
            _ => writeln!(out, "{}1.0", ",".repeat(4 * c))?,
        }
        if row < args.room.min(SCALED_BY) {
            replay.begin(row + 1)?;
        } else {
            replay.hear(row)?;
        }
        if row % 100 == 99 {
            if bar.is_hidden() && started.elapsed() > PATIENCE {
                bar.set_draw_target(ProgressDrawTarget::stderr()); // still hidden if it is no terminal
            }
            bar.set_message(format!("RMSE {:.4e}, in the interval {:.3}", tally.rmse(0), tally.coverage(0)));
            bar.inc(100);
        }
    }
    bar.finish_and_clear();
    if let Some(path) = &args.model {
        let mut file = vec![0; replay.model.written_len()];
        replay.model.write(&mut file).map_err(|e| Failure::new(e.to_string()))?;
        output::replace_file(path, &file)?;
    }
    output::print(&out)?;
    report(args, log, &replay.model, &tally);
    Ok(())
}

/// Prints the results on standard error; standard output has the rows.
fn report<T: Scalar>(args: &StreamArgs, log: &Log, model: &Model<T>, tally: &Tally) {
    remark(format_args!("rows {}, of which {} predicted", log.x.len(), tally.predicted));
    for (output, name) in output::names("y", log.y.width).iter().enumerate() {
        let values = || log.y.values.iter().skip(output).step_by(log.y.width);
        let mean = values().sum::<f64>() / log.y.len() as f64;
        let spread = (values().map(|y| (y - mean).powi(2)).sum::<f64>() / log.y.len() as f64).sqrt();
        remark(format_args!(
            "{name}: RMSE {:.6e} (standard deviation {spread:.6e}), in the interval {:.4} (level {:?})",
            tally.rmse(output),
            tally.coverage(output),
            args.level
        ));
    }
    remark(format_args!("basis inputs {} of {}", model.len(), args.room));
    let (noise, factor) = (model.noise().to_f64(), model.forgetting().to_f64());
    remark(format_args!("noise {noise:.4e} (in units of the kernel), forgetting factor {factor:.6}"));
}

/// Returns a progress bar that is hidden so far.
fn progress(rows: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} rows, {eta} left, {msg}");
    let bar = ProgressBar::with_draw_target(Some(rows as u64), ProgressDrawTarget::hidden());
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
