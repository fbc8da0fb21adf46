"""Known wrong answers, each with what to tell the student who gave it.

Every function below is a wrong version of the exercise that its decorator names, and is called in
the same way. When a check fails, the student's result is compared with theirs on the same inputs;
where one agrees, its hint becomes the feedback. The same functions, put one by one into an
otherwise right file, test the tests: each must lose marks on its own exercise and nowhere else.
"""

import importlib
import inspect
from typing import NamedTuple

import autograd.numpy as np

from solutions.vae import (
    bernoulli_log_prob,
    compute_KL,
    neural_net_predict,
    rng,
    sample_latent_variables_from_posterior,
    sigmoid,
)


class Misconception(NamedTuple):
    """One well-known mistake."""

    file: str  # "vae", or the name of an extension
    exercise: str
    name: str
    hint: str
    function: object

    def put_into(self, source):
        """The text of a solution file with this mistake in place of the right function."""
        wrong = inspect.getsource(self.function)
        wrong = (
            f"def {self.exercise}" + wrong[wrong.index(f"def {self.name}") :][4 + len(self.name) :]
        )
        begin = source.index(f"def {self.exercise}(")
        end = source.index("### END SOLUTION", begin) + len("### END SOLUTION")
        return source[:begin] + wrong + source[end:]


MISCONCEPTIONS = []
BANKS = {"vae": MISCONCEPTIONS}  # and those of the extensions, once their files are imported


def misconception(exercise, hint, file="vae"):
    """Add the decorated function to the bank: a wrong `exercise` of `solutions/FILE.py`."""

    def register(function):
        if not hasattr(importlib.import_module(f"solutions.{file}"), exercise):
            raise ValueError(f"{function.__name__}: there is no exercise {exercise!r}")
        mistake = Misconception(file, exercise, function.__name__, hint, function)
        BANKS.setdefault(file, []).append(mistake)
        return function

    return register


# Task 1.1 -----------------------------------------------------------------------------------------


@misconception(
    "sample_latent_variables_from_posterior",
    "Your noise is scaled by exp(s/2). The second half of the input is the log of the "
    "standard deviation, not of the variance that eq. 15 writes.",
)
def std_is_exp_of_half(encoder_output):
    mean, log_std = np.split(encoder_output, 2, axis=-1)
    return mean + np.exp(log_std / 2) * rng.standard_normal(mean.shape)


@misconception(
    "sample_latent_variables_from_posterior",
    "Your noise is scaled by the variance exp(2s). Eq. 15 has the root of the variance.",
)
def std_is_variance(encoder_output):
    mean, log_std = np.split(encoder_output, 2, axis=-1)
    return mean + np.exp(2 * log_std) * rng.standard_normal(mean.shape)


@misconception(
    "sample_latent_variables_from_posterior",
    "Your noise is scaled by the log of the standard deviation, which may even be negative. "
    "Undo the logarithm first.",
)
def std_is_log_std(encoder_output):
    mean, log_std = np.split(encoder_output, 2, axis=-1)
    return mean + log_std * rng.standard_normal(mean.shape)


@misconception(
    "sample_latent_variables_from_posterior",
    "You return the mean. Eq. 15 adds noise epsilon, scaled by the standard deviation.",
)
def no_noise(encoder_output):
    mean, _ = np.split(encoder_output, 2, axis=-1)
    return mean


@misconception(
    "sample_latent_variables_from_posterior",
    "All images of a batch get the same noise. Every image and every dimension needs its own: "
    "which shape does epsilon have?",
)
def noise_shared_by_images(encoder_output):
    mean, log_std = np.split(encoder_output, 2, axis=-1)
    return mean + np.exp(log_std) * rng.standard_normal(mean.shape[1])


@misconception(
    "sample_latent_variables_from_posterior",
    "All dimensions of an image get the same noise. Every image and every dimension needs its "
    "own: which shape does epsilon have?",
)
def noise_shared_by_dimensions(encoder_output):
    mean, log_std = np.split(encoder_output, 2, axis=-1)
    return mean + np.exp(log_std) * rng.standard_normal((len(mean), 1))


@misconception(
    "sample_latent_variables_from_posterior",
    "One random number serves the whole batch. Every image and every dimension needs its own: "
    "which shape does epsilon have?",
)
def noise_is_one_number(encoder_output):
    mean, log_std = np.split(encoder_output, 2, axis=-1)
    return mean + np.exp(log_std) * rng.standard_normal()


@misconception(
    "sample_latent_variables_from_posterior",
    "Every call gives the same noise. It must be fresh each time: do not seed the random "
    "numbers inside the function, and do not keep epsilon from call to call.",
)
def noise_is_frozen(encoder_output):
    mean, log_std = np.split(encoder_output, 2, axis=-1)
    epsilon = np.random.RandomState(0).randn(*mean.shape)
    return mean + np.exp(log_std) * epsilon


@misconception(
    "sample_latent_variables_from_posterior",
    "Your noise is scaled down by 100. In eq. 15 epsilon is drawn from N(0, 1).",
)
def noise_is_too_small(encoder_output):
    mean, log_std = np.split(encoder_output, 2, axis=-1)
    return mean + np.exp(log_std) * 0.01 * rng.standard_normal(mean.shape)


@misconception(
    "sample_latent_variables_from_posterior",
    "Your noise is uniform on [0, 1]. In eq. 15 epsilon is drawn from N(0, 1).",
)
def noise_is_uniform(encoder_output):
    mean, log_std = np.split(encoder_output, 2, axis=-1)
    return mean + np.exp(log_std) * rng.random(mean.shape)


@misconception(
    "sample_latent_variables_from_posterior",
    "Your noise is uniform on [-1, 1]. In eq. 15 epsilon is drawn from N(0, 1).",
)
def noise_is_uniform_around_zero(encoder_output):
    mean, log_std = np.split(encoder_output, 2, axis=-1)
    return mean + np.exp(log_std) * rng.uniform(-1, 1, mean.shape)


@misconception(
    "sample_latent_variables_from_posterior",
    "Your noise has variance 1 but is uniform. In eq. 15 epsilon is normal.",
)
def noise_is_uniform_with_unit_variance(encoder_output):
    mean, log_std = np.split(encoder_output, 2, axis=-1)
    return mean + np.exp(log_std) * rng.uniform(-(3**0.5), 3**0.5, mean.shape)


@misconception(
    "sample_latent_variables_from_posterior",
    "The mean is missing: eq. 15 adds the scaled noise to it.",
)
def noise_without_mean(encoder_output):
    mean, log_std = np.split(encoder_output, 2, axis=-1)
    return np.exp(log_std) * rng.standard_normal(mean.shape)


@misconception(
    "sample_latent_variables_from_posterior",
    "You multiply the mean by the noise. Eq. 15 adds them.",
)
def noise_times_mean(encoder_output):
    mean, log_std = np.split(encoder_output, 2, axis=-1)
    return mean * np.exp(log_std) * rng.standard_normal(mean.shape)


@misconception(
    "sample_latent_variables_from_posterior",
    "Your noise is not scaled: eq. 15 multiplies epsilon by the standard deviation.",
)
def noise_is_added_unscaled(encoder_output):
    mean, _ = np.split(encoder_output, 2, axis=-1)
    return mean + rng.standard_normal(mean.shape)


@misconception(
    "sample_latent_variables_from_posterior",
    "You take the first half of the input for the log standard deviations; it holds the means.",
)
def halves_are_swapped(encoder_output):
    log_std, mean = np.split(encoder_output, 2, axis=-1)
    return mean + np.exp(log_std) * rng.standard_normal(mean.shape)


@misconception(
    "sample_latent_variables_from_posterior",
    "The values are right, but no gradient passes through your sample, so the encoder would "
    "never learn. Use the functions of autograd.numpy on the arrays as they come.",
)
def sample_is_cut_off_from_the_gradient(encoder_output):
    from autograd.tracer import getval

    mean, log_std = np.split(getval(encoder_output), 2, axis=-1)
    return mean + np.exp(log_std) * rng.standard_normal(mean.shape)


@misconception(
    "sample_latent_variables_from_posterior",
    "Your function changes its argument, and the KL is then computed from the changed one. Build a "
    "new array.",
)
def sample_overwrites_the_mean(encoder_output):
    mean, log_std = np.split(encoder_output, 2, axis=-1)
    mean += np.exp(log_std) * rng.standard_normal(mean.shape)
    return mean


# Task 1.2 -----------------------------------------------------------------------------------------


@misconception(
    "bernoulli_log_prob",
    "Your sum has only the pixels that are on. Those that are off have a probability too: eq. "
    "3 has two terms.",
)
def only_pixels_that_are_on(targets, logits):
    return np.sum(targets * np.log(sigmoid(logits)), axis=-1)


@misconception(
    "bernoulli_log_prob",
    "You take the mean over the pixels. The log of a product is a sum: eq. 3.",
)
def mean_over_pixels(targets, logits):
    return np.mean(targets * logits - np.logaddexp(0, logits), axis=-1)


@misconception(
    "bernoulli_log_prob",
    "You return one number for the whole batch. It should be one per image: sum over the last "
    "axis only.",
)
def summed_over_the_batch(targets, logits):
    return np.sum(targets * logits - np.logaddexp(0, logits))


@misconception(
    "bernoulli_log_prob",
    "You sum over the images and leave the pixels. Sum over the last axis.",
)
def summed_over_images(targets, logits):
    return np.sum(targets * logits - np.logaddexp(0, logits), axis=0)


@misconception(
    "bernoulli_log_prob",
    "You return one number per pixel. The log probability of an image is their sum.",
)
def not_summed(targets, logits):
    return targets * logits - np.logaddexp(0, logits)


@misconception(
    "bernoulli_log_prob",
    "Your result has shape (B, 1). It should be (B,): with an extra axis, later differences "
    "become (B, B).",
)
def kept_axis(targets, logits):
    return np.sum(targets * logits - np.logaddexp(0, logits), axis=-1, keepdims=True)


@misconception(
    "bernoulli_log_prob",
    "The sign is wrong: this is the cross-entropy, the negative of the log probability, which "
    "is never above 0.",
)
def negated_log_prob(targets, logits):
    return np.sum(np.logaddexp(0, logits) - targets * logits, axis=-1)


@misconception(
    "bernoulli_log_prob",
    "You sum probabilities. The log probability of an image is the sum of their logarithms.",
)
def logarithm_is_missing(targets, logits):
    p = sigmoid(logits)
    return np.sum(targets * p + (1 - targets) * (1 - p), axis=-1)


@misconception(
    "bernoulli_log_prob",
    "You return the probability of the image. Its logarithm is asked for, and a product of "
    "784 numbers below 1 rounds to 0.",
)
def product_of_probabilities(targets, logits):
    p = sigmoid(logits)
    return np.prod(targets * p + (1 - targets) * (1 - p), axis=-1)


@misconception(
    "bernoulli_log_prob",
    "You use the logits as if they were probabilities. The sigmoid turns one into the other.",
)
def logits_taken_for_probabilities(targets, logits):
    p = np.clip(logits, 1e-6, 1 - 1e-6)
    return np.sum(targets * np.log(p) + (1 - targets) * np.log(1 - p), axis=-1)


@misconception(
    "bernoulli_log_prob",
    "The sigmoid is applied twice: the input holds logits, and one sigmoid makes them "
    "probabilities.",
)
def sigmoid_twice(targets, logits):
    logits = sigmoid(logits)
    return np.sum(targets * logits - np.logaddexp(0, logits), axis=-1)


@misconception(
    "bernoulli_log_prob",
    "You give pixels that are on the probability of being off. In eq. 3, x goes with "
    "sigmoid(f) and 1 - x with 1 - sigmoid(f).",
)
def targets_and_complement_swapped(targets, logits):
    return np.sum((1 - targets) * logits - np.logaddexp(0, logits), axis=-1)


@misconception(
    "bernoulli_log_prob",
    "This is a squared error, which belongs to a Gaussian. Eq. 3 is a Bernoulli distribution.",
)
def squared_error(targets, logits):
    return -np.sum((targets - sigmoid(logits)) ** 2, axis=-1)


@misconception(
    "bernoulli_log_prob",
    "The term of the pixels that are off has log(sigmoid(l)) where eq. 3 has 1 - sigmoid(l).",
)
def half_the_complement(targets, logits):
    p = sigmoid(logits)
    return np.sum(targets * np.log(p) + (1 - targets) * np.log(p), axis=-1)


@misconception(
    "bernoulli_log_prob",
    "For extreme logits your result is off, because probabilities are clipped before the "
    "logarithm. Simplify log(sigmoid(l)) on paper: no clipping is needed.",
)
def probabilities_are_clipped(targets, logits):
    p = np.clip(sigmoid(logits), 1e-6, 1 - 1e-6)
    return np.sum(targets * np.log(p) + (1 - targets) * np.log(1 - p), axis=-1)


# Task 1.3 -----------------------------------------------------------------------------------------


@misconception(
    "compute_KL",
    "Your KL takes the log standard deviation for the log variance that eq. 12 has. For N(0, "
    "e^2), which has log std 1, it should be 2.1945 nats.",
)
def log_std_taken_for_log_variance(q_means_and_log_stds):
    mean, log_std = np.split(q_means_and_log_stds, 2, axis=-1)
    return np.sum(0.5 * (np.exp(log_std) + mean**2 - 1 - log_std), axis=-1)


@misconception(
    "compute_KL",
    "The factor 1/2 of eq. 12 is missing. For N(0, e^2) the KL should be 2.1945 nats.",
)
def half_is_missing(q_means_and_log_stds):
    mean, log_std = np.split(q_means_and_log_stds, 2, axis=-1)
    return np.sum(np.exp(2 * log_std) + mean**2 - 1 - 2 * log_std, axis=-1)


@misconception(
    "compute_KL",
    "Your KL is negative. A KL divergence never is: compare the signs with eq. 12.",
)
def negated_KL(q_means_and_log_stds):
    mean, log_std = np.split(q_means_and_log_stds, 2, axis=-1)
    return -np.sum(0.5 * (np.exp(2 * log_std) + mean**2 - 1) - log_std, axis=-1)


@misconception(
    "compute_KL",
    "This is the KL from the prior to q. It is not symmetric: eq. 12 has q first.",
)
def reversed_KL(q_means_and_log_stds):
    mean, log_std = np.split(q_means_and_log_stds, 2, axis=-1)
    return np.sum(0.5 * ((1 + mean**2) * np.exp(-2 * log_std) - 1) + log_std, axis=-1)


@misconception(
    "compute_KL",
    "You average over the latent dimensions. Eq. 12 sums over them.",
)
def averaged_over_dimensions(q_means_and_log_stds):
    mean, log_std = np.split(q_means_and_log_stds, 2, axis=-1)
    return np.mean(0.5 * (np.exp(2 * log_std) + mean**2 - 1) - log_std, axis=-1)


@misconception(
    "compute_KL",
    "You return one number for the whole batch. It should be one per image: sum over the last "
    "axis only.",
)
def one_KL_for_the_batch(q_means_and_log_stds):
    mean, log_std = np.split(q_means_and_log_stds, 2, axis=-1)
    return np.sum(0.5 * (np.exp(2 * log_std) + mean**2 - 1) - log_std)


@misconception(
    "compute_KL",
    "You return one number for the whole batch. It should be one per image; vae_lower_bound "
    "averages.",
)
def mean_KL_of_the_batch(q_means_and_log_stds):
    mean, log_std = np.split(q_means_and_log_stds, 2, axis=-1)
    return np.mean(np.sum(0.5 * (np.exp(2 * log_std) + mean**2 - 1) - log_std, axis=-1))


@misconception(
    "compute_KL",
    "You sum over the images and leave the dimensions. Sum over the last axis.",
)
def KL_summed_over_images(q_means_and_log_stds):
    mean, log_std = np.split(q_means_and_log_stds, 2, axis=-1)
    return np.sum(0.5 * (np.exp(2 * log_std) + mean**2 - 1) - log_std, axis=0)


@misconception(
    "compute_KL",
    "You return one number per dimension. The KL of an image is their sum.",
)
def KL_not_summed(q_means_and_log_stds):
    mean, log_std = np.split(q_means_and_log_stds, 2, axis=-1)
    return 0.5 * (np.exp(2 * log_std) + mean**2 - 1) - log_std


@misconception(
    "compute_KL",
    "Your result has shape (B, 1). It should be (B,): with an extra axis, later differences "
    "become (B, B).",
)
def KL_keeps_an_axis(q_means_and_log_stds):
    mean, log_std = np.split(q_means_and_log_stds, 2, axis=-1)
    return np.sum(0.5 * (np.exp(2 * log_std) + mean**2 - 1) - log_std, axis=-1, keepdims=True)


@misconception(
    "compute_KL",
    "The mean is squared twice. Write out one dimension by hand: eq. 12 has mean^2.",
)
def mean_squared_twice(q_means_and_log_stds):
    mean, log_std = np.split(q_means_and_log_stds, 2, axis=-1)
    return np.sum(0.5 * (np.exp(2 * log_std) + mean**4 - 1) - log_std, axis=-1)


@misconception(
    "compute_KL",
    "The mean is not squared. Write out one dimension by hand: eq. 12 has mean^2.",
)
def mean_not_squared(q_means_and_log_stds):
    mean, log_std = np.split(q_means_and_log_stds, 2, axis=-1)
    return np.sum(0.5 * (np.exp(2 * log_std) + mean - 1) - log_std, axis=-1)


@misconception(
    "compute_KL",
    "The first term of eq. 12 is the variance; you have the standard deviation.",
)
def std_not_squared(q_means_and_log_stds):
    mean, log_std = np.split(q_means_and_log_stds, 2, axis=-1)
    return np.sum(0.5 * (np.exp(log_std) + mean**2 - 1) - log_std, axis=-1)


@misconception(
    "compute_KL",
    "The last term of eq. 12 is the log of the variance, which is twice your log std.",
)
def log_variance_is_half(q_means_and_log_stds):
    mean, log_std = np.split(q_means_and_log_stds, 2, axis=-1)
    return np.sum(0.5 * (np.exp(2 * log_std) + mean**2 - 1 - log_std), axis=-1)


@misconception(
    "compute_KL",
    "The -1 of eq. 12 is missing: the KL from the prior to itself should be 0.",
)
def one_is_missing(q_means_and_log_stds):
    mean, log_std = np.split(q_means_and_log_stds, 2, axis=-1)
    return np.sum(0.5 * (np.exp(2 * log_std) + mean**2) - log_std, axis=-1)


@misconception(
    "compute_KL",
    "The -1 of eq. 12 is subtracted once, not for every dimension.",
)
def one_outside_the_sum(q_means_and_log_stds):
    mean, log_std = np.split(q_means_and_log_stds, 2, axis=-1)
    return 0.5 * (np.sum(np.exp(2 * log_std) + mean**2 - 2 * log_std, axis=-1) - 1)


@misconception(
    "compute_KL",
    "The first term of eq. 12 is the variance; you square the log standard deviation without "
    "undoing the logarithm.",
)
def log_std_used_raw(q_means_and_log_stds):
    mean, log_std = np.split(q_means_and_log_stds, 2, axis=-1)
    return np.sum(0.5 * (log_std**2 + mean**2 - 1) - log_std, axis=-1)


@misconception(
    "compute_KL",
    "You take the first half of the input for the log standard deviations; it holds the means.",
)
def KL_halves_are_swapped(q_means_and_log_stds):
    log_std, mean = np.split(q_means_and_log_stds, 2, axis=-1)
    return np.sum(0.5 * (np.exp(2 * log_std) + mean**2 - 1) - log_std, axis=-1)


@misconception(
    "compute_KL",
    "The values are right, but no gradient passes through your KL, so it would not train the "
    "encoder. Use the functions of autograd.numpy on the arrays as they come.",
)
def KL_is_cut_off_from_the_gradient(q_means_and_log_stds):
    from autograd.tracer import getval

    mean, log_std = np.split(getval(q_means_and_log_stds), 2, axis=-1)
    return np.sum(0.5 * (np.exp(2 * log_std) + mean**2 - 1) - log_std, axis=-1)


# Task 1.4 -----------------------------------------------------------------------------------------


@misconception(
    "vae_lower_bound",
    "You add the KL. The bound is log-likelihood minus KL (eq. 14).",
)
def KL_is_added(gen_params, rec_params, data):
    encoder_output = neural_net_predict(rec_params, data)
    z = sample_latent_variables_from_posterior(encoder_output)
    logits = neural_net_predict(gen_params, z)
    log_likelihood = bernoulli_log_prob(data, logits)
    return np.mean(log_likelihood + compute_KL(encoder_output))


@misconception(
    "vae_lower_bound",
    "The sign of the whole bound is turned, as for a loss. It is to be maximised: eq. 14 as "
    "it stands.",
)
def bound_is_negated(gen_params, rec_params, data):
    encoder_output = neural_net_predict(rec_params, data)
    z = sample_latent_variables_from_posterior(encoder_output)
    logits = neural_net_predict(gen_params, z)
    log_likelihood = bernoulli_log_prob(data, logits)
    return np.mean(compute_KL(encoder_output) - log_likelihood)


@misconception(
    "vae_lower_bound",
    "The KL is missing: without it the bound is only the reconstruction term of eq. 14.",
)
def KL_is_left_out(gen_params, rec_params, data):
    encoder_output = neural_net_predict(rec_params, data)
    z = sample_latent_variables_from_posterior(encoder_output)
    logits = neural_net_predict(gen_params, z)
    log_likelihood = bernoulli_log_prob(data, logits)
    return np.mean(log_likelihood)


@misconception(
    "vae_lower_bound",
    "The log-likelihood is missing: you return only the KL term of eq. 14.",
)
def log_likelihood_is_left_out(gen_params, rec_params, data):
    encoder_output = neural_net_predict(rec_params, data)
    return -np.mean(compute_KL(encoder_output))


@misconception(
    "vae_lower_bound",
    "You sum over the batch. Average, so that the bound does not depend on the batch size.",
)
def bound_is_summed(gen_params, rec_params, data):
    encoder_output = neural_net_predict(rec_params, data)
    z = sample_latent_variables_from_posterior(encoder_output)
    logits = neural_net_predict(gen_params, z)
    log_likelihood = bernoulli_log_prob(data, logits)
    return np.sum(log_likelihood - compute_KL(encoder_output))


@misconception(
    "vae_lower_bound",
    "You return one bound per image. Average them: autograd needs one number.",
)
def bound_per_image(gen_params, rec_params, data):
    encoder_output = neural_net_predict(rec_params, data)
    z = sample_latent_variables_from_posterior(encoder_output)
    logits = neural_net_predict(gen_params, z)
    log_likelihood = bernoulli_log_prob(data, logits)
    return log_likelihood - compute_KL(encoder_output)


@misconception(
    "vae_lower_bound",
    "You turn logits into probabilities before bernoulli_log_prob, which does so itself.",
)
def sigmoid_before_log_prob(gen_params, rec_params, data):
    encoder_output = neural_net_predict(rec_params, data)
    z = sample_latent_variables_from_posterior(encoder_output)
    logits = neural_net_predict(gen_params, z)
    log_likelihood = bernoulli_log_prob(data, sigmoid(logits))
    return np.mean(log_likelihood - compute_KL(encoder_output))


@misconception(
    "vae_lower_bound",
    "Your bound is multiplied by the number of training images. Report it per image.",
)
def bound_times_number_of_images(gen_params, rec_params, data):
    encoder_output = neural_net_predict(rec_params, data)
    z = sample_latent_variables_from_posterior(encoder_output)
    logits = neural_net_predict(gen_params, z)
    log_likelihood = bernoulli_log_prob(data, logits)
    return 60000 * np.mean(log_likelihood - compute_KL(encoder_output))


@misconception(
    "vae_lower_bound",
    "Your bound is multiplied by N/B. Report it per image: the mean over the batch.",
)
def bound_times_N_over_batch_size(gen_params, rec_params, data):
    encoder_output = neural_net_predict(rec_params, data)
    z = sample_latent_variables_from_posterior(encoder_output)
    logits = neural_net_predict(gen_params, z)
    log_likelihood = bernoulli_log_prob(data, logits)
    return 60000 / len(data) * np.mean(log_likelihood - compute_KL(encoder_output))


@misconception(
    "vae_lower_bound",
    "You decode the mean of q(z|x). Eq. 14 needs a sample of z.",
)
def mean_is_decoded(gen_params, rec_params, data):
    encoder_output = neural_net_predict(rec_params, data)
    z = encoder_output[:, : encoder_output.shape[1] // 2]
    logits = neural_net_predict(gen_params, z)
    log_likelihood = bernoulli_log_prob(data, logits)
    return np.mean(log_likelihood - compute_KL(encoder_output))


@misconception(
    "vae_lower_bound",
    "You decode a sample from the prior. Eq. 14 needs z drawn from q(z|x).",
)
def prior_is_decoded(gen_params, rec_params, data):
    encoder_output = neural_net_predict(rec_params, data)
    z = rng.standard_normal((len(data), encoder_output.shape[1] // 2))
    logits = neural_net_predict(gen_params, z)
    log_likelihood = bernoulli_log_prob(data, logits)
    return np.mean(log_likelihood - compute_KL(encoder_output))


@misconception(
    "vae_lower_bound",
    "bernoulli_log_prob takes the data first and the logits second.",
)
def arguments_of_log_prob_swapped(gen_params, rec_params, data):
    encoder_output = neural_net_predict(rec_params, data)
    z = sample_latent_variables_from_posterior(encoder_output)
    logits = neural_net_predict(gen_params, z)
    log_likelihood = bernoulli_log_prob(logits, data)
    return np.mean(log_likelihood - compute_KL(encoder_output))


@misconception(
    "vae_lower_bound",
    "Your KL has a weight. In eq. 14 its weight is 1.",
)
def beta_is_not_one(gen_params, rec_params, data):
    encoder_output = neural_net_predict(rec_params, data)
    z = sample_latent_variables_from_posterior(encoder_output)
    logits = neural_net_predict(gen_params, z)
    log_likelihood = bernoulli_log_prob(data, logits)
    return np.mean(log_likelihood - 0.5 * compute_KL(encoder_output))


@misconception(
    "vae_lower_bound",
    "You give compute_KL the sample z. It takes the encoder's output: means and log stds.",
)
def KL_of_the_sample(gen_params, rec_params, data):
    encoder_output = neural_net_predict(rec_params, data)
    z = sample_latent_variables_from_posterior(encoder_output)
    logits = neural_net_predict(gen_params, z)
    log_likelihood = bernoulli_log_prob(data, logits)
    return np.mean(log_likelihood - compute_KL(z))


@misconception(
    "vae_lower_bound",
    "The value is right, but no gradient reaches the recognition network. Something between "
    "it and the bound is a plain number or a plain numpy array.",
)
def encoder_is_cut_off(gen_params, rec_params, data):
    from autograd.tracer import getval

    encoder_output = getval(neural_net_predict(rec_params, data))
    z = sample_latent_variables_from_posterior(encoder_output)
    logits = neural_net_predict(gen_params, z)
    log_likelihood = bernoulli_log_prob(data, logits)
    return np.mean(log_likelihood - compute_KL(encoder_output))


# Task 2.1 -----------------------------------------------------------------------------------------


@misconception(
    "initialize_adam",
    "m and v are one and the same array: an in-place change of one changes the other.",
)
def moments_are_the_same_array(params):
    zeros = np.zeros_like(params)
    return zeros, zeros


@misconception(
    "initialize_adam",
    "m and v start at one. Figure 5 starts them at zero.",
)
def moments_are_ones(params):
    return np.ones_like(params), np.ones_like(params)


@misconception(
    "initialize_adam",
    "m and v start at the parameters. Figure 5 starts them at zero.",
)
def moments_are_the_parameters(params):
    return params.copy(), params.copy()


@misconception(
    "initialize_adam",
    "m and v are single numbers. They are vectors with one element per parameter.",
)
def moments_are_numbers(params):
    return 0.0, 0.0


# Task 2.2 -----------------------------------------------------------------------------------------


@misconception(
    "adam_update",
    "The bias correction of Figure 5 is missing: the first step should have the size of the "
    "learning rate.",
)
def no_bias_correction(
    params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient**2
    m_hat = m
    v_hat = v
    step = learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return params + step, m, v


@misconception(
    "adam_update",
    "You use t + 1. t is 1 at the first update already.",
)
def t_is_one_too_large(
    params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient**2
    m_hat = m / (1 - beta_1 ** (t + 1))
    v_hat = v / (1 - beta_2 ** (t + 1))
    step = learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return params + step, m, v


@misconception(
    "adam_update",
    "Your bias correction is that of the first step at every step. It should use t.",
)
def t_is_always_one(
    params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient**2
    m_hat = m / (1 - beta_1)
    v_hat = v / (1 - beta_2)
    step = learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return params + step, m, v


@misconception(
    "adam_update",
    "You multiply the betas by t. Figure 5 raises them to the power t.",
)
def betas_times_t(
    params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient**2
    m_hat = m / (1 - beta_1 * t + 1e-3)
    v_hat = v / np.abs(1 - beta_2 * t + 1e-3)
    step = learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return params + step, m, v


@misconception(
    "adam_update",
    "Your epsilon is inside the root. Figure 5 takes the root first, then adds epsilon.",
)
def epsilon_inside_the_root(
    params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient**2
    m_hat = m / (1 - beta_1**t)
    v_hat = v / (1 - beta_2**t)
    step = learning_rate * m_hat / np.sqrt(v_hat + epsilon)
    return params + step, m, v


@misconception(
    "adam_update",
    "Your epsilon is missing: where a gradient is zero the step becomes 0/0.",
)
def epsilon_is_left_out(
    params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient**2
    m_hat = m / (1 - beta_1**t)
    v_hat = v / (1 - beta_2**t)
    step = learning_rate * m_hat / np.sqrt(v_hat)
    return params + step, m, v


@misconception(
    "adam_update",
    "You return the bias-corrected moving averages. Keep the raw ones: they go on from step "
    "to step.",
)
def corrected_moments_are_returned(
    params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient**2
    m_hat = m / (1 - beta_1**t)
    v_hat = v / (1 - beta_2**t)
    step = learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return params + step, m_hat, v_hat


@misconception(
    "adam_update",
    "You subtract the step, as Figure 5 does, which minimises. The bound is to be maximised.",
)
def goes_downhill(
    params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient**2
    m_hat = m / (1 - beta_1**t)
    v_hat = v / (1 - beta_2**t)
    step = learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return params - step, m, v


@misconception(
    "adam_update",
    "v averages the gradient. Figure 5 averages its square.",
)
def gradient_is_not_squared(
    params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * np.abs(gradient)
    m_hat = m / (1 - beta_1**t)
    v_hat = v / (1 - beta_2**t)
    step = learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return params + step, m, v


@misconception(
    "adam_update",
    "The gradient is squared twice in v. Figure 5 has g^2.",
)
def gradient_is_squared_twice(
    params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient**4
    m_hat = m / (1 - beta_1**t)
    v_hat = v / (1 - beta_2**t)
    step = learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return params + step, m, v


@misconception(
    "adam_update",
    "m averages the squared gradient. Figure 5 averages the gradient itself there.",
)
def gradient_is_squared_in_m(
    params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    m = beta_1 * m + (1 - beta_1) * gradient**2
    v = beta_2 * v + (1 - beta_2) * gradient**2
    m_hat = m / (1 - beta_1**t)
    v_hat = v / (1 - beta_2**t)
    step = learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return params + step, m, v


@misconception(
    "adam_update",
    "The root of v is missing in the step.",
)
def root_is_missing(
    params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient**2
    m_hat = m / (1 - beta_1**t)
    v_hat = v / (1 - beta_2**t)
    step = learning_rate * m_hat / (v_hat + epsilon)
    return params + step, m, v


@misconception(
    "adam_update",
    "beta_1 and beta_2 are swapped: m goes with beta_1 and v with beta_2.",
)
def betas_are_swapped(
    params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    m = beta_2 * m + (1 - beta_2) * gradient
    v = beta_1 * v + (1 - beta_1) * gradient**2
    m_hat = m / (1 - beta_2**t)
    v_hat = v / (1 - beta_1**t)
    step = learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return params + step, m, v


@misconception(
    "adam_update",
    "beta and 1 - beta are swapped: the old average keeps the weight beta.",
)
def weights_are_swapped(
    params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    m = (1 - beta_1) * m + beta_1 * gradient
    v = (1 - beta_2) * v + beta_2 * gradient**2
    m_hat = m / (1 - beta_1**t)
    v_hat = v / (1 - beta_2**t)
    step = learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return params + step, m, v


@misconception(
    "adam_update",
    "The learning rate is a fixed number in your code. Use the argument.",
)
def learning_rate_is_fixed(
    params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient**2
    m_hat = m / (1 - beta_1**t)
    v_hat = v / (1 - beta_2**t)
    step = 0.001 * m_hat / (np.sqrt(v_hat) + epsilon)
    return params + step, m, v


@misconception(
    "adam_update",
    "The betas are fixed numbers in your code. Use the arguments.",
)
def betas_are_fixed(
    params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    beta_1, beta_2 = 0.9, 0.999
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient**2
    m_hat = m / (1 - beta_1**t)
    v_hat = v / (1 - beta_2**t)
    step = learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return params + step, m, v


@misconception(
    "adam_update",
    "Epsilon is a fixed number in your code. Use the argument.",
)
def epsilon_is_fixed(
    params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    epsilon = 1e-8
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient**2
    m_hat = m / (1 - beta_1**t)
    v_hat = v / (1 - beta_2**t)
    step = learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return params + step, m, v


@misconception(
    "adam_update",
    "You return m and v as they came, not as updated by this step.",
)
def moments_are_not_returned(
    params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    m_before, v_before = m, v
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient**2
    m_hat = m / (1 - beta_1**t)
    v_hat = v / (1 - beta_2**t)
    step = learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return params + step, m_before, v_before


@misconception(
    "adam_update",
    "Only v is corrected for its bias. Figure 5 corrects m too.",
)
def m_is_not_corrected(
    params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient**2
    m_hat = m
    v_hat = v / (1 - beta_2**t)
    step = learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return params + step, m, v


@misconception(
    "adam_update",
    "Only m is corrected for its bias. Figure 5 corrects v too.",
)
def v_is_not_corrected(
    params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient**2
    m_hat = m / (1 - beta_1**t)
    v_hat = v
    step = learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return params + step, m, v


@misconception(
    "adam_update",
    "The step uses the gradient itself. Figure 5 uses its moving average.",
)
def gradient_instead_of_m(
    params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient**2
    v_hat = v / (1 - beta_2**t)
    step = learning_rate * gradient / (np.sqrt(v_hat) + epsilon)
    return params + step, m, v


@misconception(
    "adam_update",
    "You return m, v, params. The order is params, m, v.",
)
def order_of_results(
    params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient**2
    m_hat = m / (1 - beta_1**t)
    v_hat = v / (1 - beta_2**t)
    step = learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return m, v, params + step


# Task 3.1 -----------------------------------------------------------------------------------------


@misconception(
    "generate_images",
    "These are logits. A picture shows activation probabilities: the sigmoid is missing.",
)
def generated_logits(gen_params, num_images=25):
    z = rng.standard_normal((num_images, gen_params[0][0].shape[0]))
    return neural_net_predict(gen_params, z)


@misconception(
    "generate_images",
    "The pixels are binarised. Show their activation probabilities.",
)
def generated_and_binarised(gen_params, num_images=25):
    z = rng.standard_normal((num_images, gen_params[0][0].shape[0]))
    p = sigmoid(neural_net_predict(gen_params, z))
    return (p > rng.random(p.shape)).astype(p.dtype)


@misconception(
    "generate_images",
    "The pixels are rounded to 0 or 1. Show their activation probabilities.",
)
def generated_and_rounded(gen_params, num_images=25):
    z = rng.standard_normal((num_images, gen_params[0][0].shape[0]))
    return np.round(sigmoid(neural_net_predict(gen_params, z)))


@misconception(
    "generate_images",
    "The sigmoid is applied twice.",
)
def generated_sigmoid_twice(gen_params, num_images=25):
    z = rng.standard_normal((num_images, gen_params[0][0].shape[0]))
    return sigmoid(sigmoid(neural_net_predict(gen_params, z)))


@misconception(
    "generate_images",
    "You always generate 25 images. Generate num_images.",
)
def always_25_images(gen_params, num_images=25):
    z = rng.standard_normal((25, gen_params[0][0].shape[0]))
    return sigmoid(neural_net_predict(gen_params, z))


@misconception(
    "generate_images",
    "All images come from the same z. Draw one for each.",
)
def one_z_for_all_images(gen_params, num_images=25):
    z = np.tile(rng.standard_normal((1, gen_params[0][0].shape[0])), (num_images, 1))
    return sigmoid(neural_net_predict(gen_params, z))


@misconception(
    "generate_images",
    "All dimensions of z are equal. Draw a number for each.",
)
def one_number_for_all_dimensions(gen_params, num_images=25):
    z = np.tile(rng.standard_normal((num_images, 1)), (1, gen_params[0][0].shape[0]))
    return sigmoid(neural_net_predict(gen_params, z))


@misconception(
    "generate_images",
    "Your z is uniform. The prior is N(0, I) (eq. 2).",
)
def uniform_z(gen_params, num_images=25):
    z = rng.random((num_images, gen_params[0][0].shape[0]))
    return sigmoid(neural_net_predict(gen_params, z))


@misconception(
    "generate_images",
    "The number of latent dimensions is fixed in your code. Read it off gen_params.",
)
def latent_dim_is_fixed(gen_params, num_images=25):
    z = rng.standard_normal((num_images, 50))
    return sigmoid(neural_net_predict(gen_params, z))


@misconception(
    "generate_images",
    "Every call gives the same images. Draw fresh z: do not seed the random numbers in the "
    "function.",
)
def frozen_z(gen_params, num_images=25):
    z = np.random.RandomState(0).randn(num_images, gen_params[0][0].shape[0])
    return sigmoid(neural_net_predict(gen_params, z))


# Task 3.2 -----------------------------------------------------------------------------------------


@misconception(
    "reconstruct_images",
    "You return the originals. Encode them, sample z, and decode it.",
)
def originals_are_returned(gen_params, rec_params, images):
    return images


@misconception(
    "reconstruct_images",
    "You decode samples from the prior. Draw z from q(z|x) of each image.",
)
def reconstructed_from_the_prior(gen_params, rec_params, images):
    z = rng.standard_normal((len(images), gen_params[0][0].shape[0]))
    return sigmoid(neural_net_predict(gen_params, z))


@misconception(
    "reconstruct_images",
    "You decode the mean of q(z|x). The task asks for a sample.",
)
def reconstructed_from_the_mean(gen_params, rec_params, images):
    encoder_output = neural_net_predict(rec_params, images)
    z = encoder_output[:, : encoder_output.shape[1] // 2]
    return sigmoid(neural_net_predict(gen_params, z))


@misconception(
    "reconstruct_images",
    "These are logits. A picture shows activation probabilities: the sigmoid is missing.",
)
def reconstructed_logits(gen_params, rec_params, images):
    z = sample_latent_variables_from_posterior(neural_net_predict(rec_params, images))
    return neural_net_predict(gen_params, z)


@misconception(
    "reconstruct_images",
    "The sigmoid is applied twice.",
)
def reconstructed_sigmoid_twice(gen_params, rec_params, images):
    z = sample_latent_variables_from_posterior(neural_net_predict(rec_params, images))
    return sigmoid(sigmoid(neural_net_predict(gen_params, z)))


@misconception(
    "reconstruct_images",
    "The pixels are rounded to 0 or 1. Show their activation probabilities.",
)
def reconstructed_and_rounded(gen_params, rec_params, images):
    z = sample_latent_variables_from_posterior(neural_net_predict(rec_params, images))
    return np.round(sigmoid(neural_net_predict(gen_params, z)))


@misconception(
    "reconstruct_images",
    "You always reconstruct the first ten images. Reconstruct all that are given.",
)
def always_ten_images(gen_params, rec_params, images):
    images = images[:10]
    z = sample_latent_variables_from_posterior(neural_net_predict(rec_params, images))
    return sigmoid(neural_net_predict(gen_params, z))


# Task 3.3 -----------------------------------------------------------------------------------------


@misconception(
    "interpolate_images",
    "You mix the pixels of the two images. Mix their latent means and decode the mixture.",
)
def interpolated_pixels(gen_params, rec_params, first_image, second_image, num_steps=25):
    s = np.linspace(0, 1, num_steps)[:, None]
    return first_image * s + (1 - s) * second_image


@misconception(
    "interpolate_images",
    "You decode the two ends and mix the pictures. Mix the latent means and decode the mixture.",
)
def interpolated_reconstructions(gen_params, rec_params, first_image, second_image, num_steps=25):
    images = np.stack([first_image, second_image])
    encoder_output = neural_net_predict(rec_params, images)
    z_1, z_2 = encoder_output[:, : encoder_output.shape[1] // 2]
    s = np.linspace(0, 1, num_steps)[:, None]
    ends = sigmoid(neural_net_predict(gen_params, np.stack([z_1, z_2])))
    return ends[0] * s + (1 - s) * ends[1]


@misconception(
    "interpolate_images",
    "You mix samples of z. The task asks for the means and ignores the variance.",
)
def interpolated_samples(gen_params, rec_params, first_image, second_image, num_steps=25):
    images = np.stack([first_image, second_image])
    encoder_output = neural_net_predict(rec_params, images)
    z_1, z_2 = sample_latent_variables_from_posterior(encoder_output)
    s = np.linspace(0, 1, num_steps)[:, None]
    return sigmoid(neural_net_predict(gen_params, z_1 * s + (1 - s) * z_2))


@misconception(
    "interpolate_images",
    "One end is missing: s goes from 0 to 1 in num_steps values, both included.",
)
def end_is_missing(gen_params, rec_params, first_image, second_image, num_steps=25):
    images = np.stack([first_image, second_image])
    encoder_output = neural_net_predict(rec_params, images)
    z_1, z_2 = encoder_output[:, : encoder_output.shape[1] // 2]
    s = np.linspace(0, 1, num_steps, endpoint=False)[:, None]
    return sigmoid(neural_net_predict(gen_params, z_1 * s + (1 - s) * z_2))


@misconception(
    "interpolate_images",
    "You always take 25 steps. Take num_steps.",
)
def always_25_steps(gen_params, rec_params, first_image, second_image, num_steps=25):
    images = np.stack([first_image, second_image])
    encoder_output = neural_net_predict(rec_params, images)
    z_1, z_2 = encoder_output[:, : encoder_output.shape[1] // 2]
    s = np.linspace(0, 1, 25)[:, None]
    return sigmoid(neural_net_predict(gen_params, z_1 * s + (1 - s) * z_2))


@misconception(
    "interpolate_images",
    "You give num_steps + 1 images. Both ends count.",
)
def one_step_too_many(gen_params, rec_params, first_image, second_image, num_steps=25):
    images = np.stack([first_image, second_image])
    encoder_output = neural_net_predict(rec_params, images)
    z_1, z_2 = encoder_output[:, : encoder_output.shape[1] // 2]
    s = np.linspace(0, 1, num_steps + 1)[:, None]
    return sigmoid(neural_net_predict(gen_params, z_1 * s + (1 - s) * z_2))


@misconception(
    "interpolate_images",
    "These are logits. A picture shows activation probabilities: the sigmoid is missing.",
)
def interpolated_logits(gen_params, rec_params, first_image, second_image, num_steps=25):
    images = np.stack([first_image, second_image])
    encoder_output = neural_net_predict(rec_params, images)
    z_1, z_2 = encoder_output[:, : encoder_output.shape[1] // 2]
    s = np.linspace(0, 1, num_steps)[:, None]
    return neural_net_predict(gen_params, z_1 * s + (1 - s) * z_2)


@misconception(
    "interpolate_images",
    "The sigmoid is applied twice.",
)
def interpolated_sigmoid_twice(gen_params, rec_params, first_image, second_image, num_steps=25):
    images = np.stack([first_image, second_image])
    encoder_output = neural_net_predict(rec_params, images)
    z_1, z_2 = encoder_output[:, : encoder_output.shape[1] // 2]
    s = np.linspace(0, 1, num_steps)[:, None]
    return sigmoid(sigmoid(neural_net_predict(gen_params, z_1 * s + (1 - s) * z_2)))


@misconception(
    "interpolate_images",
    "You mix the whole encoder output. Only its first half, the means, is the latent "
    "representation.",
)
def means_and_log_stds_mixed(gen_params, rec_params, first_image, second_image, num_steps=25):
    images = np.stack([first_image, second_image])
    encoder_output = neural_net_predict(rec_params, images)
    z_1, z_2 = encoder_output[:, : encoder_output.shape[1] // 2]
    log_std_1, log_std_2 = encoder_output[:, encoder_output.shape[1] // 2 :]
    z_1, z_2 = z_1 + np.exp(log_std_1), z_2 + np.exp(log_std_2)
    s = np.linspace(0, 1, num_steps)[:, None]
    return sigmoid(neural_net_predict(gen_params, z_1 * s + (1 - s) * z_2))


@misconception(
    "interpolate_images",
    "The steps are not equal: s should be an even grid from 0 to 1.",
)
def rows_are_random_steps(gen_params, rec_params, first_image, second_image, num_steps=25):
    images = np.stack([first_image, second_image])
    encoder_output = neural_net_predict(rec_params, images)
    z_1, z_2 = encoder_output[:, : encoder_output.shape[1] // 2]
    s = np.sort(rng.random(num_steps))[:, None]
    return sigmoid(neural_net_predict(gen_params, z_1 * s + (1 - s) * z_2))
