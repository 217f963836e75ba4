"""From points to coordinates in which near means alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .protocol import Axis, Point

Floats = NDArray[np.float64]

#: A list of numbers that spans so much is taken as geometric: 1, 8, 64 are evenly spaced then.
DECADE = 10.0


def coordinates(axis: Axis) -> Floats:
    """Where each index of an ordered axis lies between 0 and 1. The ranges of a task are even by index, also those on a log scale."""
    if axis.kind == "range":
        return np.arange(axis.size, dtype=np.float64) / max(1, axis.size - 1)
    values = np.array(axis.values, dtype=np.float64)
    positive = values[values > 0]
    if len(positive) == np.count_nonzero(values >= 0) == len(values) and values.max() / values.min() >= DECADE:
        values = np.log(values)
    elif values.min() == 0 and len(positive) > 1 and positive.max() / positive.min() >= DECADE:
        # Zero has no logarithm: it lies one step below the smallest.
        values = np.log(values + positive.min())
    span = float(np.ptp(values))
    return (values - values.min()) / (span if span > 0 else 1.0)


@dataclass(frozen=True)
class Condition:
    """One axis at most, or at least, at a level; at one value where values have no order."""

    column: int
    low: float
    high: float
    #: The share of the axis that meets it.
    share: float


class Encoder:
    """Distances between points, one squared distance per parameter that varies.

    Ordered parameters differ by at most 1; values without an order always differ by 1, as one-hot columns of length 1/sqrt(2) would.
    """

    def __init__(self, axes: Sequence[Axis]) -> None:
        self._axes = len(axes)
        self._sizes = [axis.size for axis in axes]
        self._varying = [i for i, axis in enumerate(axes) if axis.size > 1]
        self._ordered = [axes[i].kind != "categories" for i in self._varying]
        self._coordinates = [
            coordinates(axes[i]) if ordered else None for i, ordered in zip(self._varying, self._ordered)
        ]

    @property
    def dimensions(self) -> int:
        return len(self._varying)

    def encode(self, points: Sequence[Point]) -> Floats:
        """One row a point: the coordinate of an ordered parameter, the index of another."""
        raw = np.array(points, dtype=np.int64).reshape(len(points), self._axes)
        encoded = np.empty((len(points), len(self._varying)))
        for column, (i, where) in enumerate(zip(self._varying, self._coordinates)):
            encoded[:, column] = raw[:, i] if where is None else where[raw[:, i]]
        return encoded

    def columns(self, encoded: Floats) -> Floats:
        """What a linear model takes: centered coordinates, and a column of 0 and 1 for each value that has no order."""
        columns = [np.zeros((len(encoded), 0))]
        for column, (i, ordered) in enumerate(zip(self._varying, self._ordered)):
            values = encoded[:, column : column + 1]
            columns.append(values - 0.5 if ordered else (values == np.arange(self._sizes[i])).astype(np.float64))
        return np.hstack(columns)

    @property
    def owners(self) -> NDArray[np.int64]:
        """The parameter to which each of these columns belongs."""
        widths = [1 if ordered else self._sizes[i] for i, ordered in zip(self._varying, self._ordered)]
        return np.repeat(np.arange(len(widths)), widths)

    @property
    def choices(self) -> NDArray[np.bool_]:
        """Which of these columns stand for a value that has no order."""
        return ~np.array(self._ordered, dtype=bool)[self.owners]

    def moments(self) -> tuple[Floats, Floats]:
        """Mean and covariance of these columns over all combinations."""
        grids = [self._levels(column) for column in range(self.dimensions)]
        mean, covariance = np.zeros(len(self.owners)), np.zeros((len(self.owners), len(self.owners)))
        for column, grid in enumerate(grids):
            own = self.owners == column
            encoded = np.zeros((len(grid), self.dimensions))
            encoded[:, column] = grid
            values = self.columns(encoded)[:, own]
            mean[own] = values.mean(axis=0)
            covariance[np.ix_(own, own)] = np.cov(values, rowvar=False, bias=True)
        return mean, covariance

    def conditions(self, most: int) -> list[Condition]:
        """Both sides of each level of the ordered parameters, of at most so many levels each, and the other values one by one."""
        found = []
        for column, ordered in enumerate(self._ordered):
            grid = np.sort(self._levels(column))
            if not ordered:
                found += [Condition(column, value, value, 1 / len(grid)) for value in grid]
                continue
            levels = np.unique(grid)
            for at in np.unique(np.linspace(0, len(levels) - 1, min(most, len(levels))).astype(int)):
                level = float(levels[at])
                sides = ((-np.inf, level), (level, np.inf))
                shares = [((grid >= low) & (grid <= high)).mean() for low, high in sides]
                found += [Condition(column, *side, share) for side, share in zip(sides, shares) if share < 1]
        return found

    def meets(self, conditions: Sequence[Condition], encoded: Floats) -> NDArray[np.bool_]:
        """Whether a point (column) meets a condition (row)."""
        at = encoded[:, [condition.column for condition in conditions]].T
        low, high = (np.array([getattr(condition, side) for condition in conditions])[:, None] for side in ("low", "high"))
        result: NDArray[np.bool_] = (at >= low) & (at <= high)
        return result

    def _levels(self, column: int) -> Floats:
        where = self._coordinates[column]
        return np.arange(self._sizes[self._varying[column]], dtype=np.float64) if where is None else where

    def distances(self, a: Floats, b: Floats) -> Floats:
        """Squared distances per parameter: dimensions x len(a) x len(b)."""
        difference = a.T[:, :, None] - b.T[:, None, :]
        for column, ordered in enumerate(self._ordered):
            if not ordered:
                difference[column] = difference[column] != 0
        squared: Floats = difference**2
        return squared
