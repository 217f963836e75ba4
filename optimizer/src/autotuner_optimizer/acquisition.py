"""What another experiment is worth."""

from __future__ import annotations

import numpy as np
from scipy.special import erfcx, log_ndtr, ndtr

from .encoding import Floats


def log_expected_improvement(mean: Floats, deviation: Floats, best: float) -> Floats:
    """The logarithm of the expected improvement below `best`, exact also where the improvement itself would round to zero.

    After Ament et al. 2023, "Unexpected Improvements to Expected Improvement for Bayesian Optimization", equations 8 and 9.
    """
    z = (best - mean) / deviation
    near = z > -1
    safe = np.where(near, z, -1.0)
    value = np.empty_like(z)
    direct = np.exp(-(safe**2) / 2) / np.sqrt(2 * np.pi) + safe * ndtr(safe)
    value[near] = np.log(direct[near])
    far = np.where(near, -1.0, z)
    tail = np.maximum(1 + far * erfcx(-far / np.sqrt(2)) * np.sqrt(np.pi / 2), 1e-300)
    # Below this the two terms of the tail cancel; the asymptote is exact to a millionth there.
    tail = np.where(far < -1e3, 1 / far**2, tail)
    value[~near] = (-(far**2) / 2 - np.log(2 * np.pi) / 2 + np.log(tail))[~near]
    result: Floats = value + np.log(deviation)
    return result


def log_probability_below(limit: float, mean: Floats, deviation: Floats) -> Floats:
    """The logarithm of the probability that a normal value is at most `limit`."""
    result: Floats = log_ndtr((limit - mean) / deviation)
    return result
