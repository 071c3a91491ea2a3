"""The stream of the firmware's second job, in double precision and in the coordinates of the textbook.

Van Vaerenbergh, Lazaro-Gredilla, Santamaria 2012 (KRLS-T): mean and covariance of the function at the basis inputs, and a fresh
inverse of their kernel matrix at every step. The core keeps a triangular factor instead, rotates it, and works in single
precision: the two have the rules in common that docs/streaming.md states, and nothing else. Where a rule has a threshold,
`apart` ends the program if single precision could decide otherwise.
"""

import math

from expected_matrix import dot, inverse

NEW, NEW_BESIDE_NOISE = 1e-3, 0.02  # an input is new above this share of K(x, x), or of the noise if that is less, ..
ROOT_OF_EPSILON = math.sqrt(2.0**-23)  # .. but not below this share of K(x, x)
LIMIT = 4.0  # an error of more deviations counts as one of so many
SHARES = 0.5, 0.1, 0.05, 0.01
LN_QUANTILES = tuple(math.log(z) for z in (0.674489750196082, 1.644853626951473, 1.959963984540054, 2.575829303548901))
NOISE_FIRST, NOISE_LEAST, NOISE_MOST = 0.1, 1e-6, 100.0
RATE_FIRST, RATE_LEAST, RATE_MOST = 1e-3, 1e-6, 0.1  # of forgetting
SURPRISE, JUMP_RATE = 4.0, 0.1  # while the last 16 squared errors are so large each sample forgets a tenth more


def apart(a, b, by):
    """Whether a > b, both above 0, where they differ by more than a share of themselves."""
    assert abs(math.log(a / b)) > by, f"single precision may see it otherwise: {a} and {b}"
    return a > b


def ntk_erf(x, y):
    """The NTK of erf, one hidden layer, weights and biases of variance 1, one input (Williams 1997)."""
    xy, xx, yy = x * y + 1, x * x + 1, y * y + 1
    nngp = 2 / math.pi * math.asin(2 * xy / math.sqrt((1 + 2 * xx) * (1 + 2 * yy))) + 1
    return nngp + xy * 4 / math.pi / math.sqrt((1 + 2 * xx) * (1 + 2 * yy) - 4 * xy * xy)


class Stream:
    def __init__(self, room, x_range, y_range):
        half = lambda low, high: ((low + high) / 2, (high - low) / 2 / math.sqrt(3))
        (self.shift, self.scale), (self.middle, self.unit) = half(*x_range), half(*y_range)
        self.room, self.replaced = room, 0
        self.heard, self.amplitude, self.noise, self.offsets = 0, 0.0, 0.0, [0.0] * len(SHARES)
        self.rate, self.surprise = RATE_FIRST, 1.0
        # At the basis: mean, its derivative with respect to the logarithm of the rate of forgetting, covariance.
        self.basis, self.mean, self.derivative, self.covariance = [], [], [], []

    def gram(self):
        return [[ntk_erf(a, b) for b in self.basis] for a in self.basis]

    def at(self, x):
        """K^-1 k, the covariance with the basis, what the basis misses, and what is known, of a scaled input."""
        near = [ntk_erf(x, z) for z in self.basis]
        q = [dot(row, near) for row in inverse(self.gram())[0]]
        h = [dot(row, q) for row in self.covariance]
        return q, h, max(ntk_erf(x, x) - dot(near, q), 0.0), max(dot(q, h), 0.0)

    def hear(self, x, y):
        x, y = (x - self.shift) / self.scale, (y - self.middle) / self.unit
        prior = ntk_erf(x, x)
        if self.heard == 0:
            self.noise = NOISE_FIRST * prior
        q, _, rest, known = self.at(x)
        variance, usual, bounded = self.noise + rest + known, self.noise, self.heard > self.room
        error = y - dot(q, self.mean)
        noise, factor = usual, math.exp(-self.rate - JUMP_RATE * (self.surprise > SURPRISE))
        if bounded and self.amplitude > 0:
            times = abs(error) / (self.amplitude * math.sqrt(variance) * LIMIT)
            noise += max(times - 1, 0.0) * variance
        turn = dot(q, self.derivative) / math.sqrt(variance)
        self.follow(error / math.sqrt(variance), turn, prior, usual / variance, known / variance, bounded)
        self.learn(x, y, rest, prior, usual, noise, factor)
        self.heard += 1

    def follow(self, z, turn, prior, part, spread, bounded):
        """Amplitude, tail, noise and forgetting learn from an error over its deviation in units of the kernel."""
        clip = lambda z: max(-LIMIT, min(LIMIT, z)) if bounded else z
        share, squares, gradient = 1 / min(self.heard + 1, 1000), 0.0, 0.0
        if self.amplitude > 0:
            own = clip(z / self.amplitude)
            for i, (alpha, ln_quantile) in enumerate(zip(SHARES, LN_QUANTILES)):
                beyond = apart(abs(z) / self.amplitude, math.exp(self.offsets[i] + ln_quantile), 1e-4)
                self.offsets[i] += 0.05 * (beyond - alpha)
            squares, gradient = own * own, own * turn / self.amplitude
            self.amplitude *= math.sqrt(1 + share * (own * own - 1))
        else:
            self.amplitude = abs(z) * math.sqrt(share)
        gradient += (squares - 1) * spread / 4
        self.rate = max(RATE_LEAST, min(RATE_MOST, self.rate * math.exp(0.2 * gradient)))
        self.surprise += (squares - self.surprise) / 16
        assert abs(self.surprise - SURPRISE) > 0.01, "single precision may see it otherwise"
        square = clip(z * math.sqrt(prior)) ** 2
        step = max(2 / (self.heard + 10), 0.02)
        self.noise = max(NOISE_LEAST, min(NOISE_MOST, self.noise * math.exp(step * (square - 1) * part)))

    def learn(self, x, y, rest, prior, usual, noise, factor):
        least = max(min(NEW * prior, NEW_BESIDE_NOISE * usual), ROOT_OF_EPSILON * prior)
        joins = not self.basis or apart(max(rest, 1e-12), least, 0.01)
        if joins and len(self.basis) == self.room:
            joins = self.make_room(x, y, noise)
        prior_rows = zip(self.covariance, self.gram())
        self.covariance = [[factor * s + (1 - factor) * k for s, k in zip(*rows)] for rows in prior_rows]
        root = math.sqrt(factor)
        self.derivative = [root * d - (1 - factor) * m / 2 for d, m in zip(self.derivative, self.mean)]
        self.mean = [root * m for m in self.mean]
        if joins:
            self.join(x)
        self.update(x, y, noise)

    def join(self, x):
        q, h, rest, known = self.at(x)
        self.covariance = [row + [own] for row, own in zip(self.covariance, h)] + [h + [rest + known]]
        self.mean.append(dot(q, self.mean))
        self.derivative.append(dot(q, self.derivative))
        self.basis.append(x)

    def update(self, x, y, noise):
        q, h, rest, known = self.at(x)
        t, error = noise + rest + known, y - dot(q, self.mean)
        turn = (1 - known / t) * error / 2 - dot(q, self.derivative)
        self.mean = [m + g * error / t for m, g in zip(self.mean, h)]
        self.derivative = [d + g * turn / t for d, g in zip(self.derivative, h)]
        self.covariance = [[s - a * b / t for s, b in zip(row, h)] for row, a in zip(self.covariance, h)]

    def make_room(self, x, y, noise):
        """Takes out what says least of the basis and the newcomer, who counts a quarter; False if that is he."""
        kept = self.basis[:], self.mean[:], self.derivative[:], [row[:] for row in self.covariance]
        self.join(x)
        self.update(x, y, noise)
        precision, _ = inverse(self.gram())
        said = [(dot(row, self.mean) / row[j]) ** 2 for j, row in enumerate(precision)]
        said[-1] /= 4
        self.basis, self.mean, self.derivative, self.covariance = kept
        (_, least), (second, _) = sorted((value, j) for j, value in enumerate(said))[:2]
        apart(second, said[least], 0.01)
        if least == self.room:
            return False
        for values in [self.basis, self.mean, self.derivative, self.covariance, *self.covariance]:
            del values[least]
        self.replaced += 1
        return True

    def observed(self, x):
        """Mean, and standard deviation of an observation, in units of the labels."""
        x = (x - self.shift) / self.scale
        q, _, rest, known = self.at(x)
        deviation = math.sqrt(min(rest + known, ntk_erf(x, x)) + self.noise) * self.amplitude * self.unit
        return self.middle + self.unit * dot(q, self.mean), deviation

    def reach(self, alpha):
        """The deviations that a share alpha of errors exceeds."""
        i = SHARES.index(alpha)
        return math.exp(self.offsets[i] + LN_QUANTILES[i])

    def answer(self, x):
        """Value and the ends of the interval of level 0.9."""
        mean, deviation = self.observed(x)
        half = self.reach(0.1) * deviation
        return mean, mean - half, mean + half

    def is_strange(self, x, y):
        """Whether at most one in a hundred errors is as large."""
        mean, deviation = self.observed(x)
        return apart(abs(y - mean) / deviation, self.reach(0.01), 0.02)
