"""Known wrong answers of the extension marginal_likelihood, each with a hint."""

from functools import partial

import autograd.numpy as np

from solutions.vae import K, neural_net_predict
from support import linear_gaussian as ppca
from tests.hidden.misconceptions import misconception as general

misconception = partial(general, file="marginal_likelihood")

# log_mean_exp -------------------------------------------------------------------------------------


@misconception(
    "log_mean_exp",
    "Right for moderate weights, but where all of an image's weights round to 0 you get the "
    "logarithm of 0. The largest weight can be taken out of the mean first.",
)
def weights_before_their_mean(log_w):
    return np.log(np.mean(np.exp(log_w), axis=0))


@misconception(
    "log_mean_exp",
    "You subtract the largest log weight of the whole batch. An image far below it still rounds "
    "to 0: every image needs its own largest weight.",
)
def largest_of_the_batch(log_w):
    largest = np.max(log_w)
    return largest + np.log(np.mean(np.exp(log_w - largest), axis=0))


@misconception(
    "log_mean_exp",
    "You average the logarithms. That is the ELBO again, however many samples; the equation takes "
    "the logarithm after the mean.",
)
def mean_of_the_logarithms(log_w):
    return np.mean(log_w, axis=0)


@misconception(
    "log_mean_exp",
    "Your result grows by log S: it is the log of the sum of the weights. Where is the 1/S?",
)
def sum_of_the_weights(log_w):
    largest = np.max(log_w, axis=0)
    return largest + np.log(np.sum(np.exp(log_w - largest), axis=0))


@misconception(
    "log_mean_exp",
    "You take log S from the number of images. S is the size of the first axis.",
)
def divided_by_the_images(log_w):
    largest = np.max(log_w, axis=0)
    total = np.sum(np.exp(log_w - largest), axis=0)
    return largest + np.log(total) - np.log(log_w.shape[1])


@misconception(
    "log_mean_exp",
    "You average over the images. The samples are the first axis; one number per image remains.",
)
def mean_over_the_images(log_w):
    largest = np.max(log_w, axis=1)
    return largest + np.log(np.mean(np.exp(log_w.T - largest), axis=0))


@misconception(
    "log_mean_exp",
    "You average over samples and images at once. Each image has a bound of its own.",
)
def one_mean_for_the_batch(log_w):
    largest = np.max(log_w)
    return largest + np.log(np.mean(np.exp(log_w - largest)))


@misconception(
    "log_mean_exp",
    "You return the mean of the weights itself. A logarithm is missing around it.",
)
def mean_of_weights_without_log(log_w):
    return np.mean(np.exp(log_w), axis=0)


@misconception(
    "log_mean_exp",
    "You took the largest weight out of the mean, but did not put it back afterwards.",
)
def largest_is_not_put_back(log_w):
    return np.log(np.mean(np.exp(log_w - np.max(log_w, axis=0)), axis=0))


@misconception(
    "log_mean_exp",
    "You return the largest log weight. The other weights count as well.",
)
def largest_weight_alone(log_w):
    return np.max(log_w, axis=0)


@misconception(
    "log_mean_exp",
    "A small number added inside the logarithm hides weights that round to 0: the result is then "
    "the log of that number. Take the largest weight out of the mean instead.",
)
def small_number_in_the_logarithm(log_w):
    return np.log(np.mean(np.exp(log_w), axis=0) + 1e-30)


# log_likelihood -----------------------------------------------------------------------------------


@misconception(
    "log_likelihood",
    "Right for moderate logits, but sigmoid rounds to 0 or 1 for large ones. Task 1.2 has a form "
    "without that, with logaddexp.",
)
def sigmoid_before_its_logarithm(gen_params, z, images):
    logits = neural_net_predict(gen_params, np.reshape(z, (-1, z.shape[-1])))
    probs = np.reshape(1 / (1 + np.exp(-logits)), (*z.shape[:-1], -1))
    return np.sum(np.log(images * probs + (1 - images) * (1 - probs)), axis=-1)


@misconception(
    "log_likelihood",
    "Your rows are in the wrong order after reshaping: a reshape that does not undo the first one "
    "pairs samples of one image with another image.",
)
def reshaped_in_another_order(gen_params, z, images):
    logits = neural_net_predict(gen_params, np.reshape(z, (-1, z.shape[-1])))
    logits = np.swapaxes(np.reshape(logits, (z.shape[1], z.shape[0], -1)), 0, 1)
    return np.sum(images * logits - np.logaddexp(0, logits), axis=-1)


@misconception(
    "log_likelihood",
    "You decode only the first sample, and repeat it. Every sample has its own log-likelihood.",
)
def first_sample_alone(gen_params, z, images):
    logits = neural_net_predict(gen_params, z[0])
    log_p = np.sum(images * logits - np.logaddexp(0, logits), axis=-1)
    return np.tile(log_p, (z.shape[0], 1))


@misconception(
    "log_likelihood",
    "You decode the average of the samples. Average their weights, not the samples.",
)
def average_sample_is_decoded(gen_params, z, images):
    logits = neural_net_predict(gen_params, np.mean(z, axis=0))
    log_p = np.sum(images * logits - np.logaddexp(0, logits), axis=-1)
    return np.tile(log_p, (z.shape[0], 1))


@misconception(
    "log_likelihood",
    "You already average over the samples. The weights are needed one by one, `(S, B)`.",
)
def log_likelihood_averaged_over_samples(gen_params, z, images):
    logits = neural_net_predict(gen_params, np.reshape(z, (-1, z.shape[-1])))
    logits = np.reshape(logits, (*z.shape[:-1], -1))
    return np.mean(np.sum(images * logits - np.logaddexp(0, logits), axis=-1), axis=0)


@misconception(
    "log_likelihood",
    "You average over the pixels. The log probability of an image is the sum over its pixels.",
)
def log_likelihood_per_pixel(gen_params, z, images):
    logits = neural_net_predict(gen_params, np.reshape(z, (-1, z.shape[-1])))
    logits = np.reshape(logits, (*z.shape[:-1], -1))
    return np.mean(images * logits - np.logaddexp(0, logits), axis=-1)


@misconception(
    "log_likelihood",
    "You return the negative log-likelihood, a loss. The log of a probability is at most 0.",
)
def negative_log_likelihood(gen_params, z, images):
    logits = neural_net_predict(gen_params, np.reshape(z, (-1, z.shape[-1])))
    logits = np.reshape(logits, (*z.shape[:-1], -1))
    return np.sum(np.logaddexp(0, logits) - images * logits, axis=-1)


@misconception(
    "log_likelihood",
    "Only the pixels that are on count in your result. A pixel that is off has a probability too.",
)
def likelihood_of_pixels_that_are_on(gen_params, z, images):
    logits = neural_net_predict(gen_params, np.reshape(z, (-1, z.shape[-1])))
    logits = np.reshape(logits, (*z.shape[:-1], -1))
    return np.sum(images * (logits - np.logaddexp(0, logits)), axis=-1)


@misconception(
    "log_likelihood",
    "You use only the first z of every sample. z has the shape (S, 1, K) only where all images "
    "share it; otherwise each image has its own.",
)
def first_z_of_every_sample(gen_params, z, images):
    logits = neural_net_predict(gen_params, z[:, 0])[:, None]
    return np.sum(images * logits - np.logaddexp(0, logits), axis=-1)


@misconception(
    "log_likelihood",
    "You use the constant K. Take the number of latent dimensions from z: the tests use smaller "
    "networks.",
)
def latent_dimensions_are_fixed(gen_params, z, images):
    logits = neural_net_predict(gen_params, np.reshape(z, (-1, K)))
    logits = np.reshape(logits, (*z.shape[:-1], -1))
    return np.sum(images * logits - np.logaddexp(0, logits), axis=-1)


# log_ratio ----------------------------------------------------------------------------------------


@misconception(
    "log_ratio",
    "Your ratio is upside down: it is log q - log p. A sample that q likes too much must count "
    "less.",
)
def ratio_is_upside_down(z, mean, log_std):
    return np.sum(0.5 * z**2 - 0.5 * ((z - mean) / np.exp(log_std)) ** 2 - log_std, axis=-1)


@misconception(
    "log_ratio",
    "You return minus the KL, in closed form, the same for all samples. That is the average of "
    "the log ratio; each sample needs its own.",
)
def ratio_is_minus_KL(z, mean, log_std):
    KL = np.sum(0.5 * (np.exp(2 * log_std) + mean**2 - 1) - log_std, axis=-1)
    return 0 * z[..., 0] - KL


@misconception(
    "log_ratio",
    "Your density of q lacks its normalisation: a wide q is lower everywhere, by log std.",
)
def q_is_not_normalised(z, mean, log_std):
    return np.sum(0.5 * ((z - mean) / np.exp(log_std)) ** 2 - 0.5 * z**2, axis=-1)


@misconception(
    "log_ratio",
    "log std has the wrong sign. It stands in log q with a minus, and log q is subtracted.",
)
def normalisation_has_the_wrong_sign(z, mean, log_std):
    return np.sum(0.5 * ((z - mean) / np.exp(log_std)) ** 2 - log_std - 0.5 * z**2, axis=-1)


@misconception(
    "log_ratio",
    "You return -log q. The prior log p(z) is missing.",
)
def ratio_without_the_prior(z, mean, log_std):
    squares = ((z - mean) / np.exp(log_std)) ** 2
    return np.sum(0.5 * squares + log_std + 0.5 * np.log(2 * np.pi), axis=-1)


@misconception("log_ratio", "You return log p(z). The density of q is missing.")
def ratio_without_q(z, mean, log_std):
    return ppca.log_prior(z)


@misconception(
    "log_ratio",
    "You return log q(z|x) alone. The ratio is log p(z) minus that.",
)
def log_q_alone(z, mean, log_std):
    squares = ((z - mean) / np.exp(log_std)) ** 2
    return -np.sum(0.5 * squares + log_std + 0.5 * np.log(2 * np.pi), axis=-1)


@misconception(
    "log_ratio",
    "log(2 pi) is in only one of your two densities. It is in both, and cancels.",
)
def two_pi_does_not_cancel(z, mean, log_std):
    squares = ((z - mean) / np.exp(log_std)) ** 2
    return ppca.log_prior(z) + np.sum(0.5 * squares + log_std, axis=-1)


@misconception(
    "log_ratio",
    "You divide by the std without squaring it with the distance: (z - mean)^2 / std^2.",
)
def distance_over_one_std(z, mean, log_std):
    return np.sum(0.5 * (z - mean) ** 2 / np.exp(log_std) + log_std - 0.5 * z**2, axis=-1)


@misconception(
    "log_ratio",
    "You take log_std for the log of the variance. It is that of the standard deviation.",
)
def ratio_with_log_variance(z, mean, log_std):
    squares = (z - mean) ** 2 / np.exp(log_std)
    return np.sum(0.5 * squares + 0.5 * log_std - 0.5 * z**2, axis=-1)


@misconception("log_ratio", "The squares lack the factor 1/2 of a Gaussian's exponent.")
def ratio_without_half(z, mean, log_std):
    return np.sum(((z - mean) / np.exp(log_std)) ** 2 + log_std - z**2, axis=-1)


@misconception(
    "log_ratio",
    "You evaluate the prior at the mean of q. Both densities are those of the sample z.",
)
def prior_of_the_mean(z, mean, log_std):
    squares = ((z - mean) / np.exp(log_std)) ** 2
    return np.sum(0.5 * squares + log_std - 0.5 * mean**2, axis=-1)


@misconception(
    "log_ratio",
    "You average over the latent dimensions. Densities of independent dimensions multiply, so "
    "their logarithms add up.",
)
def ratio_per_dimension(z, mean, log_std):
    return np.mean(0.5 * ((z - mean) / np.exp(log_std)) ** 2 + log_std - 0.5 * z**2, axis=-1)


@misconception(
    "log_ratio",
    "You average over the samples already. Each has a weight of its own, `(S, B)`.",
)
def ratio_averaged_over_samples(z, mean, log_std):
    each = np.sum(0.5 * ((z - mean) / np.exp(log_std)) ** 2 + log_std - 0.5 * z**2, axis=-1)
    return np.mean(each, axis=0)


@misconception(
    "log_ratio",
    "Right for moderate z, but a density far out rounds to 0, whose logarithm is minus infinity. "
    "Take the logarithm on paper.",
)
def densities_before_their_logarithm(z, mean, log_std):
    std = np.exp(log_std)
    q = np.exp(-0.5 * ((z - mean) / std) ** 2) / std
    return np.sum(np.log(np.exp(-0.5 * z**2) / q), axis=-1)
