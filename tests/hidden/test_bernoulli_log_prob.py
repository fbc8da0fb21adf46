"""Task 1.2, against scipy and against the sum over all images."""

import itertools

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import bernoulli

from grading.checks import agree, binary, numbers, unchanged

NAME = "bernoulli_log_prob"


def logits_like(random, *shape):
    """Logits of size 2, where log(sigmoid) is still exact."""
    return np.clip(2 * random.standard_normal(shape), -8, 8)


@pytest.mark.check(weight=4)
def test_values_agree_with_scipy(submission, random):
    """The sum over pixels of the logarithms of Bernoulli probabilities."""
    targets, logits = binary(random, 20, 50), logits_like(random, 20, 50)
    wanted = bernoulli.logpmf(targets, expit(logits)).sum(axis=1)
    agree(submission.call(NAME, targets, logits), wanted, "The log probability")


@pytest.mark.check(weight=3)
def test_gradient_is_target_minus_probability(submission, random):
    """The gradient with respect to the logits."""
    targets, logits = binary(random, 20, 50), logits_like(random, 20, 50)
    cotangent = random.standard_normal(20)
    got = submission.vjp(NAME, targets, logits, argnum=1, cotangent=cotangent)
    agree(got, cotangent[:, None] * (targets - expit(logits)), "The gradient")


@pytest.mark.check(weight=2)
def test_probabilities_of_all_images_sum_to_one(submission, random):
    """Over all 64 images of 6 pixels."""
    images = np.array(list(itertools.product([0.0, 1.0], repeat=6)))
    logits = np.tile(logits_like(random, 1, 6), (64, 1))
    log_probs = numbers(submission.call(NAME, images, logits), (64,))
    agree(np.sum(np.exp(log_probs)), 1.0, "The sum of the probabilities of all images")


@pytest.mark.check(weight=1)
def test_any_number_of_images_and_pixels(submission, random):
    """A batch of one image, and of one pixel."""
    for shape in ((1, 784), (3, 1)):
        targets, logits = binary(random, *shape), logits_like(random, *shape)
        wanted = bernoulli.logpmf(targets, expit(logits)).sum(axis=1)
        agree(submission.call(NAME, targets, logits), wanted, "The log probability")


@pytest.mark.check(weight=2)
def test_extreme_logits_stay_finite_and_right(submission, random):
    """Numerical stability: logits of +-1000."""
    targets = np.array([[1.0, 0.0], [0.0, 0.0], [1.0, 1.0]])
    logits = np.array([[1000.0, -1000.0], [1000.0, -1000.0], [-1000.0, 0.0]])
    wanted = [0.0, -1000.0, -1000.0 - np.log(2)]
    agree(submission.call(NAME, targets, logits), wanted, "The log probability")


@pytest.mark.check(weight=1)
def test_single_precision_is_enough(submission, random):
    """float32 in, and a finite, right result."""
    targets, logits = binary(random, 5, 784), logits_like(random, 5, 784)
    got = submission.call(NAME, targets.astype(np.float32), logits.astype(np.float32))
    wanted = bernoulli.logpmf(targets, expit(logits)).sum(axis=1)
    agree(got, wanted, "The log probability", rtol=1e-3)


@pytest.mark.check(weight=1)
def test_arguments_stay_as_they_are(submission, random):
    """The function does not change targets or logits, and gives one number per image."""
    args = [binary(random, 4, 6), logits_like(random, 4, 6)]
    reply = submission.request(NAME, [a.copy() for a in args], {}, {})
    unchanged(args, reply)
    wanted = bernoulli.logpmf(args[0], expit(args[1])).sum(axis=1)
    agree(reply["value"], wanted, "The log probability")
