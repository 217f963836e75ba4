"""A small space to search, and what its experiments teach."""

from __future__ import annotations

import itertools

from autotuner_optimizer.protocol import Axis, KnownTune, Observation, Point, Request, Strategy

AXES = (Axis(6, "range"), Axis(5, "numbers", (1, 8, 64, 2, 512)), Axis(3, "categories"), Axis(1, "range"))
ALL: tuple[Point, ...] = tuple(itertools.product(*(range(axis.size) for axis in AXES)))


def score(point: Point) -> float:
    """Best at (4, 2, 1, 0)."""
    a, b, c, _ = point
    return 1 + (a - 4) ** 2 + abs(b - 2) + (c != 1)


def request(
    strategy: Strategy = "bayesian",
    observations: tuple[Observation, ...] = (),
    pending: tuple[Point, ...] = (),
    candidates: tuple[Point, ...] | None = ALL,
    count: int = 1,
    seed: int = 0,
    known: tuple[KnownTune, ...] = (),
) -> Request:
    return Request(strategy, AXES, observations, pending, candidates, count, seed, known)
