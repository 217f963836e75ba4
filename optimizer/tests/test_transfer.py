from __future__ import annotations

from collections.abc import Callable

import pytest
from autotuner_optimizer.bayesian import initial_experiments
from autotuner_optimizer.protocol import STRATEGIES, BadRequest, KnownTune, Observation, Point, Strategy, parse_request
from autotuner_optimizer.recalled import AT_MOST, recalled
from autotuner_optimizer.strategies import suggest
from worlds import ALL, request, score

BEST = (4, 2, 1, 0)
Measure = Callable[[Point], Observation]


def works(point: Point) -> Observation:
    return Observation(point, (score(point),))


def crashes_where_fast(point: Point) -> Observation:
    return Observation(point, None if point[0] >= 4 else (score(point),))


def slower(point: Point) -> Observation:
    return Observation(point, (1.5 * score(point),))


def upside_down(point: Point) -> Observation:
    return Observation(point, (30 - score(point),))


def earlier(measure: Measure, aligned: bool = False, every: int = 4) -> KnownTune:
    return KnownTune(tuple(map(measure, ALL[::every])), aligned)


def search(known: tuple[KnownTune, ...], measure: Measure, budget: int, seed: int = 0) -> list[Observation]:
    seen: list[Observation] = []
    while len(seen) < budget:
        seen.append(measure(suggest(request(observations=tuple(seen), known=known, seed=seed)).points[0]))
    return seen


def until_best(known: tuple[KnownTune, ...], seed: int) -> int:
    points = [item.point for item in search(known, works, 40, seed)]
    return points.index(BEST) + 1 if BEST in points else 41


def test_what_another_day_has_shown_saves_experiments() -> None:
    without = [until_best((), seed) for seed in range(5)]
    for known in ((earlier(slower),), (earlier(slower, True), earlier(slower))):
        assert sum(until_best(known, seed) for seed in range(5)) < sum(without) / 2


def test_what_misleads_is_unlearned() -> None:
    known = (earlier(upside_down),)
    assert all(until_best(known, seed) <= 40 for seed in range(5))


def test_the_first_experiment_is_the_best_that_is_foretold_and_fewer_cover_the_space() -> None:
    assert suggest(request(known=(earlier(slower, every=1),))).points == (BEST,)
    assert initial_experiments(6, is_known=True) == 3 < initial_experiments(6)


def test_earlier_crashes_are_avoided_until_they_turn_out_to_be_wrong() -> None:
    known = (earlier(crashes_where_fast),)
    assert all(point[0] < 4 for point in suggest(request(known=known, count=5)).points)
    crashed = [item.scores is None for item in search(known, crashes_where_fast, 20)]
    assert sum(crashed) <= 3
    # One crash among many that work is no region, and yet no combination to begin with.
    lonely = (KnownTune(tuple(Observation(p, None if p == BEST else (1.0,)) for p in ALL[::2] + (BEST,))),)
    assert BEST not in suggest(request(known=lonely, count=30)).points
    # Everything works now.
    assert BEST in [item.point for item in search(known, works, 40)]


def test_nothing_known_counts_as_measured() -> None:
    known = (earlier(slower, every=1),)
    seen = tuple(map(works, ALL[::15]))
    answer = suggest(request(observations=seen, known=known, count=3))
    assert set(answer.leaders) <= {item.point for item in seen}
    assert not {item.point for item in seen} & set(answer.points)
    # All of it was measured before, and may be measured again.
    assert len(answer.points) == 3


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("measure", [slower, crashes_where_fast, lambda point: Observation(point, None)])
def test_every_strategy_takes_what_is_known(strategy: Strategy, measure: Measure) -> None:
    for own in ((), tuple(map(works, ALL[::30])), tuple(map(works, ALL[::9]))):
        asked = request(strategy, own, known=(earlier(measure), earlier(slower, True)), count=2)
        assert suggest(asked) == suggest(asked)
        assert len(set(suggest(asked).points)) == 2


def test_several_objectives_and_other_signs_are_taken_too() -> None:
    def two(point: Point) -> Observation:
        return Observation(point, (score(point), -1.0 - point[0]))

    def through_zero(point: Point) -> Observation:
        return Observation(point, (score(point) - 8,))

    own = tuple(map(two, ALL[::15]))
    assert len(suggest(request(observations=own, known=(earlier(two),))).points) == 1
    # Scores of two kinds have no scale in common: they are left aside.
    own = tuple(map(through_zero, ALL[::15]))
    unaided = suggest(request(observations=own)).points
    assert suggest(request(observations=own, known=(earlier(slower),))).points == unaided


def test_samplers_get_few_of_them_on_the_scale_of_today() -> None:
    own = tuple(map(works, ALL))
    items = recalled(request("tpe", own, known=(earlier(slower, every=1),)))
    assert len(items) == AT_MOST
    for item in items:
        assert item.scores == pytest.approx((score(item.point),))
    aligned = recalled(request("tpe", own, known=(earlier(slower, aligned=True),)))
    assert all(item.scores == (1.5 * score(item.point),) for item in aligned)


def test_what_is_known_is_read_and_refused_like_observations() -> None:
    raw = {
        "strategy": "bayesian",
        "axes": [{"kind": "range", "size": 3}],
        "observations": [],
        "pending": [],
        "candidates": [[0], [1]],
        "count": 1,
        "seed": 0,
    }
    assert parse_request(raw).known == ()
    seen = [{"point": [2], "scores": [1.5], "violation": 0}]
    known = parse_request({**raw, "known": [{"aligned": True, "observations": seen}]}).known
    assert known == (KnownTune((Observation((2,), (1.5,)),), True),)
    for bad in ([{"observations": seen}], [{"aligned": True}], 7, [{"aligned": True, "observations": [{"point": [3]}]}]):
        with pytest.raises(BadRequest):
            parse_request({**raw, "known": bad})
