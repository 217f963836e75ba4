"""What `optimization.stop_when` saves and costs: replays `bayesian` on random landscapes and ends it by its own expectations."""

from __future__ import annotations

import argparse
import json
import multiprocessing

import numpy as np
from autotuner_optimizer.protocol import Observation, Request
from autotuner_optimizer.strategies import suggest
from landscapes import synthetic
from rivals import leaders

THRESHOLDS = (0.02, 0.01, 0.005, 0.002, 0.001)
IN_A_ROW = (5, 8)


def replay(job: tuple[int, int, float, float, int]) -> list[tuple[float | None, float | None]]:
    """One entry per suggestion: what was expected of it, and the regret of the best by the model at that moment."""
    seed, combinations, crashes, noise, budget = job
    landscape = synthetic(seed, combinations, crashes, noise)
    rng = np.random.default_rng([1, seed])
    number = {point: i for i, point in enumerate(landscape.points)}
    observations: list[Observation] = []
    entries: list[tuple[float | None, float | None]] = []
    for _ in range(budget + 1):
        answer = suggest(Request("bayesian", landscape.axes, tuple(observations), (), landscape.points, 1, seed))
        leading = leaders("bayesian", landscape, observations, seed)
        regret = float(landscape.truth[leading[0]] / landscape.best - 1) if leading else None
        entries.append((answer.expected_improvement, regret))
        score = landscape.measure(number[answer.points[0]], rng)
        observations.append(Observation(answer.points[0], None if score is None else (score,)))
    return entries


def stop(entries: list[tuple[float | None, float | None]], threshold: float, in_a_row: int) -> int:
    """Experiments until the end: the suggestion that completes the row is not measured."""
    row = 0
    for i, (expected, _) in enumerate(entries[:-1]):
        row = row + 1 if expected is not None and expected < threshold else 0
        if row == in_a_row:
            return i
    return len(entries) - 1


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seeds", type=int, default=40)
    parser.add_argument("--combinations", type=int, default=480)
    parser.add_argument("--crashes", type=float, default=0.3)
    parser.add_argument("--noise", type=float, default=0.03)
    parser.add_argument("--budget", type=int, default=60)
    parser.add_argument("--processes", type=int, default=1)
    o = parser.parse_args()
    jobs = [(seed, o.combinations, o.crashes, o.noise, o.budget) for seed in range(o.first, o.first + o.seeds)]
    with multiprocessing.get_context("spawn").Pool(o.processes) as pool:
        runs = pool.map(replay, jobs, chunksize=1)
    print(json.dumps({"seeds": o.seeds, "combinations": o.combinations, "noise": o.noise, "budget": o.budget}))
    print(f"{'threshold':>10}{'in a row':>10}{'experiments':>13}{'(10-90 %)':>12}{'within 5 %':>12}{'regret p90':>12}")
    rules = [(0.0, 1), *((threshold, in_a_row) for threshold in THRESHOLDS for in_a_row in IN_A_ROW)]
    for threshold, in_a_row in rules:
        ends = [stop(entries, threshold, in_a_row) for entries in runs]
        regrets = [np.inf if (r := entries[end][1]) is None else r for entries, end in zip(runs, ends)]
        low, high = np.quantile(ends, [0.1, 0.9])
        print(
            f"{threshold:>10}{in_a_row:>10}{np.median(ends):>13.0f}{f'{low:.0f}-{high:.0f}':>12}"
            f"{np.mean([r <= 0.05 for r in regrets]):>12.1%}{np.quantile(regrets, 0.9, method='lower'):>12.1%}"
        )


if __name__ == "__main__":
    main()
