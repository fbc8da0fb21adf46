"""The extension elbo_forms, against scipy, quadrature and numerical optimisation.

The mean of a quadratic function over a Gaussian is its mean over a few sigma points, exactly: so
expectations, and the whole of the M-step, become sums over points, as of an ordinary data set.
"""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.linalg import eigh
from scipy.optimize import minimize
from scipy.stats import multivariate_normal, norm, ortho_group

from grading.checks import agree, numbers, require, unchanged

SINGLE = 1e-5  # rounding of float32, where numbers of the size of 1 cancel


def spread(random, K, scale=1.0):
    """A random covariance matrix, not diagonal."""
    A = random.standard_normal((K, K)) / np.sqrt(K)
    return scale * (A @ A.T + 0.3 * np.eye(K))


def model(random, D, K):
    """W, mu, variance."""
    return random.standard_normal((D, K)), random.standard_normal(D), random.uniform(0.3, 0.8)


def sigma_points(mean, covariance):
    """2K points for each mean `(B, K)`, with that mean and this covariance: `(2K, B, K)`."""
    K = len(covariance)
    offsets = np.sqrt(K) * np.linalg.cholesky(covariance).T
    return np.concatenate([mean + offsets[:, None], mean - offsets[:, None]])


def symmetric(gradient):
    """What a gradient says about symmetric changes of a matrix; the rest has no meaning."""
    gradient = numbers(gradient)
    require(gradient.ndim == 2, "The gradient is not a matrix.")
    return (gradient + gradient.T) / 2


# gaussian_KL --------------------------------------------------------------------------------------


def divergence(mean, S, other_mean, P):
    """From axes in which both covariances are diagonal (generalised eigenvalues of S by P)."""
    ratios, axes = eigh(S, P)
    steps = (mean - other_mean) @ axes
    return 0.5 * (np.sum(ratios - 1 - np.log(ratios)) + np.sum(steps**2, axis=1))


def two_gaussians(random, B, K):
    """mean, covariance, other_mean, other_covariance."""
    mean, other_mean = random.standard_normal((2, B, K))
    return mean, spread(random, K), other_mean, spread(random, K, 2.0)


@pytest.mark.check(weight=2)
def test_gaussian_KL_in_one_dimension_is_the_integral(submission, random):
    """KL in one dimension: the integral of q log(q/p), computed numerically."""
    mean, other_mean = random.standard_normal((2, 4, 1))
    S, P = np.array([[0.4]]), np.array([[1.7]])

    def integrand(z, a, b):
        log_q = norm.logpdf(z, a, np.sqrt(S[0, 0]))
        return np.exp(log_q) * (log_q - norm.logpdf(z, b, np.sqrt(P[0, 0])))

    wanted = [
        quad(integrand, a - 8, a + 8, args=(a, b))[0]
        for a, b in zip(mean[:, 0], other_mean[:, 0], strict=True)
    ]
    got = submission.call("gaussian_KL", mean, S, other_mean, P)
    agree(got, wanted, "The KL divergence")


@pytest.mark.check(weight=2)
def test_gaussian_KL_of_correlated_dimensions(submission, random):
    """KL of full covariance matrices, for a batch and for a batch of one."""
    for shape in ((6, 3), (1, 4), (3, 1)):
        q_and_p = two_gaussians(random, *shape)
        agree(submission.call("gaussian_KL", *q_and_p), divergence(*q_and_p), "The KL divergence")


@pytest.mark.check(weight=1)
def test_gaussian_KL_is_zero_only_between_equals(submission, random):
    """KL(q || q) = 0, and no KL is negative."""
    mean, S, other_mean, P = two_gaussians(random, 50, 3)
    itself = submission.call("gaussian_KL", mean, S, mean.copy(), S.copy())
    agree(itself, np.zeros(50), "The KL of a Gaussian to itself", atol=SINGLE)
    values = numbers(submission.call("gaussian_KL", mean, S, other_mean, P), (50,))
    require(np.all(values > 0), "The KL is not above 0 for two different Gaussians.")


@pytest.mark.check(weight=1)
def test_gaussian_KL_with_determinants_beyond_floating_point(submission, random):
    """KL in 60 dimensions, with very small and very large covariances."""
    mean, other_mean = 1e-3 * random.standard_normal((2, 3, 60))
    small, large = spread(random, 60, 1e-7), spread(random, 60, 1e7)
    for q_and_p in ((mean, small, other_mean, large), (mean, small, other_mean, 2 * small)):
        agree(submission.call("gaussian_KL", *q_and_p), divergence(*q_and_p), "The KL divergence")


@pytest.mark.check(weight=1)
def test_gaussian_KL_has_the_right_gradients(submission, random):
    """The gradients of the KL with respect to the mean and the covariance of q."""
    q_and_p, cotangent = two_gaussians(random, 5, 3), random.standard_normal(5)
    mean, S, other_mean, P = q_and_p
    got = submission.vjp("gaussian_KL", *q_and_p, cotangent=cotangent)
    wanted = cotangent[:, None] * np.linalg.solve(P, (mean - other_mean).T).T
    agree(got, wanted, "The gradient with respect to the mean")
    got = submission.vjp("gaussian_KL", *q_and_p, cotangent=cotangent, argnum=1)
    wanted = np.sum(cotangent) * (np.linalg.inv(P) - np.linalg.inv(S)) / 2
    agree(symmetric(got), wanted, "The gradient with respect to the covariance")


@pytest.mark.check(weight=1)
def test_gaussian_KL_leaves_its_arguments_alone(submission, random):
    """gaussian_KL does not change what it is given."""
    q_and_p = two_gaussians(random, 4, 2)
    reply = submission.request("gaussian_KL", [a.copy() for a in q_and_p], {}, {})
    unchanged(list(q_and_p), reply)
    agree(reply["value"], divergence(*q_and_p), "The KL divergence")


# expected_log_likelihood --------------------------------------------------------------------------


def average_over_points(W, mu, variance, x, mean, S):
    """The mean of log p(x|z), by scipy, over the sigma points of each q."""
    points = sigma_points(mean, S) @ W.T + mu
    return np.mean(norm(points, np.sqrt(variance)).logpdf(x).sum(axis=-1), axis=0)


def model_and_q(random, B, D, K):
    """W, mu, variance, x, mean, covariance."""
    x, mean = random.standard_normal((B, D)), random.standard_normal((B, K))
    return *model(random, D, K), x, mean, spread(random, K)


@pytest.mark.check(weight=2)
def test_expected_log_likelihood_in_one_dimension_is_the_integral(submission, random):
    """E_q[log p(x|z)] for K = 1, D = 2: the integral of q log p, computed numerically."""
    W, mu, variance, x, mean, S = model_and_q(random, 3, 2, 1)
    std = np.sqrt(S[0, 0])

    def integrand(z, observation, centre):
        log_p = norm.logpdf(observation, mu + W[:, 0] * z, np.sqrt(variance)).sum()
        return norm.pdf(z, centre, std) * log_p

    wanted = [
        quad(integrand, centre - 10 * std, centre + 10 * std, args=(observation, centre))[0]
        for observation, centre in zip(x, mean[:, 0], strict=True)
    ]
    got = submission.call("expected_log_likelihood", W, mu, variance, x, mean, S)
    agree(got, wanted, "The expectation")


@pytest.mark.check(weight=2)
def test_expected_log_likelihood_in_many_dimensions(submission, random):
    """E_q[log p(x|z)] where the dimensions of q are correlated, also for one observation."""
    for shape in ((7, 6, 3), (1, 5, 2), (4, 2, 4)):
        everything = model_and_q(random, *shape)
        got = submission.call("expected_log_likelihood", *everything)
        agree(got, average_over_points(*everything), "The expectation")


@pytest.mark.check(weight=1)
def test_expected_log_likelihood_for_small_and_large_noise(submission, random):
    """E_q[log p(x|z)] with a variance of 1e-4 and of 1e4."""
    W, mu, _, x, mean, S = model_and_q(random, 4, 3, 2)
    for variance in (1e-4, 1e4):
        got = submission.call("expected_log_likelihood", W, mu, variance, x, mean, S)
        wanted = average_over_points(W, mu, variance, x, mean, S)
        agree(got, wanted, "The expectation")


@pytest.mark.check(weight=1)
def test_expected_log_likelihood_has_the_right_gradients(submission, random):
    """The gradients of E_q[log p(x|z)] with respect to model and q."""
    everything, cotangent = model_and_q(random, 5, 4, 3), random.standard_normal(5)
    W, mu, variance, x, mean, S = everything
    residual, weights = x - mu - mean @ W.T, cotangent[:, None]
    squares = np.sum(residual**2, axis=1) + np.trace(W @ S @ W.T)
    wanted = {
        0: ((weights * residual).T @ mean - np.sum(cotangent) * W @ S) / variance,
        2: np.sum(cotangent * (squares / variance - len(mu)) / variance) / 2,
        4: weights * residual @ W / variance,
        5: -np.sum(cotangent) * W.T @ W / variance / 2,
    }
    for argnum, value in wanted.items():
        got = submission.vjp(
            "expected_log_likelihood", *everything, cotangent=cotangent, argnum=argnum
        )
        agree(symmetric(got) if argnum == 5 else got, value, "A gradient")


@pytest.mark.check(weight=1)
def test_expected_log_likelihood_leaves_its_arguments_alone(submission, random):
    """expected_log_likelihood does not change what it is given."""
    everything = model_and_q(random, 4, 3, 2)
    copies = [np.copy(a) if np.ndim(a) else a for a in everything]
    reply = submission.request("expected_log_likelihood", copies, {}, {})
    unchanged(list(everything), reply)
    agree(reply["value"], average_over_points(*everything), "The expectation")


# gap_of_best_diagonal -----------------------------------------------------------------------------


@pytest.mark.check(weight=1)
def test_gap_of_best_diagonal_in_two_dimensions_is_a_correlation(submission, random):
    """For K = 2 the gap depends only on how correlated the posterior is."""
    W, _, variance = model(random, 4, 2)
    joint = np.block([[np.eye(2), W.T], [W, W @ W.T + variance * np.eye(4)]])
    posterior = joint[:2, :2] - W.T @ np.linalg.solve(joint[2:, 2:], W)
    correlation = posterior[0, 1] / np.sqrt(posterior[0, 0] * posterior[1, 1])
    got = submission.call("gap_of_best_diagonal", W, variance)
    agree(got, -0.5 * np.log1p(-(correlation**2)), "The gap")


@pytest.mark.check(weight=2)
def test_gap_of_best_diagonal_is_what_an_optimiser_cannot_close(submission, random):
    """The smallest KL to the posterior that scipy finds among all diagonal covariances."""
    for D, K in ((5, 3), (3, 4)):
        W, _, variance = model(random, D, K)
        C = W @ W.T + variance * np.eye(D)
        S = np.eye(K) - W.T @ np.linalg.solve(C, W)  # the posterior's covariance
        precision = np.linalg.inv(S)

        def loss(log_std, S=S, precision=precision):
            q = np.exp(2 * log_std)
            value = np.diag(precision) @ q - len(S) - np.log(q).sum() + np.linalg.slogdet(S)[1]
            return value / 2, np.diag(precision) * q - 1

        found = minimize(loss, np.zeros(K), jac=True, options={"gtol": 1e-8})
        agree(submission.call("gap_of_best_diagonal", W, variance), found.fun, "The gap")


@pytest.mark.check(weight=1)
def test_gap_of_best_diagonal_is_zero_for_orthogonal_columns(submission, random):
    """No gap for K = 1, and none for W with orthogonal columns; any other W has one."""
    W, _, variance = model(random, 6, 3)
    _, _, rotation = np.linalg.svd(W)
    for columns in (W[:, :1], W @ rotation.T):
        got = submission.call("gap_of_best_diagonal", columns, variance)
        agree(got, 0.0, "The gap", atol=SINGLE)
    turned = numbers(submission.call("gap_of_best_diagonal", W, variance), ())
    require(turned > 1e-4, "The gap is not above 0 where the columns of W are not orthogonal.")


@pytest.mark.check(weight=1)
def test_gap_of_best_diagonal_with_determinants_beyond_floating_point(submission, random):
    """The gap in 60 dimensions, with little noise."""
    W, variance = random.standard_normal((80, 60)), 1e-6
    sizes = np.linalg.svd(W, compute_uv=False) ** 2 / variance
    lengths = np.sum(W**2, axis=0) / variance
    wanted = 0.5 * (np.sum(np.log1p(lengths)) - np.sum(np.log1p(sizes)))
    agree(submission.call("gap_of_best_diagonal", W, variance), wanted, "The gap", rtol=1e-3)


@pytest.mark.check(weight=1)
def test_gap_of_best_diagonal_has_the_right_gradient(submission, random):
    """The gradient of the gap with respect to W."""
    W, _, variance = model(random, 5, 3)
    L = np.eye(3) + W.T @ W / variance
    wanted = 0.7 * W @ (np.diag(1 / np.diag(L)) - np.linalg.inv(L)) / variance
    got = submission.vjp("gap_of_best_diagonal", W, variance, cotangent=np.array(0.7))
    agree(got, wanted, "The gradient")


@pytest.mark.check(weight=1)
def test_gap_of_best_diagonal_leaves_its_argument_alone(submission, random):
    """gap_of_best_diagonal does not change W, and the gap is the same the second time."""
    W, _, variance = model(random, 4, 3)
    reply = submission.request("gap_of_best_diagonal", [W.copy(), variance], {}, {})
    unchanged([W, variance], reply)
    sizes, lengths = np.linalg.svd(W, compute_uv=False) ** 2, np.sum(W**2, axis=0)
    wanted = np.sum(np.log(1 + lengths / variance)) - np.sum(np.log(1 + sizes / variance))
    agree(reply["value"], wanted / 2, "The gap")


# em_step ------------------------------------------------------------------------------------------


def step(submission, *args):
    """One step of the submission: W, variance."""
    value = submission.call("em_step", *args)
    require(
        isinstance(value, (list, tuple)) and len(value) == 2,
        "Return a matrix and a number, in this order: W, variance.",
    )
    W, variance = numbers(value[0], np.shape(args[0])), numbers(value[1], ())
    require(np.all(np.isfinite(W)) and np.isfinite(variance), "W or variance is not finite.")
    return W, variance


def regression(W, mu, variance, x):
    """The same step, as least squares of x on the sigma points of its posterior."""
    C = W @ W.T + variance * np.eye(len(W))
    gain = np.linalg.solve(C, W).T
    z = sigma_points((x - mu) @ gain.T, np.eye(W.shape[1]) - gain @ W).reshape(-1, W.shape[1])
    targets = np.tile(x - mu, (2 * W.shape[1], 1))
    slopes, *_ = np.linalg.lstsq(z, targets, rcond=None)
    return slopes.T, np.mean((targets - z @ slopes) ** 2)


def fit_by_eigenvectors(x, K):
    """The highest likelihood: eigenvectors of the covariance of x, noise from what they leave."""
    centred = x - x.mean(axis=0)
    _, sizes, axes = np.linalg.svd(centred / np.sqrt(len(x)), full_matrices=False)
    variance = np.sum(sizes[K:] ** 2) / (x.shape[1] - K)
    return axes[:K].T * np.sqrt(sizes[:K] ** 2 - variance), variance


def observations(random, n=40, D=5, K=2):
    """Data of such a model, with another mean."""
    W, mu, variance = model(random, D, K)
    z = np.arange(2, 2 + K) * random.standard_normal((n, K))
    return 1 + mu + z @ W.T + np.sqrt(variance) * random.standard_normal((n, D))


def log_evidence(W, mu, variance, x):
    """The mean of log p(x), by scipy."""
    covariance = W @ W.T + variance * np.eye(len(W))
    return np.mean(multivariate_normal(mu, covariance).logpdf(x))


@pytest.mark.check(weight=3)
def test_em_step_is_least_squares_on_points_of_the_posterior(submission, random):
    """W and variance after one step, compared with a regression of x on z."""
    for D, K in ((5, 2), (4, 3), (2, 3)):
        args = (*model(random, D, K), observations(random, 30, D, K))
        W, variance = step(submission, *args)
        wanted = regression(*args)
        agree(W, wanted[0], "W")
        agree(variance, wanted[1], "The variance")


@pytest.mark.check(weight=2)
def test_em_step_stays_at_the_highest_likelihood(submission, random):
    """The eigenvector solution, in any rotation, is a fixed point."""
    x = observations(random)
    W, variance = fit_by_eigenvectors(x, 2)
    W = W @ ortho_group.rvs(2, random_state=random)
    got = step(submission, W, x.mean(axis=0), variance, x)
    agree(got[0], W, "W", atol=SINGLE)
    agree(got[1], variance, "The variance")


@pytest.mark.check(weight=2)
def test_em_step_never_lowers_the_likelihood_and_reaches_the_highest(submission, random):
    """log p(x) along 60 steps, and where they end."""
    direction = ortho_group.rvs(4, random_state=random)[:1]
    # With less noise EM would crawl: its posterior hardly spreads, so W hardly moves.
    x = 2 * random.standard_normal((100, 1)) * direction + random.standard_normal((100, 4))
    mu, (W, variance) = x.mean(axis=0), fit_by_eigenvectors(x, 1)
    highest = log_evidence(W, mu, variance, x)
    W, variance = random.standard_normal((4, 1)), 1.5
    before = log_evidence(W, mu, variance, x)
    for _ in range(60):
        W, variance = step(submission, W, mu, float(variance), x)
        require(0 < variance < 1e3, "The variance is not above 0, or it explodes.")
        after = log_evidence(W, mu, variance, x)
        require(after > before - SINGLE, "A step lowers the mean of log p(x).")
        before = after
    agree(before, highest, "The mean of log p(x) after 60 steps")


@pytest.mark.check(weight=1)
def test_em_step_depends_on_differences_from_mu(submission, random):
    """Data and mu far from zero: the step is the same as near zero."""
    x = observations(random)
    W, mu, variance = model(random, 5, 2)
    wanted = regression(W, mu, variance, x)
    got = step(submission, W, mu + 100, variance, x + 100)
    agree(got[0], wanted[0], "W", rtol=1e-3, atol=1e-4)
    agree(got[1], wanted[1], "The variance", rtol=1e-3)


@pytest.mark.check(weight=1)
def test_em_step_for_one_observation_and_for_one_dimension(submission, random):
    """A batch of one; K = 1; D = 1."""
    for n, D, K in ((1, 4, 2), (6, 3, 1), (6, 1, 1)):
        args = (*model(random, D, K), random.standard_normal((n, D)))
        W, variance = step(submission, *args)
        wanted = regression(*args)
        agree(W, wanted[0], "W")
        agree(variance, wanted[1], "The variance")


@pytest.mark.check(weight=1)
def test_em_step_leaves_its_arguments_alone(submission, random):
    """em_step does not change what it is given."""
    W, mu, variance = model(random, 5, 2)
    x = observations(random)
    reply = submission.request("em_step", [W.copy(), mu.copy(), variance, x.copy()], {}, {})
    unchanged([W, mu, variance, x], reply)
    require(isinstance(reply["value"], (list, tuple)), "Return two things: W, variance.")
    agree(reply["value"][0], regression(W, mu, variance, x)[0], "W")
