"""Kernels of wide networks with one hidden layer, criteria for ridge and bias, and the conformal interval, in NumPy.

Every function works on a stack of problems at once: an array of inputs has the shape (..., samples, inputs), an array of
labels (..., samples). Bias variance `b` and ridge have the shape of the stack (or are numbers).

    Sigma(x, x') = w <x, x'> + b              the units of the hidden layer before the activation
    NNGP(x, x')  = w E[phi(u) phi(v)] + b     (u, v) Gaussian with the covariances Sigma
    NTK(x, x')   = NNGP(x, x') + w Sigma(x, x') E[phi'(u) phi'(v)]

Activations: relu is sqrt(2) max(0, z); erf as in Williams (1997).
"""

import numpy as np


def _expand(value, ndim):
    """`value` with axes appended until it has `ndim` of them."""
    value = np.asarray(value)
    return value.reshape(value.shape + (1,) * (ndim - value.ndim))


def _duals(activation, suv, suu, svv):
    """E[phi(u) phi(v)] and E[phi'(u) phi'(v)]"""
    if activation == "relu":
        root = np.sqrt(suu * svv)
        cosine = np.clip(suv / np.where(root > 0, root, 1), -1, 1)
        angle = np.arccos(cosine)
        return root / np.pi * (np.sqrt(1 - cosine**2) + (np.pi - angle) * cosine), (np.pi - angle) / np.pi
    product = (1 + 2 * suu) * (1 + 2 * svv)
    value = 2 / np.pi * np.arcsin(2 * suv / np.sqrt(product))
    return value, 4 / np.pi / np.sqrt(product - 4 * suv**2)


def kernel(name, x, y, b, w=1.0):
    """K(x_i, y_j) of the kernel `name`: "relu ntk", "relu nngp", "erf ntk" or "erf nngp"."""
    activation, kind = name.split()
    inner = x @ np.swapaxes(y, -1, -2)
    b, w = _expand(b, inner.ndim), _expand(w, inner.ndim)
    suv = w * inner + b
    suu = w * np.sum(x * x, -1)[..., :, None] + b
    svv = w * np.sum(y * y, -1)[..., None, :] + b
    value, slope = _duals(activation, suv, suu, svv)
    return w * value + b + (w * suv * slope if kind == "ntk" else 0)


def diagonal(name, x, b, w=1.0):
    """K(x_i, x_i)"""
    activation, kind = name.split()
    norm = np.sum(x * x, -1)
    b, w = _expand(b, norm.ndim), _expand(w, norm.ndim)
    s = w * norm + b
    value, slope = _duals(activation, s, s, s)
    return w * value + b + (w * s * slope if kind == "ntk" else 0)


CRITERIA = ("loo", "lml", "lod", "gcv")


def criteria(k, y, ridges):
    """Every criterion for every ridge, to be minimised: a dictionary of arrays of shape (..., ridges).

    loo  mean square of the leave-one-out errors e_i
    lml  minus the log marginal likelihood with the amplitude s^2 = y^T a / n
    lod  minus the log density of every sample given the others with the amplitude s^2 = mean of e_i^2 / h_i
    gcv  generalised cross-validation: loo with every h_i replaced by 1 / mean(1 / h_i)

    `ridges` are relative to the mean of the diagonal of `k`; kernel and ridge are divided by that mean, which changes
    none of the four up to a constant.
    """
    n = k.shape[-1]
    mean = np.trace(k, axis1=-2, axis2=-1) / n
    values, vectors = np.linalg.eigh(k / mean[..., None, None])
    values = np.maximum(values, 0)
    z = np.einsum("...ij,...i->...j", vectors, y)
    d = 1 / (values[..., None, :] + np.asarray(ridges)[:, None])
    a = np.einsum("...ij,...rj->...ri", vectors, d * z[..., None, :])
    inverse = np.einsum("...ij,...rj->...ri", vectors**2, d)
    e, h = a / inverse, 1 / inverse
    quadratic = np.sum(d * z[..., None, :] ** 2, -1)
    out = {
        "loo": np.mean(e**2, -1),
        "lml": 0.5 * (n * np.log(quadratic / n) - np.sum(np.log(d), -1)),
        "lod": 0.5 * (n * np.log(np.mean(e**2 / h, -1)) + np.sum(np.log(h), -1)),
        "gcv": np.mean(a**2, -1) / np.mean(inverse, -1) ** 2,
    }
    return out


class Model:
    """Kernel regression on training samples, with what the interval needs. `ridge` is relative to the mean diagonal."""

    def __init__(self, name, x, y, b, ridge, w=1.0):
        self.name, self.x, self.b, self.w = name, x, b, w
        n = x.shape[-2]
        k = kernel(name, x, x, b, w)
        self.ridge = np.asarray(ridge) * np.trace(k, axis1=-2, axis2=-1) / n
        self.gram = k + _expand(self.ridge, k.ndim) * np.eye(n)
        self.a = np.linalg.solve(self.gram, y[..., None])[..., 0]
        self.h = 1 / np.diagonal(np.linalg.inv(self.gram), axis1=-2, axis2=-1)
        self.e = self.a * self.h

    def left_out(self, x):
        """(mean, s2, mean_i, s2_i): prediction and variance of a new observation, with all samples and without each."""
        k = kernel(self.name, x, self.x, self.b, self.w)
        v = np.swapaxes(np.linalg.solve(self.gram, np.swapaxes(k, -1, -2)), -1, -2)
        mean = np.einsum("...qi,...i->...q", k, self.a)
        s2 = diagonal(self.name, x, self.b, self.w) + _expand(self.ridge, mean.ndim) - np.sum(k * v, -1)
        return mean, s2, mean[..., None] - v * self.e[..., None, :], s2[..., None] + v**2 * self.h[..., None, :]

    def interval(self, x, level=0.9):
        """(mean, low, high): the conformal interval, exact for settings fixed beforehand and exchangeable samples."""
        n = self.a.shape[-1]
        f = int(np.floor((1 - level) * (n + 1) + 1e-9))
        if f == 0:
            raise ValueError(f"no finite interval of level {level} from {n} samples")
        mean, _, means, variances = self.left_out(x)
        w = np.abs(self.e) / np.sqrt(self.h)
        half = w[..., None, :] * np.sqrt(np.maximum(variances, 0))
        low = np.partition(means - half, f - 1, axis=-1)[..., f - 1]
        high = np.partition(means + half, n - f, axis=-1)[..., n - f]
        return mean, low, high
