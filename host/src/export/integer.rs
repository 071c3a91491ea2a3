//! A model in integers of 32 bits, for a processor without floating point: NNGPs of piecewise linear
//! activations, one hidden layer.
//!
//! With v = (sqrt(w) x, sqrt(b)), x scaled, r = |v| and t_i the angle to v of sample i, the kernel of
//! l z + c |z| is
//!
//! ```text
//! K_i = w r r_i ((l^2 + c^2) cos t_i + 2 c^2 (max(-cos t_i, 0) + f(q_i))) + b,   f(q) = q^3 H(q^2)
//! ```
//!
//! where q is the sine of half of t_i, or of half of its supplement where t_i is obtuse (Cho and Saul 2009;
//! `H` is the polynomial of the core). The first part of the mean sum_i a_i K_i is linear in v, and its
//! coefficients are summed over the samples before they are rounded. This part has the large terms that
//! cancel. The rest is small where angles are small, and so are its roundings. q is half the length of a
//! difference of unit vectors.
//!
//! The bound (`bound.rs`) adds up the largest effect of each rounding over the box of inputs; the check
//! compares it with the errors at many places.

use std::fmt::Write as _;

use ntk_core::Scalar;

use crate::error::{Failure, counted};
use crate::export::source::title;
use crate::files::device::Scaled;
use crate::files::model::SavedModel;
use crate::files::output;
use crate::kernels::activations::ActivationName;
use crate::kernels::{KernelSpec, Kind};

mod arithmetic;
mod bound;
mod constants;
mod source;

use constants::{Numbers, OutputNumbers, unit};
pub use source::{c, rust};

/// The default of the largest error, as a share of the span of an output's labels.
const SHARE: f64 = 1e-5;

/// The number of places at which errors are measured, besides the samples and the corners of the box.
const PLACES: u32 = 4096;

/// The requirements on a model in integers.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The smallest and the largest value of each input. If empty, the range of the samples and a quarter of
    /// its span more on either side.
    pub range: Vec<f64>,
    /// The largest error of each output in its units, or one for all; empty: 1e-5 of the span of the labels.
    pub largest_error: Vec<f64>,
}

/// A model in integers.
#[derive(Debug)]
pub struct Integer {
    title: String,
    numbers: Numbers,
    range: Vec<[f64; 2]>,
    /// For each output: the bound of the error, and the largest error that was found.
    errors: Vec<[f64; 2]>,
}

/// The model in `f64`, in the quantities that the head of this file defines.
struct Model {
    /// v of each sample.
    samples: Vec<Vec<f64>>,
    /// 2 c^2 w r_i a_i in units of the output, by output and sample.
    weights: Vec<Vec<f64>>,
    /// The linear part of each output: the coefficients of v, and the constant.
    linear: Vec<(Vec<f64>, f64)>,
    /// The map from an input to v: the shift and the factor of each entry, and then the last entry.
    maps: Vec<[f64; 2]>,
    last: f64,
}

impl Model {
    fn new(device: &Scaled<f64>, spec: &KernelSpec, [line, bend]: [f64; 2]) -> Self {
        let (model, [shift, scale, y_shift, y_scale]) = (&device.model, &device.scaling);
        let (w, last) = (spec.weight_variance, spec.bias_variance.sqrt());
        let root = w.sqrt();
        let maps = shift.iter().zip(scale).map(|(shift, scale)| [*shift, root / scale]).collect();
        let samples: Vec<Vec<f64>> = model
            .inputs()
            .chunks_exact(shift.len())
            .map(|x| x.iter().map(|x| root * x).chain([last]).collect())
            .collect();
        let (mut weights, mut linear) = (Vec::new(), Vec::new());
        for (output, (y_shift, y_scale)) in y_shift.iter().zip(y_scale).enumerate() {
            let of_sample = model.coefficients(output).iter().zip(&samples);
            let mut sum = vec![0.0; shift.len() + 1];
            let mut constant = 0.0;
            let mut own = Vec::with_capacity(samples.len());
            for (a, v) in of_sample {
                let a = a * y_scale;
                own.push(2.0 * bend * w * length(v) * a);
                constant += spec.bias_variance * a;
                for (sum, v) in sum.iter_mut().zip(v) {
                    *sum += w * (line + bend) * a * v;
                }
            }
            weights.push(own);
            linear.push((sum, y_shift + constant));
        }
        Self { samples, weights, linear, maps, last }
    }

    /// Returns v of an input.
    fn lifted(&self, x: &[f64]) -> Vec<f64> {
        let scaled = x.iter().zip(&self.maps).map(|(x, [shift, factor])| (x - shift) * factor);
        scaled.chain([self.last]).collect()
    }
}

fn length(v: &[f64]) -> f64 {
    v.iter().fold(0.0, |sum, v| sum + v * v).sqrt()
}

impl Integer {
    /// Creates the model in integers, computes the bounds of its errors, and compares it with the model in
    /// `f64`.
    ///
    /// # Errors
    /// If the kernel is not supported, or the bound of an error is larger than the allowed error.
    pub fn new(saved: &SavedModel, request: &Request) -> Result<Self, Failure> {
        let spec = &saved.kernel;
        let constants = supported(spec).ok_or_else(|| {
            Failure::new(format!(
                "the {} of {}, depth {}, has no arithmetic in integers: those that have are the nngp of relu, leaky-relu and abs \
                 of depth 1; fit one of them, or export without --integer",
                spec.kind, spec.activation, spec.depth
            ))
        })?;
        let device = Scaled::of(saved.fit(&saved.scaled().dataset()?)?, saved);
        let [_, n, c] = device.shape();
        let range = range(saved, &request.range)?;
        let asked = &request.largest_error;
        if asked.len() > 1 && asked.len() != c {
            return Err(Failure::new(format!(
                "--max-error has {} numbers and the model {}; give one for each, or one for all",
                asked.len(),
                counted(c, "output")
            )));
        }
        let model = Model::new(&device, spec, constants);
        let names = output::names("y", c);
        let mut allowed = Vec::with_capacity(c);
        for (i, name) in names.iter().enumerate() {
            allowed.push(match asked.get(i).or(asked.first()) {
                Some(given) => *given,
                None => SHARE * super::table::span(saved, i, name)?,
            });
        }
        let numbers = Numbers::new(&model, &range, &allowed).ok_or_else(|| {
            Failure::new("a number of the model has no room in 32 bits; give --box with a narrower range of the inputs")
        })?;
        let bounds = bound::bounds(&model, &numbers, &range);
        for ((bound, allowed), name) in bounds.iter().zip(&allowed).zip(&names) {
            if !(bound <= allowed) {
                return Err(Failure::new(format!(
                    "the mean of {name} in integers is known to {bound:.1e} only, not to {allowed:.1e}; give --max-error {:.1e} or more, or \
                     --box with a narrower range, or fit with a larger --ridge{}",
                    1.1 * bound,
                    if range.len() == 1 { ", or use --table" } else { "" }
                )));
            }
        }
        let found = compare(&device, &numbers, &range, saved)?;
        if let Some(i) = found.iter().zip(&bounds).position(|(found, bound)| !(found <= bound)) {
            return Err(Failure::new(format!(
                "the mean of {} in integers is off by {:.1e}, more than its bound {:.1e}; export without --integer",
                names[i], found[i], bounds[i]
            )));
        }
        let errors = bounds.into_iter().zip(found).map(|(bound, found)| [bound, found]).collect();
        Ok(Self { title: title(n, spec, saved.ridge), numbers, range, errors })
    }

    /// Returns a report with a line for each input and output.
    #[must_use]
    pub fn report(&self) -> String {
        let mut text =
            "an input is an integer times 2^-k, and so is an answer; in units of the output\n".to_owned();
        for (i, ([low, high], fraction)) in self.range.iter().zip(&self.numbers.x_fraction).enumerate() {
            let _ = writeln!(text, "  x{i}: k = {fraction}, from {low:?} to {high:?}");
        }
        for ((name, [bound, found]), of) in self.names().iter().zip(&self.errors).zip(&self.numbers.outputs) {
            let _ = writeln!(
                text,
                "  {name}: k = {}, no error above {bound:.2e} anywhere in that range, the largest one found is {found:.2e}",
                of.fraction
            );
        }
        text
    }

    fn names(&self) -> Vec<String> {
        output::names("y", self.errors.len())
    }

    /// Returns the lines at the head of every file.
    fn head(&self) -> Vec<String> {
        let mut lines = vec![
            self.title.clone(),
            "Integers alone. Input j is the reading times 2^X_FRACTION[j], an answer the value times 2^FRACTION.".to_owned(),
        ];
        for (i, ([low, high], fraction)) in self.range.iter().zip(&self.numbers.x_fraction).enumerate() {
            lines.push(format!("  x{i}: from {low:?} to {high:?}, fraction {fraction}"));
        }
        for ((name, [bound, _]), of) in self.names().iter().zip(&self.errors).zip(&self.numbers.outputs) {
            lines.push(format!(
                "  mean of {name}: no error above {bound:.3e} in its units for inputs in that range, fraction {}",
                of.fraction
            ));
        }
        lines
    }
}

/// Returns l^2 and c^2 of an activation l z + c |z|, or `None` if its kernel has no arithmetic in integers.
fn supported(spec: &KernelSpec) -> Option<[f64; 2]> {
    let bent =
        matches!(spec.activation, ActivationName::Relu | ActivationName::LeakyRelu(_) | ActivationName::Abs);
    if !(bent && spec.kind == Kind::Nngp && spec.depth == 1) {
        return None;
    }
    let (_, constants) = spec.activation.source()?;
    let value = |name| constants.iter().find(|(own, _)| *own == name).map(|(_, value)| *value);
    Some([value("LINE")?, value("BEND")?])
}

/// Returns the range of each input.
fn range(saved: &SavedModel, given: &[f64]) -> Result<Vec<[f64; 2]>, Failure> {
    let [d, ..] = saved.shape();
    if given.is_empty() {
        let inputs = saved.samples()?.x();
        return Ok((0..d)
            .map(|j| {
                let column = || inputs.iter().map(|row| row[j]);
                let (low, high) =
                    (column().fold(f64::INFINITY, f64::min), column().fold(f64::NEG_INFINITY, f64::max));
                let more = 0.25 * (high - low).max(saved.x_scaling.scale[j]);
                [low - more, high + more]
            })
            .collect());
    }
    if given.len() != 2 * d {
        return Err(Failure::new(format!(
            "--box has {} and the model {}; give the smallest and the largest value of each",
            counted(given.len(), "number"),
            counted(d, "input")
        )));
    }
    let pairs: Vec<[f64; 2]> = given.chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect();
    match pairs.iter().position(|[low, high]| !(low < high)) {
        Some(j) => Err(Failure::new(format!(
            "--box has no range for input x{j}: its smallest value must come before its largest"
        ))),
        None => Ok(pairs),
    }
}

/// Returns the largest error of each output over the samples, the corners of the box, and places all over it.
fn compare(
    device: &Scaled<f64>,
    numbers: &Numbers,
    range: &[[f64; 2]],
    saved: &SavedModel,
) -> Result<Vec<f64>, Failure> {
    let [_, n, c] = device.shape();
    let mut places: Vec<Vec<f64>> = bound::corners(range).unwrap_or_default();
    places.extend(saved.samples()?.x().iter().map(<[f64]>::to_vec));
    // The fractional parts of multiples of irrational numbers, one for each input, are spread evenly.
    let steps: Vec<f64> =
        (0..range.len()).map(|j| f64::from_usize(3 * j + 2).sqrt().fract().max(0.1)).collect();
    places.extend((1..=PLACES).map(|i| {
        let of = range.iter().zip(&steps);
        of.map(|([low, high], step)| low + (high - low) * (f64::from(i) * step).fract()).collect()
    }));
    let (mut work, mut mean, mut worst) = (vec![0.0; n], vec![0.0; c], vec![0.0f64; c]);
    for place in places {
        let x = numbers.input(&place);
        let exact: Vec<f64> =
            x.iter().zip(&numbers.x_fraction).map(|(x, k)| f64::from(*x) * unit(*k)).collect();
        device.model.mean_into(&device.input(&exact), &mut work, &mut mean)?;
        let found = numbers.mean(&x).unwrap_or_default();
        for (i, ((worst, mean), of)) in worst.iter_mut().zip(&mean).zip(&numbers.outputs).enumerate() {
            let found = found.get(i).map_or(f64::NAN, |v| f64::from(*v) * unit(of.fraction));
            let apart = (found - device.value(i, *mean)).abs();
            *worst = if apart <= *worst { *worst } else { apart };
        }
    }
    Ok(worst)
}
