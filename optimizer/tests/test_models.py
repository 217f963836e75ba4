from __future__ import annotations

import numpy as np
import pytest
from autotuner_optimizer.acquisition import log_expected_improvement
from autotuner_optimizer.encoding import Encoder, Floats, coordinates
from autotuner_optimizer.gaussian_process import GaussianProcess, _loss
from autotuner_optimizer.protocol import Axis
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
