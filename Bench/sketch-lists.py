#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Sightline authors
"""How long must a sketch list be? Share of mates (line C) and of false alarms among the best C of N.

Needs NumPy and SciPy. Mates are drawn; a false alarm is drawn from pairs of strangers at or above the
threshold, weighted so that each probe counts once at N = 1.3e9. The rank of either follows from the
distribution of a stranger's score for that very probe: normal within each cell, so no gallery is needed.
"""
from math import exp, lgamma, pi, sqrt

import numpy as np
from scipy.special import betainc, betaincinv, ndtr

D, SIGNS, MEAN, DEVIATION = 144, 124, 0.15, 0.13
T, N, PROBES = 0.5685, 1.3e9, 3000  # T: FPIR .01 at N
rng = np.random.default_rng(1)
MAGNITUDE = exp(lgamma(D / 2) - lgamma((D + 1) / 2)) / sqrt(pi)
BOUNDS = MEAN + DEVIATION * (-2.4 + 0.4 * np.arange(15))


def typicality(z):
    return np.clip(MEAN + DEVIATION * z, -0.6, 0.8)


def direction(count):
    x = rng.standard_normal((count, D))
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def at_product(v, q):
    n = direction(len(v))
    n -= (n * v).sum(1, keepdims=True) * v
    n /= np.linalg.norm(n, axis=1, keepdims=True)
    return q[:, None] * v + np.sqrt(1 - q * q)[:, None] * n


def tail(t):
    p = 0.5 * betainc((D - 1) / 2, 0.5, np.clip(1 - t * t, 0, 1))
    return np.where(t > 0, p, 1 - p)


many = typicality(rng.standard_normal(4_000_000))
cell = np.searchsorted(BOUNDS, many, side="right")
CENTRE = np.array([many[cell == k].mean() for k in range(16)])
REST = np.array([np.sqrt(1 - many[cell == k] ** 2).mean() for k in range(16)])
SHARE = np.bincount(cell, minlength=16) / len(cell)


def mates():
    a, v = typicality(rng.standard_normal(PROBES)), direction(PROBES)
    cosine = 0.640 + 0.0297 * np.log(-np.log(rng.random(PROBES)))
    return a, a, v, at_product(v, (cosine - a * a) / (1 - a * a))


def alarms():
    z = rng.standard_normal((2, 200_000)) * 1.2 + 2
    weight = np.exp((-(z**2) / 2 + ((z - 2) / 1.2) ** 2 / 2).sum(0))
    a, b = typicality(z[0]), typicality(z[1])
    lengths = np.sqrt((1 - a * a) * (1 - b * b))
    p = tail((T - a * b) / lengths)
    nodes = typicality(np.linspace(-5, 5, 401))
    density = np.exp(-np.linspace(-5, 5, 401) ** 2 / 2)
    grid = np.linspace(-0.6, 0.8, 281)
    fmr = np.array([
        (density * tail((T - nodes * x) / np.sqrt((1 - nodes**2) * (1 - x * x)))).sum()
        for x in grid
    ]) / density.sum()
    expected = N * np.interp(b, grid, fmr)
    weight *= p * -np.expm1(-expected) / expected
    pick = rng.choice(len(a), PROBES, p=weight / weight.sum())
    a, b, lengths, p = a[pick], b[pick], lengths[pick], p[pick]
    q = np.sqrt(1 - betaincinv((D - 1) / 2, 0.5, 2 * p * rng.random(PROBES)))
    v = direction(PROBES)
    return a, b, v, at_product(v, np.maximum(q, (T - a * b) / lengths))


def ranks(pairs, sign_weight, cells):
    """For each pair the expected share of a gallery that scores above it."""
    a, b, v, w = pairs
    y = np.sqrt(1 - b * b)[:, None] * w[:, :SIGNS] * sign_weight
    hub = cells(b)
    score = (np.sign(v[:, :SIGNS]) * y).sum(1)
    score += hub[np.arange(len(a)), np.searchsorted(BOUNDS, a, side="right")]
    spread = np.sqrt((y * y).sum(1))[:, None]
    return (SHARE * ndtr((hub - score[:, None]) / spread)).sum(1)


def row(name, pairs, sign_weight, cells):
    shares = [ranks(p, sign_weight, cells) for p in pairs]
    lists = " | ".join(f"{np.quantile(s, q):.1e}" for s in shares for q in (0.99, 0.995))
    short = " | ".join(f"{(s <= 2.5e-4).mean():.4f}" for s in shares)
    print(f"| {name} | {lists} | {short} |")


pairs = (mates(), alarms())
print(f"# C/N that holds mates of line C and false alarms at T = {T}, N = {N:.1e}\n")
print("| score | mates .99 | .995 | alarms .99 | .995 | mates in C/N = 2.5e-4 | alarms |")
print("| --- | --- | --- | --- | --- | --- | --- |")
shrinkage = SIGNS * MAGNITUDE**2
row("expected cosine, cells added", pairs, MAGNITUDE, lambda b: np.outer(b, CENTRE))
row("unbiased cosine, cells added", pairs, MAGNITUDE / shrinkage, lambda b: np.outer(b, CENTRE))
row("signs alone", pairs, MAGNITUDE, lambda b: np.zeros((len(b), 16)))
for pivot in (0, 0.2, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7):
    row(f"pivot {pivot}", pairs, MAGNITUDE, lambda b: (np.outer(b, CENTRE) - pivot) / REST)
