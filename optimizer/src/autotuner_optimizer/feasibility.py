"""The probability that a combination works: that it neither crashes nor misses a limit."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from .acquisition import log_probability_below
from .encoding import Encoder, Floats
from .gaussian_process import GaussianProcess, Priors

#: No region is given up for its failures: a combination in the midst of them keeps this probability.
FLOOR = 0.001
#: What is expected of a combination unlike all others: 1 works, -1 crashes. Nothing is best, by the bench.
HOPE = 0.0
#: A limit that holds says not by how much: it counts as held by this share, or by the median miss if that is less.
HELD_BY = 0.1

CRASH_PRIORS = Priors(length_mean=float(np.log(0.7)), length_deviation=0.7, noise_mean=float(np.log(0.05)))
#: The strength of the linear model's coefficients: scikit-learn's C.
STRENGTH = 20.0


class CrashModel:
    """Where combinations crash: the mean of two classifiers, either of which is worse alone, by the bench.

    A logistic regression, since demands (as of memory) add up until they go over a limit, so that a region is mostly cut off by one
    plane; and a Gaussian process on 1 (works) and -1 (crashes) under a probit, for regions of any other shape (least-squares
    classification, Rasmussen and Williams 2006, section 6.5).
    """

    def __init__(self, encoder: Encoder, x: Floats, works: Floats) -> None:
        labels = np.where(works > 0, 1.0, -1.0)
        self._encoder = encoder
        self._process = GaussianProcess(encoder, x, labels, CRASH_PRIORS, center=HOPE)
        self._planes: Any = None
        if len(set(labels)) == 2:
            self._planes = LogisticRegression(C=STRENGTH, max_iter=300).fit(encoder.columns(x), labels)

    def log_probability(self, x: Floats) -> Floats:
        mean, deviation = self._process.predict(x)
        probability = np.exp(log_probability_below(0.0, -mean, np.hypot(deviation, self._process.noise)))
        if self._planes is not None:
            probability = (probability + self._planes.predict_proba(self._encoder.columns(x))[:, 1]) / 2
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
