"""Known wrong answers of the extension estimators, each with a hint."""

from functools import partial

import autograd.numpy as np

from support import linear_gaussian as ppca
from tests.hidden.misconceptions import misconception as general

misconception = partial(general, file="estimators")


# estimate_A ---------------------------------------------------------------------------------------


@misconception("estimate_A", "You add log q. In equation 33 it is subtracted.")
def log_q_is_added(log_joint, z, mean, log_std):
    epsilon = (z - mean) * np.exp(-log_std)
    log_q = -np.sum(0.5 * epsilon**2 + log_std + 0.5 * np.log(2 * np.pi), axis=-1)
    return np.mean(log_joint + log_q, axis=0)


@misconception(
    "estimate_A",
    "You leave out log q. Without it, equation 33 is not a bound: its mean lacks the entropy of q.",
)
def log_q_is_left_out(log_joint, z, mean, log_std):
    return np.mean(log_joint, axis=0)


@misconception(
    "estimate_A",
    "Your log q lacks its constant, a part of the density of every dimension. It does not matter "
    "for the gradient, but the bound is off by it.",
)
def log_q_without_constant(log_joint, z, mean, log_std):
    epsilon = (z - mean) * np.exp(-log_std)
    log_q = -np.sum(0.5 * epsilon**2 + log_std, axis=-1)
    return np.mean(log_joint - log_q, axis=0)


@misconception(
    "estimate_A",
    "Your log q lacks the width of q: the peak of a Gaussian is the higher, the narrower it is.",
)
def log_q_without_width(log_joint, z, mean, log_std):
    epsilon = (z - mean) * np.exp(-log_std)
    log_q = -np.sum(0.5 * epsilon**2 + 0.5 * np.log(2 * np.pi), axis=-1)
    return np.mean(log_joint - log_q, axis=0)


@misconception(
    "estimate_A",
    "In your log q the squared deviations count twice: what stands before the square in a "
    "Gaussian's exponent?",
)
def log_q_without_half(log_joint, z, mean, log_std):
    epsilon = (z - mean) * np.exp(-log_std)
    log_q = -np.sum(epsilon**2 + log_std + 0.5 * np.log(2 * np.pi), axis=-1)
    return np.mean(log_joint - log_q, axis=0)


@misconception(
    "estimate_A",
    "You take log_std for the logarithm of the variance. It is that of the standard deviation.",
)
def log_q_of_log_variance(log_joint, z, mean, log_std):
    deviation = (z - mean) ** 2 * np.exp(-log_std)
    log_q = -0.5 * np.sum(deviation + log_std + np.log(2 * np.pi), axis=-1)
    return np.mean(log_joint - log_q, axis=0)


@misconception(
    "estimate_A",
    "Your log q is that of a standard normal, the prior. q(z|x) has its own mean and log_std.",
)
def log_prior_for_log_q(log_joint, z, mean, log_std):
    return np.mean(log_joint - ppca.log_prior(z), axis=0)


@misconception(
    "estimate_A",
    "You average log q over dimensions. q is a product of densities, so its logarithm is a sum.",
)
def log_q_averaged_over_dimensions(log_joint, z, mean, log_std):
    epsilon = (z - mean) * np.exp(-log_std)
    log_q = -np.mean(0.5 * epsilon**2 + log_std + 0.5 * np.log(2 * np.pi), axis=-1)
    return np.mean(log_joint - log_q, axis=0)


@misconception(
    "estimate_A",
    "You take the logarithm of density by density, or of their product, as a number that "
    "underflows. Write log q as a sum, without exponentials of it.",
)
def log_of_the_density(log_joint, z, mean, log_std):
    std = np.exp(log_std)
    density = np.exp(-0.5 * ((z - mean) / std) ** 2) / (std * np.sqrt(2 * np.pi))
    return np.mean(log_joint - np.log(np.prod(density, axis=-1)), axis=0)


@misconception(
    "estimate_A",
    "You average the ratios p(x, z) / q and take the logarithm of that: a tighter bound, but "
    "another one. Equation 33 averages logarithms.",
)
def log_of_mean_ratio(log_joint, z, mean, log_std):
    epsilon = (z - mean) * np.exp(-log_std)
    log_q = -np.sum(0.5 * epsilon**2 + log_std + 0.5 * np.log(2 * np.pi), axis=-1)
    ratio = log_joint - log_q
    peak = np.max(ratio, axis=0)
    return peak + np.log(np.mean(np.exp(ratio - peak), axis=0))


@misconception("estimate_A", "You sum over the samples. Where is the 1/M of equation 33?")
def estimate_A_summed_over_samples(log_joint, z, mean, log_std):
    epsilon = (z - mean) * np.exp(-log_std)
    log_q = -np.sum(0.5 * epsilon**2 + log_std + 0.5 * np.log(2 * np.pi), axis=-1)
    return np.sum(log_joint - log_q, axis=0)


@misconception(
    "estimate_A",
    "You average over the images. Equation 33 averages over the M samples, the first axis, and "
    "every image keeps its own estimate.",
)
def estimate_A_averaged_over_images(log_joint, z, mean, log_std):
    epsilon = (z - mean) * np.exp(-log_std)
    log_q = -np.sum(0.5 * epsilon**2 + log_std + 0.5 * np.log(2 * np.pi), axis=-1)
    return np.mean(log_joint - log_q, axis=1)


# estimate_B ---------------------------------------------------------------------------------------


@misconception("estimate_B", "You add the KL divergence. Equation 34 subtracts it.")
def closed_KL_is_added(log_likelihood, mean, log_std):
    kl = np.sum(0.5 * (np.exp(2 * log_std) + mean**2 - 1) - log_std, axis=-1)
    return np.mean(log_likelihood, axis=0) + kl


@misconception("estimate_B", "Your KL divergence is twice too large: where is its 1/2?")
def closed_KL_without_half(log_likelihood, mean, log_std):
    kl = np.sum(np.exp(2 * log_std) + mean**2 - 1 - 2 * log_std, axis=-1)
    return np.mean(log_likelihood, axis=0) - kl


@misconception(
    "estimate_B",
    "You use the standard deviation as nu. nu is its square, the variance.",
)
def closed_KL_of_the_std(log_likelihood, mean, log_std):
    kl = 0.5 * np.sum(np.exp(log_std) + mean**2 - 1 - log_std, axis=-1)
    return np.mean(log_likelihood, axis=0) - kl


@misconception(
    "estimate_B",
    "Your variance is right, but log nu is not log_std: the logarithm of a square is twice that "
    "of the number.",
)
def closed_KL_with_log_std(log_likelihood, mean, log_std):
    kl = 0.5 * np.sum(np.exp(2 * log_std) + mean**2 - 1 - log_std, axis=-1)
    return np.mean(log_likelihood, axis=0) - kl


@misconception(
    "estimate_B",
    "Your KL divergence of the prior to itself is not 0: a 1 is missing in every dimension.",
)
def closed_KL_without_one(log_likelihood, mean, log_std):
    kl = np.sum(0.5 * (np.exp(2 * log_std) + mean**2) - log_std, axis=-1)
    return np.mean(log_likelihood, axis=0) - kl


@misconception(
    "estimate_B",
    "You compute KL(p(z) || q(z|x)). The first argument is what is averaged over: q.",
)
def closed_KL_from_the_prior(log_likelihood, mean, log_std):
    kl = np.sum(0.5 * ((1 + mean**2) * np.exp(-2 * log_std) - 1) + log_std, axis=-1)
    return np.mean(log_likelihood, axis=0) - kl


@misconception(
    "estimate_B",
    "You divide the KL divergence by M. It is no sum over samples: only the first term of "
    "equation 34 has the 1/M.",
)
def closed_KL_divided_by_samples(log_likelihood, mean, log_std):
    kl = np.sum(0.5 * (np.exp(2 * log_std) + mean**2 - 1) - log_std, axis=-1)
    return (np.sum(log_likelihood, axis=0) - kl) / len(log_likelihood)


@misconception(
    "estimate_B",
    "You subtract one KL divergence, of all images together. Each image has its own.",
)
def closed_KL_of_all_images(log_likelihood, mean, log_std):
    kl = np.sum(0.5 * (np.exp(2 * log_std) + mean**2 - 1) - log_std)
    return np.mean(log_likelihood, axis=0) - kl


@misconception("estimate_B", "You average the KL over dimensions. Equation 34 needs the sum.")
def closed_KL_averaged_over_dimensions(log_likelihood, mean, log_std):
    kl = np.mean(0.5 * (np.exp(2 * log_std) + mean**2 - 1) - log_std, axis=-1)
    return np.mean(log_likelihood, axis=0) - kl


@misconception("estimate_B", "You sum log p(x|z) over the samples: where is the 1/M?")
def likelihoods_are_summed(log_likelihood, mean, log_std):
    kl = np.sum(0.5 * (np.exp(2 * log_std) + mean**2 - 1) - log_std, axis=-1)
    return np.sum(log_likelihood, axis=0) - kl


@misconception(
    "estimate_B",
    "You average log p(x|z) over the images too. Only the samples, the first axis, are averaged.",
)
def likelihoods_of_all_images(log_likelihood, mean, log_std):
    kl = np.sum(0.5 * (np.exp(2 * log_std) + mean**2 - 1) - log_std, axis=-1)
    return np.mean(log_likelihood) - kl


# minibatch_objective ------------------------------------------------------------------------------


@misconception(
    "minibatch_objective",
    "You add up the batch without the factor of equation 13: the bound of fewer images.",
)
def batch_is_only_summed(bounds, num_images):
    return np.sum(bounds)


@misconception(
    "minibatch_objective",
    "You return the mean over the batch, nats per image. The objective is that of N images.",
)
def batch_is_only_averaged(bounds, num_images):
    return np.mean(bounds)


@misconception(
    "minibatch_objective",
    "Your factor is upside down. The batch is smaller than the data set, so its sum is scaled up.",
)
def factor_is_upside_down(bounds, num_images):
    return len(bounds) / num_images * np.sum(bounds)


@misconception(
    "minibatch_objective",
    "You divide by |B| twice: once in the factor of equation 13, and once in a mean where the "
    "equation has a sum.",
)
def factor_times_mean(bounds, num_images):
    return num_images / len(bounds) * np.mean(bounds)


@misconception(
    "minibatch_objective",
    "You multiply the sum by N, and do not divide by |B|, the number of images in the batch.",
)
def factor_without_batch_size(bounds, num_images):
    return num_images * np.sum(bounds)


@misconception("minibatch_objective", "You divide by N. The factor of equation 13 is N / |B|.")
def batch_divided_by_images(bounds, num_images):
    return np.sum(bounds) / num_images


@misconception(
    "minibatch_objective",
    "You return one value for every image. The objective is a single number: sum over the batch.",
)
def batch_is_not_summed(bounds, num_images):
    return num_images / len(bounds) * bounds


@misconception(
    "minibatch_objective",
    "Your sign is turned. The objective is a bound to be maximised; whoever minimises turns it.",
)
def objective_is_negated(bounds, num_images):
    return -num_images / len(bounds) * np.sum(bounds)
