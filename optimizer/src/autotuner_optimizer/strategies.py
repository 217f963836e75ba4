"""Which strategy answers a request."""

from __future__ import annotations

from . import bayesian
from .protocol import Answer, Request


def suggest(request: Request) -> Answer:
    """The next points to try: the same for the same request, in any process."""
    if request.strategy == "bayesian" and request.candidates is not None:
        return bayesian.suggest(request)
    # Loaded by who needs it only: Optuna takes as long to start as all the rest.
    from . import sampling

    return sampling.suggest(request)
