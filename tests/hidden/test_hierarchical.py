"""The extension hierarchical, against scipy, joint Gaussians, exact mixtures and plain loops."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from grading.checks import agree, numbers, require, unchanged

# chain_elbo ---------------------------------------------------------------------------------------


def terms(random, M, B, layers):
    """log_likelihood, log_priors and log_posteriors of some chain."""
    shape = (layers, M, B)
    return -90 + random.standard_normal((M, B)), *(list(random.normal(-9, 2, shape)) for _ in "pq")


def by_loops(log_likelihood, log_priors, log_posteriors):
    """Sample by sample and layer by layer."""
    total = np.zeros(log_likelihood.shape[1])
    for m, row in enumerate(log_likelihood):
        for b, value in enumerate(row):
            value += sum(p[m, b] - q[m, b] for p, q in zip(log_priors, log_posteriors, strict=True))
            total[b] += value / len(log_likelihood)
    return total


@pytest.mark.check(weight=2)
def test_chain_elbo_sample_by_sample(submission, random):
    """The bound for one, two and three layers, for many samples and for one."""
    for shape in ((5, 4, 2), (1, 3, 2), (4, 1, 3), (6, 2, 1)):
        pieces = terms(random, *shape)
        agree(submission.call("chain_elbo", *pieces), by_loops(*pieces), "The bound")


@pytest.mark.check(weight=2)
def test_chain_elbo_is_log_p_of_x_when_q_is_exact(submission, random):
    """z_2, z_1 and x numbers, q by scipy's joint Gaussian: every sample gives log p(x)."""
    a, b = random.uniform(0.5, 2, 2)  # z_1 ~ N(a z_2, 1), x ~ N(b z_1, 1)
    x, (z_1, z_2) = random.standard_normal(6), random.standard_normal((2, 3, 6))
    chain = np.array([[1, 0, 0], [a, 1, 0], [a * b, b, 1]])
    joint = multivariate_normal(np.zeros(3), chain @ chain.T)
    log_joint = joint.logpdf(np.stack(np.broadcast_arrays(z_2, z_1, x), axis=-1))
    log_x = norm.logpdf(x, 0, np.sqrt((a * b) ** 2 + b**2 + 1))
    log_q_2 = norm.logpdf(z_2, a * z_1 / (1 + a**2), np.sqrt(1 / (1 + a**2)))
    log_q_1 = log_joint - log_x - log_q_2
    log_priors = [norm.logpdf(z_1, a * z_2), norm.logpdf(z_2)]
    got = submission.call("chain_elbo", norm.logpdf(x, b * z_1), log_priors, [log_q_1, log_q_2])
    agree(got, log_x, "The bound")


@pytest.mark.check(weight=1)
def test_chain_elbo_averages_logarithms(submission, random):
    """Log densities of thousands of nats, and their mean rather than that of the densities."""
    pieces = tuple(1e3 * np.array(piece) for piece in terms(random, 4, 3, 2))
    pieces = (pieces[0], *map(list, pieces[1:]))
    agree(submission.call("chain_elbo", *pieces), by_loops(*pieces), "The bound")


@pytest.mark.check(weight=1)
def test_chain_elbo_has_the_right_gradient(submission, random):
    """The gradient with respect to log p(x|z)."""
    cotangent = random.standard_normal(3)
    got = submission.vjp("chain_elbo", *terms(random, 5, 3, 2), cotangent=cotangent)
    agree(got, np.tile(cotangent / 5, (5, 1)), "The gradient")


@pytest.mark.check(weight=1)
def test_chain_elbo_leaves_its_arguments_alone(submission, random):
    """chain_elbo does not change what it is given."""
    pieces = terms(random, 3, 4, 2)
    copies = [pieces[0].copy(), *([a.copy() for a in layers] for layers in pieces[1:])]
    reply = submission.request("chain_elbo", copies, {}, {})
    unchanged(list(pieces), reply)
    agree(reply["value"], by_loops(*pieces), "The bound")


# condition ----------------------------------------------------------------------------------------


def covariance(random, K):
    """A random covariance matrix, not diagonal."""
    A = random.standard_normal((K, K)) / np.sqrt(K)
    return A @ A.T + 0.3 * np.eye(K)


def layer(random, D, K):
    """S, W, R."""
    return covariance(random, K), random.standard_normal((D, K)), covariance(random, D)


def of_the_joint(mean, S, W, R, y):
    """The conditional read off the covariance matrix of (z, y), vector by vector."""
    K, shape = len(S), np.broadcast_shapes(mean.shape[:-1], y.shape[:-1])
    joint = np.block([[S, S @ W.T], [W @ S, W @ S @ W.T + R]])
    gain = np.linalg.lstsq(joint[K:, K:], joint[K:, :K], rcond=None)[0].T
    mean = np.broadcast_to(mean, (*shape, K))
    wanted = np.empty(mean.shape)
    for index in np.ndindex(shape):
        observed = np.broadcast_to(y, (*shape, len(R)))[index]
        wanted[index] = mean[index] + gain @ (observed - W @ mean[index])
    return wanted, joint[:K, :K] - gain @ joint[K:, :K]


def conditional(submission, *args):
    """What the submission returns: mean, covariance."""
    value = submission.call("condition", *args)
    pair = isinstance(value, (list, tuple)) and len(value) == 2
    require(pair, "Return two arrays, in this order: mean(z|y), cov(z|y).")
    return value


@pytest.mark.check(weight=1)
def test_condition_on_one_number(submission, random):
    """K = D = 1: the mean is weighted by the precisions."""
    (s, r), w, (m, y) = random.uniform(0.2, 3, 2), random.uniform(0.5, 2), random.normal(0, 2, 2)
    got = conditional(submission, *map(np.array, ([m], [[s]], [[w]], [[r]], [y])))
    precision = 1 / s + w**2 / r
    agree(got[0], [(m / s + w * y / r) / precision], "The mean")
    agree(got[1], [[1 / precision]], "The covariance")


@pytest.mark.check(weight=2)
def test_condition_is_the_conditional_of_the_joint_gaussian(submission, random):
    """Correlated z, correlated noise, a batch and a batch of one; K above and below D."""
    for B, D, K in ((5, 4, 2), (1, 2, 3), (3, 3, 3)):
        S, W, R = layer(random, D, K)
        args = random.standard_normal((B, K)), S, W, R, random.standard_normal((B, D))
        got, wanted = conditional(submission, *args), of_the_joint(*args)
        agree(got[0], wanted[0], "The mean")
        agree(got[1], wanted[1], "The covariance")


@pytest.mark.check(weight=1)
def test_condition_with_leading_axes_that_broadcast(submission, random):
    """One mean for all y; M samples of the mean for B observations; M samples of y."""
    S, W, R = layer(random, 3, 2)
    for before, after in (((), (4,)), ((5, 4), (4,)), ((), (5, 4)), ((), ())):
        mean, y = random.standard_normal((*before, 2)), random.standard_normal((*after, 3))
        got, wanted = conditional(submission, mean, S, W, R, y), of_the_joint(mean, S, W, R, y)
        agree(got[0], wanted[0], "The mean")
        agree(got[1], wanted[1], "The covariance")


@pytest.mark.check(weight=1)
def test_condition_on_noise_or_on_a_perfect_measurement(submission, random):
    """With huge noise nothing is learnt; with hardly any, and W invertible, z is known."""
    mean, y, S = random.standard_normal(2), random.standard_normal((4, 2)), covariance(random, 2)
    W = np.array([[2.0, 1.0], [0.0, 1.5]])
    prior = conditional(submission, mean, S, W, 1e9 * np.eye(2), y)
    agree(prior[0], np.tile(mean, (4, 1)), "The mean", atol=1e-5)
    agree(prior[1], S, "The covariance")
    known = conditional(submission, mean, S, W, 1e-6 * np.eye(2), y)
    agree(known[0], np.linalg.solve(W, y.T).T, "The mean", rtol=1e-3, atol=1e-3)
    require(np.all(np.abs(numbers(known[1], (2, 2))) < 1e-5), "The covariance has wrong values.")


@pytest.mark.check(weight=1)
def test_condition_on_two_observations_in_turn_is_on_both_at_once(submission, random):
    """The posterior is the prior of the next observation."""
    S, W, R = layer(random, 2, 3)
    _, V, Q = layer(random, 3, 3)
    mean, y, u = (random.standard_normal((4, n)) for n in (3, 2, 3))
    first = conditional(submission, mean, S, W, R, y)
    second = conditional(submission, numbers(first[0]), numbers(first[1]), V, Q, u)
    both = np.block([[R, np.zeros((2, 3))], [np.zeros((3, 2)), Q]])
    wanted = of_the_joint(mean, S, np.vstack([W, V]), both, np.hstack([y, u]))
    agree(second[0], wanted[0], "The mean")
    agree(second[1], wanted[1], "The covariance")


@pytest.mark.check(weight=1)
def test_condition_leaves_its_arguments_alone(submission, random):
    """condition does not change what it is given."""
    S, W, R = layer(random, 3, 2)
    args = [random.standard_normal((4, 2)), S, W, R, random.standard_normal((4, 3))]
    reply = submission.request("condition", [a.copy() for a in args], {}, {})
    unchanged(args, reply)
    require(isinstance(reply["value"], (list, tuple)), "Return two arrays: mean(z|y), cov(z|y).")
    agree(reply["value"][0], of_the_joint(*args)[0], "The mean")


# activity -----------------------------------------------------------------------------------------


def over_images(means):
    """One unit after the other, from sums of squares of differences between pairs of images."""
    M, B, K = means.shape
    wanted = np.zeros(K)
    for k in range(K):
        images = [sum(means[m, b, k] for m in range(M)) / M for b in range(B)]
        wanted[k] = sum((one - other) ** 2 for one in images for other in images) / (2 * B**2)
    return wanted


@pytest.mark.check(weight=2)
def test_activity_is_the_variance_over_images(submission, random):
    """Every unit on its own, for one sample and for several."""
    for shape in ((1, 7, 3), (4, 6, 5), (3, 5, 1)):
        means = random.standard_normal(shape) + 2 * random.standard_normal(shape[1:])
        agree(submission.call("activity", means), over_images(means), "The variance")


@pytest.mark.check(weight=1)
def test_activity_of_a_unit_that_repeats_the_noise_below_is_zero(submission, random):
    """A mean that varies from sample to sample, and on average not from image to image."""
    noise = random.standard_normal((1, 9, 4))
    means = np.concatenate([noise, -noise])
    agree(submission.call("activity", means), np.zeros(4), "The variance")


@pytest.mark.check(weight=1)
def test_activity_does_not_depend_on_the_level_of_a_unit(submission, random):
    """Units far from zero that hardly vary, and one that is constant."""
    means = 0.1 * random.standard_normal((3, 8, 3))
    means[..., 2] = 0
    got = submission.call("activity", means + np.array([5.0, -5.0, 3.0]))
    agree(got, over_images(means), "The variance", rtol=1e-3, atol=1e-5)


@pytest.mark.check(weight=1)
def test_activity_of_one_image_is_zero(submission, random):
    """A single image has nothing to vary over; its samples do not count."""
    got = submission.call("activity", random.standard_normal((6, 1, 3)))
    agree(got, np.zeros(3), "The variance")


@pytest.mark.check(weight=1)
def test_activity_has_the_right_gradient(submission, random):
    """The gradient of the variances with respect to the means."""
    means, cotangent = random.standard_normal((3, 5, 2)), random.standard_normal(2)
    images = means.sum(axis=0) / 3
    wanted = np.tile(2 / 15 * cotangent * (images - images.sum(axis=0) / 5), (3, 1, 1))
    agree(submission.vjp("activity", means, cotangent=cotangent), wanted, "The gradient")


@pytest.mark.check(weight=1)
def test_activity_leaves_its_argument_alone(submission, random):
    """activity does not change the means."""
    means = random.standard_normal((3, 5, 2))
    reply = submission.request("activity", [means.copy()], {}, {})
    unchanged([means], reply)
    agree(reply["value"], over_images(means), "The variance")
