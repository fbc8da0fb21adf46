"""Quick checks of `extensions/student_knowledge.py` against values worked out by hand.

python -m pytest -k student_knowledge    all of them
python -m pytest -k posterior_mean       those of one function
"""

import numpy as np
import pytest

from support.testing import check


def test_masked_loadings_of_two_items(extension):
    """log(1 + exp(0)) = log 2, and log(1 + exp(1000)) = 1000."""
    raw, mask = np.array([[0.0, 0.0], [-1.0, 1000.0]]), np.eye(2)
    got = extension.masked_loadings(raw, mask)
    check(got, [[0.693147, 0.0], [0.0, 1000.0]], "Zero where Q is zero, finite for any raw.")


def test_correct_log_prob_of_two_items(extension):
    """Logits 0 and log 3: chances 1/2 and 3/4."""
    loading, difficulty = np.array([[1.0], [2.0]]), np.array([1.0, 2 - np.log(3)])
    answers, skill = np.array([[1.0, 1.0], [0.0, 0.0]]), np.ones((2, 1))
    got = extension.correct_log_prob(answers, skill, loading, difficulty)
    check(got, np.log([3 / 8, 1 / 8]), "One number per student, logits a' theta - b.")


def test_correct_log_prob_on_a_grid(extension):
    """Three values of theta for two students, who answer an item of loading and difficulty 0."""
    answers, skills = np.array([[1.0], [0.0]]), np.array([[[-1.0]], [[0.0]], [[1.0]]])
    got = extension.correct_log_prob(answers, skills, np.zeros((1, 1)), np.zeros(1))
    check(got, np.full((3, 2), -0.693147), "theta (3, 1, 1) and x (2, 1) give (3, 2).")


@pytest.mark.parametrize("offset", [0.0, -5000.0])
def test_posterior_mean_of_two_points(extension, offset):
    """Equal priors, and likelihoods of 3 to 1 at the points -1 and 1, on any scale."""
    likelihood = offset + np.log([[3.0], [1.0]])
    got = extension.posterior_mean(likelihood, np.zeros(2), np.array([[-1.0], [1.0]]))
    check(got, [[-0.5]], "The weights are 3/4 and 1/4, on any scale.")


def test_KL_to_correlated_skills_of_two(extension):
    """S = [[1, .5], [.5, 1]] has the determinant 3/4 and the inverse [[4, -2], [-2, 4]] / 3."""
    prior = np.array([[1.0, 0.5], [0.5, 1.0]])
    got = extension.KL_to_correlated_skills(np.array([[3.0, 0.0]]), np.zeros((1, 2)), prior)
    check(got, [(8 / 3 + 12 - 2 + np.log(3 / 4)) / 2], "Is it S that is inverted?")


def test_KL_to_correlated_skills_of_two_students_with_other_stds(extension):
    """Variances 4 and 1: tr(S^-1 diag) = 20/3, and 4/3 more for a mean of 1."""
    prior, log_std = np.array([[1.0, 0.5], [0.5, 1.0]]), np.log([[2.0, 1.0], [2.0, 1.0]])
    got = extension.KL_to_correlated_skills(np.array([[1.0, 0.0], [0.0, 0.0]]), log_std, prior)
    rest = 20 / 3 - 2 + np.log(3 / 16)
    check(got, [(rest + 4 / 3) / 2, rest / 2], "The variance is the square of the std.")


def test_chain_covariance_of_three_skills(extension):
    """Links of 1/2: skills that are two steps apart have the correlation 1/4."""
    got = extension.chain_covariance(np.array([0.5, 0.5]))
    check(got, [[1, 0.5, 0.25], [0.5, 1, 0.5], [0.25, 0.5, 1]], "All variances are 1.")
