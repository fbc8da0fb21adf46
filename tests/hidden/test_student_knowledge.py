"""The extension student_knowledge, against scipy, quadrature and products worked out by hand."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import log_expit
from scipy.stats import multivariate_normal, norm

from grading.checks import agree, binary, numbers, require, unchanged

SINGLE = 1e-5  # rounding of float32, where numbers of the size of 1 cancel


def call_unchanged(submission, function, *args):
    """The value of a call; fails if the call changed its arguments."""
    reply = submission.request(function, [a.copy() for a in args], {}, {})
    unchanged(list(args), reply)
    return reply["value"]


# masked_loadings ----------------------------------------------------------------------------------


@pytest.mark.check(weight=2)
def test_masked_loadings_are_softplus_inside_the_mask(submission, random):
    """Loadings of 9 items and 3 skills, of one of each, and raw unchanged."""
    for shape in ((9, 3), (1, 1), (4, 5)):
        raw, Q = 2 * random.standard_normal(shape), binary(random, *shape)
        Q[0] = 1
        wanted = np.where(Q == 1, -log_expit(-raw), 0)
        agree(call_unchanged(submission, "masked_loadings", raw, Q), wanted, "The loadings")


@pytest.mark.check(weight=1)
def test_masked_loadings_of_extreme_numbers(submission):
    """raw = +-800 and +-60: finite, never negative."""
    raw = np.array([[800.0, -800.0], [60.0, -60.0], [800.0, 800.0]])
    Q = np.array([[1.0, 1.0], [1.0, 1.0], [0.0, 1.0]])
    wanted = np.array([[800.0, 0.0], [60.0, 0.0], [0.0, 800.0]])
    got = numbers(submission.call("masked_loadings", raw, Q), (3, 2))
    agree(got, wanted, "The loadings")
    require(np.all(got >= 0), "A loading is negative.")


@pytest.mark.check(weight=1)
def test_masked_loadings_have_the_right_gradient(submission, random):
    """The gradient with respect to raw, which is zero outside Q."""
    raw, cotangent = random.standard_normal((2, 6, 3))
    Q = binary(random, 6, 3)
    got = submission.vjp("masked_loadings", raw, Q, cotangent=cotangent)
    agree(got, cotangent * Q * np.exp(log_expit(raw)), "The gradient")


# correct_log_prob ---------------------------------------------------------------------------------


def assessment(random, B=7, items=9, K=3):
    """responses, theta, loadings, difficulty."""
    theta, loadings = random.standard_normal((B, K)), random.uniform(0, 2, (items, K))
    return binary(random, B, items), theta, loadings, 1.5 * random.standard_normal(items)


def bernoulli(responses, theta, loadings, difficulty):
    """From log sigmoid of the logit towards each answer, one item at a time."""
    total = 0
    for i, (a, b) in enumerate(zip(loadings, difficulty, strict=True)):
        total = total + log_expit((2 * responses[:, i] - 1) * (theta @ a - b))
    return total


@pytest.mark.check(weight=2)
def test_correct_log_prob_of_a_batch(submission, random):
    """log p(x|theta) for several sizes, a batch of one and a test of one item."""
    for shape in ((7, 9, 3), (1, 5, 2), (4, 1, 1), (3, 3, 3)):
        args = assessment(random, *shape)
        got = call_unchanged(submission, "correct_log_prob", *args)
        agree(got, bernoulli(*args), "The log probability")


@pytest.mark.check(weight=1)
def test_correct_log_prob_on_a_grid_of_theta(submission, random):
    """theta (G, 1, K): every student at every point of the grid, (G, B)."""
    responses, grid, loadings, difficulty = assessment(random, 5)
    wanted = [bernoulli(responses, t[None], loadings, difficulty) for t in grid]
    got = submission.call("correct_log_prob", responses, grid[:, None], loadings, difficulty)
    agree(got, wanted, "The log probability")


@pytest.mark.check(weight=1)
def test_correct_log_prob_of_extreme_skills(submission, random):
    """Students whose logits are in the hundreds, with all answers right, and all wrong."""
    _, theta, loadings, difficulty = assessment(random, 4)
    theta = 300 * np.sign(theta)
    for answer in (0.0, 1.0):
        args = np.full((4, 9), answer), theta, loadings, difficulty
        got = submission.call("correct_log_prob", *args)
        agree(got, bernoulli(*args), "The log probability")


@pytest.mark.check(weight=1)
def test_correct_log_prob_has_the_right_gradients(submission, random):
    """The gradients with respect to theta, loadings and difficulty."""
    args, cotangent = assessment(random), random.standard_normal(7)
    responses, theta, loadings, difficulty = args
    surprise = responses - np.exp(log_expit(theta @ loadings.T - difficulty))
    surprise = cotangent[:, None] * surprise
    wanted = {1: surprise @ loadings, 2: surprise.T @ theta, 3: -surprise.sum(axis=0)}
    for argnum, value in wanted.items():
        got = submission.vjp("correct_log_prob", *args, cotangent=cotangent, argnum=argnum)
        agree(got, value, "A gradient")


# posterior_mean -----------------------------------------------------------------------------------


@pytest.mark.check(weight=2)
def test_posterior_mean_of_one_skill_is_the_integral(submission, random):
    """One skill: the ratio of two integrals, by adaptive quadrature."""
    responses, _, loadings, difficulty = assessment(random, 4, 6, 1)
    grid = np.linspace(-7, 7, 141)[:, None]
    prior = norm(0, 0.8)

    def likelihood(theta, answers):
        return np.exp(bernoulli(answers[None], np.array([[theta]]), loadings, difficulty)[0])

    def moment(power, answers):
        return quad(
            lambda t: t**power * likelihood(t, answers) * prior.pdf(t), -7, 7, epsabs=1e-12
        )[0]

    wanted = [[moment(1, answers) / moment(0, answers)] for answers in responses]
    log_likelihood = [bernoulli(responses, t[None], loadings, difficulty) for t in grid]
    args = np.array(log_likelihood), prior.logpdf(grid[:, 0]), grid
    agree(call_unchanged(submission, "posterior_mean", *args), wanted, "The posterior mean")


def conjugate(random, K, variance, points):
    """log_likelihood, log_prior, grid of Gaussian observations of theta, and the exact mean."""
    S = np.eye(K) + 0.4 * (1 - np.eye(K))
    axes = np.meshgrid(*[np.linspace(-6, 6, points)] * K, indexing="ij")
    grid = np.stack(axes, axis=-1).reshape(-1, K)
    x = random.uniform(-1, 1, (3, K))
    distance = np.sum((x - grid[:, None]) ** 2, axis=-1)
    exact = x @ np.linalg.inv(S + variance * np.eye(K)) @ S
    return -0.5 * distance / variance, multivariate_normal(np.zeros(K), S).logpdf(grid), grid, exact


@pytest.mark.check(weight=2)
def test_posterior_mean_of_correlated_skills(submission, random):
    """Gaussian observations of 2 and 3 skills, where the exact mean has a closed form."""
    for K, points in ((2, 61), (3, 25)):
        *args, exact = conjugate(random, K, 0.7, points)
        agree(submission.call("posterior_mean", *args), exact, "The posterior mean", atol=SINGLE)


@pytest.mark.check(weight=1)
def test_posterior_mean_when_all_likelihoods_round_to_zero(submission, random):
    """Log likelihoods around -3000 and around 3000, and a prior that is not normalised."""
    log_likelihood, log_prior, grid, exact = conjugate(random, 2, 0.7, 41)
    shift = np.array([-3000.0, 3000.0, 0.0])
    got = submission.call("posterior_mean", log_likelihood + shift, log_prior + 5, grid)
    agree(got, exact, "The posterior mean", rtol=1e-3, atol=1e-4)


@pytest.mark.check(weight=1)
def test_posterior_mean_of_three_points_by_hand(submission):
    """Points 0, 1 and 4 with prior 1/2, 1/4, 1/4 and likelihoods 1/2, 1, 0: the mean is 1/2."""
    log_likelihood = np.log(np.array([[0.5], [1.0], [1e-300]]))
    log_prior, grid = np.log(np.array([0.5, 0.25, 0.25])), np.array([[0.0], [1.0], [4.0]])
    got = submission.call("posterior_mean", log_likelihood, log_prior, grid)
    agree(got, [[0.5]], "The posterior mean")


# KL_to_correlated_skills --------------------------------------------------------------------------


def correlations(random, K):
    """A random correlation matrix."""
    A = random.standard_normal((K, K)) + 1.5 * np.eye(K)
    S = A @ A.T
    return S / np.sqrt(np.outer(np.diag(S), np.diag(S)))


def code(random, B, K):
    """mean, log_std."""
    return random.standard_normal((B, K)), 0.5 * random.standard_normal((B, K)) - 0.5


def divergence(mean, log_std, S):
    """E_q[log q - log p] by scipy: exact, the mean over 2K sigma points of q."""
    K, wanted = len(S), []
    for centre, std in zip(mean, np.exp(log_std), strict=True):
        offsets = np.sqrt(K) * np.diag(std)
        points = np.concatenate([centre + offsets, centre - offsets])
        log_p = multivariate_normal(np.zeros(K), S).logpdf(points)
        wanted.append(np.mean(norm(centre, std).logpdf(points).sum(axis=1) - log_p))
    return wanted


@pytest.mark.check(weight=1)
def test_KL_to_correlated_skills_of_one_skill_is_the_integral(submission, random):
    """One skill with a prior of variance 2.5: the integral of q log(q/p), computed numerically."""
    mean, log_std = code(random, 3, 1)

    def integrand(t, centre, std):
        log_q = norm.logpdf(t, centre, std)
        return np.exp(log_q) * (log_q - norm.logpdf(t, 0, np.sqrt(2.5)))

    wanted = [
        quad(integrand, m - 9 * s, m + 9 * s, args=(m, s))[0]
        for m, s in zip(mean[:, 0], np.exp(log_std[:, 0]), strict=True)
    ]
    got = submission.call("KL_to_correlated_skills", mean, log_std, np.array([[2.5]]))
    agree(got, wanted, "The KL divergence")


@pytest.mark.check(weight=2)
def test_KL_to_correlated_skills_of_several_skills(submission, random):
    """Correlation matrices, and a covariance matrix; also for a batch of one."""
    for B, K, scale in ((6, 3, 1.0), (1, 4, 1.0), (3, 3, 2.0), (4, 2, 1.0)):
        args = *code(random, B, K), scale * correlations(random, K)
        got = call_unchanged(submission, "KL_to_correlated_skills", *args)
        agree(got, divergence(*args), "The KL divergence")


@pytest.mark.check(weight=1)
def test_KL_to_correlated_skills_is_zero_for_the_prior_itself(submission):
    """q = N(0, I) and S = I; and q = N(0, diag(1, 4)) with S the same."""
    for std in (np.ones(3), np.array([1.0, 2.0])):
        args = np.zeros((2, len(std))), np.tile(np.log(std), (2, 1)), np.diag(std**2)
        got = submission.call("KL_to_correlated_skills", *args)
        agree(got, np.zeros(2), "The KL of the prior to itself", atol=SINGLE)


@pytest.mark.check(weight=1)
def test_KL_to_correlated_skills_has_the_right_gradients(submission, random):
    """The gradients with respect to mean, log_std and S."""
    (mean, log_std), S, cotangent = code(random, 5, 3), correlations(random, 3), np.arange(1.0, 6)
    P, weight = np.linalg.inv(S), cotangent[:, None]
    second = (weight * mean).T @ mean + np.diag(np.sum(weight * np.exp(2 * log_std), axis=0))
    wanted = {
        0: weight * mean @ P,
        1: weight * (np.exp(2 * log_std) * np.diag(P) - 1),
        2: (cotangent.sum() * P - P @ second @ P) / 2,
    }
    for argnum, value in wanted.items():
        args = mean, log_std, S
        got = submission.vjp("KL_to_correlated_skills", *args, cotangent=cotangent, argnum=argnum)
        got = numbers(got, value.shape)  # of S only what it says about symmetric changes counts
        agree((got + got.T) / 2 if argnum == 2 else got, value, "A gradient")


# chain_covariance ---------------------------------------------------------------------------------


def products(link):
    """S_jk is the product of the links between skills j and k."""
    K = len(link) + 1
    return [[np.prod(link[min(j, k) : max(j, k)]) for k in range(K)] for j in range(K)]


@pytest.mark.check(weight=2)
def test_chain_covariance_is_the_product_of_the_links_between(submission, random):
    """Chains of 1 to 6 skills, with positive and negative links."""
    for K in (3, 2, 1, 6):
        link = random.uniform(0.1, 0.9, K - 1) * random.choice([-1, 1], K - 1)
        got = call_unchanged(submission, "chain_covariance", link)
        agree(got, products(link), "The covariance")


@pytest.mark.check(weight=1)
def test_chain_covariance_with_links_of_zero(submission):
    """A link of zero cuts the chain in two."""
    for link in (np.array([0.5, 0.0, -0.8]), np.zeros(3), np.array([0.0, 0.7])):
        agree(submission.call("chain_covariance", link), products(link), "The covariance")


@pytest.mark.check(weight=1)
def test_chain_covariance_of_three_skills_has_the_right_gradient(submission, random):
    """The gradient of S, for three skills, with respect to the two links."""
    (v, w), cotangent = random.uniform(0.2, 0.8, 2), random.standard_normal((3, 3))
    C = cotangent + cotangent.T
    wanted = [C[0, 1] + w * C[0, 2], C[1, 2] + v * C[0, 2]]
    got = submission.vjp("chain_covariance", np.array([v, w]), cotangent=cotangent)
    agree(got, wanted, "The gradient")
