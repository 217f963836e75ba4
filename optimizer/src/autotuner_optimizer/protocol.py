"""What is asked and answered: one JSON object a line.

Combinations travel as points: one index per axis, so that no value of a user's task is sent that the model does not need.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

Strategy = Literal["bayesian", "tpe", "nsga2"]
STRATEGIES: tuple[Strategy, ...] = ("bayesian", "tpe", "nsga2")
Point = tuple[int, ...]


class BadRequest(ValueError):
    """The request cannot be understood; the message says what is wrong with it."""


@dataclass(frozen=True)
class Axis:
    """One parameter: how many values it has, and how they lie to each other."""

    size: int
    #: `range`: evenly spaced by index. `numbers`: a list of numbers in any order. `categories`: no order at all.
    kind: Literal["range", "numbers", "categories"]
    #: The numbers of kind `numbers`, by index.
    values: tuple[float, ...] = ()


@dataclass(frozen=True)
class Observation:
    """What one experiment taught."""

    point: Point
    #: One per objective, lower is better; None: it crashed.
    scores: tuple[float, ...] | None
    #: 0: every limit holds; above 0: how far the worst one is missed.
    violation: float = 0.0


@dataclass(frozen=True)
class KnownTune:
    """What an earlier tune has observed: on another day, perhaps on a surface that has changed."""

    observations: tuple[Observation, ...]
    #: Whether its scores are on the scale of this tune; otherwise only their differences say something.
    aligned: bool = False


@dataclass(frozen=True)
class Request:
    """Everything that an answer depends on."""

    strategy: Strategy
    axes: tuple[Axis, ...]
    observations: tuple[Observation, ...]
    #: Running experiments, and those that ended without teaching anything: none of them is suggested again.
    pending: tuple[Point, ...]
    #: What may be suggested; None: any point of the axes, which are too many to be listed.
    candidates: tuple[Point, ...] | None
    #: 0 asks who leads, and for nothing else.
    count: int
    seed: int
    #: Earlier tunes, the oldest first. What they have measured may be suggested again: this tune has not measured it.
    known: tuple[KnownTune, ...] = ()


@dataclass(frozen=True)
class Answer:
    """The points to try next, the most promising first; fewer than asked for when no more are left."""

    points: tuple[Point, ...]
    #: How much better than the best so far the first point is expected to be, as a share of it. None: nothing to say yet.
    expected_improvement: float | None = None
    #: What worked and held every limit, the best by the first objective first: by the model, which knows that the luckiest
    #: measurement was lucky. Empty without a model, and where points were asked for.
    leaders: tuple[Point, ...] = ()


def parse_request(raw: Any) -> Request:
    """Reads a request. Observations that are no finite numbers count as crashes.

    :raises BadRequest: for anything that does not fit.
    """
    try:
        axes = tuple(_axis(axis) for axis in raw["axes"])
        candidates = raw.get("candidates")
        strategy = raw["strategy"]
        if strategy not in STRATEGIES:
            raise BadRequest(f"unknown strategy {strategy!r}")
        return Request(
            strategy=strategy,
            axes=axes,
            observations=tuple(_observation(item, axes) for item in raw["observations"]),
            pending=tuple(_point(item, axes) for item in raw["pending"]),
            candidates=None if candidates is None else tuple(_point(item, axes) for item in candidates),
            count=_whole(raw["count"]),
            seed=_whole(raw["seed"]),
            known=tuple(_known(item, axes) for item in raw.get("known") or ()),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise BadRequest(f"not a request: {type(error).__name__} {error}") from error


def _axis(raw: Any) -> Axis:
    kind, size = raw["kind"], _whole(raw["size"])
    if kind not in ("range", "numbers", "categories") or size < 1:
        raise BadRequest(f"not an axis: {raw}")
    values = tuple(float(value) for value in raw["values"]) if kind == "numbers" else ()
    if kind == "numbers" and len(values) != size:
        raise BadRequest("an axis has another number of values than its size")
    return Axis(size, kind, values)


def _observation(raw: Any, axes: tuple[Axis, ...]) -> Observation:
    scores, violation = raw["scores"], float(raw["violation"])
    if scores is not None:
        scores = tuple(math.nan if score is None else float(score) for score in scores)
        if not scores or not all(map(math.isfinite, scores)):
            scores = None
    return Observation(_point(raw["point"], axes), scores, max(0.0, violation) if math.isfinite(violation) else 1.0)


def _known(raw: Any, axes: tuple[Axis, ...]) -> KnownTune:
    return KnownTune(tuple(_observation(item, axes) for item in raw["observations"]), raw["aligned"] is True)


def _point(raw: Any, axes: tuple[Axis, ...]) -> Point:
    point = tuple(_whole(index) for index in raw)
    if len(point) != len(axes) or any(index >= axis.size for index, axis in zip(point, axes)):
        raise BadRequest(f"a point outside the space: {raw}")
    return point


def _whole(raw: Any) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool) or raw < 0:
        raise BadRequest(f"not a whole number: {raw!r}")
    return raw
