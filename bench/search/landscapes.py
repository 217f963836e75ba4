"""Random landscapes that look like those of inference servers, and recorded ones."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from autotuner_optimizer.encoding import coordinates
from autotuner_optimizer.protocol import Axis, Point

#: The axes that a landscape draws from, as a task would list them.
KINDS = (
    Axis(5, "numbers", (1, 4, 16, 64, 256)),
    Axis(5, "numbers", (512, 1024, 2048, 4096, 8192)),
    Axis(4, "numbers", (0.7, 0.8, 0.85, 0.9)),
    Axis(6, "range"),
    Axis(4, "range"),
    Axis(3, "numbers", (1, 2, 4)),
    Axis(2, "range"),
    Axis(2, "range"),
    Axis(3, "categories"),
    Axis(4, "categories"),
)


@dataclass(frozen=True)
class Landscape:
    """A surface with everything that is true of it; scores are positive, lower is better."""

    name: str
    axes: tuple[Axis, ...]
    points: tuple[Point, ...]
    #: The true score of each point; NaN where it crashes.
    truth: NDArray[np.float64]
    #: The relative standard deviation of a measurement.
    noise: float
    #: What was recorded for each point, one row a point and a column a repeat; None on synthetic landscapes.
    repeats: NDArray[np.float64] | None = None

    @property
    def best(self) -> float:
        return float(np.nanmin(self.truth))

    @property
    def is_best_at_edge(self) -> bool:
        """Whether one step of one parameter leads from the best point to one that crashes."""
        at = np.array(self.points)
        away = np.abs(at - at[np.nanargmin(self.truth)])
        has_no_order = [axis.kind == "categories" for axis in self.axes]
        away[:, has_no_order] = away[:, has_no_order] > 0
        return bool(np.isnan(self.truth[away.sum(axis=1) == 1]).any())

    def measure(self, index: int, rng: np.random.Generator) -> float | None:
        """One measurement of a point; None when it crashes."""
        if np.isnan(self.truth[index]):
            return None
        if self.repeats is not None:
            known = self.repeats[index][~np.isnan(self.repeats[index])]
            return float(rng.choice(known))
        return float(self.truth[index] * np.exp(self.noise * rng.standard_normal()))


def synthetic(seed: int, combinations: int, crashes: float, noise: float) -> Landscape:
    """A landscape of just so many combinations, of which the given share crashes.

    The score is a product of one factor per parameter (saturating, bowl-shaped, straight, stepped or one per choice), of factors of
    pairs (the best value of one moves with the other, or two multiply), and a little that is peculiar to each combination. What
    crashes is a sum of demands, as of memory, that goes over a limit, and often a second, boxed region. In half of the landscapes
    more of what is demanded is faster, so that the best lies at the edge of the crash region.
    """
    rng = np.random.default_rng([20261121, seed])
    axes = _axes(rng, combinations)
    points = tuple(itertools.product(*(range(axis.size) for axis in axes)))
    raw = np.array(points)
    at = np.column_stack([_place(axis)[raw[:, i]] for i, axis in enumerate(axes)])
    demand = rng.dirichlet(np.full(len(axes), 0.7)) * rng.choice([1, 1, -1], len(axes))
    log_score = sum(rng.lognormal(-1.2, 0.8) * _main(rng, axis, at[:, i], raw[:, i]) for i, axis in enumerate(axes))
    for i, j in itertools.combinations(range(len(axes)), 2):
        if rng.random() < 0.5:
            log_score = log_score + rng.lognormal(-1.6, 0.7) * _pair(rng, at[:, i], at[:, j])
    if rng.random() < 0.5:
        log_score = log_score - rng.uniform(0.2, 0.6) * _unit(at @ demand)
    log_score = _unit(log_score) * rng.uniform(np.log(2.5), np.log(8)) + rng.normal(0, 0.01, len(points))
    truth = np.exp(log_score)
    truth[_crashing(rng, axes, raw, at, at @ demand, crashes)] = np.nan
    return Landscape(f"synthetic {seed}", axes, points, truth, noise)


def _axes(rng: np.random.Generator, combinations: int) -> tuple[Axis, ...]:
    while True:
        drawn = [KINDS[i] for i in rng.permutation(len(KINDS))]
        product, axes = 1, []
        for axis in drawn:
            if combinations % (product * axis.size) == 0:
                product *= axis.size
                axes.append(axis)
        if product == combinations and len(axes) >= 3:
            return tuple(axes)


def _place(axis: Axis) -> NDArray[np.float64]:
    return coordinates(axis) if axis.kind != "categories" else np.linspace(0, 1, axis.size)


def _main(
    rng: np.random.Generator, axis: Axis, x: NDArray[np.float64], index: NDArray[np.int64]
) -> NDArray[np.float64]:
    if axis.kind == "categories":
        return rng.random(axis.size)[index]
    shape = rng.integers(4)
    if rng.random() < 0.5:
        x = 1 - x
    if shape == 0:
        return np.exp(-x * rng.uniform(2, 6))
    if shape == 1:
        return (x - rng.uniform(0.15, 0.85)) ** 2 * rng.uniform(1.5, 4)
    if shape == 2:
        return x
    return 1 / (1 + np.exp(-(x - rng.uniform(0.3, 0.7)) * 20))


def _pair(rng: np.random.Generator, a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    if rng.random() < 0.5:
        return (a - (b if rng.random() < 0.5 else 1 - b)) ** 2
    sign: float = rng.choice([-1, 1])
    return sign * 4 * (a - 0.5) * (b - 0.5)


def _crashing(
    rng: np.random.Generator,
    axes: tuple[Axis, ...],
    raw: NDArray[np.int64],
    at: NDArray[np.float64],
    demand: NDArray[np.float64],
    share: float,
) -> NDArray[np.bool_]:
    crashes = np.zeros(len(raw), dtype=bool)
    if rng.random() < 0.5:
        # Such as: this attention backend with a large batch.
        i, j = rng.permutation(len(axes))[:2]
        box = (raw[:, i] == rng.integers(axes[i].size)) & (at[:, j] >= rng.uniform(0.3, 0.7))
        if box.mean() < share * 0.6:
            crashes |= box
    order = np.argsort(-(demand + rng.uniform(0, 0.02, len(demand))), kind="stable")
    for index in order:
        if crashes.mean() >= share:
            break
        crashes[index] = True
    return crashes


def _unit(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return (values - values.min()) / max(1e-12, float(np.ptp(values)))


def recorded(path: Path) -> Landscape:
    """A surface measured by bench/record-surface.mjs. What is true of a point is the median of its repeats."""
    data = json.loads(path.read_text())
    axes = tuple(Axis(axis["size"], axis["kind"], tuple(axis.get("values", ()))) for axis in data["axes"])
    rows = data["points"]
    width = max(len(row["scores"]) for row in rows)
    # Rates are recorded negated, as scores are; a product of factors needs the positive sign back.
    repeats = np.full((len(rows), max(1, width)), np.nan)
    for row, target in zip(rows, repeats):
        scores = [1 / -score if score < 0 else score for score in row["scores"]]
        target[: len(scores)] = scores
    works = ~np.isnan(repeats).all(axis=1)
    truth = np.full(len(rows), np.nan)
    truth[works] = np.nanmedian(repeats[works], axis=1)
    spread = float(np.median(np.nanstd(repeats[works], axis=1) / truth[works]))
    return Landscape(data["name"], axes, tuple(tuple(row["point"]) for row in rows), truth, spread, repeats)
