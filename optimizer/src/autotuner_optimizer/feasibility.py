"""The probability that a combination works: that it neither crashes nor misses a limit."""

from __future__ import annotations

import numpy as np

from .acquisition import log_probability_below
from .encoding import Encoder, Floats
from .gaussian_process import GaussianProcess, Priors

#: No region is given up for its failures: a combination in the midst of them keeps this probability.
FLOOR = 0.01
#: What is expected of a combination unlike all others: 1 works, -1 crashes. As sure as one can be without having tried.
HOPE = 0.5
#: A limit that holds says not by how much: it counts as held by this share, or by the median miss if that is less.
HELD_BY = 0.1

CRASH_PRIORS = Priors(length_mean=float(np.log(0.7)), length_deviation=0.7, noise_mean=float(np.log(0.05)))


class CrashModel:
    """A classifier of crash regions: a Gaussian process on 1 (works) and -1 (crashes) under a probit.

    Least-squares classification (Rasmussen and Williams 2006, section 6.5) rather than Laplace's approximation: as good here by the
    bench, without iterations, and it never fails to converge.
    """

    def __init__(self, encoder: Encoder, x: Floats, works: Floats) -> None:
        self._constant = None
        if works.all():
            self._constant = 1.0
            return
        labels = np.where(works > 0, 1.0, -1.0)
        self._model = GaussianProcess(encoder, x, labels, CRASH_PRIORS, center=HOPE)

    def log_probability(self, x: Floats) -> Floats:
        if self._constant is not None:
            return np.zeros(len(x))
        mean, deviation = self._model.predict(x)
        return np.maximum(log_probability_below(0.0, -mean, np.hypot(deviation, self._model.noise)), np.log(FLOOR))


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
