"""The strategies on Optuna's samplers: `tpe` and `nsga2`, and `bayesian` where the combinations are too many to be scored one by one.

The study is built from the observations each time, in memory: Temporal's history is the only state.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable

import numpy as np
import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, IntDistribution
from optuna.samplers import BaseSampler, NSGAIISampler, TPESampler
from optuna.trial import FrozenTrial, TrialState, create_trial

from .encoding import coordinates
from .protocol import Answer, Axis, Observation, Point, Request
from .recalled import recalled

#: How badly a crash violates; more than any SLO is likely to be missed by.
CRASH = 10.0
#: Draws per suggestion in the hope of one that is new, before chance decides.
DRAWS = 20
#: Experiments before TPE begins to learn; Optuna's own default.
STARTUP = 10
#: Small, since a tune has some dozens of experiments and not thousands.
POPULATION = 12

optuna.logging.set_verbosity(optuna.logging.ERROR)


class Ranks:
    """Optuna samples ranks: the values of a parameter in their order, or as categories where they have none."""

    def __init__(self, axes: tuple[Axis, ...]) -> None:
        self._axes = axes
        self._order = [
            np.argsort(coordinates(axis), kind="stable").tolist() if axis.kind == "numbers" else None for axis in axes
        ]
        self.distributions: dict[str, BaseDistribution] = {
            str(i): CategoricalDistribution(range(axis.size))
            if axis.kind == "categories"
            else IntDistribution(0, axis.size - 1)
            for i, axis in enumerate(axes)
        }

    def ranks(self, point: Point) -> dict[str, int]:
        return {
            str(i): index if order is None else order.index(index)
            for i, (index, order) in enumerate(zip(point, self._order))
        }

    def point(self, ranks: dict[str, int]) -> Point:
        return tuple(
            int(ranks[str(i)]) if order is None else int(order[ranks[str(i)]]) for i, order in enumerate(self._order)
        )

    def draw(self, rng: np.random.Generator) -> Point:
        return tuple(int(rng.integers(axis.size)) for axis in self._axes)


def suggest(request: Request) -> Answer:
    """New points by Optuna. Without candidates whoever asked must sort out what the constraints forbid."""
    rng = np.random.default_rng([request.seed, len(request.observations), len(request.pending)])
    tried = {observation.point for observation in request.observations} | set(request.pending)
    allowed = None if request.candidates is None else set(request.candidates) - tried
    ranks = Ranks(request.axes)
    study = _study(request, ranks, int(rng.integers(2**31)))
    chosen: list[Point] = []
    while len(chosen) < request.count and (allowed is None or allowed):
        point = next(_draws(study, ranks, tried, allowed), None) or _by_chance(ranks, tried, allowed, rng)
        if point is None:
            break
        chosen.append(point)
        tried.add(point)
        if allowed is not None:
            allowed.discard(point)
    return Answer(tuple(chosen))


def _draws(
    study: optuna.Study, ranks: Ranks, tried: set[Point], allowed: set[Point] | None
) -> Iterable[Point]:
    """New points as the sampler draws them; a trial that is asked for and not told counts as running."""
    for _ in range(DRAWS):
        trial = study.ask(ranks.distributions)
        point = ranks.point(trial.params)
        if point not in tried and (allowed is None or point in allowed):
            yield point
        else:
            study.tell(trial, state=TrialState.FAIL)


def _by_chance(
    ranks: Ranks, tried: set[Point], allowed: set[Point] | None, rng: np.random.Generator
) -> Point | None:
    if allowed is not None:
        left = sorted(allowed)
        return left[int(rng.integers(len(left)))]
    return next((point for point in (ranks.draw(rng) for _ in range(DRAWS)) if point not in tried), None)


def _study(request: Request, ranks: Ranks, seed: int) -> optuna.Study:
    known = recalled(request)
    seen = (*known, *request.observations)
    objectives = max((len(item.scores) for item in seen if item.scores is not None), default=1)
    study = optuna.create_study(sampler=_sampler(request, seed), directions=["minimize"] * objectives)
    worst = _worst(seen, objectives)
    study.add_trials(
        [_trial(0, item, ranks, worst) for item in known]
        + [_trial(i + (POPULATION if known else 0), item, ranks, worst) for i, item in enumerate(request.observations)]
        + [
            create_trial(state=TrialState.RUNNING, params=ranks.ranks(point), distributions=ranks.distributions)
            for point in request.pending
        ]
    )
    return study


def _sampler(request: Request, seed: int) -> BaseSampler:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if request.strategy == "nsga2":
            return NSGAIISampler(population_size=POPULATION, seed=seed)
        return TPESampler(seed=seed, multivariate=True, n_startup_trials=STARTUP)


def _trial(number: int, item: Observation, ranks: Ranks, worst: list[float]) -> FrozenTrial:
    """A crash is a completed trial that violates: Optuna's samplers look past failed ones."""
    crashed = item.scores is None
    return create_trial(
        values=worst if item.scores is None else list(item.scores),
        params=ranks.ranks(item.point),
        distributions=ranks.distributions,
        constraints={"works": CRASH if crashed else 0.0, "holds": 0.0 if crashed else item.violation},
        # Generations are counted by the sampler itself in a study that lives on; in this one each is told which it was.
        system_attrs={NSGAIISampler._get_generation_key(): number // POPULATION},
    )


def _worst(observations: Iterable[Observation], objectives: int) -> list[float]:
    scores = [item.scores for item in observations if item.scores is not None]
    return [max(column) for column in zip(*scores)] if scores else [0.0] * objectives
