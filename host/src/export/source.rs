//! The model as self-contained source: constants, and the kernel's own arithmetic from a template.
//!
//! The formulas are the core's, including those that represent an angle by its half angle. Sums run in
//! another order, and the length of an input has only the precision of its type, so results differ from the
//! core's by roundings.

use std::fmt::Debug;

use super::Numbers;
use crate::error::Failure;
use crate::files::device::Scaled;
use crate::kernels::activations::{exported_as_source, list};
use crate::kernels::gram::Real;
use crate::kernels::{KernelSpec, Kind};

mod c;
mod rust;

pub use c::c;
pub(super) use c::named;
pub(super) use rust::module;
pub use rust::rust;

fn refuse(spec: &KernelSpec) -> Failure {
    Failure::new(format!(
        "the kernel of {} is not exported as source: it needs functions that neither C nor Rust without a library has in one form; \
         use --lang bin and ntk_core on the device, or fit with {}",
        spec.activation,
        list(exported_as_source(), "or")
    ))
}

/// Returns the part of a template that follows the marker of this name.
fn part(template: &'static str, name: &str) -> &'static str {
    let marker = format!("//# {name}\n");
    let start = template.find(&marker).map_or(template.len(), |i| i + marker.len());
    let rest = &template[start..];
    &rest[..rest.find("//# ").unwrap_or(rest.len())]
}

/// How a language writes constants.
struct Language {
    template: &'static str,
    /// The suffix of each number.
    suffix: &'static str,
    /// The brackets around the numbers of a row.
    row: [&'static str; 2],
}

impl Language {
    fn number<T: Debug>(&self, value: T) -> String {
        format!("{value:?}{}", self.suffix)
    }

    /// Formats a row on as few lines as 100 columns allow.
    fn row<T: Copy + Debug>(&self, values: &[T], indent: &str) -> String {
        let mut text = format!("{indent}{}", self.row[0]);
        let mut column = text.len();
        for (i, &value) in values.iter().enumerate() {
            let number = self.number(value);
            if column + number.len() + 2 > 100 {
                text.push_str(&format!("\n{indent} "));
                column = indent.len() + 1;
            } else if i > 0 {
                text.push(' ');
            }
            column += number.len() + 2;
            text.push_str(&number);
            text.push(if i + 1 < values.len() { ',' } else { ' ' });
        }
        format!("{}{}", text.trim_end(), self.row[1])
    }

    fn rows<T: Copy + Debug>(&self, values: &[T], width: usize) -> String {
        let rows: Vec<String> = values.chunks_exact(width).map(|row| self.row(row, "    ")).collect();
        format!("{}\n{}\n{}", self.row[0], rows.join(",\n"), self.row[1])
    }

    /// Returns the parts of the template in their order.
    fn code<T: Real>(&self, activation: &[&str], numbers: &Numbers<T>) -> String {
        let shift = if numbers.has_rest() { "shift and rest" } else { "shift" };
        let mut code = String::new();
        for name in activation.iter().chain(&[shift, "body"]) {
            code.push_str(part(self.template, name));
        }
        if numbers.bars.is_some() {
            code.push_str(part(self.template, "deviation"));
        }
        code
    }
}

/// Returns the rows of R one after the other, each with its reciprocal in front.
fn factor<T: Real>(numbers: &Numbers<T>) -> Vec<T> {
    let factor = numbers.device.model.factor();
    let rows = factor.reciprocals().iter().enumerate();
    rows.flat_map(|(i, &reciprocal)| [reciprocal].into_iter().chain(factor.row(i).iter().copied())).collect()
}

fn is_single<T>() -> bool {
    size_of::<T>() == 4
}

/// Returns one line that describes the model.
pub(super) fn title<T: Debug>(samples: usize, spec: &KernelSpec, ridge: T) -> String {
    let kind = if spec.kind == Kind::Ntk { "NTK" } else { "NNGP" };
    format!(
        "Kernel regression on {samples} samples: {kind} of {}, depth {}, weight variance {:?}, bias variance {:?}, ridge {ridge:?}.",
        spec.activation, spec.depth, spec.weight_variance, spec.bias_variance,
    )
}

/// Returns the length of an input with the roundings of the exported source, so that the angle between a
/// sample and itself is exactly 0.
fn length<T: Real>(x: &[T], spec: &KernelSpec) -> T {
    let sum = x.iter().fold(T::ZERO, |sum, v| sum + *v * *v);
    (T::from_f64(spec.weight_variance) * sum + T::from_f64(spec.bias_variance)).sqrt()
}

/// The name of a constant, the lengths of its array (empty for a scalar), and its value.
type Constant = (&'static str, String, String);

/// Returns all constants except the counts.
fn constants<T: Real>(
    numbers: &Numbers<T>,
    spec: &KernelSpec,
    own: Vec<(&'static str, f64)>,
    of: &Language,
    sections: &[&str],
) -> Vec<Constant> {
    let scalar = |name, value: f64| (name, String::new(), of.number(T::from_f64(value)));
    let mut list =
        vec![scalar("WEIGHT_VARIANCE", spec.weight_variance), scalar("BIAS_VARIANCE", spec.bias_variance)];
    list.extend(own.into_iter().map(|(name, value)| scalar(name, value)));
    if sections.contains(&"polynomial") {
        list.push(("ANGLE_TABLE", T::ANGLE.len().to_string(), of.row(T::ANGLE, "")));
    }
    if sections.contains(&"bent") {
        list.push(("NNGP_TABLE", T::NNGP.len().to_string(), of.row(T::NNGP, "")));
    }
    let Scaled { model, scaling } = &numbers.device;
    let [d, n, c] = numbers.device.shape();
    let names = ["X_SHIFT", "X_SCALE", "Y_SHIFT", "Y_SCALE"];
    for ((name, column), count) in
        names.into_iter().zip(scaling).zip(["INPUTS", "INPUTS", "OUTPUTS", "OUTPUTS"])
    {
        list.push((name, count.to_owned(), of.row(column, "")));
    }
    if numbers.has_rest() {
        list.push(("X_SHIFT_REST", "INPUTS".to_owned(), of.row(&numbers.rest, "")));
    }
    let lengths: Vec<T> = model.inputs().chunks_exact(d).map(|x| length(x, spec)).collect();
    let coefficients: Vec<T> = (0..c).flat_map(|output| model.coefficients(output)).copied().collect();
    list.push(("X", "SAMPLES INPUTS".to_owned(), of.rows(model.inputs(), d)));
    list.push(("LENGTH", "SAMPLES".to_owned(), of.row(&lengths, "")));
    list.push(("COEFFICIENT", "OUTPUTS SAMPLES".to_owned(), of.rows(&coefficients, n)));
    if let Some(bars) = &numbers.bars {
        list.push(scalar("EPSILON", T::EPSILON.to_f64()));
        list.push(scalar("RIDGE", model.ridge().to_f64()));
        list.push(("STD_SCALE", "OUTPUTS".to_owned(), of.row(&bars.std_scale, "")));
        list.push(("LEFT_OUT", "SAMPLES".to_owned(), of.row(&bars.left_out, "")));
        list.push(("FACTOR", (n * (n + 1) / 2).to_string(), of.row(&factor(numbers), "")));
    }
    list
}
