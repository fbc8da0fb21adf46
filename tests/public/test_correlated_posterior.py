"""Quick checks of `extensions/correlated_posterior.py` against values worked out by hand.

python -m pytest -k correlated_posterior    all of them
python -m pytest -k cholesky_factor         those of one function
"""

import numpy as np
from autograd import elementwise_grad

from support.testing import check

FACTOR = np.array([[[1.0, 0.0], [1.0, 2.0]]])  # of the covariance [[1, 1], [1, 5]]


def test_cholesky_factor_of_four_dimensions(extension):
    """The logs of 1, 2, 3 and 4, then 5 to 10 row by row."""
    numbers = np.log([1, 2, 3, 4]).tolist() + list(range(5, 11))
    wanted = [[1, 0, 0, 0], [5, 2, 0, 0], [6, 7, 3, 0], [8, 9, 10, 4]]
    got = extension.cholesky_factor(np.array([numbers]))
    check(got, [wanted], "Logs of the diagonal first, then by rows.")


def test_cholesky_factor_can_be_differentiated(extension):
    """Each entry of L grows as fast as its input: e^0 = 1 on the diagonal, 1 below."""
    slopes = elementwise_grad(extension.cholesky_factor)(np.array([[0.0, 0.0, 7.0]] * 2))
    check(slopes, np.ones((2, 3)), "One slope for each input.")


def test_sample_correlated_of_two_images(extension):
    """The first noise becomes (1, 1 - 2), the second is doubled; each is added to its mean."""
    L = np.concatenate([FACTOR, [2 * np.eye(2)]])
    noise = np.array([[1.0, -1.0], [3.0, 4.0]])
    got = extension.sample_correlated(np.array([[10.0, 20.0], [0.0, 1.0]]), L, noise)
    check(got, [[11, 19], [6, 9]], "Every image has its own L: a matrix times a vector.")


def test_KL_to_standard_normal_of_correlated_dimensions(extension):
    """(1 + 5 + 9 - 2) / 2 - log 2."""
    got = extension.KL_to_standard_normal(np.array([[3.0, 0.0]]), FACTOR)
    check(got, [5.806853], "The trace of L L' is 6.")


def test_KL_to_standard_normal_in_four_hundred_dimensions(extension):
    """400 times (0.01 - 1) / 2 + log 10: a product of these L_jj would be 1e-400."""
    got = extension.KL_to_standard_normal(np.zeros((1, 400)), 0.1 * np.eye(400)[None])
    check(got, [723.034037], "Sum logarithms, do not multiply numbers.")


def test_KL_to_correlated_prior_by_hand(extension):
    """S = [[1, 1/2], [1/2, 1]]: |S| = 3/4, inverse [[4, -2], [-2, 4]] / 3, trace 20/3."""
    S = np.array([[1.0, 0.5], [0.5, 1.0]])
    got = extension.KL_to_correlated_prior(np.array([[0.0, 3.0]]), FACTOR, S)
    check(got, [7.496345], "(20/3 + 12 - 2 + log 3/4) / 2 - log 2.")


def test_KL_to_correlated_prior_of_the_prior(extension):
    """The covariance of q is S, its mean 0."""
    S = np.array([[1.0, 1.0], [1.0, 5.0]])
    got = extension.KL_to_correlated_prior(np.zeros((1, 2)), FACTOR, S)
    check(got, [0.0], "Is it S that is inverted, and does log |S| have a plus?")
