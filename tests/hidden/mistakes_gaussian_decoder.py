"""Known wrong answers of the extension gaussian_decoder, each with a hint."""

from functools import partial

import autograd.numpy as np

from tests.hidden.misconceptions import misconception as general

misconception = partial(general, file="gaussian_decoder")


# gaussian_log_prob --------------------------------------------------------------------------------


@misconception(
    "gaussian_log_prob",
    "You take log_std for the log of the variance. Equation (2) has the log of the std itself.",
)
def decoder_log_variance(x, mean, log_std):
    squares = (x - mean) ** 2 / np.exp(log_std)
    return -0.5 * np.sum(squares + np.log(2 * np.pi) + log_std, axis=-1)


@misconception(
    "gaussian_log_prob",
    "You divide the squared difference by the std. In equation (2) the quotient is squared.",
)
def difference_over_std_not_squared(x, mean, log_std):
    squares = (x - mean) ** 2 / np.exp(log_std)
    return -np.sum(0.5 * (squares + np.log(2 * np.pi)) + log_std, axis=-1)


@misconception(
    "gaussian_log_prob",
    "The term log std of equation (2) is missing. It is what keeps a std from becoming infinite.",
)
def density_without_log_std(x, mean, log_std):
    squares = ((x - mean) / np.exp(log_std)) ** 2
    return -0.5 * np.sum(squares + np.log(2 * np.pi), axis=-1)


@misconception(
    "gaussian_log_prob",
    "log std has the wrong sign: the narrower a Gaussian, the *higher* its peak.",
)
def density_with_log_std_added(x, mean, log_std):
    squares = ((x - mean) / np.exp(log_std)) ** 2
    return -np.sum(0.5 * (squares + np.log(2 * np.pi)) - log_std, axis=-1)


@misconception(
    "gaussian_log_prob",
    "log std has the factor 1/2 of the terms before it: in equation (2) it is outside the bracket.",
)
def density_with_half_log_std(x, mean, log_std):
    squares = ((x - mean) / np.exp(log_std)) ** 2
    return -0.5 * np.sum(squares + np.log(2 * np.pi) + log_std, axis=-1)


@misconception(
    "gaussian_log_prob",
    "The constant log(2 pi) / 2 of each dimension is missing. Without it the density does not "
    "integrate to 1, and no other log density compares with it.",
)
def density_not_normalised(x, mean, log_std):
    return -np.sum(0.5 * ((x - mean) / np.exp(log_std)) ** 2 + log_std, axis=-1)


@misconception(
    "gaussian_log_prob",
    "You add log(2 pi) / 2 once. Every dimension of x has it.",
)
def density_with_one_constant(x, mean, log_std):
    squares = ((x - mean) / np.exp(log_std)) ** 2
    return -np.sum(0.5 * squares + log_std, axis=-1) - 0.5 * np.log(2 * np.pi)


@misconception(
    "gaussian_log_prob",
    "You average over the dimensions of x. Log densities of independent dimensions add up.",
)
def density_averaged_over_dimensions(x, mean, log_std):
    squares = ((x - mean) / np.exp(log_std)) ** 2
    return -np.mean(0.5 * (squares + np.log(2 * np.pi)) + log_std, axis=-1)


@misconception(
    "gaussian_log_prob",
    "You return one number for the batch. There should be one for each x: sum over the last axis.",
)
def density_of_the_whole_batch(x, mean, log_std):
    squares = ((x - mean) / np.exp(log_std)) ** 2
    return -np.sum(0.5 * (squares + np.log(2 * np.pi)) + log_std)


@misconception(
    "gaussian_log_prob",
    "A log_std that dimensions share counts once in your sum. It belongs to each of them: add it "
    "before you sum over dimensions.",
)
def shared_log_std_counts_once(x, mean, log_std):
    squares = ((x - mean) / np.exp(log_std)) ** 2
    return -0.5 * np.sum(squares + np.log(2 * np.pi), axis=-1) - np.sum(log_std, axis=-1)


@misconception(
    "gaussian_log_prob",
    "You take the logarithm of the density, which is 0 or infinite in floating point for many "
    "dimensions or far from the mean. Add logarithms up instead.",
)
def log_of_the_density(x, mean, log_std):
    std = np.exp(log_std)
    each = np.exp(-0.5 * ((x - mean) / std) ** 2) / (std * np.sqrt(2 * np.pi))
    return np.log(np.prod(each, axis=-1))


# floor_log_std ------------------------------------------------------------------------------------


@misconception(
    "floor_log_std",
    "A maximum is a floor, but not that of equation (3): below it there is no gradient, and the "
    "output of the network can never come back.",
)
def floor_is_a_maximum(a, log_floor):
    return np.maximum(a, log_floor)


@misconception("floor_log_std", "You return a ceiling: the std must not be *below* the least std.")
def floor_is_a_ceiling(a, log_floor):
    return np.minimum(a, log_floor)


@misconception(
    "floor_log_std",
    "You add the logarithms, which multiplies the stds. Equation (3) adds the stds themselves.",
)
def floor_added_to_the_logarithm(a, log_floor):
    return a + log_floor


@misconception(
    "floor_log_std",
    "You add variances. In equation (3) standard deviations are added.",
)
def floor_of_the_variance(a, log_floor):
    return 0.5 * np.logaddexp(2 * a, 2 * log_floor)


@misconception(
    "floor_log_std",
    "You return the std of equation (3). gaussian_log_prob wants its logarithm.",
)
def floored_std_without_logarithm(a, log_floor):
    return np.exp(a) + np.exp(log_floor)


@misconception(
    "floor_log_std",
    "You add log_floor to exp(a). It is the logarithm of the least std: which of the two does "
    "equation (3) have?",
)
def floor_taken_for_the_least_std(a, log_floor):
    return np.log(np.exp(a) + log_floor)


@misconception(
    "floor_log_std",
    "You put a soft floor under the *log* std at log_floor, with log(1 + exp(a)). Far above the "
    "floor the log std should be a.",
)
def softplus_on_top_of_the_floor(a, log_floor):
    return log_floor + np.logaddexp(0, a)


@misconception(
    "floor_log_std",
    "Right for moderate a, but exp(a) becomes infinite, or everything 0, for others. Let "
    "`np.logaddexp` add the exponentials.",
)
def floor_that_overflows(a, log_floor):
    return np.log(np.exp(a) + np.exp(log_floor))


# log_prob_from_squared_error ----------------------------------------------------------------------


@misconception(
    "log_prob_from_squared_error",
    "Your squared error is weighted twice too much: where is the 1/2 of equation (2)?",
)
def squared_error_without_half(squared_error, num_dimensions, std):
    log_peak = -num_dimensions * (np.log(std) + 0.5 * np.log(2 * np.pi))
    return log_peak - squared_error / std**2


@misconception(
    "log_prob_from_squared_error",
    "You divide by std. The squared error has the unit of x squared: divide by the variance.",
)
def squared_error_over_std(squared_error, num_dimensions, std):
    log_peak = -num_dimensions * (np.log(std) + 0.5 * np.log(2 * np.pi))
    return log_peak - 0.5 * squared_error / std


@misconception(
    "log_prob_from_squared_error",
    "You return the weighted squared error without the constant of the Gaussian, which depends on "
    "std and D: log densities for different stds would not compare.",
)
def squared_error_alone(squared_error, num_dimensions, std):
    return -0.5 * squared_error / std**2


@misconception(
    "log_prob_from_squared_error",
    "Your constant is that of one dimension. Each of the D dimensions of x has it.",
)
def squared_error_with_one_constant(squared_error, num_dimensions, std):
    return -0.5 * squared_error / std**2 - np.log(std) - 0.5 * np.log(2 * np.pi)


@misconception(
    "log_prob_from_squared_error",
    "D log std is missing, so the peak of the density does not depend on its width.",
)
def squared_error_without_log_std(squared_error, num_dimensions, std):
    return -0.5 * squared_error / std**2 - 0.5 * num_dimensions * np.log(2 * np.pi)


@misconception(
    "log_prob_from_squared_error",
    "You take the squared error for a mean over dimensions. It is a sum already.",
)
def squared_error_is_a_mean(squared_error, num_dimensions, std):
    log_peak = -num_dimensions * (np.log(std) + 0.5 * np.log(2 * np.pi))
    return log_peak - 0.5 * num_dimensions * squared_error / std**2


@misconception(
    "log_prob_from_squared_error",
    "You count log std half. Half the log of the *variance* is one log of the std.",
)
def squared_error_with_half_log_std(squared_error, num_dimensions, std):
    return -0.5 * (squared_error / std**2 + num_dimensions * np.log(2 * np.pi * std))


@misconception(
    "log_prob_from_squared_error",
    "Your log density rises with the squared error. The further x is from the mean, the lower.",
)
def squared_error_raises_the_density(squared_error, num_dimensions, std):
    log_peak = -num_dimensions * (np.log(std) + 0.5 * np.log(2 * np.pi))
    return log_peak + 0.5 * squared_error / std**2


@misconception(
    "log_prob_from_squared_error",
    "You return a loss, which falls where the log density rises: turn its sign.",
)
def negative_log_density(squared_error, num_dimensions, std):
    log_peak = -num_dimensions * (np.log(std) + 0.5 * np.log(2 * np.pi))
    return 0.5 * squared_error / std**2 - log_peak


# best_std -----------------------------------------------------------------------------------------


@misconception(
    "best_std",
    "You return the variance of equation (4), not its root.",
)
def variance_for_best_std(x, mean):
    return np.mean((x - mean) ** 2)


@misconception(
    "best_std",
    "You take the std of the differences about their own mean (np.std). Equation (4) has squares "
    "of the differences themselves: an error that they all share is an error.",
)
def std_about_the_mean_difference(x, mean):
    return np.std(x - mean)


@misconception(
    "best_std",
    "You add squares over dimensions, and average over x only. Equation (4) averages over both.",
)
def root_of_the_mean_squared_error(x, mean):
    return np.sqrt(np.mean(np.sum((x - mean) ** 2, axis=1)))


@misconception(
    "best_std",
    "You return one std for each dimension. Equation (4) is about one for all of them.",
)
def best_std_of_each_dimension(x, mean):
    return np.sqrt(np.mean((x - mean) ** 2, axis=0))


@misconception(
    "best_std",
    "You return one std for each x. Equation (4) is about one for all of them.",
)
def best_std_of_each_observation(x, mean):
    return np.sqrt(np.mean((x - mean) ** 2, axis=1))


@misconception(
    "best_std",
    "You average stds. Equation (4) averages squares; the root comes last.",
)
def mean_of_stds(x, mean):
    return np.mean(np.sqrt(np.mean((x - mean) ** 2, axis=1)))


@misconception(
    "best_std",
    "You return the mean absolute difference, which is the best width of another density (that of "
    "Laplace). A Gaussian has squares.",
)
def mean_absolute_difference(x, mean):
    return np.mean(np.abs(x - mean))


@misconception(
    "best_std",
    "You return the log of the std.",
)
def log_of_best_std(x, mean):
    return 0.5 * np.log(np.mean((x - mean) ** 2))


@misconception(
    "best_std",
    "You divide by one less than the number of values, as for an unbiased variance about an "
    "estimated mean. Here mean is given: the highest density is at the mean of the squares.",
)
def best_std_with_one_less(x, mean):
    return np.sqrt(np.sum((x - mean) ** 2) / (np.size(x - mean) - 1))
