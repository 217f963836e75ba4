"""Replays strategies on landscapes and prints one JSON line per landscape and rival: bench/search.mjs makes the tables."""

from __future__ import annotations

import argparse
import json
import multiprocessing
from pathlib import Path

import numpy as np
from landscapes import Landscape, recorded, synthetic
from rivals import RIVALS, Trace

#: A choice counts as good if it truly is so near to the best.
WITHIN = 0.05
#: The finals: two finalists, as a tune has by default, and three; the first rounds, in which everybody takes part.
FINALISTS, ROUNDS = {"finals": 2, "finals of 3": 3}, 3


def finals(landscape: Landscape, finalists: list[int], seed: int) -> int:
    """Who is the best of them when they are measured again."""
    rng = np.random.default_rng([3, seed])
    again = np.array([[landscape.measure(index, rng) for index in finalists] for _ in range(ROUNDS)])
    return finalists[int(np.log(again).mean(axis=0).argmin())]


def summary(landscape: Landscape, trace: Trace, seed: int) -> dict[str, object]:
    """How a run ended, by each rule of choice: the lowest measured score, the model's best, and the best after finals.

    Whoever has no model takes those with the lowest scores to the finals.
    """
    measured = sorted((score, index) for index, score in trace.tried if score is not None)
    lowest = list(dict.fromkeys(index for _, index in measured))

    def regret(chosen: int) -> float:
        return float(landscape.truth[chosen] / landscape.best - 1)

    choices: dict[str, int] = {}
    if lowest:
        best = trace.leaders or lowest
        choices["lowest"] = lowest[0]
        choices |= {rule: finals(landscape, best[:most], seed) for rule, most in FINALISTS.items()}
    if trace.leaders:
        choices["model"] = trace.leaders[0]
    return {
        "landscape": landscape.name,
        "edge": landscape.is_best_at_edge,
        "hits": {rule: regret(chosen) <= WITHIN for rule, chosen in choices.items()},
        "regret": regret(lowest[0]) if lowest else None,
        "experiments": len(trace.tried),
        "crashes": sum(score is None for _, score in trace.tried),
        "repeats": len(trace.tried) - len({index for index, _ in trace.tried}),
        "seconds": [round(value, 5) for value in trace.seconds],
    }


def work(job: tuple[str, int, dict[str, object]]) -> str:
    rival, seed, about = job
    surface = about.get("surface")
    landscape = (
        recorded(Path(str(surface)))
        if surface
        else synthetic(seed, int(about["combinations"]), float(about["crashes"]), float(about["noise"]))  # type: ignore
    )
    trace = RIVALS[rival](landscape, int(about["budget"]), seed)  # type: ignore[call-overload]
    return json.dumps({"rival": rival, "seed": seed, **summary(landscape, trace, seed)})


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rivals", default=",".join(RIVALS))
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--combinations", type=int, default=480)
    parser.add_argument("--crashes", type=float, default=0.3)
    parser.add_argument("--noise", type=float, default=0.03)
    parser.add_argument("--budget", type=int, default=30)
    parser.add_argument("--surface")
    parser.add_argument("--processes", type=int, default=1)
    options = vars(parser.parse_args())
    rivals = options.pop("rivals").split(",")
    first, seeds, processes = options.pop("first"), options.pop("seeds"), options.pop("processes")
    jobs = [(rival, seed, options) for rival in rivals for seed in range(first, first + seeds)]
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        for line in pool.imap(work, jobs):
            print(line, flush=True)


if __name__ == "__main__":
    main()
