"""Quick checks of `extensions/gradient_estimators.py` against values worked out by hand.

python -m pytest -k gradient_estimators    all of them
python -m pytest -k variance_ratio         those of one function
"""

import numpy as np

from support.testing import check

NARROW = np.array([[1.0, np.log(0.5)]])  # one image, K = 1: mean 1, std 1/2


def test_score_function_gradient_of_three_samples(extension):
    """z is 0, 2 and 1 stds above the mean: log q(z) is flattest, in the mean, at the mean."""
    z, f = np.array([1.0, 2.0, 1.5])[:, None, None], np.array([[3.0], [3.0], [-1.0]])
    got = extension.score_function_gradient(NARROW, z, f)
    check(got, [[[0.0, -3.0]], [[12.0, 9.0]], [[-2.0, 0.0]]], "The variance is 1/4.")


def test_score_function_gradient_of_two_dimensions(extension):
    """Both dimensions of an image have one f."""
    got = extension.score_function_gradient(np.zeros((1, 4)), np.array([[[1.0, 3.0]]]), np.eye(1))
    check(got, [[[1.0, 3.0, 0.0, 8.0]]], "Means first, then log stds.")


def test_leave_one_out_baseline_of_three_samples(extension):
    """Two images; the first has f = 1, 2 and 6."""
    got = extension.leave_one_out_baseline(np.array([[1.0, 0.0], [2.0, 0.0], [6.0, 4.0]]))
    check(got, [[4.0, 2.0], [3.5, 2.0], [1.5, 0.0]], "Down each column, the mean of the others.")


def test_pathwise_gradient_of_two_samples(extension):
    """One std is 1/2, so that noise of 2 puts z at 1 + 1."""
    epsilon, slope = np.array([[[2.0]], [[0.0]]]), np.array([[[5.0]], [[7.0]]])
    got = extension.pathwise_gradient(NARROW, epsilon, slope)
    check(got, [[[5.0, 5.0]], [[7.0, 0.0]]], "How does z change with log std?")


def test_variance_ratio_of_the_docstring(extension):
    """30 / 4 without a baseline; 18 / 4 with 2, which is E[z^2]."""
    check(extension.variance_ratio(1.0, 1.0), 7.5, "A variance is E[g^2] - E[g]^2.")
    check(extension.variance_ratio(1.0, 1.0, 2.0), 4.5, "Var[(z^2 - 2) epsilon] = 18.")


def test_variance_ratio_around_zero(extension):
    """z^3 has the variance 15 std^6, and 2 z the variance 4 std^2."""
    check(extension.variance_ratio(np.zeros(2), np.array([0.5, 3.0])), [3.75, 3.75])
