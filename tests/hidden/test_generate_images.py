"""Task 3.1."""

import numpy as np
import pytest
from scipy.special import expit, logit

from grading.checks import agree, independent, is_normal, network, numbers, require, standard_normal

NAME = "generate_images"
B, K = 1500, 20


def prior_samples(submission):
    """The z behind images of a generator whose logits are z / 4."""
    images = numbers(submission.call(NAME, [(np.eye(K) / 4, np.zeros(K))], B), (B, K))
    require(np.all((images > 0) & (images < 1)), "Pixels are to be probabilities.")
    return 4 * logit(images)


@pytest.mark.check(weight=1)
@pytest.mark.parametrize("number", [1, 7])
def test_as_many_probabilities_as_asked_for(submission, random, number):
    """A generator that ignores z shows the same probabilities num_images times."""
    W, b = np.zeros((3, 6)), random.standard_normal(6)
    got = numbers(submission.call(NAME, [(W, b)], number))
    rounded = got.ndim == 2 and np.all(got == np.round(expit(b)))
    mistake = "generated_and_rounded" if rounded else "generated_and_binarised"
    require(not np.all((got == 0) | (got == 1)), "All pixels are 0 or 1.", mistake)
    agree(got, np.tile(expit(b), (number, 1)), "The picture")


@pytest.mark.check(weight=1)
def test_25_images_unless_told_otherwise(submission, random):
    """The default number of images, from a deep generator."""
    images = numbers(submission.call(NAME, network(random, 4, 5, 6, 8)), (25, 8))
    require(np.all((images >= 0) & (images <= 1)), "Pixels are to be probabilities.")


@pytest.mark.check(weight=2)
def test_z_is_drawn_from_the_prior(submission, random):
    """z has independent components from N(0, 1)."""
    z = prior_samples(submission)
    standard_normal(z)
    is_normal(z)


@pytest.mark.check(weight=1)
def test_z_is_fresh_at_every_call(submission, random):
    """Two calls give unrelated images."""
    independent(prior_samples(submission), prior_samples(submission))
