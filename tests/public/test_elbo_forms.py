"""Quick checks of `extensions/elbo_forms.py` against values worked out by hand.

python -m pytest -k elbo_forms    all of them
python -m pytest -k em_step       those of one function
"""

import numpy as np
import pytest

from support.testing import check


def test_gaussian_KL_to_the_prior_in_one_dimension(extension):
    """Variance 4 and means 1 and 3: (4 + mean^2 - 1 - log 4) / 2."""
    q, prior = ([[1.0], [3.0]], [[4.0]]), ([[0.0], [0.0]], [[1.0]])
    got = extension.gaussian_KL(*map(np.array, (*q, *prior)))
    check(got, [1.306853, 5.306853], "One number for each row of mean.")


def test_gaussian_KL_to_correlated_dimensions(extension):
    """P = [[2, 1], [1, 2]] has the determinant 3 and the inverse [[2, -1], [-1, 2]] / 3."""
    mean, centre = np.array([[3.0, 0.0]]), np.zeros((1, 2))
    got = extension.gaussian_KL(mean, np.eye(2), centre, np.array([[2.0, 1.0], [1.0, 2.0]]))
    check(got, [(4 / 3 + 6 - 2 + np.log(3)) / 2], "Is it P that is inverted?")


def test_expected_log_likelihood_of_one_pixel(extension):
    """W z is right on average, and its variance is that of the noise: half a nat is lost."""
    W, x, mean, S = (np.array([[number]]) for number in (2.0, 1.0, 0.5, 0.25))
    got = extension.expected_log_likelihood(W, np.zeros(1), 1.0, x, mean, S)
    check(got, [-0.918939 - 0.5], "The second derivative of log p(x|z) in z is -W^2 / variance.")


def test_expected_log_likelihood_of_correlated_dimensions(extension):
    """The variances of W z are 1 and 4, in units of 2 variances."""
    W, S = np.array([[1.0, 1.0], [0.0, 2.0]]), np.array([[1.0, -0.5], [-0.5, 1.0]])
    x, origin = np.array([[2.0, 0.0]]), np.zeros((1, 2))
    got = extension.expected_log_likelihood(W, np.zeros(2), 2.0, x, origin, S)
    check(got, [-4.781024], "The spread of W z lowers it by 5 / 4.")


@pytest.mark.parametrize("scale", [1.0, 3.0])
def test_gap_of_best_diagonal_of_two_equal_columns(extension, scale):
    """L = [[2, 1], [1, 2]]: half the log of 4/3, whatever the unit of x."""
    got = extension.gap_of_best_diagonal(scale * np.ones((1, 2)), scale**2)
    check(got, 0.143841, "The diagonal of L multiplies to 4, its determinant is 3.")


def test_gap_of_best_diagonal_of_orthogonal_columns(extension):
    W = np.array([[1.0, 2.0], [2.0, -1.0]])
    check(extension.gap_of_best_diagonal(W, 0.5), 0.0, "L is diagonal, so q can be exact.")


def test_em_step_of_two_numbers(extension):
    """x = 2 and -2: the posterior has means 1 and -1 and variance 1/2, so sum E[z^2] = 3."""
    x = np.array([[2.0], [-2.0]])
    got = extension.em_step(np.ones((1, 1)), np.zeros(1), 1.0, x)
    check(got[0], [[4 / 3]], "Sum of x times mean: 4; of S + mean mean', S each time: 3.")
    check(got[1], 4 / 3, "The residuals of the means give 4/9, the spread of W z 8/9.")


def test_em_step_with_another_mu(extension):
    """Moving x and mu together changes nothing."""
    x = np.array([[7.0], [3.0]])
    got = extension.em_step(np.ones((1, 1)), np.array([5.0]), 1.0, x)
    check(got[0], [[4 / 3]], "x - mu is what counts.")
    check(got[1], 4 / 3, "x - mu is what counts.")
