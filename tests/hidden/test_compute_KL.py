"""Task 1.3, against quadrature and against the formula for full covariance matrices."""

import math

import numpy as np
import pytest
from scipy.integrate import quad

from grading.checks import agree, numbers, unchanged

NAME = "compute_KL"


def outputs(random, num_images=20, latent_dim=7):
    """Random means and log stds."""
    return random.standard_normal((num_images, 2 * latent_dim))


def divergence(x):
    """KL(N(mean, S) || N(0, I)) = (tr S + mean' mean - k - log det S) / 2, image by image."""
    values = []
    for mean, log_std in zip(*np.split(x, 2, axis=1), strict=True):
        S = np.diag(np.exp(log_std)) ** 2
        log_determinant = np.linalg.slogdet(S)[1]
        values.append((np.trace(S) + mean @ mean - len(mean) - log_determinant) / 2)
    return np.array(values)


@pytest.mark.check(weight=3)
def test_one_dimension_agrees_with_quadrature(submission, random):
    """The integral of q log(q/p), computed numerically."""
    x = random.uniform(-1, 1, (5, 2))

    def log_normal(z, mean, std):
        return -0.5 * ((z - mean) / std) ** 2 - math.log(std * math.sqrt(2 * math.pi))

    def integrand(z, mean, std):
        log_q = log_normal(z, mean, std)
        return math.exp(log_q) * (log_q - log_normal(z, 0, 1))

    wanted = [
        quad(integrand, mean - 12 * std, mean + 12 * std, args=(mean, std))[0]
        for mean, std in zip(x[:, 0], np.exp(x[:, 1]), strict=True)
    ]
    agree(submission.call(NAME, x), wanted, "The KL divergence")


@pytest.mark.check(weight=2)
def test_many_dimensions_add_up(submission, random):
    """The divergence of independent dimensions is the sum of theirs."""
    x = outputs(random)
    agree(submission.call(NAME, x), divergence(x), "The KL divergence")


@pytest.mark.check(weight=2)
def test_gradient_is_mean_and_variance_minus_one(submission, random):
    """The gradients with respect to means and log standard deviations."""
    x, cotangent = outputs(random), random.standard_normal(20)
    mean, log_std = np.split(x, 2, axis=1)
    wanted = cotangent[:, None] * np.concatenate([mean, np.exp(2 * log_std) - 1], axis=1)
    agree(submission.vjp(NAME, x, cotangent=cotangent), wanted, "The gradient")


@pytest.mark.check(weight=1)
def test_the_prior_is_at_distance_zero_and_all_else_further(submission, random):
    """KL(p || p) = 0, and no KL is negative."""
    agree(submission.call(NAME, np.zeros((3, 8))), np.zeros(3), "The KL of the prior to itself")
    x = outputs(random, 200, 3)
    values = numbers(submission.call(NAME, x), (200,))
    agree(np.minimum(values, 0), np.zeros(200), "The KL (it is negative somewhere; it)")


@pytest.mark.check(weight=1)
def test_any_number_of_images_and_dimensions(submission, random):
    """A batch of one image; one dimension."""
    for shape in ((1, 50), (4, 1)):
        x = outputs(random, *shape)
        agree(submission.call(NAME, x), divergence(x), "The KL divergence")


@pytest.mark.check(weight=1)
def test_extreme_standard_deviations(submission, random):
    """log std of +-10."""
    x = np.array([[0.0, 0.0, 10.0, -10.0], [3.0, -1.0, -10.0, -10.0]])
    agree(submission.call(NAME, x), divergence(x), "The KL divergence")


@pytest.mark.check(weight=1)
def test_single_precision_is_enough(submission, random):
    """float32 in, and a right result."""
    x = outputs(random, 5, 50)
    got = submission.call(NAME, x.astype(np.float32))
    agree(got, divergence(x), "The KL divergence", rtol=1e-3)


@pytest.mark.check(weight=1)
def test_arguments_stay_as_they_are(submission, random):
    """The function does not change its argument, and gives one number per image."""
    x = outputs(random, 4)
    reply = submission.request(NAME, [x.copy()], {}, {})
    unchanged([x], reply)
    agree(reply["value"], divergence(x), "The KL divergence")
