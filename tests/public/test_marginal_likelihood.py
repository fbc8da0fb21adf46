"""Quick checks of `extensions/marginal_likelihood.py` against values worked out by hand.

python -m pytest -k marginal_likelihood    all of them
python -m pytest -k log_ratio              those of one function
"""

import numpy as np
import pytest

from support.testing import check


@pytest.mark.parametrize("size", [0.0, -3000.0, 3000.0])
def test_log_mean_exp_of_two_samples(extension, size):
    """Weights 1 and 3 have the mean 2; equal ones have themselves; all times exp(size)."""
    logs = size + np.array([[0.0, 5.0], [np.log(3), 5.0]])
    check(extension.log_mean_exp(logs), [size + np.log(2), size + 5], "One number per column.")


def test_log_mean_exp_of_images_far_apart(extension):
    logs = np.array([[-4000.0, 4000.0]])
    check(extension.log_mean_exp(logs), [-4000.0, 4000.0], "One sample is its own mean.")


# One latent number z; the logits of the two pixels are z and 0.
DECODER = [(np.array([[1.0, 0.0]]), np.zeros(2))]
ODDS = np.log([[1.0], [3.0], [9.0]])  # the first pixel is on with probability 1/2, 3/4, 9/10


def test_log_likelihood_of_shared_samples(extension):
    """z of shape (3, 1, 1), two images: the first pixel on, and off."""
    got = extension.log_likelihood(DECODER, ODDS[:, None], np.array([[1.0, 1.0], [0.0, 1.0]]))
    wanted = np.log([[1 / 4, 1 / 4], [3 / 8, 1 / 8], [9 / 20, 1 / 20]])
    check(got, wanted, "A row per sample, a column per image.")


def test_log_likelihood_of_samples_for_each_image(extension):
    """z of shape (1, 3, 1): each image has its own z."""
    got = extension.log_likelihood(DECODER, ODDS[None], np.array([[1.0, 0.0]] * 3))
    check(got, np.log([[1 / 4, 3 / 8, 9 / 20]]), "A row per sample, a column per image.")


def test_log_ratio_at_two_samples(extension):
    """q = N(1, 4): at z = 1 it is half as high as the prior at 0; at z = 3 it is one std out."""
    z, mean, log_std = np.array([[[1.0]], [[3.0]]]), np.ones((1, 1)), np.log([[2.0]])
    got = extension.log_ratio(z, mean, log_std)
    check(
        got,
        [[0.693147 - 0.5], [0.693147 + 0.5 - 4.5]],
        "log p(z) - log q(z|x), each with its log std.",
    )


def test_log_ratio_adds_dimensions_up(extension):
    z, zeros = np.array([[[0.0, 0.0, 2.0]]]), np.zeros((1, 3))
    got = extension.log_ratio(z, zeros, np.array([[1.0, 2.0, 0.0]]))
    check(got, [[3.0]], "At the centre of both densities only the stds count.")
