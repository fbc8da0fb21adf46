"""Quick checks of `extensions/estimators.py` against values worked out by hand.

python -m pytest -k estimators    all of them
python -m pytest -k estimate_A    those of one function
"""

import numpy as np

from support.testing import check


def test_estimate_A_at_the_mean_of_q(extension):
    """There, log q is -log std - log(2 pi) / 2 in each dimension: here -1 and 1 cancel."""
    centre = np.array([[3.0, -4.0]])
    got = extension.estimate_A(np.array([[-7.0]]), centre[None], centre, np.array([[-1.0, 1.0]]))
    check(got, [-7 + 1.837877], "log q is a sum over dimensions, with its constants.")


def test_estimate_A_of_two_samples_for_two_images(extension):
    """One and two standard deviations from the mean, log q is lower by 1/2 and by 2."""
    z = np.array([[[5.0], [0.5]], [[9.0], [1.0]]])
    mean, log_std = np.array([[1.0], [0.0]]), np.log([[4.0], [0.5]])
    got = extension.estimate_A(np.array([[-10.0, -20.0], [-12.0, -20.0]]), z, mean, log_std)
    check(got, [-11 + 3.555233, -20 + 1.475791], "One number for each image: average over M.")


def test_estimate_B_at_the_prior(extension):
    """The KL divergence of the prior to itself is 0."""
    got = extension.estimate_B(np.array([[-80.0], [-90.0]]), np.zeros((1, 7)), np.zeros((1, 7)))
    check(got, [-85.0], "Average over samples, not over dimensions.")


def test_estimate_B_of_a_q_off_the_prior(extension):
    """Means 3 and 0, variances 1 and 4: the KL is 9/2 + (3 - log 4) / 2."""
    q = np.array([[3.0, 0.0]]), np.array([[0.0, 0.693147]])
    check(extension.estimate_B(np.array([[-50.0]]), *q), [-55.306853], "nu is exp(2 log_std).")


def test_minibatch_objective_of_two_images_of_ten(extension):
    """Each of the two stands for five."""
    check(extension.minibatch_objective(np.array([-3.0, -5.0]), 10), -40.0, "A sum, scaled up.")


def test_minibatch_objective_of_one_image(extension):
    check(extension.minibatch_objective(np.array([-2.0]), 7), -14.0, "It stands for all seven.")
