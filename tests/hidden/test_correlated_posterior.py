"""The extension correlated_posterior, against loops over entries, scipy and quadrature.

The mean of a quadratic function over a Gaussian is its mean over a few points, exactly: scipy's
densities at these points give the divergences of Gaussians with any covariance.
"""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.linalg import cho_solve, eigh
from scipy.stats import multivariate_normal, norm

from grading.checks import agree, numbers, require, unchanged

SINGLE = 1e-5  # rounding of float32, where numbers of the size of 1 cancel


def spread(random, K, scale=1.0):
    """A random covariance matrix, not diagonal."""
    A = random.standard_normal((K, K)) / np.sqrt(K)
    return scale * (A @ A.T + 0.3 * np.eye(K))


def gaussians(random, B, K):
    """mean and L of B Gaussians in K dimensions."""
    L = np.linalg.cholesky([spread(random, K) for _ in range(B)])
    return random.standard_normal((B, K)), L


def lower(gradient, shape):
    """A gradient with respect to L, where L may change: on the diagonal and below it."""
    return np.tril(numbers(gradient, shape))


# cholesky_factor ----------------------------------------------------------------------------------


def entry_by_entry(entries, K):
    """L, and for each entry of the input its place in L."""
    places = [(j, j) for j in range(K)] + [(j, k) for j in range(K) for k in range(j)]
    L = np.zeros((len(entries), K, K))
    for i, row in enumerate(entries):
        for number, (j, k) in zip(row, places, strict=True):
            L[i, j, k] = np.exp(number) if j == k else number
    return L, places


@pytest.mark.check(weight=2)
def test_cholesky_factor_has_every_entry_in_its_place(submission, random):
    """L for two to five dimensions, and for a batch of one image."""
    for B, K in ((4, 2), (5, 3), (1, 4), (3, 5)):
        entries = random.standard_normal((B, K * (K + 1) // 2))
        agree(submission.call("cholesky_factor", entries), entry_by_entry(entries, K)[0], "L")


@pytest.mark.check(weight=1)
def test_cholesky_factor_in_one_dimension_is_the_standard_deviation(submission, random):
    """For K = 1 the one output is the log of the standard deviation."""
    log_std = random.uniform(-3, 3, (6, 1))
    got = submission.call("cholesky_factor", log_std)
    agree(got, np.exp(log_std)[:, :, None], "L")


@pytest.mark.check(weight=1)
def test_cholesky_factor_is_that_of_a_covariance(submission, random):
    """numpy's Cholesky factor of a covariance is found again from its entries."""
    _, L = gaussians(random, 5, 4)
    below = [L[:, j, k] for j, k in ((1, 0), (2, 0), (2, 1), (3, 0), (3, 1), (3, 2))]
    diagonal = [np.log(L[:, j, j]) for j in range(4)]
    got = submission.call("cholesky_factor", np.stack(diagonal + below, axis=1))
    agree(got, L, "L")


@pytest.mark.check(weight=1)
def test_cholesky_factor_of_very_small_and_large_entries(submission, random):
    """Standard deviations of e^-20 and e^8, and entries of -30 and 30 below."""
    entries = np.array([[-20.0, 8.0, 0.0, 30.0, -30.0, 0.0], [8.0, 0.0, -20.0, 0.0, 30.0, 30.0]])
    got = submission.call("cholesky_factor", entries)
    agree(got, entry_by_entry(entries, 3)[0], "L", atol=1e-12)


@pytest.mark.check(weight=2)
def test_cholesky_factor_has_the_right_gradient(submission, random):
    """The gradient with respect to all outputs of the encoder."""
    for B, K in ((5, 3), (1, 2), (3, 1)):
        entries = random.standard_normal((B, K * (K + 1) // 2))
        L, places = entry_by_entry(entries, K)
        cotangent = random.standard_normal((B, K, K))
        slopes = [L[:, j, k] if j == k else np.ones(B) for j, k in places]
        wanted = [cotangent[:, j, k] * s for (j, k), s in zip(places, slopes, strict=True)]
        got = submission.vjp("cholesky_factor", entries, cotangent=cotangent)
        agree(got, np.stack(wanted, axis=1), "The gradient")


@pytest.mark.check(weight=1)
def test_cholesky_factor_leaves_its_argument_alone(submission, random):
    """cholesky_factor does not change the encoder's outputs."""
    entries = random.standard_normal((4, 6))
    reply = submission.request("cholesky_factor", [entries.copy()], {}, {})
    unchanged([entries], reply)
    agree(reply["value"], entry_by_entry(entries, 3)[0], "L")


# sample_correlated --------------------------------------------------------------------------------


def matrix_times_noise(mean, L, epsilon):
    """z, image by image."""
    return np.array([m + matrix @ noise for m, matrix, noise in zip(mean, L, epsilon, strict=True)])


@pytest.mark.check(weight=2)
def test_sample_correlated_transforms_the_noise_of_each_image(submission, random):
    """z for batches, for one image and for one dimension."""
    for B, K in ((5, 3), (4, 4), (1, 2), (6, 1)):
        mean, L = gaussians(random, B, K)
        epsilon = random.standard_normal((B, K))
        got = submission.call("sample_correlated", mean, L, epsilon)
        agree(got, matrix_times_noise(mean, L, epsilon), "z")


@pytest.mark.check(weight=2)
def test_sample_correlated_has_the_mean_and_covariance_of_q(submission, random):
    """Noise of mean 0 and covariance I, in 2K points, becomes z of the mean and covariance of q."""
    mean, L = gaussians(random, 1, 3)
    epsilon = np.sqrt(3) * np.concatenate([np.eye(3), -np.eye(3)])
    many = np.repeat(mean, 6, axis=0), np.repeat(L, 6, axis=0)
    z = numbers(submission.call("sample_correlated", *many, epsilon), (6, 3))
    agree(z.mean(axis=0), mean[0], "The mean of z")
    agree(np.cov(z.T, bias=True), L[0] @ L[0].T, "The covariance of z")


@pytest.mark.check(weight=1)
def test_sample_correlated_of_independent_dimensions_is_that_of_a_vae(submission, random):
    """For a diagonal L, every dimension is its mean plus its std times its noise."""
    mean, std, epsilon = random.standard_normal((3, 5, 4))
    L = np.exp(std)[:, :, None] * np.eye(4)
    wanted = norm(mean, np.exp(std)).ppf(norm.cdf(epsilon))
    agree(submission.call("sample_correlated", mean, L, epsilon), wanted, "z")


@pytest.mark.check(weight=2)
def test_sample_correlated_has_the_right_gradients(submission, random):
    """The gradients with respect to the mean, L (where it is not zero) and the noise."""
    mean, L = gaussians(random, 4, 3)
    epsilon, cotangent = random.standard_normal((2, 4, 3))
    args = mean, L, epsilon
    got = [
        submission.vjp("sample_correlated", *args, cotangent=cotangent, argnum=argnum)
        for argnum in range(3)
    ]
    agree(got[0], cotangent, "The gradient with respect to the mean")
    outer = np.array([np.outer(c, e) for c, e in zip(cotangent, epsilon, strict=True)])
    agree(lower(got[1], L.shape), np.tril(outer), "The gradient with respect to L")
    wanted = [matrix.T @ c for matrix, c in zip(L, cotangent, strict=True)]
    agree(got[2], wanted, "The gradient with respect to epsilon")


@pytest.mark.check(weight=1)
def test_sample_correlated_leaves_its_arguments_alone(submission, random):
    """sample_correlated does not change what it is given."""
    mean, L = gaussians(random, 4, 3)
    args = [mean, L, random.standard_normal((4, 3))]
    reply = submission.request("sample_correlated", [a.copy() for a in args], {}, {})
    unchanged(args, reply)
    agree(reply["value"], matrix_times_noise(*args), "z")


# both divergences ---------------------------------------------------------------------------------


def divergence(mean, L, S):
    """-H(q) - E_q[log p], by scipy, the expectation over 2K points with the moments of q."""
    values = []
    for m, matrix in zip(mean, L, strict=True):
        K = len(m)
        points = m + np.sqrt(K) * np.concatenate([matrix.T, -matrix.T])
        log_p = np.mean(multivariate_normal(np.zeros(K), S).logpdf(points))
        values.append(-multivariate_normal(m, matrix @ matrix.T).entropy() - log_p)
    return np.array(values)


def integral(mean, std, prior_std):
    """KL in one dimension: the integral of q log(q/p)."""

    def integrand(z):
        log_q = norm.logpdf(z, mean, std)
        return np.exp(log_q) * (log_q - norm.logpdf(z, 0, prior_std))

    return quad(integrand, mean - 9 * std, mean + 9 * std)[0]


def by_eigenvalues(mean, L, S):
    """From axes in which both covariances are diagonal (generalised eigenvalues)."""
    values = []
    for m, matrix in zip(mean, L, strict=True):
        ratios, axes = eigh(matrix @ matrix.T, S)
        values.append(np.sum(ratios - 1 - np.log(ratios) + (m @ axes) ** 2) / 2)
    return np.array(values)


# KL_to_standard_normal ----------------------------------------------------------------------------


@pytest.mark.check(weight=1)
def test_KL_to_standard_normal_in_one_dimension_is_the_integral(submission, random):
    """KL for K = 1: the integral of q log(q/p), computed numerically."""
    mean, std = random.standard_normal(4), random.uniform(0.3, 2.0, 4)
    got = submission.call("KL_to_standard_normal", mean[:, None], std[:, None, None])
    agree(got, [integral(m, s, 1.0) for m, s in zip(mean, std, strict=True)], "The KL divergence")


@pytest.mark.check(weight=2)
def test_KL_to_standard_normal_of_correlated_dimensions(submission, random):
    """KL of full covariances, each image with its own, and of a batch of one."""
    for shape in ((6, 3), (1, 4), (3, 2), (3, 1)):
        q = gaussians(random, *shape)
        wanted = divergence(*q, np.eye(shape[1]))
        agree(submission.call("KL_to_standard_normal", *q), wanted, "The KL divergence")


@pytest.mark.check(weight=1)
def test_KL_to_standard_normal_of_independent_dimensions_is_a_sum(submission, random):
    """For a diagonal L: the sum over dimensions of the KL in one dimension. 0 for q = p."""
    mean, std = random.standard_normal((2, 3)), random.uniform(0.3, 2.0, (2, 3))
    wanted = np.vectorize(integral)(mean, std, 1.0).sum(axis=1)
    got = submission.call("KL_to_standard_normal", mean, std[:, :, None] * np.eye(3))
    agree(got, wanted, "The KL divergence")
    got = submission.call("KL_to_standard_normal", np.zeros((2, 3)), np.ones((2, 1, 1)) * np.eye(3))
    agree(got, np.zeros(2), "The KL of the prior to itself", atol=SINGLE)


@pytest.mark.check(weight=1)
def test_KL_to_standard_normal_with_determinants_beyond_floating_point(submission, random):
    """KL in 60 dimensions, with very small and very large covariances."""
    mean = random.standard_normal((2, 60))
    L = np.linalg.cholesky([spread(random, 60, 1e-12), spread(random, 60, 1e12)])
    wanted = by_eigenvalues(mean, L, np.eye(60))
    agree(submission.call("KL_to_standard_normal", mean, L), wanted, "The KL divergence")


@pytest.mark.check(weight=2)
def test_KL_to_standard_normal_has_the_right_gradients(submission, random):
    """The gradients with respect to the mean and to L (where it is not zero)."""
    (mean, L), cotangent = gaussians(random, 5, 3), random.standard_normal(5)
    got = submission.vjp("KL_to_standard_normal", mean, L, cotangent=cotangent)
    agree(got, cotangent[:, None] * mean, "The gradient with respect to the mean")
    got = submission.vjp("KL_to_standard_normal", mean, L, cotangent=cotangent, argnum=1)
    wanted = [
        c * (matrix - np.diag(1 / np.diag(matrix))) for c, matrix in zip(cotangent, L, strict=True)
    ]
    agree(lower(got, L.shape), wanted, "The gradient with respect to L")


@pytest.mark.check(weight=1)
def test_KL_to_standard_normal_leaves_its_arguments_alone(submission, random):
    """KL_to_standard_normal does not change what it is given."""
    mean, L = gaussians(random, 4, 2)
    reply = submission.request("KL_to_standard_normal", [mean.copy(), L.copy()], {}, {})
    unchanged([mean, L], reply)
    agree(reply["value"], divergence(mean, L, np.eye(2)), "The KL divergence")


# KL_to_correlated_prior ---------------------------------------------------------------------------


@pytest.mark.check(weight=1)
def test_KL_to_correlated_prior_in_one_dimension_is_the_integral(submission, random):
    """KL for K = 1 and a prior of variance 2.5: the integral of q log(q/p)."""
    mean, std = random.standard_normal(4), random.uniform(0.3, 2.0, 4)
    S = np.array([[2.5]])
    got = submission.call("KL_to_correlated_prior", mean[:, None], std[:, None, None], S)
    wanted = [integral(m, s, np.sqrt(2.5)) for m, s in zip(mean, std, strict=True)]
    agree(got, wanted, "The KL divergence")


@pytest.mark.check(weight=2)
def test_KL_to_correlated_prior_of_full_covariances(submission, random):
    """KL between correlated Gaussians, each image with its own q, and of a batch of one."""
    for B, K in ((6, 3), (1, 4), (3, 2), (3, 1)):
        q, S = gaussians(random, B, K), spread(random, K, 2.0)
        got = submission.call("KL_to_correlated_prior", *q, S)
        agree(got, divergence(*q, S), "The KL divergence")


@pytest.mark.check(weight=1)
def test_KL_to_correlated_prior_is_zero_only_for_the_prior(submission, random):
    """KL(N(0, S) || N(0, S)) = 0, and every other q has a KL above 0."""
    S = spread(random, 3)
    prior = np.zeros((2, 3)), np.linalg.cholesky([S, S])
    itself = submission.call("KL_to_correlated_prior", *prior, S)
    agree(itself, np.zeros(2), "The KL of the prior to itself", atol=SINGLE)
    values = submission.call("KL_to_correlated_prior", *gaussians(random, 30, 3), S)
    require(np.all(numbers(values, (30,)) > 0), "The KL is not above 0 for another q.")


@pytest.mark.check(weight=1)
def test_KL_to_correlated_prior_with_determinants_beyond_floating_point(submission, random):
    """KL in 60 dimensions, with very small and very large covariances of q and of the prior."""
    small, large = spread(random, 60, 1e-9), spread(random, 60, 1e9)
    mean, L = 1e-5 * random.standard_normal((2, 60)), np.linalg.cholesky([small, 4 * small])
    for S in (small, large):
        got = submission.call("KL_to_correlated_prior", mean, L, S)
        agree(got, by_eigenvalues(mean, L, S), "The KL divergence")


@pytest.mark.check(weight=2)
def test_KL_to_correlated_prior_has_the_right_gradients(submission, random):
    """The gradients with respect to the mean and to L (where it is not zero)."""
    (mean, L), S = gaussians(random, 5, 3), spread(random, 3, 2.0)
    cotangent = random.standard_normal(5)
    C = np.linalg.cholesky(S), True
    got = submission.vjp("KL_to_correlated_prior", mean, L, S, cotangent=cotangent)
    wanted = cotangent[:, None] * cho_solve(C, mean.T).T
    agree(got, wanted, "The gradient with respect to the mean")
    got = submission.vjp("KL_to_correlated_prior", mean, L, S, cotangent=cotangent, argnum=1)
    wanted = [
        c * np.tril(cho_solve(C, matrix) - np.diag(1 / np.diag(matrix)))
        for c, matrix in zip(cotangent, L, strict=True)
    ]
    agree(lower(got, L.shape), wanted, "The gradient with respect to L")


@pytest.mark.check(weight=1)
def test_KL_to_correlated_prior_leaves_its_arguments_alone(submission, random):
    """KL_to_correlated_prior does not change what it is given."""
    args = [*gaussians(random, 4, 2), spread(random, 2)]
    reply = submission.request("KL_to_correlated_prior", [a.copy() for a in args], {}, {})
    unchanged(args, reply)
    agree(reply["value"], divergence(*args), "The KL divergence")
