from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from autotuner_optimizer.bayesian import caution
from autotuner_optimizer.gaussian_process import GaussianProcess
from autotuner_optimizer.protocol import STRATEGIES, Observation, Point, Strategy
from autotuner_optimizer.strategies import suggest
from worlds import ALL, request, score

Measure = Callable[[Point], Observation]


def works(point: Point) -> Observation:
    return Observation(point, (score(point),))


def crashes_where_fast(point: Point) -> Observation:
    return Observation(point, None if point[0] >= 4 else (score(point),))


def always_crashes(point: Point) -> Observation:
    return Observation(point, None)


def always_the_same(point: Point) -> Observation:
    return Observation(point, (7.0,))


def misses_more_and_more(point: Point) -> Observation:
    return Observation(point, (score(point),), violation=0.1 + 0.3 * point[0])


def holds_in_places(point: Point) -> Observation:
    return Observation(point, (score(point),), violation=max(0.0, 0.2 * (point[0] - 2)))


def has_two_objectives(point: Point) -> Observation:
    return Observation(point, (score(point), -1.0 - point[0]))


def goes_through_zero(point: Point) -> Observation:
    return Observation(point, (score(point) - 3,))


WORLDS = (
    works,
    crashes_where_fast,
    always_crashes,
    always_the_same,
    misses_more_and_more,
    holds_in_places,
    has_two_objectives,
    goes_through_zero,
)


def search(strategy: Strategy, measure: Measure, budget: int, count: int = 1, seed: int = 0) -> list[Observation]:
    observations: list[Observation] = []
    while len(observations) < budget:
        points = suggest(request(strategy, tuple(observations), count=count, seed=seed)).points
        if not points:
            break
        observations.extend(measure(point) for point in points)
    return observations


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("measure", WORLDS)
def test_a_search_takes_new_candidates_to_the_last_one(strategy: Strategy, measure: Measure) -> None:
    points = [observation.point for observation in search(strategy, measure, 1000, count=15)]
    assert sorted(points) == sorted(ALL)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_what_is_pending_is_not_suggested_and_changes_what_is(strategy: Strategy) -> None:
    observations = tuple(map(works, ALL[::11]))
    first = suggest(request(strategy, observations)).points
    second = suggest(request(strategy, observations, pending=first)).points
    assert len(first) == len(second) == 1
    assert first != second
    seen = {observation.point for observation in observations}
    assert not seen & {*first, *second}


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_only_candidates_are_suggested(strategy: Strategy) -> None:
    few = ALL[3:9]
    assert set(suggest(request(strategy, tuple(map(works, ALL[20:30])), candidates=few, count=6)).points) == set(few)


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("size", [0, 1, 5, 25])
def test_the_same_request_has_the_same_answer(strategy: Strategy, size: int) -> None:
    asked = request(strategy, tuple(map(holds_in_places, ALL[:: 90 // max(1, size)][:size])), count=3, seed=5)
    assert suggest(asked) == suggest(asked)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_space_without_a_list_is_searched_too(strategy: Strategy) -> None:
    observations = tuple(map(works, ALL[::5]))
    points = suggest(request(strategy, observations, candidates=None, count=4)).points
    assert len(set(points)) == 4
    assert not set(points) & {observation.point for observation in observations}


def test_the_best_is_found_in_a_fraction_of_the_space() -> None:
    for seed in range(5):
        found = search("bayesian", works, 25, seed=seed)
        assert min(item.scores[0] for item in found if item.scores) == 1.0


def test_crash_regions_are_learned() -> None:
    # A third of the space crashes, and all of what would be best.
    for seed in range(3):
        crashed = [item.scores is None for item in search("bayesian", crashes_where_fast, 30, seed=seed)]
        assert sum(crashed) <= 8


def test_crashes_are_shunned_the_more_the_more_there_were() -> None:
    assert [caution(20, crashes) for crashes in range(9)] == sorted(caution(20, crashes) for crashes in range(9))
    assert caution(30, 3) < caution(10, 3) < caution(10, 4)
    assert 0 < caution(500, 0) < caution(500, 500) < math.inf


def test_limits_are_learned_by_how_far_they_are_missed() -> None:
    first_that_holds = [
        next(i for i, item in enumerate(search("bayesian", holds_in_places, 40, seed=seed)) if item.violation == 0)
        for seed in range(5)
    ]
    assert max(first_that_holds) < 10
    found = search("bayesian", holds_in_places, 30)
    assert min(item.scores[0] for item in found if item.scores and item.violation == 0) == 5.0


def test_several_objectives_are_traded_off() -> None:
    for strategy in STRATEGIES:
        found = search(strategy, has_two_objectives, 45)
        pairs = [item.scores for item in found if item.scores]
        assert min(pair[1] for pair in pairs) == -6.0
        assert min(pair[0] for pair in pairs) <= 2.0


def test_the_leaders_are_told_by_the_model_and_hold_every_limit() -> None:
    lucky, rng = (3, 2, 1, 0), np.random.default_rng(3)

    def noisy(point: Point) -> Observation:
        noise = -1.5 if point == lucky else float(rng.normal(0, 0.2))
        return Observation(point, (score(point) + noise,), violation=float(point[2] == 2))

    observations = tuple(noisy(point) for point in ALL if point[0] != 5)
    lowest = min(observations, key=lambda item: item.scores[0] if item.scores else math.inf)
    answer = suggest(request(observations=observations, candidates=(), count=0))
    assert lowest.point == lucky != answer.leaders[0] == (4, 2, 1, 0)
    assert answer.points == () and len(answer.leaders) == 10
    assert all(point[2] != 2 for point in answer.leaders)
    assert all(suggest(request(strategy, observations, candidates=(), count=0)).leaders == () for strategy in ("tpe", "nsga2"))


def test_there_are_no_leaders_where_nothing_holds_and_by_one_objective_of_several() -> None:
    def asked(measure: Measure) -> tuple[Point, ...]:
        return suggest(request(observations=tuple(map(measure, ALL[::2])), candidates=(), count=0)).leaders

    assert asked(always_crashes) == asked(misses_more_and_more) == ()
    assert asked(has_two_objectives) == asked(works)


def test_the_expected_improvement_falls_as_less_is_left_to_find() -> None:
    early = suggest(request(observations=tuple(map(works, ALL[::9])))).expected_improvement
    late = suggest(request(observations=tuple(map(works, ALL[:80])))).expected_improvement
    assert early is not None and late is not None
    assert math.isfinite(early) and 0 <= late < early


def test_what_the_noise_hides_is_no_improvement(monkeypatch: pytest.MonkeyPatch) -> None:
    """The noisier the measurements, the further from the best does the search look, where the model knows less."""

    def from_the_best(noise: float) -> float:
        monkeypatch.setattr(GaussianProcess, "noise", property(lambda _: noise))
        found = [suggest(request(observations=tuple(search("bayesian", works, 14, seed=seed)), seed=seed)) for seed in range(4)]
        return float(np.mean([math.dist(answer.points[0][:2], (4, 2)) for answer in found]))

    assert from_the_best(0.0) + 0.5 < from_the_best(3.0)
