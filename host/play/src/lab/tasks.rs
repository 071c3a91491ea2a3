//! What a lab does with its networks, for whichever activation they have.

use ntk_core::{Activation, Error};

use super::{Curve, GRID, Lab, grid, lifted};
use crate::choice::Visitor;

/// Fits the linearised networks, and from their kernels sets the learning rates.
pub(super) struct Refit<'l>(pub(super) &'l mut Lab);

impl Visitor for Refit<'_> {
    type Output = Result<(), Error>;

    fn with<A: Activation<f64>>(self, phi: A) -> Self::Output {
        let Lab { inputs, y, len, ridge, networks, linear, lines, choice, .. } = self.0;
        let (inputs, labels) = (inputs.get(..*len).unwrap_or(&[]), y.get(..*len).unwrap_or(&[]));
        for (index, line) in lines.iter_mut().enumerate() {
            let network = networks.initial(phi, index)?;
            let largest = linear.fit(&network, inputs, labels, *ridge)?;
            for (value, x) in line.iter_mut().zip(grid()) {
                *value = linear.value(&network, &lifted(x, choice.gain())?)?;
            }
            networks.prepare(phi, index, inputs, largest + *ridge)?;
        }
        Ok(())
    }
}

/// Takes steps with one network.
pub(super) struct Descend<'l> {
    pub(super) lab: &'l mut Lab,
    pub(super) index: usize,
    pub(super) steps: u32,
}

impl Visitor for Descend<'_> {
    type Output = Result<(), Error>;

    fn with<A: Activation<f64>>(self, phi: A) -> Self::Output {
        let Lab { inputs, y, len, ridge, networks, .. } = self.lab;
        let (inputs, labels) = (inputs.get(..*len).unwrap_or(&[]), y.get(..*len).unwrap_or(&[]));
        networks.descend(phi, self.index, inputs, labels, *ridge, self.steps)
    }
}

/// Evaluates one network.
pub(super) struct Draw<'l> {
    pub(super) lab: &'l Lab,
    pub(super) index: usize,
}

impl Visitor for Draw<'_> {
    type Output = Result<Curve, Error>;

    fn with<A: Activation<f64>>(self, phi: A) -> Self::Output {
        let Self { lab, index } = self;
        let (now, start) = (lab.networks.current(phi, index)?, lab.networks.initial(phi, index)?);
        let mut curve = [0.0; GRID];
        for (value, x) in curve.iter_mut().zip(grid()) {
            let z = lifted(x, lab.choice.gain())?;
            *value = now.value(&z, 0)? - start.value(&z, 0)?;
        }
        Ok(curve)
    }
}
