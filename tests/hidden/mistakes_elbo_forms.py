"""Known wrong answers of the extension elbo_forms, each with a hint."""

from functools import partial

import autograd.numpy as np

from support import linear_gaussian as ppca
from tests.hidden.misconceptions import misconception as general

misconception = partial(general, file="elbo_forms")


# gaussian_KL --------------------------------------------------------------------------------------


@misconception(
    "gaussian_KL",
    "You compute KL(N(m, P) || N(mean, S)). The divergence is not symmetric: the first Gaussian is "
    "the one that is averaged over, and the inverse is that of the second one's covariance.",
)
def gaussian_KL_of_swapped_arguments(mean, covariance, other_mean, other_covariance):
    difference, precision = mean - other_mean, np.linalg.inv(covariance)
    distance = np.sum(np.dot(difference, precision) * difference, axis=-1)
    log_ratio = np.linalg.slogdet(covariance)[1] - np.linalg.slogdet(other_covariance)[1]
    return 0.5 * (np.sum(precision * other_covariance) + distance - mean.shape[1] + log_ratio)


@misconception("gaussian_KL", "Your KL is twice too large: where is the 1/2 of the equation?")
def gaussian_KL_without_half(mean, covariance, other_mean, other_covariance):
    difference, precision = mean - other_mean, np.linalg.inv(other_covariance)
    distance = np.sum(np.dot(difference, precision) * difference, axis=-1)
    log_ratio = np.linalg.slogdet(other_covariance)[1] - np.linalg.slogdet(covariance)[1]
    return np.sum(precision * covariance) + distance - mean.shape[1] + log_ratio


@misconception(
    "gaussian_KL",
    "Your KL of a Gaussian to itself is K/2 instead of 0: the trace of the identity is not "
    "subtracted.",
)
def gaussian_KL_without_K(mean, covariance, other_mean, other_covariance):
    difference, precision = mean - other_mean, np.linalg.inv(other_covariance)
    distance = np.sum(np.dot(difference, precision) * difference, axis=-1)
    log_ratio = np.linalg.slogdet(other_covariance)[1] - np.linalg.slogdet(covariance)[1]
    return 0.5 * (np.sum(precision * covariance) + distance + log_ratio)


@misconception(
    "gaussian_KL",
    "You subtract 1 instead of K. The identity whose trace is subtracted has K rows.",
)
def gaussian_KL_minus_one(mean, covariance, other_mean, other_covariance):
    difference, precision = mean - other_mean, np.linalg.inv(other_covariance)
    distance = np.sum(np.dot(difference, precision) * difference, axis=-1)
    log_ratio = np.linalg.slogdet(other_covariance)[1] - np.linalg.slogdet(covariance)[1]
    return 0.5 * (np.sum(precision * covariance) + distance - 1 + log_ratio)


@misconception(
    "gaussian_KL",
    "The two log determinants have the wrong signs: a narrower q must be further away, not closer.",
)
def log_determinants_swapped(mean, covariance, other_mean, other_covariance):
    difference, precision = mean - other_mean, np.linalg.inv(other_covariance)
    distance = np.sum(np.dot(difference, precision) * difference, axis=-1)
    log_ratio = np.linalg.slogdet(covariance)[1] - np.linalg.slogdet(other_covariance)[1]
    return 0.5 * (np.sum(precision * covariance) + distance - mean.shape[1] + log_ratio)


@misconception(
    "gaussian_KL",
    "You take the plain squared distance between the means. The equation measures it in units of "
    "the second Gaussian's covariance.",
)
def distance_of_means_unscaled(mean, covariance, other_mean, other_covariance):
    distance = np.sum((mean - other_mean) ** 2, axis=-1)
    log_ratio = np.linalg.slogdet(other_covariance)[1] - np.linalg.slogdet(covariance)[1]
    trace = np.sum(np.linalg.inv(other_covariance) * covariance)
    return 0.5 * (trace + distance - mean.shape[1] + log_ratio)


@misconception(
    "gaussian_KL",
    "You use only the diagonals of the two covariances. That is right for independent dimensions, "
    "as in a VAE; here they are correlated.",
)
def gaussian_KL_of_the_diagonals(mean, covariance, other_mean, other_covariance):
    S, P = np.diag(covariance), np.diag(other_covariance)
    return 0.5 * np.sum(S / P + (mean - other_mean) ** 2 / P - 1 + np.log(P / S), axis=-1)


@misconception(
    "gaussian_KL",
    "Right for few dimensions, but with many a determinant becomes 0 or infinite. Let slogdet take "
    "its logarithm, instead of taking the logarithm of det.",
)
def determinant_before_its_logarithm(mean, covariance, other_mean, other_covariance):
    difference, precision = mean - other_mean, np.linalg.inv(other_covariance)
    distance = np.sum(np.dot(difference, precision) * difference, axis=-1)
    log_ratio = np.log(np.linalg.det(other_covariance)) - np.log(np.linalg.det(covariance))
    return 0.5 * (np.sum(precision * covariance) + distance - mean.shape[1] + log_ratio)


@misconception(
    "gaussian_KL",
    "You add the distances of all observations up. There is one divergence for each row of mean.",
)
def gaussian_KL_with_one_distance(mean, covariance, other_mean, other_covariance):
    difference, precision = mean - other_mean, np.linalg.inv(other_covariance)
    distance = np.sum(np.dot(difference, precision) * difference)
    log_ratio = np.linalg.slogdet(other_covariance)[1] - np.linalg.slogdet(covariance)[1]
    return 0.5 * (np.sum(precision * covariance) + distance - mean.shape[1] + log_ratio)


# expected_log_likelihood --------------------------------------------------------------------------


@misconception(
    "expected_log_likelihood",
    "You evaluate log p(x|z) at the mean of q. Its average over q is lower, because z spreads "
    "around that mean and the log-likelihood is curved.",
)
def log_likelihood_at_the_mean(W, mu, variance, x, mean, covariance):
    return ppca.log_likelihood(W, mu, variance, x, mean)


@misconception(
    "expected_log_likelihood",
    "The spread of z makes your expectation higher. A log-likelihood curves downwards: which sign "
    "have its second derivatives?",
)
def spread_raises_the_likelihood(W, mu, variance, x, mean, covariance):
    spread = np.sum(np.dot(W, covariance) * W)
    return ppca.log_likelihood(W, mu, variance, x, mean) + 0.5 * spread / variance


@misconception(
    "expected_log_likelihood",
    "The term with S is twice too large: the squared residual has a factor 1/2 in log p(x|z).",
)
def spread_without_half(W, mu, variance, x, mean, covariance):
    spread = np.sum(np.dot(W, covariance) * W)
    return ppca.log_likelihood(W, mu, variance, x, mean) - spread / variance


@misconception(
    "expected_log_likelihood",
    "The term with S does not depend on the noise in your result. In log p(x|z) the squared "
    "residual is divided by the variance; so are its second derivatives.",
)
def spread_not_over_variance(W, mu, variance, x, mean, covariance):
    spread = np.sum(np.dot(W, covariance) * W)
    return ppca.log_likelihood(W, mu, variance, x, mean) - 0.5 * spread


@misconception(
    "expected_log_likelihood",
    "You use the trace of S, the spread of z. What spoils the reconstruction is the spread of W z: "
    "the second derivatives of log p(x|z) contain W.",
)
def spread_of_z_itself(W, mu, variance, x, mean, covariance):
    return ppca.log_likelihood(W, mu, variance, x, mean) - 0.5 * np.trace(covariance) / variance


@misconception(
    "expected_log_likelihood",
    "You use only the variances of S. Its off-diagonal elements count where columns of W are not "
    "orthogonal.",
)
def spread_of_the_diagonal(W, mu, variance, x, mean, covariance):
    spread = np.sum(W**2 * np.diag(covariance))
    return ppca.log_likelihood(W, mu, variance, x, mean) - 0.5 * spread / variance


@misconception(
    "expected_log_likelihood",
    "You return E_q[log p(x, z)], the first term of form (2). Form (3) has E_q[log p(x|z)], "
    "without the prior.",
)
def prior_in_the_reconstruction(W, mu, variance, x, mean, covariance):
    spread = np.sum(np.dot(W, covariance) * W) / variance + np.trace(covariance)
    at_mean = ppca.log_likelihood(W, mu, variance, x, mean) + ppca.log_prior(mean)
    return at_mean - 0.5 * spread


@misconception(
    "expected_log_likelihood",
    "Your result lacks the constants of the Gaussian, log(2 pi variance) for each dimension of x. "
    "They are not constant when variance is learnt.",
)
def reconstruction_without_constants(W, mu, variance, x, mean, covariance):
    squares = np.sum((x - mu - np.dot(mean, W.T)) ** 2, axis=-1)
    return -0.5 * (squares + np.sum(np.dot(W, covariance) * W)) / variance


# gap_of_best_diagonal -----------------------------------------------------------------------------


@misconception(
    "gap_of_best_diagonal",
    "You use the covariance of the posterior. The best q has the diagonal of its *precision* L: "
    "minimising KL(q || p(z|x)) gives a q narrower than the posterior.",
)
def gap_from_the_covariance(W, variance):
    S = np.linalg.inv(np.eye(W.shape[1]) + np.dot(W.T, W) / variance)
    return 0.5 * (np.sum(np.log(np.diag(S))) - np.linalg.slogdet(S)[1])


@misconception("gap_of_best_diagonal", "Your gap is twice too large: where is the equation's 1/2?")
def gap_without_half(W, variance):
    L = np.eye(W.shape[1]) + np.dot(W.T, W) / variance
    return np.sum(np.log(np.diag(L))) - np.linalg.slogdet(L)[1]


@misconception(
    "gap_of_best_diagonal",
    "Your gap is negative. It is a KL divergence: the product of the diagonal of L is at least its "
    "determinant.",
)
def gap_is_negated(W, variance):
    L = np.eye(W.shape[1]) + np.dot(W.T, W) / variance
    return 0.5 * (np.linalg.slogdet(L)[1] - np.sum(np.log(np.diag(L))))


@misconception(
    "gap_of_best_diagonal",
    "Your L lacks the identity, which is the precision of the prior.",
)
def precision_without_prior(W, variance):
    L = np.dot(W.T, W) / variance
    return 0.5 * (np.sum(np.log(np.diag(L))) - np.linalg.slogdet(L)[1])


@misconception(
    "gap_of_best_diagonal",
    "Your L does not depend on variance. The less noise, the more x says about z.",
)
def precision_without_variance(W, variance):
    L = np.eye(W.shape[1]) + np.dot(W.T, W)
    return 0.5 * (np.sum(np.log(np.diag(L))) - np.linalg.slogdet(L)[1])


@misconception(
    "gap_of_best_diagonal",
    "You divide by the square of variance. The argument is a variance already, not a std.",
)
def variance_taken_for_std(W, variance):
    L = np.eye(W.shape[1]) + np.dot(W.T, W) / variance**2
    return 0.5 * (np.sum(np.log(np.diag(L))) - np.linalg.slogdet(L)[1])


@misconception(
    "gap_of_best_diagonal",
    "You have W W' where L has W'W. The posterior is over z: its precision has K rows, not D.",
)
def precision_of_x_instead_of_z(W, variance):
    L = np.eye(W.shape[0]) + np.dot(W, W.T) / variance
    return 0.5 * (np.sum(np.log(np.diag(L))) - np.linalg.slogdet(L)[1])


@misconception(
    "gap_of_best_diagonal",
    "Right for few dimensions, but with many the determinant of L becomes infinite. Let slogdet "
    "take its logarithm, and add logarithms up instead of multiplying.",
)
def gap_from_the_determinant(W, variance):
    L = np.eye(W.shape[1]) + np.dot(W.T, W) / variance
    return 0.5 * np.log(np.prod(np.diag(L)) / np.linalg.det(L))


# em_step ------------------------------------------------------------------------------------------


@misconception(
    "em_step",
    "You treat the posterior mean as if it were z, in W and in variance. Both equations average "
    "over q, whose covariance S adds to the second moment of z.",
)
def posterior_has_no_spread(W, mu, variance, x):
    (mean, _), r = ppca.posterior(W, mu, variance, x), x - mu
    W = np.dot(np.linalg.pinv(mean), r).T
    return W, np.mean((r - np.dot(mean, W.T)) ** 2)


@misconception(
    "em_step",
    "You add S once. It stands inside the sum over i: every observation has its own spread.",
)
def spread_of_one_observation(W, mu, variance, x):
    (mean, covariance), r = ppca.posterior(W, mu, variance, x), x - mu
    moment = covariance + np.dot(mean.T, mean)
    W = np.linalg.solve(moment, np.dot(mean.T, r)).T
    return W, np.sum((r - np.dot(mean, W.T)) * r) / r.size


@misconception(
    "em_step",
    "Your W is right, but variance only has the residual at the posterior mean. E_q |r - W z|^2 "
    "also has the spread of W z around W mean.",
)
def variance_of_the_residual_alone(W, mu, variance, x):
    (mean, covariance), r = ppca.posterior(W, mu, variance, x), x - mu
    W = np.linalg.solve(len(x) * covariance + np.dot(mean.T, mean), np.dot(mean.T, r)).T
    return W, np.mean((r - np.dot(mean, W.T)) ** 2)


@misconception(
    "em_step",
    "Your W is right, but variance is D times too large. It is the variance of each dimension of "
    "x: divide by the number of observations and of dimensions.",
)
def variance_summed_over_dimensions(W, mu, variance, x):
    (mean, covariance), r = ppca.posterior(W, mu, variance, x), x - mu
    W = np.linalg.solve(len(x) * covariance + np.dot(mean.T, mean), np.dot(mean.T, r)).T
    return W, np.sum((r - np.dot(mean, W.T)) * r) / len(x)


@misconception(
    "em_step",
    "Your W is right, but variance is computed with the old W. The M-step maximises over both, and "
    "its best variance is the one for the new W.",
)
def variance_of_the_old_W(W, mu, variance, x):
    (mean, covariance), r = ppca.posterior(W, mu, variance, x), x - mu
    moment = len(x) * covariance + np.dot(mean.T, mean)
    residual = np.sum((r - np.dot(mean, W.T)) ** 2)
    spread = len(x) * np.sum(np.dot(W, covariance) * W)
    return np.linalg.solve(moment, np.dot(mean.T, r)).T, (residual + spread) / r.size


@misconception(
    "em_step",
    "Your W is right, but S counts once in variance. It stands inside the sum over i.",
)
def variance_with_one_spread(W, mu, variance, x):
    (mean, covariance), r = ppca.posterior(W, mu, variance, x), x - mu
    W = np.linalg.solve(len(x) * covariance + np.dot(mean.T, mean), np.dot(mean.T, r)).T
    spread = np.sum(np.dot(W, covariance) * W)
    return W, (np.sum((r - np.dot(mean, W.T)) ** 2) + spread) / r.size


@misconception(
    "em_step",
    "Your M-step uses x where the equations have r = x - mu.",
)
def observations_not_centred(W, mu, variance, x):
    mean, covariance = ppca.posterior(W, mu, variance, x)
    W = np.linalg.solve(len(x) * covariance + np.dot(mean.T, mean), np.dot(mean.T, x)).T
    return W, np.sum((x - np.dot(mean, W.T)) * x) / x.size


@misconception(
    "em_step",
    "You subtract the mean of the data. mu is an argument, held fixed, and may be another point.",
)
def mean_of_the_data_for_mu(W, mu, variance, x):
    mu = np.mean(x, axis=0)
    (mean, covariance), r = ppca.posterior(W, mu, variance, x), x - mu
    W = np.linalg.solve(len(x) * covariance + np.dot(mean.T, mean), np.dot(mean.T, r)).T
    return W, np.sum((r - np.dot(mean, W.T)) * r) / r.size


@misconception(
    "em_step",
    "Your W is right, but you return the standard deviation of the noise, not its variance.",
)
def std_returned_for_variance(W, mu, variance, x):
    (mean, covariance), r = ppca.posterior(W, mu, variance, x), x - mu
    W = np.linalg.solve(len(x) * covariance + np.dot(mean.T, mean), np.dot(mean.T, r)).T
    return W, np.sqrt(np.sum((r - np.dot(mean, W.T)) * r) / r.size)


@misconception(
    "em_step",
    "Your W is right, but variance is returned as it came. The M-step is for both.",
)
def variance_is_not_updated(W, mu, variance, x):
    (mean, covariance), r = ppca.posterior(W, mu, variance, x), x - mu
    W = np.linalg.solve(len(x) * covariance + np.dot(mean.T, mean), np.dot(mean.T, r)).T
    return W, variance
