"""What an earlier tune is worth: replays `bayesian` without one, with one of the same surface on another day, and with a misleading one.

Usage, in bench/search: PYTHONPATH=../../optimizer/src OPENBLAS_NUM_THREADS=1 ../../.cache/python/optimizer/bin/python transfer.py
[--seeds 20] [--first 0]

The earlier tune has measured 30 combinations, as `bayesian` chose them. `another day`: every score is 1.3 times what it is today, times
a factor of its own (5 %). `misleading`: the surface and its crash region are mirrored along every axis, so that what was best is among
the worst. Printed is, after so many experiments, how far the best measured combination is from the best there is (the mean over
the seeds), and how many of the experiments crashed.
"""

from __future__ import annotations

import argparse
import dataclasses

import numpy as np
from autotuner_optimizer.protocol import KnownTune, Observation, Request
from autotuner_optimizer.strategies import suggest
from landscapes import Landscape, synthetic

BUDGET = 30
SHOWN = (3, 5, 8, 12, 20, 30)


def run(landscape: Landscape, seed: int, known: tuple[KnownTune, ...] = ()) -> list[Observation]:
    rng = np.random.default_rng([1, seed])
    number = {point: i for i, point in enumerate(landscape.points)}
    seen: list[Observation] = []
    for _ in range(BUDGET):
        asked = Request("bayesian", landscape.axes, tuple(seen), (), landscape.points, 1, seed, known)
        point = suggest(asked).points[0]
        score = landscape.measure(number[point], rng)
        seen.append(Observation(point, None if score is None else (score,)))
    return seen


def another_day(landscape: Landscape, seed: int) -> Landscape:
    rng = np.random.default_rng([3, seed])
    return dataclasses.replace(landscape, truth=landscape.truth * 1.3 * np.exp(0.05 * rng.standard_normal(len(landscape.truth))))


def mirrored(landscape: Landscape, _: int) -> Landscape:
    sizes = [axis.size for axis in landscape.axes]
    number = {point: i for i, point in enumerate(landscape.points)}
    across = [number[tuple(size - 1 - i for size, i in zip(sizes, point))] for point in landscape.points]
    return dataclasses.replace(landscape, truth=landscape.truth[across])


def regrets(landscape: Landscape, seen: list[Observation]) -> list[float]:
    """How far the best that was measured so far truly is from the best there is; 2 (three times as bad) while there is none."""
    number = {point: i for i, point in enumerate(landscape.points)}
    best, regret, found = np.inf, 2.0, []
    for item in seen:
        if item.scores is not None and item.scores[0] < best:
            best, regret = item.scores[0], float(landscape.truth[number[item.point]] / landscape.best - 1)
        found.append(regret)
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=0)
    options = parser.parse_args()
    days = {"none": None, "another day": another_day, "misleading": mirrored}
    found: dict[str, list[list[float]]] = {name: [] for name in days}
    crashed = dict.fromkeys(days, 0)
    for seed in range(options.first, options.first + options.seeds):
        landscape = synthetic(seed, 480, 0.3, 0.03)
        for name, day in days.items():
            known = () if day is None else (KnownTune(tuple(run(day(landscape, seed), seed + 10_000))),)
            seen = run(landscape, seed, known)
            found[name].append(regrets(landscape, seen))
            crashed[name] += sum(item.scores is None for item in seen)
    print(f"{'earlier tune':14}" + "".join(f"{'after ' + str(n):>10}" for n in SHOWN) + f"{'crashes':>10}{'hits':>8}")
    for name, rows in found.items():
        mean = np.mean(rows, axis=0)
        hits = np.mean([row[-1] <= 0.05 for row in rows])
        cells = "".join(f"{mean[n - 1] * 100:>8.1f} %" for n in SHOWN)
        print(f"{name:14}{cells}{crashed[name] / len(rows) / BUDGET * 100:>8.1f} %{hits * 100:>6.0f} %")


if __name__ == "__main__":
    main()
