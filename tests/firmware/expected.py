#!/usr/bin/env python3
"""Prints expected.txt: what the firmware must print, computed apart from it in double precision.

Readings come from the reference function of ITS-90 for type K thermocouples: G. W. Burns et al., Temperature-Electromotive
Force Reference Functions and Tables, NIST Monograph 175 (1993), also NIST SRD 60: E = sum_i c_i t^i + a0 exp(a1 (t - a2)^2)
in millivolts, the exponential above 0 C only. The NNGP is the textbook's formula with an arccos (Example 2 of the lecture),
matrices are inverted by elimination, and each sample is left out by a fit without it: nothing is shared with the core but
the settings that it tries. The stream of the second job is in expected_stream.py.
"""

import math

from expected_matrix import dot, inverse
from expected_stream import Stream

ABOVE = (
    -0.176004136860e-1, 0.389212049750e-1, 0.185587700320e-4, -0.994575928740e-7, 0.318409457190e-9,
    -0.560728448890e-12, 0.560750590590e-15, -0.320207200030e-18, 0.971511471520e-22, -0.121047212750e-25,
)
BELOW = (
    0.0, 0.394501280250e-1, 0.236223735980e-4, -0.328589067840e-6, -0.499048287770e-8, -0.675090591730e-10,
    -0.574103274280e-12, -0.310888728940e-14, -0.104516093650e-16, -0.198892668780e-19, -0.163226974860e-22,
)
CALIBRATION = range(0, 701, 50)
READINGS = 29, 79, 100, 128, 190, 268, 330, 525, 675, -20, -100, 750, 1000, 1200
MISTYPED, STRANGE = (300, 310), 0.1
BIAS_VARIANCES = 1 / 64, 1 / 4, 4.0
RIDGES = 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0
SEED, DAYS, SHOWN, MISREAD = 100, 365, (60, 180, 364), (200, 150)
# Degrees, or tenths of a per cent, between a number and where its rounding turns: single precision may move it so far.
CLEAR = 0.05


def microvolts(t):
    if t < 0:
        e = sum(c * t**i for i, c in enumerate(BELOW))
    else:
        e = sum(c * t**i for i, c in enumerate(ABOVE)) + 0.1185976 * math.exp(-0.1183432e-3 * (t - 126.9686) ** 2)
    return round(1000 * e)


def nngp(x, y, b):
    lengths = math.sqrt((x * x + b) * (y * y + b))
    cosine = min(1.0, (x * y + b) / lengths)
    angle = math.acos(cosine)
    return lengths * (math.sin(angle) + (math.pi - angle) * cosine) / math.pi + b


def standardize(values):
    mean = sum(values) / len(values)
    return mean, math.sqrt(sum((v - mean) ** 2 for v in values) / len(values))


class Model:
    """Kernel regression on some samples."""

    def __init__(self, x, y, b, ridge):
        self.x, self.b, self.ridge = x, b, ridge
        k = [[nngp(p, q, b) + (ridge if i == j else 0) for j, q in enumerate(x)] for i, p in enumerate(x)]
        self.inverse, self.log_determinant = inverse(k)
        self.coefficients = [dot(row, y) for row in self.inverse]

    def at(self, x):
        """Mean, and variance of an observation, in units of the kernel."""
        near = [nngp(x, p, self.b) for p in self.x]
        variance = nngp(x, x, self.b) + self.ridge - dot(near, [dot(row, near) for row in self.inverse])
        return dot(near, self.coefficients), variance


class Sensor:
    def __init__(self, x, y):
        (self.shift, self.scale), (self.middle, self.unit) = standardize(x), standardize(y)
        x, y = [(v - self.shift) / self.scale for v in x], [(v - self.middle) / self.unit for v in y]
        tried = []
        for b in BIAS_VARIANCES:
            diagonal = sum(nngp(v, v, b) for v in x) / len(x)
            for ridge in RIDGES:
                model = Model(x, y, b, ridge * diagonal)
                # Twice the negative logarithm of the marginal likelihood, that of its best amplitude, less constants.
                loss = len(x) * math.log(dot(y, model.coefficients)) + model.log_determinant
                tried.append((loss, b, ridge * diagonal))
        (best, b, ridge), (second, *_) = sorted(tried)[:2]
        assert second > best + 0.1, "single precision may choose other settings"
        self.model = Model(x, y, b, ridge)
        without = lambda values, i: values[:i] + values[i + 1 :]
        self.others = []  # each sample's fit without it, its error, and its variance there
        for i in range(len(x)):
            model = Model(without(x, i), without(y, i), b, ridge)
            mean, variance = model.at(x[i])
            self.others.append((model, abs(y[i] - mean), variance))

    def ends(self, x):
        """For each sample the labels at x that are at most as strange as that sample is."""
        x = (x - self.shift) / self.scale
        for model, error, own in self.others:
            mean, variance = model.at(x)
            half = error * math.sqrt(variance / own)
            yield self.middle + self.unit * (mean - half), self.middle + self.unit * (mean + half)

    def read(self, x):
        """Value and the interval of level 0.9: of 15 samples and one more, one may be stranger."""
        lows, highs = zip(*self.ends(x))
        return self.middle + self.unit * self.model.at((x - self.shift) / self.scale)[0], min(lows), max(highs)

    def familiarity(self, x):
        """The share of inputs that are at least as far from their nearest neighbour as x is from its own."""
        nearest = lambda of, among: min(abs(of - other) for other in among)
        x, inputs = (x - self.shift) / self.scale, self.model.x
        apart = [nearest(own, inputs[:i] + inputs[i + 1 :]) for i, own in enumerate(inputs)]
        far = [distance >= nearest(x, inputs) for distance in apart]
        assert abs(max(apart) - nearest(x, inputs)) > 1e-3, "single precision may see it otherwise"
        return (1 + sum(far)) / (1 + len(inputs))

    def p_value(self, x, y):
        return (1 + sum(low <= y <= high for low, high in self.ends(x))) / (1 + len(self.others))


def clear(value):
    assert abs(value - round(value)) > CLEAR, f"{value} is too near to where rounding turns"
    return value


def thermocouple():
    sensor = Sensor([microvolts(t) for t in CALIBRATION], list(CALIBRATION))
    print(f"type K thermocouple, {len(CALIBRATION)} samples from 0 to 700 C")
    print("reading uV  predicted C  from    to   truth C")
    for t in READINGS:
        if sensor.familiarity(microvolts(t)) >= STRANGE:
            value, low, high = sensor.read(microvolts(t))
            value, low, high = math.floor(clear(value + 0.5)), math.floor(clear(low)), math.ceil(clear(high))
            print(f"{microvolts(t):10} {value:12} {low:5} {high:5} {t:9}")
        else:
            print(f"{microvolts(t):10}      outside the calibration {t:5}")
    t, mistyped = MISTYPED
    if sensor.p_value(microvolts(t), mistyped) < STRANGE:
        print(f"{microvolts(t):10} uV and {mistyped} C do not fit the others")


def counts(day, humidity):
    return 500 - day // 2 + humidity * (4000 - 2 * day) // 1000 - humidity * humidity // 2000


def references():
    """Counts and reference of each day."""
    state = SEED

    def draw(below):
        nonlocal state
        state = (state * 1664525 + 1013904223) % 2**32
        return (state >> 16) % below

    for day in range(DAYS):
        humidity = 100 + draw(801)
        x = counts(day, humidity) + draw(33) + draw(33) - 32
        yield x, humidity + (MISREAD[1] if day == MISREAD[0] else 0)


def drift():
    stream, pairs = Stream(6, (500, 5000), (0, 1000)), list(references())
    fixed = Sensor(*map(list, zip(*pairs[:15])))
    print("humidity sensor that drifts, a reference a day, in tenths of a per cent")
    print("day  counts  predicted  from    to  calibrated once  truth")
    for day, (x, y) in enumerate(pairs):
        if day > 30 and stream.is_strange(x, y):
            print(f"{day:3}    the reference does not fit the others")
        stream.hear(x, y)
        for truth in (250, 800) if day in SHOWN else ():
            reading = counts(day, truth)
            value, low, high = stream.answer(reading)
            value, low, high = math.floor(clear(value + 0.5)), math.floor(clear(low)), math.ceil(clear(high))
            once = math.floor(clear(fixed.read(reading)[0] + 0.5))
            print(f"{day:3} {reading:7} {value:10} {low:5} {high:5} {once:16} {truth:6}")
    assert stream.replaced > 0, "every rule of the basis takes part"
    print(f"{stream.heard} references heard, {len(stream.basis)} inputs kept")


thermocouple()
drift()
