"""Known wrong answers of the extension autoencoders, each with a hint."""

from functools import partial

import autograd.numpy as np

from solutions.vae import sigmoid
from tests.hidden.misconceptions import misconception as general

misconception = partial(general, file="autoencoders")


# nearest_neighbour_distance -----------------------------------------------------------------------


@misconception(
    "nearest_neighbour_distance",
    "Your distance is not divided by the number of pixels under the root: it is Euclidean, where "
    "the equation has a mean over d.",
)
def euclidean_nearest_neighbour(samples, images):
    squares = np.sum(samples**2, axis=1)[:, None] + np.sum(images**2, axis=1)
    squares = squares - 2 * np.dot(samples, images.T)
    return np.sqrt(np.maximum(np.min(squares, axis=1), 0))


@misconception(
    "nearest_neighbour_distance", "You return mean squares. The distance is the root of it."
)
def squared_nearest_neighbour(samples, images):
    squares = np.sum(samples**2, axis=1)[:, None] + np.sum(images**2, axis=1)
    squares = squares - 2 * np.dot(samples, images.T)
    return np.maximum(np.min(squares, axis=1), 0) / samples.shape[1]


@misconception(
    "nearest_neighbour_distance",
    "You take the minimum over the samples. There is one distance for each sample: its smallest "
    "over all images.",
)
def nearest_sample_of_each_image(samples, images):
    squares = np.sum(samples**2, axis=1)[:, None] + np.sum(images**2, axis=1)
    squares = squares - 2 * np.dot(samples, images.T)
    return np.sqrt(np.maximum(np.min(squares, axis=0), 0) / samples.shape[1])


@misconception(
    "nearest_neighbour_distance",
    "You average over all images. The nearest neighbour is the one image at the smallest distance.",
)
def distance_to_the_average_neighbour(samples, images):
    squares = np.sum(samples**2, axis=1)[:, None] + np.sum(images**2, axis=1)
    squares = squares - 2 * np.dot(samples, images.T)
    return np.mean(np.sqrt(np.maximum(squares, 0) / samples.shape[1]), axis=1)


@misconception(
    "nearest_neighbour_distance",
    "The product of sample and image needs a factor 2 when you expand the square.",
)
def square_expanded_without_two(samples, images):
    squares = np.sum(samples**2, axis=1)[:, None] + np.sum(images**2, axis=1)
    squares = squares - np.dot(samples, images.T)
    return np.sqrt(np.maximum(np.min(squares, axis=1), 0) / samples.shape[1])


# corrupt ------------------------------------------------------------------------------------------


@misconception(
    "corrupt",
    "You keep what is to be masked. A pixel becomes 0 where the noise is below the probability.",
)
def masks_the_others(images, uniform_noise, probability):
    return images * (uniform_noise < probability)


@misconception(
    "corrupt",
    "You divide the kept pixels by the probability of being kept, as dropout does. Here they stay "
    "as before.",
)
def masks_like_dropout(images, uniform_noise, probability):
    return images * (uniform_noise >= probability) / (1 - probability + 1e-12)


@misconception(
    "corrupt",
    "You flip pixels where the noise is below the probability. Masking makes them 0.",
)
def flips_pixels(images, uniform_noise, probability):
    return np.where(uniform_noise < probability, 1 - images, images)


@misconception("corrupt", "You set the masked pixels to 1, which is ink. Masked pixels are 0.")
def masks_with_ink(images, uniform_noise, probability):
    return np.where(uniform_noise < probability, 1.0, images)


@misconception(
    "corrupt",
    "You mask where the noise equals the probability, too. Noise may be 0, and with probability 0 "
    "no pixel is masked.",
)
def masks_at_equality(images, uniform_noise, probability):
    return images * (uniform_noise > probability)


@misconception("corrupt", "You add the noise. It only decides which pixels become 0.")
def adds_the_noise(images, uniform_noise, probability):
    return images + probability * uniform_noise


@misconception("corrupt", "You write into images. They are needed afterwards; return a new array.")
def masks_in_place(images, uniform_noise, probability):
    images[uniform_noise < probability] = 0
    return images


# cross_entropy ------------------------------------------------------------------------------------


@misconception(
    "cross_entropy",
    "Your loss is negative: it is the log-likelihood. The loss is minus that.",
)
def log_likelihood_for_loss(images, logits):
    return np.sum(images * logits - np.logaddexp(0, logits), axis=1)


@misconception(
    "cross_entropy",
    "You average over pixels. The loss is their sum: only that is -log p(x|z), in nats/image, "
    "and may be weighed against the KL.",
)
def cross_entropy_per_pixel(images, logits):
    return np.mean(np.logaddexp(0, logits) - images * logits, axis=1)


@misconception(
    "cross_entropy",
    "Right for small logits, but where sigmoid rounds to 0 or 1 its logarithm is not finite. "
    "Express log s(l) by np.logaddexp.",
)
def logarithm_of_rounded_sigmoid(images, logits):
    p = sigmoid(logits)
    return -np.sum(images * np.log(p) + (1 - images) * np.log(1 - p), axis=1)


@misconception(
    "cross_entropy",
    "You add a small number inside the logarithm, which limits the loss of a pixel: confident "
    "mistakes cost the size of the logit, and their gradient must not vanish.",
)
def cross_entropy_with_epsilon(images, logits):
    p = sigmoid(logits)
    return -np.sum(images * np.log(p + 1e-8) + (1 - images) * np.log(1 - p + 1e-8), axis=1)


@misconception("cross_entropy", "You leave out the pixels that are off, 1 - x in the equation.")
def only_the_ink(images, logits):
    return np.sum(images * np.logaddexp(0, -logits), axis=1)


@misconception(
    "cross_entropy", "You return squared differences. The equation has logarithms of probabilities."
)
def squared_error(images, logits):
    return np.sum((images - sigmoid(logits)) ** 2, axis=1)


@misconception(
    "cross_entropy",
    "You round the images to 0 and 1. The equation also holds for grey pixels.",
)
def rounds_the_images(images, logits):
    return np.sum(np.logaddexp(0, logits) - np.round(images) * logits, axis=1)


# beta_objective -----------------------------------------------------------------------------------


@misconception("beta_objective", "You add the KL. It is a cost: it is subtracted.")
def rewards_the_kl(log_likelihood, kl, beta):
    return np.mean(log_likelihood + beta * kl)


@misconception("beta_objective", "You weigh the log-likelihood by beta. Beta belongs to the KL.")
def beta_on_the_likelihood(log_likelihood, kl, beta):
    return np.mean(beta * log_likelihood - kl)


@misconception("beta_objective", "You add up the batch. The objective is a mean over its images.")
def objective_summed(log_likelihood, kl, beta):
    return np.sum(log_likelihood - beta * kl)


@misconception("beta_objective", "This is the loss. The objective is to be maximised.")
def objective_to_minimise(log_likelihood, kl, beta):
    return np.mean(beta * kl - log_likelihood)


@misconception("beta_objective", "Beta is not used: this is the objective for beta = 1.")
def objective_without_beta(log_likelihood, kl, beta):
    return np.mean(log_likelihood - kl)


@misconception(
    "beta_objective", "You return one value for each image. The objective is their mean, a number."
)
def objective_of_each_image(log_likelihood, kl, beta):
    return log_likelihood - beta * kl


@misconception(
    "beta_objective", "You weigh the log-likelihood by 1 - beta. Its weight is 1, whatever beta is."
)
def weighted_average(log_likelihood, kl, beta):
    return np.mean((1 - beta) * log_likelihood - beta * kl)
