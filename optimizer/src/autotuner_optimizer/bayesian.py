"""The strategy `bayesian`: scores every candidate by expected improvement times the probability that it works."""

from __future__ import annotations

import numpy as np

from .acquisition import log_expected_improvement
from .encoding import Encoder, Floats
from .feasibility import CrashModel, LimitModel
from .gaussian_process import GaussianProcess
from .protocol import Answer, Observation, Point, Request
from .scores import single

#: What an experiment is worth at least if it works: where next to nothing is left to gain, a crash is no bargain.
LEAST = 1e-3


def initial_experiments(dimensions: int) -> int:
    """Experiments that cover the space before scores guide the search."""
    return max(4, dimensions)


def suggest(request: Request) -> Answer:
    """The most promising candidates; none twice, and none that was tried or is running."""
    tried = {observation.point for observation in request.observations} | set(request.pending)
    left = [point for point in request.candidates or () if point not in tried]
    rng = np.random.default_rng([request.seed, len(request.observations), len(request.pending)])
    # Ties go to chance, not to whatever is listed first.
    left = [left[i] for i in rng.permutation(len(left))]
    return _Search(request, left, rng).answer()


class _Search:
    def __init__(self, request: Request, left: list[Point], rng: np.random.Generator) -> None:
        self._left, self._count = left, min(request.count, len(left))
        self._encoder = Encoder(request.axes)
        self._x = self._encoder.encode(left)
        self._running = self._encoder.encode(request.pending)
        self._rng = rng
        self._seen = request.observations
        self._seen_x = self._encoder.encode([observation.point for observation in request.observations])
        self._works = np.array([observation.scores is not None for observation in self._seen], dtype=bool)

    def answer(self) -> Answer:
        if self._count == 0:
            return Answer(())
        log_works = np.zeros(len(self._left))
        if not self._works.all():
            log_works = CrashModel(self._encoder, self._seen_x, self._works.astype(float)).log_probability(self._x)
        measured = [observation for observation in self._seen if observation.scores is not None]
        is_early = len(self._seen) < initial_experiments(self._encoder.dimensions)
        if is_early or len(measured) < 2 or self._encoder.dimensions == 0:
            return Answer(self._spread_out(log_works))
        return self._improve(measured, log_works)

    def _spread_out(self, log_works: Floats) -> tuple[Point, ...]:
        """Candidates far from all that was tried, where they are likely to work."""
        chosen: list[int] = []
        nearest = np.full(len(self._left), np.inf)
        for others in (self._seen_x, self._running):
            nearest = np.minimum(nearest, self._distance(others))
        for _ in range(self._count):
            free = np.isinf(nearest).all()
            worth = log_works if free else np.log(np.maximum(nearest, 1e-300)) / 2 + log_works
            worth[chosen] = -np.inf
            chosen.append(int(np.argmax(worth)))
            nearest = np.minimum(nearest, self._distance(self._x[chosen[-1:]]))
        return tuple(self._left[i] for i in chosen)

    def _distance(self, others: Floats) -> Floats:
        """The squared distance of each candidate to the nearest of the others."""
        if len(others) == 0 or self._encoder.dimensions == 0:
            return np.full(len(self._left), np.inf)
        distance: Floats = self._encoder.distances(self._x, others).sum(axis=0).min(axis=1)
        return distance

    def _improve(self, measured: list[Observation], log_works: Floats) -> Answer:
        x = self._seen_x[self._works]
        violations = np.array([observation.violation for observation in measured])
        scores = np.array([observation.scores for observation in measured])
        if (violations > 0).all():
            # Nothing to improve on yet: towards the limits first.
            y, log_holds, feasible = violations, np.zeros(len(self._left)), np.ones(len(measured), dtype=bool)
        else:
            y, feasible = single(scores, self._rng), violations <= 0
            log_holds = LimitModel(self._encoder, x, violations).log_probability(self._x)
        model = GaussianProcess(self._encoder, x, y)
        # The best by the model, since the best by a noisy measurement was lucky too.
        best = float(model.predict(x[feasible])[0].min())
        if len(self._running) > 0:
            model = model.believing(self._running)
        chosen: list[int] = []
        gain = 0.0
        for _ in range(self._count):
            mean, deviation = model.predict(self._x)
            log_improvement = log_expected_improvement(mean, deviation, best)
            worth = np.logaddexp(log_improvement, np.log(LEAST)) + log_works + log_holds
            worth[chosen] = -np.inf
            pick = int(np.argmax(worth))
            gain = gain or float(np.exp((log_improvement + log_works + log_holds)[pick]))
            chosen.append(pick)
            model = model.believing(self._x[pick : pick + 1])
        return Answer(tuple(self._left[i] for i in chosen), gain)
