"""The extension marginal_likelihood, against scipy, quadrature and the exact p(x) of linear models.

Where z is one number, an average over evenly spaced quantiles of a distribution is, to many digits,
the average over the distribution: what many samples tend to, without their noise.
"""

import itertools

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit, logsumexp, softmax
from scipy.stats import bernoulli, multivariate_normal, norm

from grading.checks import agree, binary, network, numbers, require, unchanged

SHAPES = (7, 5), (1, 4), (6, 1), (1, 1)  # S, B
QUANTILES = norm.ppf((np.arange(4000) + 0.5) / 4000)


def log_mean(log_w):
    """The log of the mean over the first axis, by scipy."""
    return logsumexp(log_w, axis=0) - np.log(len(log_w))


def linear_model(random, B=4, D=3, K=1):
    """W with orthogonal columns, mu, variance, observations x and their exact log p(x)."""
    W = np.linalg.qr(random.standard_normal((D, K)))[0] * random.uniform(0.7, 1.5, K)
    mu, variance = random.standard_normal(D), random.uniform(0.4, 0.8)
    noise = np.clip(random.standard_normal((B, D)), -1, 1)  # the posteriors stay near the prior
    x = mu + random.uniform(-1.5, 1.5, (B, K)) @ W.T + np.sqrt(variance) * noise
    exact = multivariate_normal(mu, W @ W.T + variance * np.eye(D)).logpdf(x)
    return W, mu, variance, x, np.reshape(exact, B)


def gaussian_log_likelihood(W, mu, variance, x, z):
    """log p(x|z) of the linear model, by scipy, `(S, B)`."""
    return norm(z @ W.T + mu, np.sqrt(variance)).logpdf(x).sum(axis=-1)


def exact_posterior(W, mu, variance, x):
    """Mean and log std `(B, K)`, from the joint Gaussian of x and z."""
    gain = np.linalg.solve(W @ W.T + variance * np.eye(len(W)), W).T
    mean = (x - mu) @ gain.T
    return mean, np.tile(0.5 * np.log(np.diag(np.eye(W.shape[1]) - gain @ W)), (len(x), 1))


# log_mean_exp -------------------------------------------------------------------------------------


@pytest.mark.check(weight=3)
def test_log_mean_exp_agrees_with_scipy(submission, random):
    """Weights between about e^-10 and e^10, for any number of samples and images."""
    for shape in ((30, 4), *SHAPES):
        log_w = 4 * random.standard_normal(shape)
        agree(submission.call("log_mean_exp", log_w), log_mean(log_w), "The result")


@pytest.mark.check(weight=3)
def test_log_mean_exp_of_weights_beyond_floating_point(submission, random):
    """Weights of very different sizes, from e^-100000 to e^100000, in images of one batch."""
    for sizes in ([-2e3, -1e3], [1e3, 2e3], [-1e5, -800.0, 0.0, 750.0, 1e5]):
        log_w = np.array(sizes) + 2 * random.standard_normal((6, len(sizes)))
        got = submission.call("log_mean_exp", log_w)
        agree(got, log_mean(log_w), "The result", rtol=1e-7, atol=1e-4)


@pytest.mark.check(weight=1)
def test_log_mean_exp_in_single_precision(submission, random):
    """float32 log weights near -110, as of a digit."""
    log_w = (-110 + 3 * random.standard_normal((20, 5))).astype(np.float32)
    got = submission.call("log_mean_exp", log_w)
    agree(got, log_mean(log_w.astype(float)), "The result", rtol=1e-5, atol=1e-3)


@pytest.mark.check(weight=1)
def test_log_mean_exp_counts_weights_of_zero(submission, random):
    """Some of an image's weights are 0: their logarithms are minus infinity."""
    log_w = random.standard_normal((5, 4))
    log_w[0], log_w[1:, 2] = -np.inf, -np.inf
    log_w[3, 2] = -3.0
    agree(submission.call("log_mean_exp", log_w), log_mean(log_w), "The result")


@pytest.mark.check(weight=2)
def test_log_mean_exp_grows_with_the_number_of_samples(submission, random):
    """The average over all choices of n of 7 samples: the mean for n = 1, then never lower."""
    log_w = 2 * random.standard_normal((7, 3)) - 5
    averages = []
    for n in range(1, 8):
        choices = np.array(list(itertools.combinations(range(7), n)))
        chosen = np.moveaxis(log_w[choices], 1, 0).reshape(n, -1)
        got = numbers(submission.call("log_mean_exp", chosen), chosen.shape[1:])
        averages.append(np.mean(got.reshape(-1, 3), axis=0))
    agree(averages[0], np.mean(log_w, axis=0), "The average for one sample")
    agree(averages[-1], log_mean(log_w), "The result for all samples")
    require(np.all(np.diff(averages, axis=0) > -1e-5), "More samples give a lower average.")


@pytest.mark.check(weight=2)
def test_log_mean_exp_over_the_prior_is_log_p_of_x(submission, random):
    """Simple Monte Carlo with all quantiles of the prior: the exact value of a linear model."""
    *model, exact = linear_model(random)
    log_w = gaussian_log_likelihood(*model, QUANTILES[:, None, None])
    agree(submission.call("log_mean_exp", log_w), exact, "log p(x)", rtol=1e-3, atol=1e-3)


@pytest.mark.check(weight=2)
def test_log_mean_exp_has_the_right_gradient(submission, random):
    """Each sample counts by its share of the weight, also where weights underflow."""
    for size in (0.0, -1000.0):
        log_w, cotangent = size + random.standard_normal((6, 4)), random.standard_normal(4)
        got = submission.vjp("log_mean_exp", log_w, cotangent=cotangent)
        agree(got, cotangent * softmax(log_w, axis=0), "The gradient")


@pytest.mark.check(weight=1)
def test_log_mean_exp_leaves_its_argument_alone(submission, random):
    """log_mean_exp does not change the log weights."""
    log_w = random.standard_normal((4, 3))
    reply = submission.request("log_mean_exp", [log_w.copy()], {}, {})
    unchanged([log_w], reply)
    agree(reply["value"], log_mean(log_w), "The result")


# log_likelihood -----------------------------------------------------------------------------------


def bernoulli_log_likelihood(gen_params, z, images):
    """One sample and one image at a time, by scipy."""
    S, B = len(z), len(images)
    z, result = np.broadcast_to(z, (S, B, z.shape[-1])), np.zeros((S, B))
    for s, b in np.ndindex(S, B):
        units = z[s, b]
        for W, bias in gen_params[:-1]:
            units = np.clip(units @ W + bias, 0, None)
        W, bias = gen_params[-1]
        result[s, b] = bernoulli.logpmf(images[b], expit(units @ W + bias)).sum()
    return result


def decoder_and_images(random, S, B, D=6, K=3):
    """gen_params, z and images."""
    z = random.standard_normal((S, B, K))
    return [network(random, K, 5, D), z, binary(random, B, D)]


@pytest.mark.check(weight=3)
def test_log_likelihood_agrees_with_scipy(submission, random):
    """Each sample of each image, for any number of them."""
    for shape in SHAPES:
        args = decoder_and_images(random, *shape)
        got = submission.call("log_likelihood", *args)
        agree(got, bernoulli_log_likelihood(*args), "The log-likelihood")


@pytest.mark.check(weight=2)
def test_log_likelihood_of_samples_that_images_share(submission, random):
    """z of shape (S, 1, K) with several images."""
    for S, B in ((4, 5), (1, 3), (5, 5)):
        params, z, images = decoder_and_images(random, S, B)
        args = params, z[:, :1], images
        got = submission.call("log_likelihood", *args)
        agree(got, bernoulli_log_likelihood(*args), "The log-likelihood")


@pytest.mark.check(weight=1)
def test_log_likelihood_of_all_images_sums_to_one(submission, random):
    """Over all 16 images of 4 pixels, for each z."""
    images = np.array(list(itertools.product([0.0, 1.0], repeat=4)))
    params, z, _ = decoder_and_images(random, 3, 1, D=4)
    log_p = numbers(submission.call("log_likelihood", params, z, images), (3, 16))
    agree(np.exp(log_p).sum(axis=1), np.ones(3), "The sum of the probabilities of all images")


@pytest.mark.check(weight=1)
def test_log_likelihood_averages_to_the_integral(submission, random):
    """The mean probability over all quantiles of the prior is p(x), computed numerically."""
    params, _, images = decoder_and_images(random, 1, 4, D=3, K=1)

    def joint(z, image):
        args = params, np.full((1, 1, 1), z), image[None]
        return norm.pdf(z) * np.exp(bernoulli_log_likelihood(*args)[0, 0])

    # between the points where a hidden unit switches, the integrand is smooth
    kinks = -params[0][1] / params[0][0][0]
    kinks = kinks[abs(kinks) < 9]
    wanted = [quad(joint, -9, 9, args=(x,), points=kinks, epsabs=1e-6)[0] for x in images]
    log_p = submission.call("log_likelihood", params, QUANTILES[:, None, None], images)
    got = np.mean(np.exp(numbers(log_p, (len(QUANTILES), 4))), axis=0)
    agree(got, wanted, "The average", rtol=1e-3)


@pytest.mark.check(weight=1)
def test_log_likelihood_for_extreme_logits(submission, random):
    """Logits of 1000 and -1000 (values worked by hand)."""
    params = [(np.array([[1000.0, -1000.0]]), np.zeros(2))]
    images = np.array([[1.0, 0.0], [0.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    z = np.array([[[1.0]], [[-1.0]], [[0.0]]])
    wanted = np.array([[0.0, -1e3, -1e3, -2e3], [-2e3, -1e3, -1e3, 0.0], 4 * [-np.log(4)]])
    agree(submission.call("log_likelihood", params, z, images), wanted, "The log-likelihood")


@pytest.mark.check(weight=2)
def test_log_likelihood_has_the_right_gradient(submission, random):
    """The gradient with respect to z, of a network of one layer."""
    W, bias = network(random, 3, 6)[0]
    for samples_of in (4, 1):
        z, images = random.standard_normal((5, samples_of, 3)), binary(random, 4, 6)
        cotangent = random.standard_normal((5, 4))
        wanted = (cotangent[..., None] * (images - expit(z @ W + bias))) @ W.T
        if samples_of == 1:
            wanted = wanted.sum(axis=1, keepdims=True)
        args = [(W, bias)], z, images
        got = submission.vjp("log_likelihood", *args, cotangent=cotangent, argnum=1)
        agree(got, wanted, "The gradient")


@pytest.mark.check(weight=1)
def test_log_likelihood_in_single_precision(submission, random):
    """float32 in, 784 pixels."""
    args = decoder_and_images(random, 3, 2, D=784)
    params, z, images = args
    single = [tuple(a.astype(np.float32) for a in layer) for layer in params]
    got = submission.call("log_likelihood", single, z.astype(np.float32), images.astype(np.float32))
    agree(got, bernoulli_log_likelihood(*args), "The log-likelihood", rtol=1e-3)


@pytest.mark.check(weight=1)
def test_log_likelihood_leaves_its_arguments_alone(submission, random):
    """log_likelihood does not change what it is given."""
    args = decoder_and_images(random, 3, 2)
    params, z, images = args
    copies = [[(W.copy(), b.copy()) for W, b in params], z.copy(), images.copy()]
    reply = submission.request("log_likelihood", copies, {}, {})
    unchanged(args, reply)
    agree(reply["value"], bernoulli_log_likelihood(*args), "The log-likelihood")


# log_ratio ----------------------------------------------------------------------------------------


def samples_and_q(random, S, B, K=3):
    """z, mean and log_std."""
    mean, log_std = random.standard_normal((B, K)), random.uniform(-1, 0.7, (B, K))
    return mean + np.exp(log_std) * random.standard_normal((S, B, K)), mean, log_std


def difference(z, mean, log_std):
    """log p(z) - log q(z|x), by scipy."""
    return (norm.logpdf(z) - norm.logpdf(z, mean, np.exp(log_std))).sum(axis=-1)


@pytest.mark.check(weight=3)
def test_log_ratio_agrees_with_scipy(submission, random):
    """The difference of two log densities, for any number of samples, images and dimensions."""
    for shape in (*((*shape, 3) for shape in SHAPES), (4, 3, 1), (3, 3, 3)):
        args = samples_and_q(random, *shape)
        agree(submission.call("log_ratio", *args), difference(*args), "The log ratio")


@pytest.mark.check(weight=1)
def test_log_ratio_is_zero_where_q_is_the_prior(submission, random):
    """q = N(0, I), any z."""
    z, zero = 2 * random.standard_normal((5, 4, 3)), np.zeros((4, 3))
    got = submission.call("log_ratio", z, zero, zero.copy())
    agree(got, np.zeros((5, 4)), "The log ratio", atol=1e-5)


@pytest.mark.check(weight=2)
def test_log_ratio_makes_one_sample_exact_if_q_is_the_posterior(submission, random):
    """log p(x|z) + log ratio = log p(x) for any z, in a linear model."""
    *model, exact = linear_model(random, D=5, K=3)
    mean, log_std = exact_posterior(*model)
    z = mean + random.standard_normal((6, *mean.shape))
    got = numbers(submission.call("log_ratio", z, mean, log_std), z.shape[:2])
    got = got + gaussian_log_likelihood(*model, z)
    agree(got, np.tile(exact, (6, 1)), "log p(x)", atol=1e-4)


@pytest.mark.check(weight=2)
def test_log_ratio_corrects_for_a_q_that_is_too_wide(submission, random):
    """Importance sampling with all quantiles of q: the exact log p(x) of a linear model."""
    *model, exact = linear_model(random)
    mean, log_std = exact_posterior(*model)
    log_std = log_std + np.log(1.5)
    z = mean + np.exp(log_std) * QUANTILES[:, None, None]
    ratio = numbers(submission.call("log_ratio", z, mean, log_std), z.shape[:2])
    log_p = log_mean(ratio + gaussian_log_likelihood(*model, z))
    agree(log_p, exact, "log p(x)", rtol=1e-3, atol=1e-3)


@pytest.mark.check(weight=2)
def test_log_ratio_averages_to_minus_the_KL(submission, random):
    """Its mean over q, exact from 2K points as it is quadratic in z: so S = 1 gives the ELBO."""
    _, mean, log_std = samples_and_q(random, 1, 4)
    offsets = np.sqrt(3) * np.concatenate([np.eye(3), -np.eye(3)])[:, None]
    args = mean + np.exp(log_std) * offsets, mean, log_std
    got = numbers(submission.call("log_ratio", *args), (6, 4)).mean(axis=0)
    KL = 0.5 * (np.exp(2 * log_std) + mean**2 - 1 - 2 * log_std).sum(axis=-1)
    agree(got, -KL, "The average", atol=1e-5)


@pytest.mark.check(weight=1)
def test_log_ratio_where_densities_round_to_zero(submission, random):
    """z far out, and stds of e^-30 and e^30."""
    z = np.array([[[100.0, 0.0]], [[-60.0, 1e-13]], [[0.0, -3e-13]]])
    for log_std in ([[-2.0, -30.0]], [[30.0, -30.0]], [[2.0, 0.0]]):
        args = z, np.array([[1.0, 0.0]]), np.array(log_std)
        agree(submission.call("log_ratio", *args), difference(*args), "The log ratio")


@pytest.mark.check(weight=2)
def test_log_ratio_has_the_right_gradients(submission, random):
    """The gradients with respect to z, mean and log_std."""
    z, mean, log_std = args = samples_and_q(random, 5, 4)
    cotangent = random.standard_normal((5, 4))
    each = cotangent[..., None]
    scaled = (z - mean) * np.exp(-2 * log_std)
    wanted = (
        each * (scaled - z),
        -np.sum(each * scaled, axis=0),
        np.sum(each * (1 - (z - mean) * scaled), axis=0),
    )
    for argnum, value in enumerate(wanted):
        got = submission.vjp("log_ratio", *args, cotangent=cotangent, argnum=argnum)
        agree(got, value, "A gradient")


@pytest.mark.check(weight=1)
def test_log_ratio_leaves_its_arguments_alone(submission, random):
    """log_ratio does not change what it is given."""
    args = samples_and_q(random, 3, 2)
    reply = submission.request("log_ratio", [a.copy() for a in args], {}, {})
    unchanged(list(args), reply)
    agree(reply["value"], difference(*args), "The log ratio")
