"""The probability that a combination works: that it neither crashes nor misses a limit."""

from __future__ import annotations

import numpy as np

from .acquisition import log_probability_below
from .encoding import Encoder, Floats
from .gaussian_process import GaussianProcess, Priors
from .regions import Regions

#: No region is given up for its failures: a combination in the midst of them keeps this probability.
FLOOR = 0.001
#: What is expected of a combination unlike all others: 1 works, -1 crashes. Nothing is best, by the bench.
HOPE = 0.0
#: A limit that holds says not by how much: it counts as held by this share, or by the median miss if that is less.
HELD_BY = 0.1

CRASH_PRIORS = Priors(length_mean=float(np.log(0.7)), length_deviation=0.7, noise_mean=float(np.log(0.05)))
#: From so many experiments on the process has half of the say: then shapes speak for themselves.
MANY = 300


class CrashModel:
    """Where combinations crash: the mean of two models, the second of which counts the more, the more experiments there are.

    Planes and corners, which a few crashes suffice for; and a Gaussian process on 1 (works) and -1 (crashes) under a probit, for regions
    of any other shape (least-squares classification, Rasmussen and Williams 2006, section 6.5).
    """

    def __init__(self, encoder: Encoder, x: Floats, works: Floats) -> None:
        labels = np.where(works > 0, 1.0, -1.0)
        self._process = GaussianProcess(encoder, x, labels, CRASH_PRIORS, center=HOPE)
        self._share = len(x) / (len(x) + MANY)
        # Always the same numbers, so that the same experiments have the same answer.
        self._regions = Regions(encoder, x, works, np.random.default_rng(len(x))) if encoder.dimensions > 0 else None

    def log_probability(self, x: Floats) -> Floats:
        mean, deviation = self._process.predict(x)
        probability = np.exp(log_probability_below(0.0, -mean, np.hypot(deviation, self._process.noise)))
        if self._regions is not None:
            probability = self._share * probability + (1 - self._share) * self._regions.probability(x)
        logs: Floats = np.log(np.maximum(probability, FLOOR))
        return logs


class LimitModel:
    """Graded limits: a Gaussian process on how far they are missed."""

    def __init__(self, encoder: Encoder, x: Floats, violations: Floats) -> None:
        missed = violations[violations > 0]
        self._model = None
        if len(missed) == 0:
            return
        held_by = min(HELD_BY, float(np.median(missed)))
        self._model = GaussianProcess(encoder, x, np.where(violations > 0, violations, -held_by))

    def log_probability(self, x: Floats) -> Floats:
        if self._model is None:
            return np.zeros(len(x))
        mean, deviation = self._model.predict(x)
        return np.maximum(log_probability_below(0.0, mean, deviation), np.log(FLOOR))
