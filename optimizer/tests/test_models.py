from __future__ import annotations

import numpy as np
import pytest
from autotuner_optimizer.acquisition import log_expected_improvement
from autotuner_optimizer.chains import elliptical_slices
from autotuner_optimizer.encoding import Encoder, Floats, coordinates
from autotuner_optimizer.feasibility import CrashModel
from autotuner_optimizer.gaussian_process import GaussianProcess, _log_likelihood, _loss
from autotuner_optimizer.protocol import Axis
from autotuner_optimizer.regions import Regions
from autotuner_optimizer.scores import shape
from scipy.optimize import approx_fprime
from scipy.stats import norm
from worlds import ALL, AXES, score


def test_lists_of_numbers_are_spaced_as_they_are_meant() -> None:
    def at(*values: float) -> list[float]:
        return coordinates(Axis(len(values), "numbers", values)).round(3).tolist()

    assert at(1, 8, 64) == [0, 0.5, 1]
    assert at(0.7, 0.8, 0.9) == [0, 0.5, 1]
    assert at(3, 1, 2) == [1, 0, 0.5]
    assert at(0, 1, 3, 15) == [0, 0.25, 0.5, 1]
    assert at(-100, 0, 100) == [0, 0.5, 1]
    assert at(5) == [0]


def test_a_parameter_without_variation_is_no_dimension() -> None:
    encoder = Encoder(AXES)
    assert encoder.dimensions == 3
    x = encoder.encode([(0, 0, 0, 0), (5, 4, 2, 0)])
    assert encoder.distances(x, x)[:, 0, 1].tolist() == [1, 1, 1]


def test_the_gradient_is_that_of_the_loss() -> None:
    encoder, rng = Encoder(AXES), np.random.default_rng(0)
    x = encoder.encode(ALL[::4])
    y, theta = rng.standard_normal(len(x)), rng.normal(0, 0.5, 5)
    mean, deviation, distances = np.zeros(5), np.ones(5), encoder.distances(x, x)

    def loss(at: Floats) -> float:
        return _loss(at, distances, y, mean, deviation)[0]

    assert _loss(theta, distances, y, mean, deviation)[1] == pytest.approx(approx_fprime(theta, loss, 1e-6), abs=1e-4)


def test_the_process_learns_a_function_and_knows_what_it_does_not_know() -> None:
    encoder, rng = Encoder(AXES), np.random.default_rng(1)
    chosen = rng.permutation(len(ALL))[:45]
    x, truth = encoder.encode(ALL), np.array([score(point) for point in ALL])
    model = GaussianProcess(encoder, x[chosen], truth[chosen] + rng.normal(0, 0.1, len(chosen)))
    mean, deviation = model.predict(x)
    rest = np.setdiff1d(np.arange(len(ALL)), chosen)
    assert np.abs(mean - truth)[rest].mean() < 0.2 * truth.std()
    assert (np.abs(mean - truth) < 4 * np.hypot(deviation, model.noise))[rest].mean() > 0.95
    believing = model.believing(x[rest[:5]])
    assert believing.predict(x[rest[:5]])[0] == pytest.approx(mean[rest[:5]], rel=0.05, abs=0.2)
    assert (believing.predict(x[rest[:5]])[1] < deviation[rest[:5]]).all()


def test_expected_improvement_is_exact_near_and_finite_far() -> None:
    z = np.array([-30.0, -5.0, -1.5, -0.5, 0.0, 2.0, 10.0])
    logs = log_expected_improvement(-z, np.ones_like(z), 0.0)
    near = z >= -5
    assert logs[near] == pytest.approx(np.log(norm.pdf(z[near]) + z[near] * norm.cdf(z[near])), rel=1e-6)
    assert np.isfinite(logs).all() and (np.diff(logs) > 0).all()
    far = log_expected_improvement(np.array([1e4, 1e6]), np.ones(2), 0.0)
    assert np.isfinite(far).all() and far[0] > far[1]


def test_shaping_keeps_the_order() -> None:
    for scores in (np.array([3.0, 1.0, 2.0, 900.0]), np.array([-3.0, -1.0, -2.0]), np.array([-1.0, 0.0, 5.0])):
        assert (np.argsort(shape(scores), kind="stable") == np.argsort(scores, kind="stable")).all()


def test_chains_end_where_the_posterior_is() -> None:
    # A normal prior around 0 and a measurement of 2 as sure as it: both meet half way.
    def log_likelihood(at: Floats) -> Floats:
        logs: Floats = -((at[:, 0] - 2) ** 2) / 2
        return logs

    rng = np.random.default_rng(2)
    found = elliptical_slices(rng.standard_normal((2000, 2)), log_likelihood, 30, rng)
    assert found.mean(axis=0) == pytest.approx([1, 0], abs=0.08)
    assert found.var(axis=0) == pytest.approx([0.5, 1], abs=0.1)


def test_the_likelihood_of_many_hyperparameters_is_that_of_each() -> None:
    encoder, rng = Encoder(AXES), np.random.default_rng(0)
    x = encoder.encode(ALL[::4])
    y, thetas, distances = rng.standard_normal(len(x)), rng.normal(0, 0.5, (4, 5)), encoder.distances(x, x)
    # Without the pull of the prior, the loss is the negative likelihood.
    each = [-_loss(theta, distances, y, theta, np.ones(5))[0] for theta in thetas]
    assert _log_likelihood(thetas, distances, y) == pytest.approx(each)


def test_alternatives_explain_what_was_seen_and_differ_elsewhere() -> None:
    encoder, rng = Encoder(AXES), np.random.default_rng(1)
    x = encoder.encode(ALL)
    seen = rng.permutation(len(ALL))[:10]
    y = np.array([score(ALL[i]) for i in seen])
    means = np.array([model.predict(x)[0] for model in GaussianProcess(encoder, x[seen], y).alternatives(8, rng)])
    rest = np.setdiff1d(np.arange(len(ALL)), seen)
    assert means[:, seen].std(axis=0).mean() < 0.5 * means[:, rest].std(axis=0).mean()


def test_a_few_crashes_tell_a_plane_and_leave_open_what_is_beyond() -> None:
    axes = tuple(Axis(6, "range") for _ in range(4))
    encoder, rng = Encoder(axes), np.random.default_rng(4)
    points = [tuple(int(i) for i in row) for row in rng.integers(0, 6, (300, 4))]
    x = encoder.encode(points)
    works = np.array([point[0] + point[1] <= 6 for point in points])
    chances = Regions(encoder, x[:25], works[:25].astype(float), np.random.default_rng(0)).probability(x[25:])
    assert ((chances > 0.5) == works[25:]).mean() > 0.85
    assert chances[works[25:]].mean() > 0.8 > 0.3 > chances[~works[25:]].mean()
    # Two crashes and a success leave nearly everything open.
    few = Regions(encoder, x[:3], np.array([0.0, 0.0, 1.0]), np.random.default_rng(0)).probability(x)
    assert 0.2 < np.median(few) < 0.9


def test_a_choice_that_does_not_go_together_with_a_setting_is_a_corner() -> None:
    axes = (Axis(6, "range"), Axis(4, "categories"), Axis(3, "range"), Axis(3, "range"))
    encoder, rng = Encoder(axes), np.random.default_rng(3)
    points = [tuple(int(rng.integers(axis.size)) for axis in axes) for _ in range(300)]
    x = encoder.encode(points)
    works = np.array([not (point[0] >= 3 and point[1] == 2) for point in points])
    chances = np.exp(CrashModel(encoder, x[:40], works[:40].astype(float)).log_probability(x[40:]))
    assert ((chances > 0.5) == works[40:]).mean() > 0.93


def test_conditions_and_moments_are_those_of_the_whole_space() -> None:
    encoder = Encoder(AXES)
    x = encoder.encode(ALL)
    mean, covariance = encoder.moments()
    assert mean == pytest.approx(encoder.columns(x).mean(axis=0))
    assert covariance == pytest.approx(np.cov(encoder.columns(x), rowvar=False, bias=True))
    conditions = encoder.conditions(8)
    assert encoder.meets(conditions, x).mean(axis=1) == pytest.approx([condition.share for condition in conditions])
    assert len(conditions) == 2 * 5 + 2 * 4 + 3
