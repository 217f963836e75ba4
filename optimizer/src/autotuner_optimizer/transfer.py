"""What earlier tunes know, as the model on which this tune's own one is built.

A stack of Gaussian processes, as in Golovin et al. 2017, "Google Vizier: A Service for Black-Box Optimization", section 3.3: each tune
is modelled by what the ones before it foretold, times a weight, plus a level of its own, plus a process on what is left. The level is
free, since days differ; the weight falls towards 0 where what was foretold and what was measured do not go together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from .encoding import Encoder, Floats
from .feasibility import CrashModel
from .gaussian_process import GaussianProcess, Priors
from .protocol import KnownTune, Observation

#: Observations from which an earlier tune is a model at all.
ENOUGH = 4
#: How many of this tune's measurements the trust in an earlier one is worth, for the weight.
TRUST = 2.0
#: How many the shift by the baselines is worth, for the level.
ALIGNED = 1.0
#: How far two tunes may differ anywhere, as a share of the spread of the earlier one, before it is seen how far they do.
DRIFT = 0.3
#: Experiments of this tune from which on earlier ones may turn out to be wrong.
FEW = 3
#: Below this weight an earlier tune says nothing.
LEAST_WEIGHT = 0.2


class Surface(Protocol):
    """What is expected where, and how sure that is."""

    def predict(self, x: Floats) -> tuple[Floats, Floats]: ...


class Corrected:
    """An earlier surface, corrected by this tune's own measurements."""

    def __init__(self, encoder: Encoder, below: Surface, spread: float, x: Floats, y: Floats, aligned: bool) -> None:
        self._below = below
        foretold = below.predict(x)[0]
        self.weight = _weight(foretold, y, spread)
        #: What is foretold where this tune has measured, and how far above it the measurements are.
        self._center = float(foretold.mean())
        self._shift = float((y - self._center).sum() / (len(y) + (ALIGNED if aligned else 0.0)))
        rest = y - self._corrected(foretold)
        #: What is left is small where the two agree; one measurement alone cannot say that they do.
        self._scale = max(float(rest.std()), DRIFT * spread)
        self._rest = GaussianProcess(encoder, x, rest / self._scale, Priors(), center=0.0)

    def predict(self, x: Floats) -> tuple[Floats, Floats]:
        mean, deviation = self._below.predict(x)
        more, doubt = self._rest.predict(x)
        return (
            self._corrected(mean) + more * self._scale,
            np.hypot(self.weight * deviation, doubt * self._scale),
        )

    @property
    def noise(self) -> float:
        """The standard deviation of the noise, in units of `y`."""
        return self._rest.noise * self._scale

    def _corrected(self, foretold: Floats) -> Floats:
        return self._center + self._shift + self.weight * (foretold - self._center)

    def believing(self, x: Floats) -> Corrected:
        """As if what it expects had been measured at `x`."""
        believer = object.__new__(Corrected)
        believer.__dict__.update(self.__dict__)
        believer._rest = self._rest.believing(x)
        return believer


def _weight(foretold: Floats, y: Floats, spread: float) -> float:
    """The slope of what was measured over what was foretold, drawn towards 1 by as much as TRUST measurements would, within 0 and 1."""
    a, b = foretold - foretold.mean(), y - y.mean()
    trust = TRUST * spread**2
    weight = float(np.clip((a @ b + trust) / (a @ a + trust), 0.0, 1.0)) if trust > 0 else 0.0
    return weight if weight >= LEAST_WEIGHT else 0.0


class Scored(Protocol):
    """From observations to one number each; None where these scores cannot be put beside those of this tune."""

    def __call__(self, measured: Sequence[Observation]) -> Floats | None: ...


class Known:
    """All earlier tunes together: a surface of scores, where they crashed, and by how much they missed limits."""

    def __init__(self, encoder: Encoder, tunes: Sequence[KnownTune], scored: Scored) -> None:
        everything = [observation for tune in tunes for observation in tune.observations]
        self.x = encoder.encode([observation.point for observation in everything])
        self.works = np.array([observation.scores is not None for observation in everything], dtype=bool)
        self.violations = np.array([observation.violation for observation in everything], dtype=np.float64)
        worked = {observation.point for observation in everything if observation.scores is not None}
        #: What has never worked.
        self.crashed = {observation.point for observation in everything} - worked
        self._encoder, self.aligned, self.spread = encoder, False, 0.0
        #: None where nothing is known of scores.
        self.surface: Surface | None = None
        for tune in tunes:
            self._add(tune, scored)

    def foretells(self, x: Floats, works: Floats) -> bool:
        """Whether what crashed and worked in this tune is what was to be expected; too few experiments say nothing against it."""
        if len(works) < FEW or self.works.all():
            return True
        logs = CrashModel(self._encoder, self.x, self.works.astype(float)).log_probability(x)
        chances = np.where(works > 0, logs, np.log1p(-np.minimum(np.exp(logs), 0.999)))
        return bool(chances.mean() > np.log(0.5))

    def misleads(self, x: Floats, y: Floats) -> bool:
        """Whether this tune's measurements lie further from what was foretold than from their own mean, and by more than days differ."""
        if self.surface is None or len(y) < FEW:
            return False
        foretold = self.surface.predict(x)[0]
        rest = (y - y.mean()) - (foretold - foretold.mean())
        return bool(rest.var() > max(float(y.var()), (DRIFT * self.spread) ** 2))

    def _add(self, tune: KnownTune, scored: Scored) -> None:
        measured = [observation for observation in tune.observations if observation.scores is not None]
        y = scored(measured) if measured else None
        if y is None or len(y) < ENOUGH or y.std() == 0:
            return
        x = self._encoder.encode([observation.point for observation in measured])
        self.surface = (
            GaussianProcess(self._encoder, x, y)
            if self.surface is None
            else Corrected(self._encoder, self.surface, self.spread, x, y, tune.aligned and self.aligned)
        )
        self.spread, self.aligned = float(y.std()), tune.aligned


def sign_of(scores: Floats) -> int:
    """How `shape` takes scores: 1 and -1 by their logarithm, 0 as they are. Those of two kinds have no scale in common."""
    return 1 if (scores > 0).all() else -1 if (scores < 0).all() else 0
