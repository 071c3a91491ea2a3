//! Definition 1: the linearisation of a network around its initial weights.
//!
//! f~_x(w) = f(w0; x) + <gradient of f at w0, w - w0>. This is a linear model with the features psi(x) =
//! gradient of f_x(w0). Its kernel is the NTK (Definition 2).

use crate::error::check_len;
use crate::gradient::check_same_shape;
use crate::{Activation, Error, Network, Parameters, Scalar};

/// A network at w0 and a displacement v = w - w0.
///
/// It is trained with [`crate::train::descend`] like the network itself. Only the displacement changes.
///
/// ```
/// use ntk_core::{Linearized, Network, Params, Tanh};
/// let network = Network::new(Tanh, Params { a: [[1.0, -2.0]], b: [[0.5, 0.2]] });
/// let mut line = Linearized::new(&network, Params::<f64, 1, 2>::zero())?;
/// assert_eq!(line.value(&[3.0], 0)?, network.value(&[3.0], 0)?);
/// line.displacement.a[0][0] = 0.1; // f is linear in A, so here the two still agree
/// let moved = Network::new(Tanh, Params { a: [[1.1, -2.0]], b: [[0.5, 0.2]] });
/// assert!((line.value(&[3.0], 0)? - moved.value(&[3.0], 0)?).abs() < 1e-15);
/// # Ok::<(), ntk_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Linearized<'n, A, W, V> {
    network: &'n Network<A, W>,
    /// v = w - w0.
    pub displacement: V,
}

impl<'n, T, A, W, V> Linearized<'n, A, W, V>
where
    T: Scalar,
    A: Activation<T>,
    W: Parameters<Scalar = T>,
    V: Parameters<Scalar = T>,
{
    /// Linearises a network at its weights; the result is evaluated at these weights plus `displacement`.
    ///
    /// # Errors
    /// [`Error::Shape`] if the displacement is not of the network's shape.
    pub fn new(network: &'n Network<A, W>, displacement: V) -> Result<Self, Error> {
        check_same_shape(network, &displacement)?;
        Ok(Self { network, displacement })
    }

    /// Returns the network at w0.
    pub fn network(&self) -> &'n Network<A, W> {
        self.network
    }

    /// Returns f~ of one output. Cost: a forward pass and a [`Network::tangent`].
    ///
    /// # Errors
    /// [`Error::Shape`] if x does not have d numbers, [`Error::OutOfBounds`] if there is no such output.
    pub fn value(&self, x: &[T], output: usize) -> Result<T, Error> {
        Ok(self.network.value(x, output)? + self.network.tangent(x, &self.displacement, output)?)
    }

    /// Writes f~ of all c outputs.
    ///
    /// # Errors
    /// [`Error::Shape`] if x does not have d numbers or `f` does not have c.
    pub fn output(&self, x: &[T], f: &mut [T]) -> Result<(), Error> {
        check_len("f", self.network.shape().outputs, f.len())?;
        for (output, f) in f.iter_mut().enumerate() {
            *f = self.value(x, output)?;
        }
        Ok(())
    }
}
