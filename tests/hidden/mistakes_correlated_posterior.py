"""Known wrong answers of the extension correlated_posterior, each with a hint."""

from functools import partial

import autograd.numpy as np

from tests.hidden.misconceptions import misconception as general

misconception = partial(general, file="correlated_posterior")


# cholesky_factor ----------------------------------------------------------------------------------


@misconception(
    "cholesky_factor",
    "The diagonal of your L still is a logarithm. Equation (1) takes its exponential; the "
    "entries below stay as they are.",
)
def log_diagonal_is_kept(entries):
    K = int((2 * entries.shape[1]) ** 0.5)
    rows, columns = np.tril_indices(K, -1)
    places = np.eye(K * K)[K * rows + columns]
    return entries[:, :K, None] * np.eye(K) + np.reshape(np.dot(entries[:, K:], places), (-1, K, K))


@misconception(
    "cholesky_factor",
    "The diagonal of your L is exp(log L_jj / 2). The output is the log of L_jj itself: a "
    "standard deviation, not a variance.",
)
def diagonal_from_log_variances(entries):
    K = int((2 * entries.shape[1]) ** 0.5)
    rows, columns = np.tril_indices(K, -1)
    places = np.eye(K * K)[K * rows + columns]
    return np.exp(0.5 * entries[:, :K])[:, :, None] * np.eye(K) + np.reshape(
        np.dot(entries[:, K:], places), (-1, K, K)
    )


@misconception(
    "cholesky_factor",
    "You take the exponential of all entries. Only those of the diagonal are logs; the others "
    "may have either sign, and so may the correlations.",
)
def all_entries_exponentiated(entries):
    K = int((2 * entries.shape[1]) ** 0.5)
    rows, columns = np.tril_indices(K, -1)
    places = np.eye(K * K)[K * rows + columns]
    return np.exp(entries[:, :K])[:, :, None] * np.eye(K) + np.reshape(
        np.dot(np.exp(entries[:, K:]), places), (-1, K, K)
    )


@misconception(
    "cholesky_factor",
    "Your L is upper triangular: the entries belong below the diagonal, in row j and column k "
    "with k < j.",
)
def upper_triangular_factor(entries):
    K = int((2 * entries.shape[1]) ** 0.5)
    rows, columns = np.tril_indices(K, -1)
    places = np.eye(K * K)[K * rows + columns]
    return np.exp(entries[:, :K])[:, :, None] * np.eye(K) + np.swapaxes(
        np.reshape(np.dot(entries[:, K:], places), (-1, K, K)), 1, 2
    )


@misconception(
    "cholesky_factor",
    "You fill in the entries column by column. They come row by row: L_21, L_31, L_32, ...",
)
def entries_column_by_column(entries):
    K = int((2 * entries.shape[1]) ** 0.5)
    columns, rows = np.triu_indices(K, 1)
    places = np.eye(K * K)[K * rows + columns]
    return np.exp(entries[:, :K])[:, :, None] * np.eye(K) + np.reshape(
        np.dot(entries[:, K:], places), (-1, K, K)
    )


@misconception(
    "cholesky_factor",
    "Your matrix has the entries above its diagonal as well. L is zero there; it is L L' that "
    "is symmetric.",
)
def symmetric_factor(entries):
    K = int((2 * entries.shape[1]) ** 0.5)
    rows, columns = np.tril_indices(K, -1)
    places = np.eye(K * K)[K * rows + columns]
    below = np.reshape(np.dot(entries[:, K:], places), (-1, K, K))
    return np.exp(entries[:, :K])[:, :, None] * np.eye(K) + below + np.swapaxes(below, 1, 2)


@misconception(
    "cholesky_factor",
    "You take the entries row by row with the diagonal among them. All logs of the diagonal "
    "come first, and then what is below it.",
)
def diagonal_within_the_rows(entries):
    K = int((2 * entries.shape[1]) ** 0.5)
    rows, columns = np.tril_indices(K)
    places = np.eye(K * K)[K * rows + columns]
    L = np.reshape(np.dot(entries, places), (-1, K, K))
    return np.exp(L) * np.eye(K) + L * (1 - np.eye(K))


@misconception(
    "cholesky_factor",
    "You take the logs of the diagonal from the end of the entries. They come first.",
)
def diagonal_comes_last(entries):
    K = int((2 * entries.shape[1]) ** 0.5)
    rows, columns = np.tril_indices(K, -1)
    places = np.eye(K * K)[K * rows + columns]
    n = len(rows)
    L = np.reshape(np.dot(entries[:, :n], places), (-1, K, K))
    return L + np.exp(entries[:, n:])[:, :, None] * np.eye(K)


@misconception(
    "cholesky_factor",
    "Right values, but no gradient: autograd cannot follow an assignment into an array. Build "
    "L by products with constant arrays, or by joining pieces.",
)
def factor_by_assignment(entries):
    K = int((2 * entries.shape[1]) ** 0.5)
    rows, columns = np.tril_indices(K, -1)
    L = np.zeros((len(entries), K, K))
    L[:, rows, columns] = entries[:, K:]
    L[:, range(K), range(K)] = np.exp(entries[:, :K])
    return L


@misconception(
    "cholesky_factor",
    "Your L is diagonal, so that all dimensions are independent. The entries after the first "
    "K belong below the diagonal.",
)
def entries_below_left_out(entries):
    K = int((2 * entries.shape[1]) ** 0.5)
    return np.exp(entries[:, :K])[:, :, None] * np.eye(K)


@misconception(
    "cholesky_factor",
    "You return the covariance L L'. Equation (1) has L, by which the noise is multiplied.",
)
def covariance_instead_of_factor(entries):
    K = int((2 * entries.shape[1]) ** 0.5)
    rows, columns = np.tril_indices(K, -1)
    places = np.eye(K * K)[K * rows + columns]
    L = np.exp(entries[:, :K])[:, :, None] * np.eye(K) + np.reshape(
        np.dot(entries[:, K:], places), (-1, K, K)
    )
    return np.matmul(L, np.swapaxes(L, 1, 2))


# sample_correlated --------------------------------------------------------------------------------


@misconception(
    "sample_correlated",
    "You multiply the noise by L'. Then z has the covariance L'L: sum over the *columns* of "
    "L, for each of its rows.",
)
def noise_times_transposed_factor(mean, L, epsilon):
    return mean + np.sum(L * epsilon[:, :, None], axis=1)


@misconception(
    "sample_correlated",
    "You multiply the noise by the covariance L L'. Its root L does: the covariance of L "
    "epsilon is L L'. (Ott's equation 31 has this slip, with the variance where the std "
    "should be.)",
)
def noise_times_covariance(mean, L, epsilon):
    root = np.sum(L * epsilon[:, :, None], axis=1)
    return mean + np.sum(L * root[:, None, :], axis=-1)


@misconception(
    "sample_correlated",
    "You use the diagonal of L only, so that the dimensions of z are independent. Equation "
    "(2) has a product of a matrix and a vector.",
)
def noise_times_diagonal(mean, L, epsilon):
    return mean + np.diagonal(L, axis1=-1, axis2=-2) * epsilon


@misconception(
    "sample_correlated",
    "You use the L of the first image for all. Every image has its own.",
)
def factor_of_the_first_image(mean, L, epsilon):
    return mean + np.dot(epsilon, L[0].T)


@misconception(
    "sample_correlated",
    "The mean is missing: equation (2) adds the noise to it.",
)
def correlated_noise_alone(mean, L, epsilon):
    return np.sum(L * epsilon[:, None, :], axis=-1)


@misconception(
    "sample_correlated",
    "Your function changes its argument mean, which the KL needs afterwards. Build a new array.",
)
def correlated_sample_overwrites_the_mean(mean, L, epsilon):
    mean += np.sum(L * epsilon[:, None, :], axis=-1)
    return mean


# KL_to_standard_normal ----------------------------------------------------------------------------


@misconception(
    "KL_to_standard_normal",
    "You have log |L| where the KL has log |L L'|, inside the bracket: it is twice as large. "
    "In equation (3) the sum of logs stands outside of the 1/2.",
)
def KL_with_half_the_log_determinant(mean, L):
    return 0.5 * (
        np.sum(L**2, axis=(1, 2))
        + np.sum(mean**2, axis=1)
        - mean.shape[1]
        - np.sum(np.log(np.diagonal(L, axis1=-1, axis2=-2)), axis=1)
    )


@misconception(
    "KL_to_standard_normal",
    "Your trace, squares and K are twice too large: where is the 1/2 of equation (3)?",
)
def KL_of_a_factor_without_half(mean, L):
    return (
        np.sum(L**2, axis=(1, 2))
        + np.sum(mean**2, axis=1)
        - mean.shape[1]
        - np.sum(np.log(np.diagonal(L, axis1=-1, axis2=-2)), axis=1)
    )


@misconception(
    "KL_to_standard_normal",
    "Your KL of the prior to itself is K/2 instead of 0: K is not subtracted.",
)
def KL_of_a_factor_without_K(mean, L):
    return 0.5 * (np.sum(L**2, axis=(1, 2)) + np.sum(mean**2, axis=1)) - np.sum(
        np.log(np.diagonal(L, axis1=-1, axis2=-2)), axis=1
    )


@misconception(
    "KL_to_standard_normal",
    "You take the trace of L. Equation (3) has that of L L', the sum of all variances.",
)
def trace_of_the_factor(mean, L):
    squares = np.sum(np.diagonal(L, axis1=-1, axis2=-2), axis=1) + np.sum(mean**2, axis=1)
    return 0.5 * (squares - mean.shape[1]) - np.sum(
        np.log(np.diagonal(L, axis1=-1, axis2=-2)), axis=1
    )


@misconception(
    "KL_to_standard_normal",
    "Your trace only has the squares of the diagonal of L. The trace of L L' is the sum of "
    "the squares of all its entries.",
)
def trace_of_the_squared_diagonal(mean, L):
    squares = np.sum(np.diagonal(L, axis1=-1, axis2=-2) ** 2, axis=1) + np.sum(mean**2, axis=1)
    return 0.5 * (squares - mean.shape[1]) - np.sum(
        np.log(np.diagonal(L, axis1=-1, axis2=-2)), axis=1
    )


@misconception(
    "KL_to_standard_normal",
    "The logs of the diagonal have the wrong sign: a narrower q is further from the prior.",
)
def log_determinant_added(mean, L):
    return 0.5 * (np.sum(L**2, axis=(1, 2)) + np.sum(mean**2, axis=1) - mean.shape[1]) + np.sum(
        np.log(np.diagonal(L, axis1=-1, axis2=-2)), axis=1
    )


@misconception(
    "KL_to_standard_normal",
    "Your KL is negative. Equation (3) is never below 0; it is the ELBO that subtracts it.",
)
def KL_of_a_factor_negated(mean, L):
    return np.sum(np.log(np.diagonal(L, axis1=-1, axis2=-2)), axis=1) - 0.5 * (
        np.sum(L**2, axis=(1, 2)) + np.sum(mean**2, axis=1) - mean.shape[1]
    )


@misconception(
    "KL_to_standard_normal",
    "Right for few dimensions, but with many the product of the diagonal, or |L L'|, is 0 or "
    "infinite for a float. Add up logarithms, as equation (3) does.",
)
def factor_product_before_its_logarithm(mean, L):
    return 0.5 * (np.sum(L**2, axis=(1, 2)) + np.sum(mean**2, axis=1) - mean.shape[1]) - np.log(
        np.prod(np.diagonal(L, axis1=-1, axis2=-2), axis=1)
    )


@misconception(
    "KL_to_standard_normal",
    "You return one number for the batch. It should be one per image: sum over the axes of L "
    "and mean, not over images.",
)
def KL_of_a_factor_summed(mean, L):
    return np.sum(
        0.5 * (np.sum(L**2, axis=(1, 2)) + np.sum(mean**2, axis=1) - mean.shape[1])
        - np.sum(np.log(np.diagonal(L, axis1=-1, axis2=-2)), axis=1)
    )


# KL_to_correlated_prior ---------------------------------------------------------------------------


@misconception(
    "KL_to_correlated_prior",
    "You multiply by S where equation (4) has its inverse.",
)
def prior_covariance_not_inverted(mean, L, prior_covariance):
    precision = prior_covariance
    trace = np.sum(np.matmul(precision, L) * L, axis=(1, 2))
    distance = np.sum(np.dot(mean, precision) * mean, axis=1)
    bracket = trace + distance - mean.shape[1] + np.linalg.slogdet(prior_covariance)[1]
    return 0.5 * bracket - np.sum(np.log(np.diagonal(L, axis1=-1, axis2=-2)), axis=1)


@misconception(
    "KL_to_correlated_prior",
    "log |S| is missing. It is a constant while S is fixed, but without it the KL is none: "
    "that of the prior to itself is not 0.",
)
def prior_determinant_left_out(mean, L, prior_covariance):
    precision = np.linalg.inv(prior_covariance)
    trace = np.sum(np.matmul(precision, L) * L, axis=(1, 2))
    distance = np.sum(np.dot(mean, precision) * mean, axis=1)
    bracket = trace + distance - mean.shape[1]
    return 0.5 * bracket - np.sum(np.log(np.diagonal(L, axis1=-1, axis2=-2)), axis=1)


@misconception(
    "KL_to_correlated_prior",
    "log |S| has the wrong sign: the wider the prior, the further from it is a narrow q.",
)
def prior_determinant_subtracted(mean, L, prior_covariance):
    precision = np.linalg.inv(prior_covariance)
    trace = np.sum(np.matmul(precision, L) * L, axis=(1, 2))
    distance = np.sum(np.dot(mean, precision) * mean, axis=1)
    bracket = trace + distance - mean.shape[1] - np.linalg.slogdet(prior_covariance)[1]
    return 0.5 * bracket - np.sum(np.log(np.diagonal(L, axis1=-1, axis2=-2)), axis=1)


@misconception(
    "KL_to_correlated_prior",
    "The mean term lacks S^-1: how far it is to the prior's mean depends on the direction.",
)
def distance_without_prior_covariance(mean, L, prior_covariance):
    precision = np.linalg.inv(prior_covariance)
    trace = np.sum(np.matmul(precision, L) * L, axis=(1, 2))
    distance = np.sum(mean**2, axis=1)
    bracket = trace + distance - mean.shape[1] + np.linalg.slogdet(prior_covariance)[1]
    return 0.5 * bracket - np.sum(np.log(np.diagonal(L, axis1=-1, axis2=-2)), axis=1)


@misconception(
    "KL_to_correlated_prior",
    "The trace lacks S^-1: (4) compares the covariance of q with that of the prior.",
)
def trace_without_prior_covariance(mean, L, prior_covariance):
    precision = np.linalg.inv(prior_covariance)
    trace = np.sum(L**2, axis=(1, 2))
    distance = np.sum(np.dot(mean, precision) * mean, axis=1)
    bracket = trace + distance - mean.shape[1] + np.linalg.slogdet(prior_covariance)[1]
    return 0.5 * bracket - np.sum(np.log(np.diagonal(L, axis1=-1, axis2=-2)), axis=1)


@misconception(
    "KL_to_correlated_prior",
    "Your trace is that of S^-1 L'L. The covariance of q is L L'.",
)
def trace_with_transposed_factor(mean, L, prior_covariance):
    precision = np.linalg.inv(prior_covariance)
    trace = np.sum(np.matmul(L, precision) * L, axis=(1, 2))
    distance = np.sum(np.dot(mean, precision) * mean, axis=1)
    bracket = trace + distance - mean.shape[1] + np.linalg.slogdet(prior_covariance)[1]
    return 0.5 * bracket - np.sum(np.log(np.diagonal(L, axis1=-1, axis2=-2)), axis=1)


@misconception(
    "KL_to_correlated_prior",
    "Your trace is that of S^-1 L. Equation (4) has the covariance L L' there.",
)
def trace_with_factor_once(mean, L, prior_covariance):
    precision = np.linalg.inv(prior_covariance)
    trace = np.sum(precision.T * L, axis=(1, 2))
    distance = np.sum(np.dot(mean, precision) * mean, axis=1)
    bracket = trace + distance - mean.shape[1] + np.linalg.slogdet(prior_covariance)[1]
    return 0.5 * bracket - np.sum(np.log(np.diagonal(L, axis1=-1, axis2=-2)), axis=1)


@misconception(
    "KL_to_correlated_prior",
    "You use the variances of the prior only, the diagonal of S. Its correlations matter.",
)
def prior_taken_for_independent(mean, L, prior_covariance):
    precision = np.diag(1 / np.diag(prior_covariance))
    trace = np.sum(np.matmul(precision, L) * L, axis=(1, 2))
    distance = np.sum(np.dot(mean, precision) * mean, axis=1)
    bracket = trace + distance - mean.shape[1] + np.sum(np.log(np.diag(prior_covariance)))
    return 0.5 * bracket - np.sum(np.log(np.diagonal(L, axis1=-1, axis2=-2)), axis=1)


@misconception(
    "KL_to_correlated_prior",
    "You compute the KL to N(0, I). The prior is N(0, S).",
)
def prior_taken_for_standard_normal(mean, L, prior_covariance):
    precision = np.eye(len(prior_covariance))
    trace = np.sum(np.matmul(precision, L) * L, axis=(1, 2))
    distance = np.sum(np.dot(mean, precision) * mean, axis=1)
    bracket = trace + distance - mean.shape[1]
    return 0.5 * bracket - np.sum(np.log(np.diagonal(L, axis1=-1, axis2=-2)), axis=1)


@misconception(
    "KL_to_correlated_prior",
    "Right for few dimensions, but with many the determinant of S is 0 or infinite for a "
    "float. Let slogdet take its logarithm.",
)
def prior_determinant_before_its_logarithm(mean, L, prior_covariance):
    precision = np.linalg.inv(prior_covariance)
    trace = np.sum(np.matmul(precision, L) * L, axis=(1, 2))
    distance = np.sum(np.dot(mean, precision) * mean, axis=1)
    bracket = trace + distance - mean.shape[1] + np.log(np.linalg.det(prior_covariance))
    return 0.5 * bracket - np.sum(np.log(np.diagonal(L, axis1=-1, axis2=-2)), axis=1)


@misconception(
    "KL_to_correlated_prior",
    "You have log |L| where the KL has log |L L'|: the sum of the logs of the diagonal stands "
    "outside of the 1/2 in equation (4).",
)
def correlated_KL_with_half_the_log_determinant(mean, L, prior_covariance):
    precision = np.linalg.inv(prior_covariance)
    trace = np.sum(np.matmul(precision, L) * L, axis=(1, 2))
    distance = np.sum(np.dot(mean, precision) * mean, axis=1)
    bracket = trace + distance - mean.shape[1] + np.linalg.slogdet(prior_covariance)[1]
    return 0.5 * bracket - 0.5 * np.sum(np.log(np.diagonal(L, axis1=-1, axis2=-2)), axis=1)


@misconception(
    "KL_to_correlated_prior",
    "Your bracket is twice too large: where is the 1/2 of equation (4)?",
)
def correlated_KL_without_half(mean, L, prior_covariance):
    precision = np.linalg.inv(prior_covariance)
    trace = np.sum(np.matmul(precision, L) * L, axis=(1, 2))
    distance = np.sum(np.dot(mean, precision) * mean, axis=1)
    bracket = trace + distance - mean.shape[1] + np.linalg.slogdet(prior_covariance)[1]
    return bracket - np.sum(np.log(np.diagonal(L, axis1=-1, axis2=-2)), axis=1)


@misconception(
    "KL_to_correlated_prior",
    "Your KL of the prior to itself is K/2 instead of 0: K is not subtracted.",
)
def correlated_KL_without_K(mean, L, prior_covariance):
    precision = np.linalg.inv(prior_covariance)
    trace = np.sum(np.matmul(precision, L) * L, axis=(1, 2))
    distance = np.sum(np.dot(mean, precision) * mean, axis=1)
    bracket = trace + distance - 0 + np.linalg.slogdet(prior_covariance)[1]
    return 0.5 * bracket - np.sum(np.log(np.diagonal(L, axis1=-1, axis2=-2)), axis=1)


@misconception(
    "KL_to_correlated_prior",
    "You compute KL(N(0, S) || q). The divergence is not symmetric: the inverse is that of "
    "the prior's covariance.",
)
def correlated_KL_of_swapped_arguments(mean, L, prior_covariance):
    precision = np.linalg.inv(np.matmul(L, np.swapaxes(L, 1, 2)))
    trace = np.sum(precision * prior_covariance, axis=(1, 2))
    distance = np.sum(np.sum(precision * mean[:, None, :], axis=-1) * mean, axis=1)
    constants = mean.shape[1] + np.linalg.slogdet(prior_covariance)[1]
    return 0.5 * (trace + distance - constants) + np.sum(
        np.log(np.diagonal(L, axis1=-1, axis2=-2)), axis=1
    )
