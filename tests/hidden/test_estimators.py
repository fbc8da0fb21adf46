"""The extension estimators, against scipy, quadrature and the exact log p(x) of probabilistic PCA.

The model's columns are orthogonal, so that its posterior has independent dimensions. The mean of a
quadratic function over q is its mean over a few sigma points, exactly: no check needs luck.
"""

from itertools import combinations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import multivariate_normal, norm

from grading.checks import agree, numbers, unchanged


class Exact:
    """Probabilistic PCA with all that scipy says about it, for B observations."""

    def __init__(self, random, B=4, D=5, K=3):
        axes, _ = np.linalg.qr(random.standard_normal((D, K)))
        self.W, self.variance = axes * random.uniform(0.5, 2, K), random.uniform(0.3, 0.8)
        self.x = random.standard_normal((B, D))
        covariance = self.W @ self.W.T + self.variance * np.eye(D)
        self.log_evidence = multivariate_normal(np.zeros(D), covariance).logpdf(self.x).reshape(B)
        gain = np.linalg.solve(covariance, self.W)  # of z from x
        self.mean, self.std = self.x @ gain, np.sqrt(1 - np.sum(self.W * gain, axis=0))
        self.log_std = np.log(self.std) + np.zeros((B, K))

    def log_likelihood(self, z):
        return norm(z @ self.W.T, np.sqrt(self.variance)).logpdf(self.x).sum(axis=-1)

    def log_joint(self, z):
        return self.log_likelihood(z) + norm.logpdf(z).sum(axis=-1)

    def bound(self, mean, log_std):
        """What is left of log p(x) after the KL divergence of N(mean, std^2) from p(z|x)."""
        return self.log_evidence - divergence(mean, np.exp(log_std), self.mean, self.std)


def divergence(mean, std, other_mean, other_std):
    """The KL divergence of two Gaussians with independent dimensions, from standardised ones."""
    ratio, shift = std / other_std, (mean - other_mean) / other_std
    return 0.5 * np.sum((ratio + 1) * (ratio - 1) + shift * shift - 2 * np.log(ratio), axis=-1)


def wide_q(random, B, K):
    """mean and log_std of some q, `(B, K)`."""
    return random.standard_normal((B, K)), random.uniform(-1.5, 0.7, (B, K))


def draw(random, M, mean, log_std):
    """M samples of q, `(M, B, K)`."""
    return random.normal(mean, np.exp(log_std), (M, *mean.shape))


def sigma_points(mean, log_std):
    """2K points with the mean and the variances of q: `(2K, B, K)`."""
    K = mean.shape[1]
    directions = np.sqrt(K) * np.concatenate([np.eye(K), -np.eye(K)])
    return mean + directions[:, None] * np.exp(log_std)


# estimate_A ---------------------------------------------------------------------------------------


@pytest.mark.check(weight=3)
def test_estimate_A_averages_log_ratios(submission, random):
    """estimate_A, with the density of q from scipy; also for one image, one sample, one dim."""
    for M, B, K in ((5, 4, 3), (1, 3, 2), (6, 1, 4), (3, 5, 1), (1, 1, 1)):
        mean, log_std = wide_q(random, B, K)
        z, log_joint = draw(random, M, mean, log_std), 20 * random.standard_normal((M, B)) - 90
        log_q = norm(mean, np.exp(log_std)).logpdf(z).sum(axis=2)
        got = submission.call("estimate_A", log_joint, z, mean, log_std)
        agree(got, (log_joint - log_q).mean(axis=0), "The estimate")


@pytest.mark.check(weight=2)
def test_estimate_A_at_the_exact_posterior_is_the_evidence_for_any_z(submission, random):
    """Where q is p(z|x), one z is enough for log p(x), wherever it is: there is no noise."""
    exact = Exact(random)
    for _ in range(3):
        z = 2 * random.standard_normal((1, *exact.mean.shape))
        got = submission.call("estimate_A", exact.log_joint(z), z, exact.mean, exact.log_std)
        agree(got, exact.log_evidence, "The estimate")


@pytest.mark.check(weight=2)
def test_estimate_A_has_the_bound_for_its_mean(submission, random):
    """The mean of estimate_A over q is log p(x) minus the KL divergence from q to p(z|x)."""
    exact = Exact(random)
    q = wide_q(random, *exact.mean.shape)
    z = sigma_points(*q)
    got = submission.call("estimate_A", exact.log_joint(z), z, *q)
    agree(got, exact.bound(*q), "The mean of the estimate")


@pytest.mark.check(weight=1)
def test_estimate_A_of_densities_beyond_floating_point(submission, random):
    """estimate_A in 600 dimensions, where q is very narrow or very wide."""
    for size in (-9.0, 9.0):
        mean, log_std = np.zeros((2, 600)), size + random.uniform(-0.5, 0.5, (2, 600))
        z = draw(random, 3, mean, log_std)
        wanted = -norm(mean, np.exp(log_std)).logpdf(z).sum(axis=2).mean(axis=0)
        agree(submission.call("estimate_A", np.zeros((3, 2)), z, mean, log_std), wanted, "It")


@pytest.mark.check(weight=2)
def test_estimate_A_has_the_right_gradients(submission, random):
    """The gradients of estimate_A with respect to each of its four arguments."""
    (mean, log_std), cotangent, M = wide_q(random, 3, 2), random.standard_normal(3), 4
    z, std = draw(random, M, mean, log_std), np.exp(log_std)
    args, share = (random.standard_normal((M, 3)), z, mean, log_std), cotangent[:, None] / M
    wanted = (
        np.tile(cotangent / M, (M, 1)),
        share * (z - mean) / std**2,
        share * np.sum(mean - z, axis=0) / std**2,
        share * np.sum(1 - (z - mean) ** 2 / std**2, axis=0),
    )
    for argnum, gradient in enumerate(wanted):
        got = submission.vjp("estimate_A", *args, cotangent=cotangent, argnum=argnum)
        agree(got, gradient, f"The gradient of argument {argnum + 1}", atol=1e-5)


@pytest.mark.check(weight=1)
def test_estimate_A_leaves_its_arguments_alone(submission, random):
    """estimate_A does not change what it is given."""
    exact = Exact(random)
    z = random.standard_normal((2, *exact.mean.shape))
    args = [exact.log_joint(z), z, exact.mean, exact.log_std]
    reply = submission.request("estimate_A", [a.copy() for a in args], {}, {})
    unchanged(args, reply)
    agree(reply["value"], exact.log_evidence, "The estimate")


# estimate_B ---------------------------------------------------------------------------------------


@pytest.mark.check(weight=2)
def test_estimate_B_of_a_flat_likelihood_is_the_integral(submission, random):
    """Where z explains nothing, estimate_B in one dimension is the integral of -q log(q/p)."""
    mean, log_std = wide_q(random, 4, 1)

    def integrand(z, centre, std):
        log_q = norm.logpdf(z, centre, std)
        return np.exp(log_q) * (norm.logpdf(z) - log_q)

    wanted = [
        quad(integrand, m - 9 * s, m + 9 * s, args=(m, s))[0]
        for m, s in zip(mean[:, 0], np.exp(log_std[:, 0]), strict=True)
    ]
    got = submission.call("estimate_B", np.zeros((3, 4)), mean, log_std)
    agree(got, wanted, "The estimate")


@pytest.mark.check(weight=3)
def test_estimate_B_averages_log_likelihoods(submission, random):
    """estimate_B for many dimensions; also for one image, one sample, one dimension."""
    for M, B, K in ((5, 4, 3), (1, 3, 2), (6, 1, 4), (3, 5, 1), (1, 1, 1)):
        mean, log_std = wide_q(random, B, K)
        log_likelihood = 20 * random.standard_normal((M, B)) - 90
        wanted = log_likelihood.mean(axis=0) - divergence(mean, np.exp(log_std), 0.0, 1.0)
        got = submission.call("estimate_B", log_likelihood, mean, log_std)
        agree(got, wanted, "The estimate")


@pytest.mark.check(weight=2)
def test_estimate_B_has_the_bound_for_its_mean(submission, random):
    """The mean of estimate_B over q is log p(x) minus the KL divergence from q to p(z|x)."""
    exact = Exact(random)
    q = wide_q(random, *exact.mean.shape)
    got = submission.call("estimate_B", exact.log_likelihood(sigma_points(*q)), *q)
    agree(got, exact.bound(*q), "The mean of the estimate")


@pytest.mark.check(weight=1)
def test_estimate_B_at_the_exact_posterior_still_varies(submission, random):
    """Where q is p(z|x), estimate_B misses log p(x) by log(p(z|x)/p(z)) minus its mean."""
    exact = Exact(random)
    z = draw(random, 1, exact.mean, exact.log_std)
    ratio = norm(exact.mean, exact.std).logpdf(z[0]) - norm.logpdf(z[0])
    miss = ratio.sum(axis=1) - divergence(exact.mean, exact.std, 0.0, 1.0)
    got = submission.call("estimate_B", exact.log_likelihood(z), exact.mean, exact.log_std)
    agree(got, exact.log_evidence + miss, "The estimate")


@pytest.mark.check(weight=1)
def test_estimate_B_of_very_narrow_and_very_wide_q(submission, random):
    """estimate_B for stds of exp(-20) and exp(6): the closed form needs no density."""
    mean, likelihood = random.standard_normal((3, 2)), random.standard_normal((2, 3))
    for size in (-20.0, 6.0):
        log_std = size + random.uniform(-0.5, 0.5, (3, 2))
        wanted = likelihood.mean(axis=0) - divergence(mean, np.exp(log_std), 0.0, 1.0)
        agree(submission.call("estimate_B", likelihood, mean, log_std), wanted, "The estimate")


@pytest.mark.check(weight=2)
def test_estimate_B_has_the_right_gradients(submission, random):
    """The gradients of estimate_B with respect to each of its three arguments."""
    (mean, log_std), cotangent = wide_q(random, 3, 2), random.standard_normal(3)
    args, row = (random.standard_normal((4, 3)), mean, log_std), cotangent[:, None]
    wanted = (np.tile(cotangent / 4, (4, 1)), -row * mean, -row * np.expm1(2 * log_std))
    for argnum, gradient in enumerate(wanted):
        got = submission.vjp("estimate_B", *args, cotangent=cotangent, argnum=argnum)
        agree(got, gradient, f"The gradient of argument {argnum + 1}", atol=1e-5)


@pytest.mark.check(weight=1)
def test_estimate_B_leaves_its_arguments_alone(submission, random):
    """estimate_B does not change what it is given."""
    args = [random.standard_normal((2, 3)), *wide_q(random, 3, 4)]
    reply = submission.request("estimate_B", [a.copy() for a in args], {}, {})
    unchanged(args, reply)
    wanted = args[0].mean(axis=0) - divergence(args[1], np.exp(args[2]), 0.0, 1.0)
    agree(reply["value"], wanted, "The estimate")


# minibatch_objective ------------------------------------------------------------------------------


@pytest.mark.check(weight=3)
@pytest.mark.parametrize("size", [1, 2, 5])
def test_minibatch_objective_is_right_on_average_over_all_batches(submission, random, size):
    """The mean over all batches of one size is the bound of the whole data set."""
    bounds = random.normal(-100, 30, 6)
    values = [
        numbers(submission.call("minibatch_objective", bounds[list(batch)], 6), ())
        for batch in combinations(range(6), size)
    ]
    agree(np.mean(values), bounds.sum(), "The mean over all batches")


@pytest.mark.check(weight=1)
def test_minibatch_objective_of_all_images_is_their_sum(submission, random):
    """A batch that is the whole data set needs no correction."""
    bounds = random.normal(-100, 30, 40)
    agree(submission.call("minibatch_objective", bounds, 40), bounds.sum(), "The objective")


@pytest.mark.check(weight=2)
def test_minibatch_objective_of_a_worked_example(submission):
    """Bounds of -90, -110 and -130 nats, in data sets of 12 and of 60000 images."""
    for num_images, wanted in ((12, -1320.0), (60000, -6600000.0)):
        got = submission.call("minibatch_objective", np.array([-90.0, -110, -130]), num_images)
        agree(got, wanted, "The objective")


@pytest.mark.check(weight=1)
def test_minibatch_objective_has_the_right_gradient(submission, random):
    """Every image of a batch has the same share in the gradient."""
    for size in (1, 8):
        bounds = random.normal(-100, 30, size)
        args = "minibatch_objective", bounds, 56
        got = submission.vjp(*args, cotangent=np.array(0.5))
        agree(got, np.full(size, 28 / size), "The gradient")


@pytest.mark.check(weight=1)
def test_minibatch_objective_leaves_its_argument_alone(submission, random):
    """minibatch_objective does not change the bounds."""
    bounds = random.normal(-100, 30, 5)
    reply = submission.request("minibatch_objective", [bounds.copy(), 10], {}, {})
    unchanged([bounds, 10], reply)
    agree(reply["value"], 2 * bounds.sum(), "The objective")
