"""NTK of the ReLU and of leaky ones, one hidden layer, around the angle where it changes its sign: 120 digits.

phi(z) = z for z > 0, else slope z; "slope": null is the lecture's ReLU, sqrt(2) max(0, z). phi(z) = (z + a |z|) up to
a factor, so with t the angle, E[|u||v|] = 2 |x||y| (sin t + (pi/2 - t) cos t) / pi and E[sign u sign v] = 1 - 2 t / pi
(Cho and Saul 2009). All values come from the exact rounded inputs and are rounded once, to the nearest double.
"""

import numpy as np
from mpmath import mp

from common import angles, exact_dot, nearest_double, relu_kernels, to_mp, write_json

mp.dps = 120

SLOPES = [None, 0.0, 1 / 128, 0.125, 0.296875, 0.75]  # the same number in both precisions
OFFSETS = [1e-3, 2e-3, 5e-3, 1e-2, 3e-2, 0.1, 0.2]
# For the lecture's ReLU also nearer, and near 180 degrees, where its NTK is 0.
NEAR = {"f64": [1e-7, 1e-6, 1e-5, 1e-4], "f32": [1e-5, 1e-4]}
OPPOSITE = {"f64": [1e-7, 1e-6, 1e-4, 1e-3, 1e-2], "f32": [2e-3, 5e-3, 1e-2]}
NORMS = [1e-3, 1e-1, 1.0, 17.3, 1e3]


def per_length(angle, slope):
    """NTK / |x||y| of the leaky ReLU at an angle."""
    line, bend = ((1 + mp.mpf(slope)) / 2) ** 2, ((1 - mp.mpf(slope)) / 2) ** 2
    cosine, signs = mp.cos(angle), 1 - 2 * angle / mp.pi
    absolute = 2 * (mp.sin(angle) + (mp.pi / 2 - angle) * cosine) / mp.pi
    return line * cosine + bend * absolute + cosine * (line + bend * signs)


def kernel(x, y, slope):
    if slope is None:
        return relu_kernels(x, y)[1]
    sxx, sxy, syy = exact_dot(x, x), exact_dot(x, y), exact_dot(y, y)
    return mp.sqrt(to_mp(sxx) * to_mp(syy)) * per_length(angles(sxx, sxy, syy)[0], slope)


def root(slope):
    """The angle of the sign change."""
    with mp.workdps(30):
        return mp.findroot(lambda t: per_length(t, slope or 0), (1.7, 1.95), solver="anderson")


def rows(precision):
    rng = np.random.default_rng(17)
    rounded = (lambda v: [float(w) for w in v]) if precision == "f64" else (lambda v: [float(np.float32(w)) for w in v])
    table = []
    for slope in SLOPES:
        change = float(root(slope))
        lecture = slope is None
        near = NEAR[precision] if lecture else []
        nominal = [change + sign * offset for offset in near + OFFSETS for sign in (-1, 1)]
        nominal += [float(mp.pi) - offset for offset in OPPOSITE[precision]] if lecture else []
        for angle in nominal + list(np.linspace(1.45, 3.1, 12)):
            for d in (2, 3, 8):
                first, second = np.linalg.qr(rng.standard_normal((d, 2)))[0].T
                x_norm, y_norm = rng.choice(NORMS), rng.choice(NORMS)
                x = rounded(x_norm * first)
                y = rounded(y_norm * (np.cos(angle) * first + np.sin(angle) * second))
                away = abs(angles(exact_dot(x, x), exact_dot(x, y), exact_dot(y, y))[0] - change)
                if away < 0.9 * (near + OFFSETS)[0]:
                    continue
                table.append({"slope": slope, "x": x, "y": y, "ntk": nearest_double(kernel(x, y, slope))})
    return table


def check_definition(table):
    """E[phi phi] + <x, y> E[phi' phi'] by integration over the direction of a normal vector in the plane of x and y."""
    with mp.workdps(25):
        for row in table:
            x, y, slope = [mp.mpf(v) for v in row["x"]], [mp.mpf(v) for v in row["y"]], row["slope"]
            gain, s = (mp.sqrt(2), 0) if slope is None else (mp.mpf(1), mp.mpf(slope))
            size = mp.sqrt(mp.fdot(x, x) * mp.fdot(y, y))
            t = mp.acos(mp.fdot(x, y) / size)
            phi = lambda z: gain * (z if z > 0 else s * z)
            prime = lambda z: gain * (1 if z > 0 else s)
            # |(z1, z2)|^2 has mean 2 and does not depend on the direction.
            both = lambda a: (2 * phi(mp.cos(a)) * phi(mp.cos(a - t)) + mp.cos(t) * prime(mp.cos(a)) * prime(mp.cos(a - t)))
            kinks = sorted([-mp.pi / 2, mp.pi / 2, t - mp.pi / 2, t + mp.pi / 2 - 2 * mp.pi, 3 * mp.pi / 2 - 2 * mp.pi])
            kinks = [k for k in kinks if k >= -mp.pi / 2] + [t + mp.pi / 2, 3 * mp.pi / 2]
            value = size * mp.quad(both, sorted(set(kinks))) / (2 * mp.pi)
            assert abs(value - row["ntk"]) < 1e-15 * size, (row, value)


def main():
    f64, f32 = rows("f64"), rows("f32")
    check_definition(f64[::9])
    write_json("sign_changes", "NTK of ReLU and leaky ReLU with one hidden layer in mpmath with 120 digits, around its change of "
               "sign, from the exact rounded inputs, rounded once to the nearest double.",
               ["mpmath", "numpy"], {"f64": f64, "f32": f32}, date="2026-11-25")
    print(f"sign_changes.json: {len(f64)} f64, {len(f32)} f32 rows")


if __name__ == "__main__":
    main()
