"""Writes exact-values.csv, the closed forms in 700 digits: python make_values.py (mpmath 1.3).

Each row is a map, q12, q11, q22, E[phi phi] and E[phi' phi'] of these very doubles, and by how much
either changes when q12 changes by a unit in its last place. Cancellation is harmless in 700 digits,
so the forms are the textbook ones, with p = q11 q22 and s = q11 + q22 (see the maps for sources).
"""

import math
import pathlib

from mpmath import atan2, cos, exp, mp, mpf, pi, sin, sqrt

mp.dps = 700
VARIANCES = [1e-150, 1e-12, 1e-6, 0.3, 2.7, 1e3, 1e6, 1e12, 1e150]
CORRELATIONS = [-1, -1 + 1e-12, -0.5, 1 - 1e-12, 1]
LARGEST = {"Exp": 1e3, "Monomial": 1e12}


def angle(q, p):
    return atan2(sqrt(p - q * q), q)


def ab_relu(q, p, s):
    a, b = mpf(0.2), mpf(1)
    t = angle(q, p)
    d = (a * a + b * b) / 2 - (a - b) ** 2 * t / (2 * pi)
    return (a - b) ** 2 * sqrt(p - q * q) / (2 * pi) + d * q, d


def sign(q, p, s):
    return 1 - 2 / pi * angle(q, p), mpf(0)


def rectified(q, p, s):
    t = angle(q, p)
    j2 = 3 * sin(t) * cos(t) + (pi - t) * (1 + 2 * cos(t) ** 2)
    j1 = sin(t) + (pi - t) * cos(t)
    return p * j2 / (2 * pi), 4 * sqrt(p) * j1 / (2 * pi)


def erf(q, p, s):
    a, b, c = mpf(0.7), mpf(-1.8), mpf(0.4)
    q, p, s = q * b ** 2, p * b ** 4, s * b ** 2
    delta = sqrt(1 + 2 * s + 4 * (p - q * q))
    return a * a * 2 / pi * atan2(2 * q, delta) + c * c, a * a * b * b * 4 / pi / delta


def gelu(q, p, s):
    p1 = 1 + s + p
    delta = sqrt(p1 - q * q)
    alpha = atan2(q, delta)
    nngp = ((q * q + p * delta ** 2) / (p1 * delta) + q * alpha) / (2 * pi) + q / 4
    slope = q / (2 * pi * delta) * (1 / delta ** 2 + (1 - p) / p1 + 1) + mpf(1) / 4
    return nngp, slope + alpha / (2 * pi)


def wave(a, b, c):
    a, b, c = mpf(a), mpf(b), mpf(c)

    def of(q, p, s):
        same, opposite = exp(b * b * (q - s / 2)), exp(-b * b * (q + s / 2))
        turned = cos(2 * c) * opposite
        return a * a / 2 * (same - turned), a * a * b * b / 2 * (same + turned)

    return of


def rbf(q, p, s):
    value = exp(mpf(0.7) * (2 * q - s))
    return value, 2 * mpf(0.7) * value


def exponential(q, p, s):
    value = exp(mpf(0.3) ** 2 * (s / 2 + q))
    return value, mpf(0.3) ** 2 * value


def exp_normalized(q, p, s):
    value = exp(mpf(0.7) * (q / sqrt(p) + mpf(0.3)))
    return sqrt(p) * value, mpf(0.7) * value


def gaussian(q, p, s):
    a, b = mpf(-0.8), mpf(-0.2)
    delta = sqrt(1 - 2 * b * s + 4 * b * b * (p - q * q))
    return a * a / delta, 4 * a * a * b * b * q / delta ** 3


def gabor(q, p, s):
    d = 4 * (p - q * q)
    n, m = 2 * s + d + 1, s + d + 2 * q
    outer, inner = exp(-m / (2 * n)), exp(2 * q / n)
    big, small = 1 + 2 * s + 4 * (q * q + p), 4 * q * (d + 3 * s + 2)
    nngp = outer * (inner - 1) / (2 * sqrt(n))
    return nngp, outer * ((big - small) + inner * (big + small)) / (2 * sqrt(n) ** 5)


def monomial(q, p, s):
    return 6 * q ** 3 + 9 * q * p, 9 * (2 * q * q + p)


MAPS = {
    "AbRelu": ab_relu, "Sign": sign, "RectifiedMonomial": rectified, "Erf": erf, "Gelu": gelu,
    "Sin": wave(1, 1, 0), "Cos": wave(1, 1, math.pi / 2), "Wave": wave(1.2, 0.8, 0.6), "Rbf": rbf,
    "Exp": exponential, "ExpNormalized": exp_normalized, "Gaussian": gaussian, "Gabor": gabor,
    "Monomial": monomial,
}


def value(f, q12, q11, q22):
    p = mpf(q11) * mpf(q22)
    q = max(-sqrt(p), min(sqrt(p), mpf(q12)))
    # The square root is rounded as well.
    return f(q, max(p, q * q), mpf(q11) + mpf(q22))


def pairs():
    for i, q11 in enumerate(VARIANCES):
        for step in [0, 4]:
            yield q11, VARIANCES[(i + step) % len(VARIANCES)]


def number(x):
    return repr(float(x)).removesuffix(".0")


with open(pathlib.Path(__file__).parent / "exact-values.csv", "w") as file:
    for name, f in MAPS.items():
        for q11, q22 in pairs():
            if max(q11, q22) > LARGEST.get(name, math.inf):
                continue
            for c in CORRELATIONS:
                q12 = c * math.sqrt(q11) * math.sqrt(q22)
                exact = value(f, q12, q11, q22)
                change = [0, 0]
                for near in [math.nextafter(q12, math.inf), math.nextafter(q12, -math.inf)]:
                    other = value(f, near, q11, q22)
                    change = [max(c, abs(a - b)) for c, a, b in zip(change, exact, other)]
                row = [name, *map(number, [q12, q11, q22, *exact])]
                row += ["%.1e" % float(x) if x else "0" for x in change]
                file.write(",".join(row) + "\n")
