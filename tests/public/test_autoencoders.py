"""Quick checks of `extensions/autoencoders.py` against values worked out by hand.

python -m pytest -k autoencoders    all of them
python -m pytest -k corrupt         those of one function
"""

import numpy as np

from support.testing import check


def test_nearest_neighbour_distance_of_two_samples(extension):
    """The first is 0.4 and 0.2 off from the second image; the other is far from all three."""
    points = np.array([[0.6, 0.2], [-7.0, 1.0]])
    known = np.array([[0.0, 1.0], [1.0, 0.0], [5.0, 5.0]])
    got = extension.nearest_neighbour_distance(points, known)
    check(got, [np.sqrt(0.1), np.sqrt(24.5)], "One number for each sample; a mean over pixels.")


def test_nearest_neighbour_distance_to_itself(extension):
    digits = np.linspace(0, 1, 90).reshape(30, 3) ** 2
    hint = "Does rounding make a square negative?"
    got = extension.nearest_neighbour_distance(digits, digits)
    check(np.round(got, 3), np.zeros(30), hint)


def test_corrupt_of_four_pixels(extension):
    got = extension.corrupt(np.array([[0.9, 1, 0.5, 1]]), np.array([[0.2, 0.31, 0.29, 0.8]]), 0.3)
    check(got, [[0, 1, 0, 1]], "The first and third have noise below 0.3.")


def test_corrupt_of_nothing(extension):
    got = extension.corrupt(np.ones((1, 2)), np.array([[0.0, 0.5]]), 0)
    check(got, [[1, 1]], "Nothing is below 0.")


def test_cross_entropy_of_undecided_logits(extension):
    """Every pixel costs log 2, whatever its intensity."""
    got = extension.cross_entropy(np.array([[0, 1, 0.3], [1, 1, 1]]), np.zeros((2, 3)))
    check(got, [2.0794415, 2.0794415], "A sum over pixels.")


def test_cross_entropy_of_certain_logits(extension):
    """Sure and wrong by 1000 for one pixel, right for the other."""
    got = extension.cross_entropy(np.array([[1, 1.0]]), np.array([[-1e3, 1e3]]))
    check(got, [1e3], "np.logaddexp does not overflow.")


def test_beta_objective_of_two_images(extension):
    for weight, answer in ((0, -20), (1, -23), (2, -26)):
        got = extension.beta_objective(np.array([-10.0, -30]), np.array([4.0, 2]), weight)
        check(got, answer, "The mean KL is 3.")
