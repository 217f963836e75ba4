"""Observations of earlier tunes for Optuna's samplers, which trust all trials alike: few, and on the scale of this tune."""

from __future__ import annotations

import numpy as np

from .encoding import Floats
from .protocol import KnownTune, Observation, Request

#: So few that this tune's own experiments soon outweigh them.
AT_MOST = 20


def recalled(request: Request) -> tuple[Observation, ...]:
    """An even choice of them from the best to the worst, and as many crashes."""
    own = _matrix(request.observations)
    everything = [item for tune in request.known for item in _moved(tune, own)]
    width = own.shape[1] if len(own) > 0 else None
    measured = sorted(
        (item for item in everything if item.scores is not None and width in (None, len(item.scores))),
        key=lambda item: item.scores or (),
    )
    crashed = [item for item in everything if item.scores is None]
    return (*_even(measured), *_even(crashed))


def _even(items: list[Observation]) -> list[Observation]:
    return [items[i] for i in np.linspace(0, len(items) - 1, min(AT_MOST, len(items))).astype(int)]


def _moved(tune: KnownTune, own: Floats) -> list[Observation]:
    """Without a common baseline, the medians are taken for the same: by a factor where all are of one sign."""
    theirs = _matrix(tune.observations)
    if tune.aligned or len(own) == 0 or len(theirs) == 0 or own.shape[1] != theirs.shape[1]:
        return list(tune.observations)
    before, now = np.median(theirs, axis=0), np.median(own, axis=0)
    factors = np.where(before * now > 0, now / np.where(before == 0, 1.0, before), 1.0)
    offsets = np.where(before * now > 0, 0.0, now - before)
    return [
        item
        if item.scores is None
        else Observation(item.point, tuple(float(v) for v in np.array(item.scores) * factors + offsets), item.violation)
        for item in tune.observations
    ]


def _matrix(observations: tuple[Observation, ...]) -> Floats:
    rows = [item.scores for item in observations if item.scores is not None]
    same = [row for row in rows if len(row) == len(rows[0])]
    return np.array(same, dtype=np.float64).reshape(len(same), len(same[0]) if same else 1)
