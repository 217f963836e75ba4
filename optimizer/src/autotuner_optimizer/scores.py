"""From scores to what the model is fitted to."""

from __future__ import annotations

import numpy as np

from .encoding import Floats

#: Scores this many times further above the median than the best is below it are drawn in: how bad a bad one is teaches nothing.
TAIL = 4.0
#: The weight of the sum beside the worst objective, as in ParEGO.
RHO = 0.05


def shape(scores: Floats) -> Floats:
    """Scores on a scale on which effects add up and noise is even.

    Times and rates differ by factors and their noise is relative, so that all of one sign are taken logarithmically, negated rates as
    the negated logarithm of the rate: both stay ordered. The bad tail is drawn in.
    """
    if (scores > 0).all():
        shaped = np.log(scores)
    elif (scores < 0).all():
        shaped = -np.log(-scores)
    else:
        shaped = scores.astype(np.float64)
    median = float(np.median(shaped))
    limit = median + TAIL * (median - float(shaped.min()))
    result: Floats = np.minimum(shaped, limit)
    return result


def single(scores: Floats, rng: np.random.Generator) -> Floats:
    """One value per row of scores: the score itself, or with several objectives their Chebyshev sum with drawn weights.

    Knowles 2006, "ParEGO": other weights each time lead all along the Pareto front.
    """
    if scores.shape[1] == 1:
        return shape(scores[:, 0])
    shaped = np.column_stack([shape(column) for column in scores.T])
    low, span = shaped.min(axis=0), np.ptp(shaped, axis=0)
    unit = (shaped - low) / np.where(span > 0, span, 1.0)
    weights = rng.dirichlet(np.ones(scores.shape[1]))
    result: Floats = (unit * weights).max(axis=1) + RHO * (unit * weights).sum(axis=1)
    return result
