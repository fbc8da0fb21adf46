"""Quick checks of `extensions/hierarchical.py` against values worked out by hand."""

import numpy as np

from support.testing import check


def test_chain_elbo_of_two_layers_and_two_samples(extension):
    """First observation: -10 + (-1 - 2) - (-3 - 1) = -9 and -12 + (-2 - 2) - (-1 - 1) = -14."""
    likelihood = np.array([[-10.0, -5.0], [-12.0, -5.0]])
    priors = [np.array([[-1.0, 0.0], [-2.0, 0.0]]), np.full((2, 2), -2.0)]
    posteriors = [np.array([[-3.0, 0.0], [-1.0, 0.0]]), np.full((2, 2), -1.0)]
    check(extension.chain_elbo(likelihood, priors, posteriors), [-11.5, -6.0], "The signs in (4)?")


def test_chain_elbo_of_three_layers(extension):
    one = np.ones((1, 1))
    got = extension.chain_elbo(-100 * one, [-one, -2 * one, -3 * one], [one, 2 * one, 4 * one])
    check(got, [-113.0], "All layers count.")


def test_condition_of_one_number(extension):
    """Precision 1/2 + 4 / 4 = 3/2; y is 6 above what was expected."""
    mean, S, W, R, y = map(np.array, ([1.0], [[2.0]], [[2.0]], [[4.0]], [[8.0], [2.0]]))
    got = extension.condition(mean, S, W, R, y)
    check(got[0], [[3.0], [1.0]], "y = 2 is what was expected, so the mean stays.")
    check(got[1], [[2 / 3]], "Precisions add up.")


def test_condition_of_a_sum(extension):
    """Two numbers of which only the sum is seen: they become correlated."""
    got = extension.condition(np.zeros(2), np.eye(2), np.ones((1, 2)), np.eye(1), np.array([3.0]))
    check(got[0], [1.0, 1.0], "A vector y gives a vector.")
    check(got[1], [[2 / 3, -1 / 3], [-1 / 3, 2 / 3]], "The inverse of [[2, 1], [1, 2]].")


def test_activity_of_two_images(extension):
    """The average of unit 1 is 0 and 4; that of unit 2 is 1 for both."""
    means = np.array([[[1.0, 0.0], [3.0, 3.0]], [[-1.0, 2.0], [5.0, -1.0]]])
    check(extension.activity(means), [4.0, 0.0], "First the samples, then the images.")
