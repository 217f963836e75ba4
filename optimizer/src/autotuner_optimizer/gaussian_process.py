"""A Gaussian process for few, noisy observations: Matern 5/2, one length scale per parameter, noise estimated.

The hyperparameters are the most probable ones under priors (MAP) rather than the most likely ones: with a dozen observations the
likelihood alone is happy to declare any parameter, or all of them, to be noise. Formulas: Rasmussen and Williams 2006, "Gaussian
Processes for Machine Learning", algorithm 2.1 and equations 4.17 and 5.9.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import cho_factor, cho_solve, solve_triangular
from scipy.linalg.lapack import dpotri
from scipy.optimize import minimize

from .chains import elliptical_slices
from .encoding import Encoder, Floats

#: Hyperparameters are fitted to at most so many observations, which bounds the time; predictions use all of them.
FIT_AT_MOST = 150
#: Steps of the optimizer from each start.
STEPS = 25
#: Steps from the most probable hyperparameters to others that are about as probable.
WALK = 8
ROOT5 = np.sqrt(5.0)


@dataclass(frozen=True)
class Priors:
    """Means and standard deviations of the logarithms of length scales (a parameter's range is 1), signal and noise variance."""

    length_mean: float = float(np.log(1.3))
    length_deviation: float = 0.5
    signal_deviation: float = 1.5
    noise_mean: float = float(np.log(0.015))
    noise_deviation: float = 0.7

    def moments(self, dimensions: int) -> tuple[Floats, Floats]:
        """Mean and standard deviation of all hyperparameters: the length scales, the signal, the noise."""
        mean = np.r_[np.full(dimensions, self.length_mean), 0.0, self.noise_mean]
        deviation = np.r_[np.full(dimensions, self.length_deviation), self.signal_deviation, self.noise_deviation]
        return mean, deviation


class GaussianProcess:
    """Fitted to `y`, which is standardized, unless `center` says what is expected where nothing was observed: then it is not scaled."""

    def __init__(
        self, encoder: Encoder, x: Floats, y: Floats, priors: Priors = Priors(), center: float | None = None
    ) -> None:
        self._encoder, self._priors = encoder, priors
        self._shift = float(y.mean()) if center is None else center
        spread = float(y.std()) if center is None else 1.0
        self._spread = spread if spread > 1e-9 * max(1.0, abs(self._shift)) else 1.0
        standard = (y - self._shift) / self._spread
        self._theta = self._fit(x, standard)
        self._condition(x, standard)

    def predict(self, x: Floats) -> tuple[Floats, Floats]:
        """Mean and standard deviation of the noise-free function at `x`."""
        cross = self._kernel(self._encoder.distances(self._x, x))
        mean = cross.T @ self._alpha
        solved = solve_triangular(self._factor, cross, lower=True, check_finite=False)
        variance = np.maximum(np.exp(self._theta[-2]) - np.einsum("ij,ij->j", solved, solved), 1e-12)
        return mean * self._spread + self._shift, np.sqrt(variance) * self._spread

    @property
    def noise(self) -> float:
        """The standard deviation of the noise, in units of `y`."""
        return float(np.exp(self._theta[-1] / 2) * self._spread)

    def believing(self, x: Floats) -> GaussianProcess:
        """As if what it expects had been observed at `x` ("kriging believer"): the same hyperparameters, less doubt around there."""
        believer = object.__new__(GaussianProcess)
        believer.__dict__.update(self.__dict__)
        expected = (self.predict(x)[0] - self._shift) / self._spread
        believer._condition(np.vstack([self._x, x]), np.concatenate([self._y, expected]))
        return believer

    def alternatives(self, count: int, rng: np.random.Generator) -> list[GaussianProcess]:
        """The same observations under other hyperparameters, each drawn from what the observations leave open."""
        distances = self._encoder.distances(self._x, self._x)
        mean, deviation = self._priors.moments(len(distances))

        def log_likelihood(standard: Floats) -> Floats:
            return _log_likelihood(mean + deviation * standard, distances, self._y)

        start = np.tile((self._theta - mean) / deviation, (count, 1))
        found = []
        for theta in mean + deviation * elliptical_slices(start, log_likelihood, WALK, rng):
            other = object.__new__(GaussianProcess)
            other.__dict__.update(self.__dict__)
            other._theta = theta
            other._condition(self._x, self._y)
            found.append(other)
        return found

    def _condition(self, x: Floats, y: Floats) -> None:
        self._x, self._y = x, y
        covariance = self._kernel(self._encoder.distances(x, x))
        covariance[np.diag_indices_from(covariance)] += np.exp(self._theta[-1]) + 1e-8
        self._factor: Floats = np.tril(cho_factor(covariance, lower=True, check_finite=False)[0])
        self._alpha: Floats = cho_solve((self._factor, True), y, check_finite=False)

    def _kernel(self, distances: Floats) -> Floats:
        scaled = distances / np.exp(2 * self._theta[:-2])[:, None, None]
        covariance: Floats = np.exp(self._theta[-2]) * _matern(np.sqrt(scaled.sum(axis=0)))
        return covariance

    def _fit(self, x: Floats, y: Floats) -> Floats:
        if len(y) > FIT_AT_MOST:
            # The best, which matter most, and an even share of the rest.
            order = np.argsort(y, kind="stable")
            best, rest = order[: FIT_AT_MOST // 2], order[FIT_AT_MOST // 2 :]
            even = rest[np.linspace(0, len(rest) - 1, FIT_AT_MOST - len(best)).astype(int)]
            x, y = x[np.r_[best, even]], y[np.r_[best, even]]
        distances = self._encoder.distances(x, x)
        mean, deviation = self._priors.moments(self._encoder.dimensions)
        bounds = [(m - 4 * s, m + 4 * s) for m, s in zip(mean, deviation)]
        found: Any = minimize(
            _loss,
            mean,
            args=(distances, y, mean, deviation),
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={"maxiter": STEPS},
        )
        return np.asarray(found.x, dtype=np.float64)


def _matern(r: Floats) -> Floats:
    scaled = ROOT5 * r
    value: Floats = (1 + scaled + scaled**2 / 3) * np.exp(-scaled)
    return value


def _slope(r: Floats) -> Floats:
    """The derivative of Matern 5/2 by the logarithm of a length scale is this times that parameter's share of r squared."""
    value: Floats = 5 / 3 * (1 + ROOT5 * r) * np.exp(-ROOT5 * r)
    return value


def _loss(theta: Floats, distances: Floats, y: Floats, mean: Floats, deviation: Floats) -> tuple[float, Floats]:
    """The negative logarithm of the posterior of the hyperparameters, and its gradient."""
    d, n = len(distances), len(y)
    scaled = distances / np.exp(2 * theta[:d])[:, None, None]
    r = np.sqrt(scaled.sum(axis=0))
    signal, noise = np.exp(theta[d]), np.exp(theta[d + 1])
    covariance = signal * _matern(r)
    noisy = covariance.copy()
    noisy[np.diag_indices(n)] += noise + 1e-8
    factor = cho_factor(noisy, lower=True, check_finite=False)[0]
    inverse = dpotri(factor, lower=1)[0]
    inverse = np.tril(inverse) + np.tril(inverse, -1).T
    alpha = inverse @ y
    pull = (theta - mean) / deviation
    loss = 0.5 * y @ alpha + np.log(np.diag(factor)).sum() + 0.5 * pull @ pull
    weight = inverse - np.outer(alpha, alpha)
    gradient = np.empty_like(theta)
    gradient[:d] = 0.5 * np.einsum("ij,kij->k", weight * signal * _slope(r), scaled)
    gradient[d] = 0.5 * np.sum(weight * covariance)
    gradient[d + 1] = 0.5 * noise * np.trace(weight)
    return float(loss), gradient + pull / deviation


def _log_likelihood(thetas: Floats, distances: Floats, y: Floats) -> Floats:
    """The logarithm of the likelihood of each row of hyperparameters."""
    d, n = len(distances), len(y)
    scaled = np.tensordot(np.exp(-2 * thetas[:, :d]), distances, axes=1)
    covariance = np.exp(thetas[:, d])[:, None, None] * _matern(np.sqrt(scaled))
    covariance[:, np.arange(n), np.arange(n)] += np.exp(thetas[:, d + 1])[:, None] + 1e-8
    factors = np.linalg.cholesky(covariance)
    solved = np.linalg.solve(factors, np.broadcast_to(y[:, None], (len(thetas), n, 1)))[..., 0]
    logs: Floats = -0.5 * (solved**2).sum(axis=1) - np.log(np.diagonal(factors, axis1=1, axis2=2)).sum(axis=1)
    return logs
