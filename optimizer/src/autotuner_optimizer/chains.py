"""Draws from what observations leave open, rather than the one most probable answer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .encoding import Floats

#: Tries per step, each on a shorter arc. Whoever finds nothing stays where it is, as after any refused step.
TRIES = 4


def elliptical_slices(
    start: Floats, log_likelihood: Callable[[Floats], Floats], steps: int, rng: np.random.Generator
) -> Floats:
    """Where many chains are after so many steps, one row a chain, under a standard normal prior and a likelihood of each row.

    Murray, Adams and MacKay 2010, "Elliptical slice sampling", with all chains at once: nothing to tune, no gradient.
    """
    at = start.copy()
    height = log_likelihood(at)
    for _ in range(steps):
        other = rng.standard_normal(at.shape)
        level = height + np.log(rng.random(len(at)))
        angle = rng.uniform(0, 2 * np.pi, len(at))
        low, high = angle - 2 * np.pi, angle.copy()
        left = np.arange(len(at))
        for _ in range(TRIES):
            tried = at[left] * np.cos(angle[left])[:, None] + other[left] * np.sin(angle[left])[:, None]
            heights = log_likelihood(tried)
            good = heights > level[left]
            at[left[good]], height[left[good]] = tried[good], heights[good]
            left = left[~good]
            if len(left) == 0:
                break
            before = angle[left] < 0
            low[left] = np.where(before, angle[left], low[left])
            high[left] = np.where(before, high[left], angle[left])
            angle[left] = rng.uniform(low[left], high[left])
    return at
