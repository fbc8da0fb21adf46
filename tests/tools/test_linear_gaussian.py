"""The exact model behind the extensions, against scipy, quadrature and numerical optimisation."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import value_and_grad
from autograd.test_util import check_grads
from scipy.integrate import dblquad
from scipy.optimize import minimize
from scipy.stats import kstest, multivariate_normal

from support.linear_gaussian import (
    best_diagonal,
    log_likelihood,
    log_marginal,
    log_prior,
    maximum_likelihood,
    posterior,
    sample,
)
from support.randomness import seed_all


def model(D=5, K=2, seed=1):
    """W, mu, variance."""
    random = np.random.default_rng(seed)
    return random.standard_normal((D, K)), random.standard_normal(D), 0.3


def observations(n=7, D=5, seed=2):
    return 2 * np.random.default_rng(seed).standard_normal((n, D))


def joint(x, model):
    """p(z|x) from p(x, z) as one Gaussian of D + K dimensions, by conditioning."""
    W, mu, variance = model
    C = W @ W.T + variance * np.eye(len(W))
    gain = np.linalg.solve(C, W).T
    return (x - mu) @ gain.T, np.eye(W.shape[1]) - gain @ W


def test_log_prior_is_a_standard_normal():
    z = np.random.default_rng(0).standard_normal((3, 4, 2))
    wanted = multivariate_normal(np.zeros(2)).logpdf(z)
    np.testing.assert_allclose(log_prior(z), wanted, rtol=1e-12)


def test_log_likelihood_is_a_normal_around_the_projection():
    W, mu, variance = model()
    x, z = observations(), np.random.default_rng(0).standard_normal((7, 2))
    wanted = [
        multivariate_normal(W @ b + mu, variance).logpdf(a) for a, b in zip(x, z, strict=True)
    ]
    np.testing.assert_allclose(log_likelihood(W, mu, variance, x, z), wanted, rtol=1e-12)


def test_leading_axes_broadcast():
    W, mu, variance = model()
    x, z = observations(), np.random.default_rng(0).standard_normal((3, 7, 2))
    together = log_likelihood(W, mu, variance, x, z)
    assert together.shape == (3, 7)
    for m in range(3):
        np.testing.assert_allclose(together[m], log_likelihood(W, mu, variance, x, z[m]))
    assert log_likelihood(W, mu, variance, x[0], z[0, 0]).shape == ()
    np.testing.assert_allclose(log_marginal(W, mu, variance, x)[0], log_marginal(*model(), x[0]))


@pytest.mark.parametrize(("D", "K"), [(5, 2), (3, 3), (2, 4), (1, 1), (40, 7)])
def test_log_marginal_is_that_of_scipy(D, K):
    W, mu, variance = model(D, K)
    x = observations(D=D)
    wanted = multivariate_normal(mu, W @ W.T + variance * np.eye(D)).logpdf(x)
    np.testing.assert_allclose(log_marginal(W, mu, variance, x), wanted, rtol=1e-10)


@pytest.mark.parametrize("variance", [1e-8, 1e6])
def test_log_marginal_at_extreme_variances(variance):
    W, mu, _ = model()
    x = mu + observations(D=2) @ W.T  # on the plane of W, near which all probability is
    wanted = multivariate_normal(mu, W @ W.T + variance * np.eye(5)).logpdf(x)
    np.testing.assert_allclose(log_marginal(W, mu, variance, x), wanted, rtol=1e-6)


def test_log_marginal_is_the_integral_over_z():
    W, mu, variance = model(D=3)
    x = W @ np.array([0.4, -0.3]) + mu + 0.2

    def density(b, a):
        z = np.array([a, b])
        return np.exp(log_likelihood(W, mu, variance, x, z) + log_prior(z))

    integral, _ = dblquad(density, -6, 6, -6, 6, epsabs=1e-9)
    np.testing.assert_allclose(log_marginal(W, mu, variance, x), np.log(integral), atol=1e-6)


@pytest.mark.parametrize(("D", "K"), [(5, 2), (3, 3), (2, 4), (1, 1)])
def test_the_posterior_is_the_joint_gaussian_conditioned_on_x(D, K):
    parameters, x = model(D, K), observations(D=D)
    mean, covariance = posterior(*parameters, x)
    wanted_mean, wanted_covariance = joint(x, parameters)
    np.testing.assert_allclose(mean, wanted_mean, atol=1e-12)
    np.testing.assert_allclose(covariance, wanted_covariance, atol=1e-12)


def test_bayes_rule_holds_at_any_z():
    parameters, x = model(), observations()
    z = np.random.default_rng(0).standard_normal((4, 7, 2))
    mean, covariance = posterior(*parameters, x)
    log_posterior = [multivariate_normal(m, covariance).logpdf(z[:, i]) for i, m in enumerate(mean)]
    total = log_likelihood(*parameters, x, z) + log_prior(z) - np.transpose(log_posterior)
    np.testing.assert_allclose(total, np.tile(log_marginal(*parameters, x), (4, 1)), rtol=1e-12)


def test_no_diagonal_gaussian_is_closer_to_the_posterior():
    parameters, x = model(K=3), observations(1)
    target, covariance = posterior(*parameters, x)
    precision = np.linalg.inv(covariance)

    def divergence(q):  # KL(N(mean, diag) || posterior), without its constant
        difference = q[:3] - target[0]
        spread = anp.sum(anp.diag(precision) * anp.exp(2 * q[3:]))
        return 0.5 * (spread + difference @ precision @ difference) - anp.sum(q[3:])

    found = minimize(value_and_grad(divergence), np.zeros(6), jac=True, options={"gtol": 1e-9}).x
    mean, log_std = best_diagonal(*parameters, x)
    np.testing.assert_allclose(mean[0], found[:3], atol=1e-6)
    np.testing.assert_allclose(log_std, found[3:], atol=1e-6)


def test_numerical_optimisation_finds_nothing_more_likely_than_the_closed_form():
    x = sample(*model(), 200)[0]
    best = maximum_likelihood(x, 2)
    assert [np.shape(part) for part in best] == [(5, 2), (5,), ()]

    def loss(flat):
        return -anp.mean(log_marginal(flat[:10].reshape(5, 2), flat[10:15], anp.exp(flat[15]), x))

    start = np.random.default_rng(0).standard_normal(16)
    found = minimize(value_and_grad(loss), start, jac=True, options={"gtol": 1e-8})
    np.testing.assert_allclose(np.mean(log_marginal(*best, x)), -found.fun, atol=1e-9)
    W = found.x[:10].reshape(5, 2)
    np.testing.assert_allclose(best[0] @ best[0].T, W @ W.T, atol=1e-4)  # W itself may rotate
    np.testing.assert_allclose(best[1], found.x[10:15], atol=1e-5)
    np.testing.assert_allclose(best[2], np.exp(found.x[15]), rtol=1e-5)


def test_the_variances_left_out_are_averaged():
    """Points at +-a_j on each axis have the covariance diag(a^2) / D."""
    a = np.array([1.0, 2.0, 3.0, 6.0])
    x = 5 + np.concatenate([np.diag(a), -np.diag(a)])
    W, mu, variance = maximum_likelihood(x, 1)
    np.testing.assert_allclose(mu, 5.0)
    np.testing.assert_allclose(variance, (1 + 4 + 9) / 4 / 3)
    np.testing.assert_allclose(np.abs(W), [[0], [0], [0], [np.sqrt(9 - 14 / 12)]], atol=1e-12)


def test_samples_follow_the_model_and_the_seed():
    parameters = model()
    seed_all(5)
    x, z = sample(*parameters, 4000)
    assert (x.shape, z.shape) == ((4000, 5), (4000, 2))
    W, mu, variance = parameters
    noise = (x - mu - z @ W.T) / np.sqrt(variance)
    for draws in (z, noise):
        assert kstest(draws.ravel(), "norm").pvalue > 1e-3  # of this one seed
    assert np.abs(np.corrcoef(np.hstack([z, noise]).T) - np.eye(7)).max() < 6 / np.sqrt(4000)
    seed_all(5)
    assert np.array_equal(sample(*parameters, 4000)[0], x)


def test_autograd_follows():
    x = observations(3)
    z = np.random.default_rng(0).standard_normal((2, 3, 2))

    def everything(W, mu, log_variance, x, z):
        parameters = W, mu, anp.exp(log_variance)
        mean, covariance = posterior(*parameters, x)
        return (
            anp.sum(log_marginal(*parameters, x))
            + anp.sum(anp.sin(mean)) * anp.sum(covariance**3)
            + anp.sum(best_diagonal(*parameters, x)[1] ** 2)
            + anp.sum(log_likelihood(*parameters, x, z)) * anp.sum(log_prior(z))
        )

    W, mu, variance = model()
    check_grads(everything, modes=["rev"], order=1)(W, mu, np.log(variance), x, z)
