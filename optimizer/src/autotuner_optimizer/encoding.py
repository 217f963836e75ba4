"""From points to coordinates in which near means alike."""

from __future__ import annotations

from collections.abc import Sequence

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
        """What a linear model takes: centered coordinates, and a column for each value that has no order."""
        columns: list[Floats] = []
        for column, (i, ordered) in enumerate(zip(self._varying, self._ordered)):
            values = encoded[:, column : column + 1]
            columns.append(values - 0.5 if ordered else (values == np.arange(self._sizes[i])) / np.sqrt(2))
        return np.hstack(columns) if columns else np.zeros((len(encoded), 1))

    def distances(self, a: Floats, b: Floats) -> Floats:
        """Squared distances per parameter: dimensions x len(a) x len(b)."""
        difference = a.T[:, :, None] - b.T[:, None, :]
        for column, ordered in enumerate(self._ordered):
            if not ordered:
                difference[column] = difference[column] != 0
        squared: Floats = difference**2
        return squared
