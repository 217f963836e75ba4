"""What is compared: each is given a landscape and a budget, and returns which points it measured with what result."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import optuna
from autotuner_optimizer.protocol import Observation, Request, Strategy
from autotuner_optimizer.strategies import suggest
from landscapes import Landscape

optuna.logging.set_verbosity(optuna.logging.ERROR)


@dataclass
class Trace:
    """The experiments of one run, in order: index of the point and its score, None for a crash."""

    tried: list[tuple[int, float | None]] = field(default_factory=list)
    #: Seconds per suggestion.
    seconds: list[float] = field(default_factory=list)
    #: What the model calls the best at the end, the best first; empty without a model.
    leaders: list[int] = field(default_factory=list)


Rival = Callable[[Landscape, int, int], Trace]


def leaders(strategy: Strategy, landscape: Landscape, observations: list[Observation], seed: int) -> list[int]:
    """What the model calls the best, the best first: it is told where nothing is asked for. Empty without a model."""
    answer = suggest(Request(strategy, landscape.axes, tuple(observations), (), (), 0, seed))
    return [landscape.points.index(point) for point in answer.leaders]


def _in_order(order: Callable[[Landscape, int], np.ndarray]) -> Rival:
    def run(landscape: Landscape, budget: int, seed: int) -> Trace:
        rng = np.random.default_rng([1, seed])
        indices = order(landscape, seed)[:budget]
        return Trace([(int(i), landscape.measure(int(i), rng)) for i in indices], [0.0] * len(indices))

    return run


def _ours(strategy: Strategy) -> Rival:
    """As production asks: every request is built from the observations anew."""

    def run(landscape: Landscape, budget: int, seed: int) -> Trace:
        rng, trace = np.random.default_rng([1, seed]), Trace()
        number = {point: i for i, point in enumerate(landscape.points)}
        observations: list[Observation] = []
        while len(trace.tried) < min(budget, len(number)):
            request = Request(strategy, landscape.axes, tuple(observations), (), landscape.points, 1, seed)
            began = time.perf_counter()
            answer = suggest(request)
            trace.seconds.append(time.perf_counter() - began)
            index = number[answer.points[0]]
            score = landscape.measure(index, rng)
            trace.tried.append((index, score))
            observations.append(Observation(answer.points[0], None if score is None else (score,)))
        trace.leaders = leaders(strategy, landscape, observations, seed)
        return trace

    return run


def _distribution(axis: object) -> optuna.distributions.BaseDistribution:
    if axis.kind == "categories":  # type: ignore[attr-defined]
        return optuna.distributions.CategoricalDistribution(list(range(axis.size)))  # type: ignore[attr-defined]
    return optuna.distributions.IntDistribution(0, axis.size - 1)  # type: ignore[attr-defined]


def _tpe_as_usual(landscape: Landscape, budget: int, seed: int) -> Trace:
    """Optuna's TPE as most tools use it: crashes are failed trials, and what comes twice is measured twice."""
    rng, trace = np.random.default_rng([1, seed]), Trace()
    number = {point: i for i, point in enumerate(landscape.points)}
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    space = {f"p{i}": _distribution(axis) for i, axis in enumerate(landscape.axes)}
    for _ in range(budget):
        began = time.perf_counter()
        trial = study.ask(space)
        trace.seconds.append(time.perf_counter() - began)
        index = number[tuple(trial.params[name] for name in space)]
        score = landscape.measure(index, rng)
        trace.tried.append((index, score))
        if score is None:
            study.tell(trial, state=optuna.trial.TrialState.FAIL)
        else:
            study.tell(trial, score)
    return trace


RIVALS: dict[str, Rival] = {
    "grid": _in_order(lambda landscape, _: np.arange(len(landscape.points))),
    "random": _in_order(lambda land, seed: np.random.default_rng([2, seed]).permutation(len(land.points))),
    "TPE crash=FAIL": _tpe_as_usual,
    "TPE constraints": _ours("tpe"),
    "bayesian": _ours("bayesian"),
}
