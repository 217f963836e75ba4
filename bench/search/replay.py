"""Replays strategies on landscapes and prints one JSON line per landscape and rival: bench/search.mjs makes the tables."""

from __future__ import annotations

import argparse
import json
import multiprocessing
from pathlib import Path

import numpy as np
from landscapes import Landscape, recorded, synthetic
from rivals import RIVALS, Trace

WITHIN = 0.05


def summary(landscape: Landscape, trace: Trace) -> dict[str, object]:
    """How a run ended: how good its choice is, by its model where it has one, and by the lowest measured score."""
    measured = [(score, index) for index, score in trace.tried if score is not None]
    lowest = min(measured)[1] if measured else None
    chosen = lowest if trace.leader is None else trace.leader
    regret = None if chosen is None else float(landscape.truth[chosen] / landscape.best - 1)
    by_score = None if lowest is None else float(landscape.truth[lowest] / landscape.best - 1)
    return {
        "landscape": landscape.name,
        "hit": regret is not None and regret <= WITHIN,
        "hit_by_score": by_score is not None and by_score <= WITHIN,
        "regret": regret,
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
    return json.dumps({"rival": rival, "seed": seed, **summary(landscape, trace)})


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
