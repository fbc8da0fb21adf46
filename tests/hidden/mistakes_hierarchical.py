"""Known wrong answers of the extension hierarchical, each with a hint."""

from functools import partial

import autograd.numpy as np

from tests.hidden.misconceptions import misconception as general

misconception = partial(general, file="hierarchical")


# chain_elbo ---------------------------------------------------------------------------------------


@misconception(
    "chain_elbo",
    "You add the log q of the layers. Eq. 4 subtracts them: their average is minus an entropy.",
)
def log_posteriors_added(log_likelihood, log_priors, log_posteriors):
    return np.mean(log_likelihood + sum(log_priors) + sum(log_posteriors), axis=0)


@misconception("chain_elbo", "The signs of the priors and of the posteriors in eq. 4 are swapped.")
def chain_KL_added(log_likelihood, log_priors, log_posteriors):
    return np.mean(log_likelihood - sum(log_priors) + sum(log_posteriors), axis=0)


@misconception("chain_elbo", "You return a loss. Eq. 4 is the bound itself, which is maximised.")
def chain_loss_instead_of_bound(log_likelihood, log_priors, log_posteriors):
    return -np.mean(log_likelihood + sum(log_priors) - sum(log_posteriors), axis=0)


@misconception(
    "chain_elbo",
    "Your bound lacks the prior terms log p(z_i|...). In eq. 4 every layer has one.",
)
def chain_without_priors(log_likelihood, log_priors, log_posteriors):
    return np.mean(log_likelihood - sum(log_posteriors), axis=0)


@misconception(
    "chain_elbo",
    "Your bound lacks log p(x|z_1): minus a KL is all that is left.",
)
def chain_without_likelihood(log_likelihood, log_priors, log_posteriors):
    return np.mean(sum(log_priors) - sum(log_posteriors), axis=0)


@misconception(
    "chain_elbo",
    "Only the first layer is in your bound. Eq. 4 sums over all of them, however many there are.",
)
def first_layer_only(log_likelihood, log_priors, log_posteriors):
    return np.mean(log_likelihood + log_priors[0] - log_posteriors[0], axis=0)


@misconception(
    "chain_elbo",
    "You average the terms over the layers. Log densities of a chain add up.",
)
def layers_averaged(log_likelihood, log_priors, log_posteriors):
    ratios = sum(log_priors) - sum(log_posteriors)
    return np.mean(log_likelihood + ratios / len(log_priors), axis=0)


@misconception("chain_elbo", "You sum over the samples. The expectation of eq. 4 is their mean.")
def chain_samples_summed(log_likelihood, log_priors, log_posteriors):
    return np.sum(log_likelihood + sum(log_priors) - sum(log_posteriors), axis=0)


@misconception(
    "chain_elbo",
    "You average over observations, and return one number per sample. Average over the samples, "
    "the first axis.",
)
def chain_mean_over_observations(log_likelihood, log_priors, log_posteriors):
    return np.mean(log_likelihood + sum(log_priors) - sum(log_posteriors), axis=1)


@misconception(
    "chain_elbo",
    "You take the logarithm of the average weight. That is another bound, of importance sampling; "
    "eq. 4 averages the logarithms.",
)
def log_of_the_mean_weight(log_likelihood, log_priors, log_posteriors):
    log_weights = log_likelihood + sum(log_priors) - sum(log_posteriors)
    highest = np.max(log_weights, axis=0)
    return highest + np.log(np.mean(np.exp(log_weights - highest), axis=0))


# condition ----------------------------------------------------------------------------------------


@misconception(
    "condition",
    "Your covariance is right, but the mean lacks the - W mean: what counts is how y differs from "
    "what was expected.",
)
def surprise_without_expectation(mean, S, W, R, y):
    weights = np.linalg.solve(R, W)
    covariance = np.linalg.inv(np.linalg.inv(S) + np.dot(W.T, weights))
    return mean + np.dot(y, np.dot(weights, covariance)), covariance


@misconception(
    "condition",
    "Your covariance is right, but the result lacks the prior's mean, to which the correction is "
    "added.",
)
def correction_without_mean(mean, S, W, R, y):
    weights = np.linalg.solve(R, W)
    covariance = np.linalg.inv(np.linalg.inv(S) + np.dot(W.T, weights))
    return np.dot(y - np.dot(mean, W.T), np.dot(weights, covariance)), covariance


@misconception("condition", "Your second result is the precision of z given y, not its inverse.")
def precision_for_covariance(mean, S, W, R, y):
    weights = np.linalg.solve(R, W)
    precision = np.linalg.inv(S) + np.dot(W.T, weights)
    gain = np.dot(weights, np.linalg.inv(precision))
    return mean + np.dot(y - np.dot(mean, W.T), gain), precision


@misconception(
    "condition",
    "You add S where the equation has its inverse: precisions add up, covariances do not.",
)
def covariance_among_precisions(mean, S, W, R, y):
    weights = np.linalg.solve(R, W)
    covariance = np.linalg.inv(S + np.dot(W.T, weights))
    return mean + np.dot(y - np.dot(mean, W.T), np.dot(weights, covariance)), covariance


@misconception(
    "condition",
    "Your precision of z is I + W' R^-1 W. That holds for a prior N(0, I); here it is N(mean, S).",
)
def prior_covariance_is_identity(mean, S, W, R, y):
    weights = np.linalg.solve(R, W)
    covariance = np.linalg.inv(np.eye(len(S)) + np.dot(W.T, weights))
    return mean + np.dot(y - np.dot(mean, W.T), np.dot(weights, covariance)), covariance


@misconception(
    "condition",
    "R does not enter your result as its inverse: the noisier y, the less it says about z.",
)
def noise_not_inverted(mean, S, W, R, y):
    weights = np.dot(R, W)
    covariance = np.linalg.inv(np.linalg.inv(S) + np.dot(W.T, weights))
    return mean + np.dot(y - np.dot(mean, W.T), np.dot(weights, covariance)), covariance


@misconception(
    "condition",
    "You use only the diagonal of R. The noise of the dimensions of y is correlated.",
)
def noise_of_independent_dimensions(mean, S, W, R, y):
    weights = W / np.diag(R)[:, None]
    covariance = np.linalg.inv(np.linalg.inv(S) + np.dot(W.T, weights))
    return mean + np.dot(y - np.dot(mean, W.T), np.dot(weights, covariance)), covariance


@misconception(
    "condition",
    "Your covariance is right, but the mean is corrected with S instead of the covariance of z "
    "given y.",
)
def gain_of_the_prior(mean, S, W, R, y):
    weights = np.linalg.solve(R, W)
    covariance = np.linalg.inv(np.linalg.inv(S) + np.dot(W.T, weights))
    return mean + np.dot(y - np.dot(mean, W.T), np.dot(weights, S)), covariance


@misconception(
    "condition",
    "Right where y and mean are both (B, ...), but other leading axes fail: a transpose, `.T`, "
    "turns all axes round. Multiply from the right by a transposed matrix.",
)
def transposed_batches(mean, S, W, R, y):
    weights = np.linalg.solve(R, W)
    covariance = np.linalg.inv(np.linalg.inv(S) + np.dot(W.T, weights))
    return mean + np.dot(np.dot(weights, covariance).T, (y - np.dot(W, mean.T).T).T).T, covariance


# activity -----------------------------------------------------------------------------------------


@misconception(
    "activity",
    "You take the variance over images of each sample, and then average. That counts a unit that "
    "only repeats the noise of the other layer as active: average over the samples first.",
)
def variance_of_every_sample(means):
    return np.mean(np.var(means, axis=1), axis=0)


@misconception(
    "activity",
    "You take the variance over images and samples together. Average over the samples first: only "
    "what differs between images says something about x.",
)
def variance_of_samples_and_images(means):
    return np.var(means, axis=(0, 1))


@misconception(
    "activity",
    "You swapped the two axes: the mean goes over samples, axis 0, the variance over images.",
)
def variance_over_samples(means):
    return np.var(np.mean(means, axis=1), axis=0)


@misconception("activity", "This is a standard deviation. The variance is compared with 0.01.")
def activity_as_std(means):
    return np.std(np.mean(means, axis=0), axis=0)


@misconception(
    "activity",
    "You divide by B - 1. The variance asked for divides by B.",
)
def variance_divided_by_one_less(means):
    centred = np.mean(means, axis=0) - np.mean(means, axis=(0, 1))
    return np.sum(centred**2, axis=0) / max(means.shape[1] - 1, 1)


@misconception(
    "activity",
    "This is the mean square of the posterior means. A variance measures from their average: a "
    "unit that is constantly 5 says nothing about x.",
)
def activity_from_zero(means):
    return np.mean(np.mean(means, axis=0) ** 2, axis=0)


@misconception(
    "activity",
    "You count the active units. Return the variance of each of them; the count is made of these.",
)
def units_counted(means):
    return np.sum(np.var(np.mean(means, axis=0), axis=0) > 0.01)


@misconception(
    "activity",
    "You average over the units. Every unit has a variance of its own.",
)
def activity_of_the_layer(means):
    return np.mean(np.var(np.mean(means, axis=0), axis=0))
