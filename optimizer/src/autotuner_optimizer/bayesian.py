"""The strategy `bayesian`: scores every candidate by expected improvement times the probability that it works."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import numpy as np

from .acquisition import log_expected_improvement
from .encoding import Encoder, Floats
from .feasibility import FLOOR, CrashModel, LimitModel
from .gaussian_process import GaussianProcess
from .protocol import Answer, Observation, Point, Request
from .scores import shape, single
from .transfer import Corrected, Known, sign_of

#: What an experiment is worth at least if it works: where next to nothing is left to gain, a crash is no bargain.
LEAST = 1e-3

#: What a search may lose to crashes, a number and a share of the experiments: more at the beginning, when each teaches most. And how far
#: it shuns them while it has lost just that: the exponent of the probability to work. Each further crash adds to it, and each that has
#: not come takes away.
LOSABLE_AT_FIRST, LOSABLE = 1.0, 0.08
CAUTION, CAUTION_STEP = 1.45, 0.7
LEAST_CAUTION, MOST_CAUTION = 0.3, 5.0
#: Leaders that are told: more than are measured again.
LEADERS = 10
#: Models of the score whose expectations are averaged, up to so many measurements: after those they are all alike.
MODELS, MODELS_UNTIL = 6, 100


def initial_experiments(dimensions: int, is_known: bool = False) -> int:
    """Experiments that cover the space before scores guide the search; half of them where an earlier tune has covered it."""
    most = max(4, dimensions)
    return -(-most // 2) if is_known else most


def suggest(request: Request) -> Answer:
    """The most promising candidates; none twice, and none that was tried or is running. Who leads, where none is asked for."""
    tried = {observation.point for observation in request.observations} | set(request.pending)
    left = [point for point in request.candidates or () if point not in tried]
    rng = np.random.default_rng([request.seed, len(request.observations), len(request.pending)])
    # Ties go to chance, not to whatever is listed first.
    left = [left[i] for i in rng.permutation(len(left))]
    return _Search(request, left, rng).answer()


def caution(experiments: int, crashes: int) -> float:
    """How far crashes are shunned: more, the more of them there were.

    The best often lies at the edge of what crashes, beyond what is known to work. A search that has lost little can afford to look
    there; one that has lost much has found out that crashes are dear in this space.
    """
    return min(MOST_CAUTION, max(LEAST_CAUTION, CAUTION + CAUTION_STEP * (crashes - LOSABLE_AT_FIRST - LOSABLE * experiments)))


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
        self._measured = [observation for observation in self._seen if observation.scores is not None]
        self._known = Known(self._encoder, request.known, self._scored)

    def answer(self) -> Answer:
        if self._count == 0:
            return Answer((), leaders=self._leaders())
        is_known = self._known.surface is not None
        is_early = len(self._seen) < initial_experiments(self._encoder.dimensions, is_known)
        if is_early or len(self._measured) < 2 or self._encoder.dimensions == 0:
            return Answer(self._spread_out())
        return self._improve()

    def _log_chance(self) -> Floats:
        """The logarithm of the probability to work, weighed by how far crashes are shunned."""
        works, seen = self._works, self._seen_x
        crashed: set[Point] = set()
        if self._known.foretells(self._seen_x, self._works):
            crashed = self._known.crashed
            works, seen = np.concatenate([self._known.works, works]), np.vstack([self._known.x, seen])
        if works.all():
            return np.zeros(len(self._left))
        logs = CrashModel(self._encoder, seen, works.astype(float)).log_probability(self._x)
        # What crashed on the same machine does so again, whatever its neighbours did.
        again = np.where([point in crashed for point in self._left], np.log(FLOOR), logs)
        shunned: Floats = caution(len(works), int(np.sum(~works))) * again
        return shunned

    def _scored(self, measured: Sequence[Observation]) -> Floats | None:
        """The scores of an earlier tune as this tune's own are shaped, with the same weights of several objectives."""
        scores = np.array([observation.scores for observation in measured])
        own = np.array([observation.scores for observation in self._measured])
        if len(own) > 0 and (own.shape[1] != scores.shape[1] or sign_of(own) != sign_of(scores)):
            return None
        return single(scores, copy.deepcopy(self._rng))

    def _foretold(self) -> Floats:
        """What earlier tunes expect of each candidate, the best the highest; all the same without them."""
        if self._known.surface is None:
            return np.zeros(len(self._left))
        return -self._known.surface.predict(self._x)[0] / self._known.spread

    def _spread_out(self) -> tuple[Point, ...]:
        """Candidates far from all that was tried, where they are likely to work."""
        log_chance = self._log_chance()
        nearest = np.minimum(self._distance(self._seen_x), self._distance(self._running))
        chosen: list[int] = []
        for _ in range(self._count):
            is_first = np.isinf(nearest).all()
            worth = log_chance + self._foretold() if is_first else np.log(np.maximum(nearest, 1e-300)) / 2 + log_chance
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

    def _leaders(self) -> tuple[Point, ...]:
        """What holds every limit, the best by the first objective first: expected without the luck of its own measurement."""
        if len(self._measured) < 2 or self._encoder.dimensions == 0:
            return ()
        scores = np.array([observation.scores[0] for observation in self._measured if observation.scores])
        x = self._seen_x[self._works]
        models = self._alternatives(GaussianProcess(self._encoder, x, shape(scores)))
        expected = np.mean([model.predict(x)[0] for model in models], axis=0)
        feasible = [i for i in np.argsort(expected, kind="stable") if self._measured[i].violation <= 0]
        return tuple(self._measured[i].point for i in feasible[:LEADERS])

    def _alternatives(self, model: GaussianProcess | Corrected) -> Sequence[GaussianProcess | Corrected]:
        """The model under several likely hyperparameters: the one most probable set of them is too sure of itself."""
        if isinstance(model, Corrected) or len(self._measured) > MODELS_UNTIL:
            return [model]
        return model.alternatives(MODELS, self._rng)

    def _improve(self) -> Answer:
        x = self._seen_x[self._works]
        violations = np.array([observation.violation for observation in self._measured])
        scores = np.array([observation.scores for observation in self._measured])
        feasible = violations <= 0
        # Where nothing holds the limits there is nothing to improve on yet: towards them first.
        towards_limits = not feasible.any()
        known, y = self._known, violations if towards_limits else single(scores, self._rng)
        model: GaussianProcess | Corrected
        if towards_limits or known.surface is None or known.misleads(x, y):
            model = GaussianProcess(self._encoder, x, y)
        else:
            model = Corrected(self._encoder, known.surface, known.spread, x, y, known.aligned)
        models = self._alternatives(model)
        expected = [model.predict(x)[0] for model in models]
        log_chance = self._log_chance()
        if not towards_limits:
            known_x, missed = self._known.x[self._known.works], self._known.violations[self._known.works]
            limits = LimitModel(self._encoder, np.vstack([known_x, x]), np.concatenate([missed, violations]))
            log_chance += limits.log_probability(self._x)
        # The best by the model, since the best by a noisy measurement was lucky too.
        best = [float(each.min() if towards_limits else each[feasible].min()) for each in expected]
        # What is better by less than the noise cannot be told apart: rather a look elsewhere than a polish.
        goals = [least - model.noise for model, least in zip(models, best)]
        if len(self._running) > 0:
            models = [model.believing(self._running) for model in models]
        chosen: list[int] = []
        gain = None
        for _ in range(self._count):
            log_improvement = _log_improvement(models, self._x, goals)
            worth = np.logaddexp(log_improvement, np.log(LEAST)) + log_chance
            worth[chosen] = -np.inf
            pick = int(np.argmax(worth))
            picked = self._x[pick : pick + 1]
            if gain is None:
                gain = float(np.exp(_log_improvement(models, picked, best)[0] + log_chance[pick]))
            chosen.append(pick)
            if len(chosen) < self._count:
                models = [model.believing(picked) for model in models]
        return Answer(tuple(self._left[i] for i in chosen), None if towards_limits else gain)


def _log_improvement(models: Sequence[GaussianProcess | Corrected], x: Floats, goals: Sequence[float]) -> Floats:
    """The logarithm of the expected improvement below the goal of each model, its mean over the models."""
    each = [log_expected_improvement(*model.predict(x), goal) for model, goal in zip(models, goals)]
    result: Floats = np.logaddexp.reduce(each, axis=0) - np.log(len(each))
    return result
