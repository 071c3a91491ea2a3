//! The loss L(w) = 1/2 sum_i |f(w; x_i) - y_i|^2 (lecture, Example 3) and its gradient.

use crate::error::check_len;
use crate::gradient::check_same_shape;
use crate::{Activation, Dataset, Error, Network, Parameters, ParametersMut, Scalar};

/// Returns L(w), half the sum of (f - y)^2 over samples and outputs. The mean squared error is 2 L / (n c).
///
/// Its units are the squared units of y. Cost: n c passes forward, [`Network::value`].
///
/// # Errors
/// [`Error::Shape`] if the data's d or c is not the network's.
pub fn loss<T, A, W>(network: &Network<A, W>, data: &Dataset<'_, T>) -> Result<T, Error>
where
    T: Scalar,
    A: Activation<T>,
    W: Parameters<Scalar = T>,
{
    check_data(network, data)?;
    let mut sum = T::ZERO;
    for (x, y) in data.samples() {
        for (output, &y) in y.iter().enumerate() {
            let r = network.forward(x, output) - y;
            sum += r * r;
        }
    }
    Ok(T::HALF * sum)
}

/// Writes the gradient of L in w, the sum of (f - y) times the gradient of f over samples and outputs.
///
/// Its units are the squared units of y for each unit of the weight. Cost: n c passes forward and n c
/// gradients, [`Network::gradient`].
///
/// # Errors
/// [`Error::Shape`] if the data or the gradient does not fit the network; then nothing is written.
pub fn loss_gradient<T, A, W, G>(
    network: &Network<A, W>,
    data: &Dataset<'_, T>,
    gradient: &mut G,
) -> Result<(), Error>
where
    T: Scalar,
    A: Activation<T>,
    W: Parameters<Scalar = T>,
    G: ParametersMut<Scalar = T>,
{
    check_data(network, data)?;
    check_same_shape(network, gradient)?;
    gradient.clear();
    for (x, y) in data.samples() {
        for (output, &label) in y.iter().enumerate() {
            let r = network.forward(x, output) - label;
            network.accumulate(x, r, |o| if o == output { T::ONE } else { T::ZERO }, gradient);
        }
    }
    Ok(())
}

/// Checks that data have the d and c of a network.
pub(crate) fn check_data<T, A, W>(network: &Network<A, W>, data: &Dataset<'_, T>) -> Result<(), Error>
where
    T: Scalar,
    A: Activation<T>,
    W: Parameters<Scalar = T>,
{
    check_len("number of inputs", network.shape().inputs, data.x().columns())?;
    check_len("number of outputs", network.shape().outputs, data.y().columns())
}
