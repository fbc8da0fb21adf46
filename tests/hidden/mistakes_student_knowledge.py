"""Known wrong answers of the extension student_knowledge, each with a hint."""

from functools import partial

import autograd.numpy as np

from solutions.vae import sigmoid
from tests.hidden.misconceptions import misconception as general

misconception = partial(general, file="student_knowledge")


# masked_loadings ----------------------------------------------------------------------------------


@misconception(
    "masked_loadings",
    "You mask raw before the logarithm: outside Q your loadings are log 2, not 0.",
)
def mask_inside_the_softplus(raw, Q):
    return np.logaddexp(0, Q * raw)


@misconception(
    "masked_loadings",
    "You take exp(raw). The equation has log(1 + exp(raw)), which grows no faster than raw.",
)
def loadings_are_exponentials(raw, Q):
    return Q * np.exp(raw)


@misconception(
    "masked_loadings",
    "Right for small numbers, but exp(raw) overflows for large ones. np.logaddexp does not.",
)
def softplus_overflows(raw, Q):
    return Q * np.log(1 + np.exp(raw))


@misconception("masked_loadings", "Your loadings ignore the Q-matrix.")
def loadings_without_mask(raw, Q):
    return np.logaddexp(0, raw)


@misconception("masked_loadings", "Your loadings may be negative: knowing more would harm.")
def loadings_of_any_sign(raw, Q):
    return Q * raw


# correct_log_prob ---------------------------------------------------------------------------------


@misconception(
    "correct_log_prob",
    "You add the difficulty. In (1) it is subtracted: a difficult item is answered correctly less "
    "often.",
)
def difficulty_is_added(responses, theta, loadings, difficulty):
    logits = np.dot(theta, loadings.T) + difficulty
    return np.sum(responses * logits - np.logaddexp(0, logits), axis=-1)


@misconception(
    "correct_log_prob",
    "You average over the items. The answers are independent given theta: their log probabilities "
    "add up.",
)
def mean_over_items(responses, theta, loadings, difficulty):
    logits = np.dot(theta, loadings.T) - difficulty
    return np.mean(responses * logits - np.logaddexp(0, logits), axis=-1)


@misconception(
    "correct_log_prob",
    "You count only the items that were answered correctly. A wrong answer tells as much.",
)
def wrong_answers_ignored(responses, theta, loadings, difficulty):
    logits = np.dot(theta, loadings.T) - difficulty
    return -np.sum(responses * np.logaddexp(0, -logits), axis=-1)


@misconception(
    "correct_log_prob",
    "Where sigmoid rounds to 0 or 1 its logarithm is infinite. Write it with np.logaddexp.",
)
def logarithm_of_the_chance(responses, theta, loadings, difficulty):
    chance = sigmoid(np.dot(theta, loadings.T) - difficulty)
    return np.sum(responses * np.log(chance) + (1 - responses) * np.log(1 - chance), axis=-1)


@misconception("correct_log_prob", "You return the negative log probability, a loss.")
def log_prob_is_negated(responses, theta, loadings, difficulty):
    logits = np.dot(theta, loadings.T) - difficulty
    return np.sum(np.logaddexp(0, logits) - responses * logits, axis=-1)


# posterior_mean -----------------------------------------------------------------------------------


@misconception(
    "posterior_mean",
    "Your weights leave the prior out: a grid of equal weights is a flat prior.",
)
def prior_left_out(log_likelihood, log_prior, grid):
    weight = np.exp(log_likelihood - np.max(log_likelihood, axis=0))
    return np.dot((weight / np.sum(weight, axis=0)).T, grid)


@misconception(
    "posterior_mean",
    "Right for few items, but with many every exp(log_likelihood) rounds to 0 or overflows. "
    "Subtract the largest logarithm of each student first.",
)
def weights_underflow(log_likelihood, log_prior, grid):
    weight = np.exp(log_likelihood + log_prior[:, None])
    return np.dot((weight / np.sum(weight, axis=0)).T, grid)


@misconception(
    "posterior_mean",
    "You subtract one maximum for all students. It may lie thousands of nats above another's: "
    "subtract each student's own.",
)
def one_maximum_for_all_students(log_likelihood, log_prior, grid):
    log_joint = log_likelihood + log_prior[:, None]
    weight = np.exp(log_joint - np.max(log_joint))
    return np.dot((weight / np.sum(weight, axis=0)).T, grid)


@misconception(
    "posterior_mean",
    "You return the most probable point of the grid, the mode. The mean weights all points.",
)
def mode_for_the_mean(log_likelihood, log_prior, grid):
    return grid[np.argmax(log_likelihood + log_prior[:, None], axis=0)]


@misconception(
    "posterior_mean",
    "Your weights of a student do not sum to 1: normalise over the points, not over the students.",
)
def normalised_over_students(log_likelihood, log_prior, grid):
    log_joint = log_likelihood + log_prior[:, None]
    weight = np.exp(log_joint - np.max(log_joint, axis=0))
    return np.dot((weight / np.sum(weight, axis=1, keepdims=True)).T, grid)


# KL_to_correlated_skills --------------------------------------------------------------------------


@misconception(
    "KL_to_correlated_skills",
    "You use S where the equation has its inverse.",
)
def covariance_for_precision(mean, log_std, S):
    squares = np.dot(np.exp(2 * log_std), np.diag(S)) + np.sum(np.dot(mean, S) * mean, axis=-1)
    half = 0.5 * (squares - mean.shape[1] + np.linalg.slogdet(S)[1])
    return half - np.sum(log_std, axis=-1)


@misconception(
    "KL_to_correlated_skills",
    "This is the KL to N(0, I). The prior has correlated skills.",
)
def KL_ignores_correlations(mean, log_std, S):
    return np.sum(0.5 * (np.exp(2 * log_std) + mean**2 - 1) - log_std, axis=-1)


@misconception(
    "KL_to_correlated_skills",
    "You divide 1 by the diagonal of S. The diagonal of the inverse of S is another one.",
)
def inverse_of_the_diagonal(mean, log_std, S):
    trace = np.sum(np.exp(2 * log_std) / np.diag(S), axis=-1)
    distance = np.sum(np.dot(mean, np.linalg.inv(S)) * mean, axis=-1)
    half = 0.5 * (trace + distance - mean.shape[1] + np.linalg.slogdet(S)[1])
    return half - np.sum(log_std, axis=-1)


@misconception(
    "KL_to_correlated_skills",
    "You use the standard deviations where the equation has their squares.",
)
def std_is_not_squared(mean, log_std, S):
    P = np.linalg.inv(S)
    squares = np.dot(np.exp(log_std), np.diag(P)) + np.sum(np.dot(mean, P) * mean, axis=-1)
    half = 0.5 * (squares - mean.shape[1] + np.linalg.slogdet(S)[1])
    return half - np.sum(log_std, axis=-1)


@misconception(
    "KL_to_correlated_skills",
    "log |S| is missing. It is constant only as long as S is not learnt.",
)
def log_determinant_is_missing(mean, log_std, S):
    P = np.linalg.inv(S)
    squares = np.dot(np.exp(2 * log_std), np.diag(P)) + np.sum(np.dot(mean, P) * mean, axis=-1)
    return 0.5 * (squares - mean.shape[1]) - np.sum(log_std, axis=-1)


@misconception(
    "KL_to_correlated_skills",
    "You halve the sum of log_std as well. log std is half the log variance already.",
)
def log_std_is_halved(mean, log_std, S):
    P = np.linalg.inv(S)
    squares = np.dot(np.exp(2 * log_std), np.diag(P)) + np.sum(np.dot(mean, P) * mean, axis=-1)
    log_ratio = np.linalg.slogdet(S)[1] - np.sum(log_std, axis=-1)
    return 0.5 * (squares - mean.shape[1] + log_ratio)


# chain_covariance ---------------------------------------------------------------------------------


@misconception(
    "chain_covariance",
    "You use std where a covariance has variances: theta = A e has covariance A A', with each "
    "column of A times its std.",
)
def std_counts_once(link):
    std = np.sqrt(1 - np.concatenate([np.zeros(1), link]) ** 2)
    inverse = np.linalg.inv(np.eye(len(std)) - np.diag(link, -1))
    return np.dot(inverse * std, inverse.T)


@misconception(
    "chain_covariance",
    "The noise of every skill has variance 1 in your chain, and so the variances grow along it. "
    "It is 1 - link^2, that all skills have variance 1.",
)
def noise_of_variance_one(link):
    A = np.linalg.inv(np.eye(len(link) + 1) - np.diag(link, -1))
    return np.dot(A, A.T)


@misconception(
    "chain_covariance",
    "You only correlate neighbours. Skill 3 depends on skill 1 as well, through skill 2.",
)
def neighbours_only(link):
    return np.eye(len(link) + 1) + np.diag(link, -1) + np.diag(link, 1)


@misconception(
    "chain_covariance",
    "You return the inverse of S, the precision.",
)
def precision_of_the_chain(link):
    std = np.sqrt(1 - np.concatenate([np.zeros(1), link]) ** 2)
    steps = (np.eye(len(std)) - np.diag(link, -1)) / std[:, None]
    return np.dot(steps.T, steps)


@misconception(
    "chain_covariance",
    "You multiply A' A. The covariance of A e is A A'.",
)
def transposed_the_wrong_way(link):
    std = np.sqrt(1 - np.concatenate([np.zeros(1), link]) ** 2)
    A = np.linalg.inv(np.eye(len(std)) - np.diag(link, -1)) * std
    return np.dot(A.T, A)


@misconception(
    "chain_covariance",
    "Right for links that are not 0, but ratios of products divide by zero where one is.",
)
def ratios_of_products(link):
    product = np.array([np.prod(link[:k]) for k in range(len(link) + 1)])
    ratio = product[:, None] / product
    lower = np.arange(len(product))[:, None] >= np.arange(len(product))
    return np.where(lower, ratio, ratio.T)
