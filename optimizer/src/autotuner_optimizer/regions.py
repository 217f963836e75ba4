"""What may crash where, as many answers as a few crashes leave open.

A crash region of an engine is mostly cut off by a plane, since demands (as of memory) add up until they go over a limit, or it is a
corner: one setting does not go together with another. A dozen crashes fit many planes and corners. The one that fits best is sure of
itself beyond what was tried, where the best combinations often lie; the mean over all of them knows how little is known there.
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit, ndtr

from .chains import elliptical_slices
from .encoding import Encoder, Floats

#: Planes that are kept; draws of the prior for each, of which the likelier ones begin; steps from there.
PLANES, DRAWS, STEPS = 64, 16, 24
#: Planes are fitted to at most so many experiments, the newest, which bounds the time.
FIT_AT_MOST = 150
#: How wide the edge of a region is, as a share of all demands.
EDGE = 0.04
#: The share of experiments that no region explains.
STRAY = 0.005
#: More of a number mostly demands more: with this shift, two thirds of all demands grow with their parameter.
UPWARDS = 0.4
#: The share of the space that a plane cuts off, in standard deviations above the mean demand: 21 %, mostly 9 to 40 %.
SHARE_MEAN, SHARE_DEVIATION = 0.8, 0.55
#: The probability that there is a corner too, the largest share of the space that counts as one, and how many are kept.
CORNER, LARGEST_CORNER, CORNERS = 0.4, 0.35, 500
#: Levels of an axis at which a corner may begin.
LEVELS = 8


class Regions:
    """The probability to work as the mean over planes and corners, each as likely as it explains what crashed and worked."""

    def __init__(self, encoder: Encoder, x: Floats, works: Floats, rng: np.random.Generator) -> None:
        x, works = x[-FIT_AT_MOST:], works[-FIT_AT_MOST:] > 0
        self._encoder = encoder
        self._mean, self._covariance = encoder.moments()
        self._columns, self._sign = encoder.columns(x), np.where(works, 1.0, -1.0)
        self._corners = _Corners(encoder, x, works)
        width = encoder.dimensions + int(encoder.choices.sum()) + 1
        prior = rng.standard_normal((PLANES * DRAWS, width))
        heights = self._height(prior) / 2
        chances = np.exp(heights - heights.max())
        begin = rng.choice(len(prior), PLANES, p=chances / chances.sum())
        self._planes = elliptical_slices(prior[begin], self._height, STEPS, rng)

    def probability(self, x: Floats) -> Floats:
        """The probability that each row of `x` works."""
        inside = self._corners.probability(self._logs(self._planes), x)
        result: Floats = (expit(self._margin(self._planes, self._encoder.columns(x))) * (1 - inside)).mean(axis=0)
        return result

    def _height(self, planes: Floats) -> Floats:
        logs = self._logs(planes)
        height: Floats = logs.sum(axis=1) + self._corners.gain(logs)
        return height

    def _logs(self, planes: Floats) -> Floats:
        """The log likelihood of each experiment (column) under each plane (row)."""
        logs: Floats = np.log((1 - STRAY) * expit(self._margin(planes, self._columns) * self._sign) + STRAY / 2)
        return logs

    def _margin(self, planes: Floats, columns: Floats) -> Floats:
        """How far below the limit the demand of each row of `columns` is, in widths of the edge.

        Squares of normal values, with their signs, that are divided by their sum, are drawn nearly from a Dirichlet distribution:
        most parameters demand little or nothing, a few much.
        """
        d = self._encoder.dimensions
        drawn = planes[:, :d] + UPWARDS
        weights = drawn * np.abs(drawn)
        weights /= np.maximum(np.abs(weights).sum(axis=1, keepdims=True), 1e-9)
        weights = weights[:, self._encoder.owners]
        # Values without an order have a demand each.
        weights[:, self._encoder.choices] *= ndtr(planes[:, d:-1]) - 0.5
        spread = np.sqrt(((weights @ self._covariance) * weights).sum(axis=1) + 1e-9)
        limit = weights @ self._mean + spread * (SHARE_MEAN + SHARE_DEVIATION * planes[:, -1])
        margin: Floats = (limit[:, None] - weights @ columns.T) / EDGE
        return margin


class _Corners:
    """Pairs of conditions on two axes that may crash together, and how much better than a plane alone each explains what was seen."""

    def __init__(self, encoder: Encoder, x: Floats, works: Floats) -> None:
        self._encoder = encoder
        self._conditions = conditions = encoder.conditions(LEVELS)
        holds = encoder.meets(conditions, x).astype(np.float64)
        axis, share = np.array([c.column for c in conditions]), np.array([c.share for c in conditions])
        a, b = np.triu_indices(len(conditions), 1)
        possible = (axis[a] != axis[b]) & (share[a] * share[b] <= LARGEST_CORNER)
        a, b = a[possible], b[possible]
        crashed = ((holds * ~works) @ holds.T)[a, b]
        worked = ((holds * works) @ holds.T)[a, b]
        explains = (crashed >= 1) & (worked <= 1)
        # Where nothing was tried, there may be a corner or not.
        self._none = np.log(1 - CORNER + CORNER * (((crashed + worked) == 0).mean() if len(a) > 0 else 1.0))
        order = np.argsort(3 * worked[explains] - crashed[explains], kind="stable")[:CORNERS]
        self._a, self._b = a[explains][order], b[explains][order]
        # Those that hold the same experiments are as likely as each other: one row for all of them.
        self._inside, self._alike, count = np.unique(
            holds[self._a] * holds[self._b], axis=0, return_inverse=True, return_counts=True
        )
        self._alike = self._alike.reshape(-1)
        self._count = count[self._alike]
        logs = np.where(works, np.log(STRAY), np.log(1 - STRAY))
        self._prior = np.log(CORNER * count / max(1, len(a))) + self._inside @ logs

    def gain(self, logs: Floats) -> Floats:
        """What corners add to the log likelihood of each plane, given its logs of each experiment."""
        if len(self._a) == 0:
            return np.zeros(len(logs))
        corners, highest = self._relative(logs)
        gain: Floats = highest + np.log(np.exp(corners - highest[:, None]).sum(axis=1) + np.exp(self._none - highest))
        return gain

    def probability(self, logs: Floats, x: Floats) -> Floats:
        """The probability that each row of `x` lies in a corner, one row for each plane."""
        if len(self._a) == 0:
            return np.zeros((len(logs), len(x)))
        corners, highest = self._relative(logs)
        chances = np.exp(corners - highest[:, None])
        chances /= chances.sum(axis=1, keepdims=True) + np.exp(self._none - highest)[:, None]
        holds = self._encoder.meets(self._conditions, x)
        probability: Floats = (chances[:, self._alike] / self._count) @ (holds[self._a] & holds[self._b])
        return probability

    def _relative(self, logs: Floats) -> tuple[Floats, Floats]:
        corners = self._prior - logs @ self._inside.T
        return corners, np.maximum(corners.max(axis=1), self._none)
