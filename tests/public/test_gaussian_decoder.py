"""Quick checks of `extensions/gaussian_decoder.py` against values worked out by hand.

python -m pytest -k gaussian_decoder    all of them
python -m pytest -k best_std            those of one function
"""

import numpy as np

from support.testing import check


def test_gaussian_log_prob_of_standard_normals(extension):
    """Two dimensions, 3 and 4 away from the mean: -log(2 pi) - 25 / 2."""
    x, zeros = np.array([[3.0, -4.0], [0.0, 0.0]]), np.zeros((2, 2))
    check(extension.gaussian_log_prob(x, zeros, zeros), [-14.337877, -1.837877], "One for each x.")


def test_gaussian_log_prob_above_zero(extension):
    """Stds of 1/10 and 2, x at one std from the mean in both."""
    mean, stds = np.array([[1.0, 1.0]]), np.array([[0.1, 2.0]])
    got = extension.gaussian_log_prob(mean + stds, mean, np.log(stds))
    check(got, [-2.837877 + 1.609438], "The two log stds sum to -log 5.")


def test_gaussian_log_prob_of_two_x_with_stds_of_their_own(extension):
    """At the peaks: log stds that sum to log 6 and to -1."""
    log_std, x = np.array([np.log([2.0, 3.0]), [0.0, -1.0]]), np.ones((2, 2))
    got = extension.gaussian_log_prob(x, x, log_std)
    check(got, [-3.629636, -0.837877], "The log stds of one x add up, not those of all.")


def test_gaussian_log_prob_with_one_number_for_all(extension):
    got = extension.gaussian_log_prob(np.zeros((1, 3)), np.zeros((1, 3)), -1.0)
    check(got, [0.243184], "At the peak each of 3 dimensions adds 1 - log(2 pi) / 2.")


def test_floor_log_std_of_small_numbers(extension):
    """1/4 + 1/4, 1/4 + 1 and 1/4 + 3/4."""
    a = np.log(np.array([[0.25, 1.0, 0.75]]))
    check(extension.floor_log_std(a, np.log(0.25)), np.log([[0.5, 1.25, 1.0]]), "Stds add.")


def test_floor_log_std_of_large_numbers(extension):
    with np.errstate(all="ignore"):
        got = extension.floor_log_std(np.array([-5000.0, 5000.0]), -3.0)
    check(got, [-3.0, 5000.0], "exp(5000) is too large for a float.")


def test_log_prob_from_squared_error_of_two_images(extension):
    """D = 2, std = 1/2: the peak is at log(4 / (2 pi)); the errors cost 0 and 2 nats."""
    got = extension.log_prob_from_squared_error(np.array([0.0, 1.0]), 2, 0.5)
    check(got, [-0.451583, -2.451583], "The variance is 1/4; and is the constant log(2 pi) there?")


def test_best_std_of_four_errors(extension):
    """Errors 1, 1, 3 and 5: their squares have the mean 9."""
    x = np.array([[2.0, 4.0], [6.0, 8.0]])
    mean = np.array([[1.0, 3.0], [9.0, 3.0]])
    check(extension.best_std(x, mean), 3.0, "One number, for errors of any sign.")
