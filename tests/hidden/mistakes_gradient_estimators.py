"""Known wrong answers of the extension gradient_estimators, each with a hint."""

from functools import partial

import autograd.numpy as np

from tests.hidden.misconceptions import misconception as general

misconception = partial(general, file="gradient_estimators")


# score_function_gradient --------------------------------------------------------------------------


@misconception(
    "score_function_gradient",
    "Your gradient with respect to the log stds does not average to 0 for a constant f. log q(z|x) "
    "depends on log_std in two places: the square, and the normalisation.",
)
def score_without_normalisation(q_means_and_log_stds, z, f):
    mean, log_std = np.split(q_means_and_log_stds, 2, axis=-1)
    epsilon = (z - mean) / np.exp(log_std)
    return f[..., None] * np.concatenate([epsilon / np.exp(log_std), epsilon**2], axis=-1)


@misconception(
    "score_function_gradient",
    "Your second half is the gradient with respect to std. The network puts out log_std: the "
    "chain rule brings in another factor.",
)
def score_with_respect_to_std(q_means_and_log_stds, z, f):
    mean, log_std = np.split(q_means_and_log_stds, 2, axis=-1)
    std = np.exp(log_std)
    epsilon = (z - mean) / std
    return f[..., None] * np.concatenate([epsilon / std, (epsilon**2 - 1) / std], axis=-1)


@misconception(
    "score_function_gradient",
    "Your second half is half as large as it should be: it is the gradient with respect to the log "
    "variance.",
)
def score_with_respect_to_log_variance(q_means_and_log_stds, z, f):
    mean, log_std = np.split(q_means_and_log_stds, 2, axis=-1)
    epsilon = (z - mean) / np.exp(log_std)
    halves = [epsilon / np.exp(log_std), (epsilon**2 - 1) / 2]
    return f[..., None] * np.concatenate(halves, axis=-1)


@misconception(
    "score_function_gradient",
    "Your gradient with respect to the means lacks a factor 1/std. In log q(z|x), the square of "
    "z - mean is divided by the variance.",
)
def score_divided_by_std_once(q_means_and_log_stds, z, f):
    mean, log_std = np.split(q_means_and_log_stds, 2, axis=-1)
    epsilon = (z - mean) / np.exp(log_std)
    return f[..., None] * np.concatenate([epsilon, epsilon**2 - 1], axis=-1)


@misconception(
    "score_function_gradient",
    "Your gradient with respect to the means has the wrong sign: log q(z|x) grows as the mean "
    "moves towards z.",
)
def score_of_the_means_is_negated(q_means_and_log_stds, z, f):
    mean, log_std = np.split(q_means_and_log_stds, 2, axis=-1)
    epsilon = (mean - z) / np.exp(log_std)
    return f[..., None] * np.concatenate([epsilon / np.exp(log_std), epsilon**2 - 1], axis=-1)


@misconception(
    "score_function_gradient",
    "You take the second half of the input for log variances. It holds log standard deviations.",
)
def score_of_log_variances(q_means_and_log_stds, z, f):
    mean, log_std = np.split(q_means_and_log_stds, 2, axis=-1)
    std = np.exp(log_std / 2)
    epsilon = (z - mean) / std
    return f[..., None] * np.concatenate([epsilon / std, epsilon**2 - 1], axis=-1)


@misconception(
    "score_function_gradient",
    "f(z) is missing: you return the score. Its mean is 0, so it says nothing about f.",
)
def score_alone(q_means_and_log_stds, z, f):
    mean, log_std = np.split(q_means_and_log_stds, 2, axis=-1)
    epsilon = (z - mean) / np.exp(log_std)
    return np.concatenate([epsilon / np.exp(log_std), epsilon**2 - 1], axis=-1)


@misconception(
    "score_function_gradient",
    "You average over the samples. Eq. 28 does in the end, but here one gradient is wanted for "
    "each sample.",
)
def score_function_averaged(q_means_and_log_stds, z, f):
    mean, log_std = np.split(q_means_and_log_stds, 2, axis=-1)
    epsilon = (z - mean) / np.exp(log_std)
    score = np.concatenate([epsilon / np.exp(log_std), epsilon**2 - 1], axis=-1)
    return np.mean(f[..., None] * score, axis=0)


@misconception(
    "score_function_gradient",
    "Your halves are in the wrong order: the means come first, then the log stds.",
)
def score_with_halves_swapped(q_means_and_log_stds, z, f):
    mean, log_std = np.split(q_means_and_log_stds, 2, axis=-1)
    epsilon = (z - mean) / np.exp(log_std)
    return f[..., None] * np.concatenate([epsilon**2 - 1, epsilon / np.exp(log_std)], axis=-1)


# leave_one_out_baseline ---------------------------------------------------------------------------


@misconception(
    "leave_one_out_baseline",
    "Your baseline has the sample itself in it, so it depends on this z, and the estimate shrinks "
    "by (M - 1)/M on average. Leave the sample out.",
)
def baseline_of_all_samples(f):
    return np.mean(f, axis=0) + 0 * f


@misconception(
    "leave_one_out_baseline",
    "You divide by M. Only M - 1 samples are in the sum.",
)
def baseline_divided_by_all(f):
    return (np.sum(f, axis=0) - f) / len(f)


@misconception(
    "leave_one_out_baseline",
    "You do not leave the sample out of the sum, although you divide by M - 1.",
)
def baseline_of_all_divided_by_others(f):
    return np.sum(f, axis=0) / (len(f) - 1) + 0 * f


@misconception(
    "leave_one_out_baseline",
    "You average over the other images. The baseline is for one image, over its other samples: "
    "which axis are they on?",
)
def baseline_over_the_images(f):
    return (np.sum(f, axis=1, keepdims=True) - f) / max(f.shape[1] - 1, 1)


@misconception(
    "leave_one_out_baseline",
    "You return f less the baseline. The baseline itself is wanted; it is subtracted elsewhere.",
)
def baseline_subtracted_already(f):
    return f - (np.sum(f, axis=0) - f) / (len(f) - 1)


@misconception(
    "leave_one_out_baseline",
    "You return one number per image. Every sample has a baseline of its own, without itself.",
)
def baseline_per_image(f):
    return np.mean(f, axis=0)


# pathwise_gradient --------------------------------------------------------------------------------


@misconception(
    "pathwise_gradient",
    "Your second half is the gradient with respect to std. The network puts out log_std: the "
    "chain rule brings in another factor.",
)
def pathwise_with_respect_to_std(q_means_and_log_stds, epsilon, f_slope):
    return np.concatenate([f_slope, f_slope * epsilon], axis=-1)


@misconception(
    "pathwise_gradient",
    "Your second half does not depend on the noise. How far z moves when std grows depends on how "
    "far from the mean it is.",
)
def pathwise_without_the_noise(q_means_and_log_stds, epsilon, f_slope):
    _, log_std = np.split(q_means_and_log_stds, 2, axis=-1)
    return np.concatenate([f_slope, f_slope * np.exp(log_std)], axis=-1)


@misconception(
    "pathwise_gradient",
    "Your second half has z in place of std * epsilon. The mean does not move when std grows.",
)
def pathwise_with_z_for_the_noise(q_means_and_log_stds, epsilon, f_slope):
    mean, log_std = np.split(q_means_and_log_stds, 2, axis=-1)
    return np.concatenate([f_slope, f_slope * (mean + np.exp(log_std) * epsilon)], axis=-1)


@misconception(
    "pathwise_gradient",
    "Your gradient with respect to the means has a factor too many: z moves as far as the mean.",
)
def pathwise_means_times_std(q_means_and_log_stds, epsilon, f_slope):
    _, log_std = np.split(q_means_and_log_stds, 2, axis=-1)
    std = np.exp(log_std)
    return np.concatenate([f_slope * std, f_slope * std * epsilon], axis=-1)


@misconception(
    "pathwise_gradient",
    "You take the second half of the input for log variances. It holds log standard deviations.",
)
def pathwise_of_log_variances(q_means_and_log_stds, epsilon, f_slope):
    _, log_std = np.split(q_means_and_log_stds, 2, axis=-1)
    return np.concatenate([f_slope, f_slope * np.exp(log_std / 2) * epsilon], axis=-1)


@misconception(
    "pathwise_gradient",
    "You scale the noise by the variance, as Ott's eq. 31 is printed. It must be the std for z to "
    "have that variance.",
)
def pathwise_scaled_by_the_variance(q_means_and_log_stds, epsilon, f_slope):
    _, log_std = np.split(q_means_and_log_stds, 2, axis=-1)
    return np.concatenate([f_slope, f_slope * np.exp(2 * log_std) * epsilon], axis=-1)


@misconception(
    "pathwise_gradient",
    "You average over the samples. Eq. 32 does in the end, but here one gradient is wanted for "
    "each sample.",
)
def pathwise_averaged(q_means_and_log_stds, epsilon, f_slope):
    _, log_std = np.split(q_means_and_log_stds, 2, axis=-1)
    both = np.concatenate([f_slope, f_slope * np.exp(log_std) * epsilon], axis=-1)
    return np.mean(both, axis=0)


# variance_ratio -----------------------------------------------------------------------------------


@misconception(
    "variance_ratio",
    "You divide second moments. A variance is the second moment less the square of the mean, "
    "and both estimates have the mean 2 mean.",
)
def ratio_of_second_moments(mean, std, baseline=0.0):
    square = mean**4 + 18 * mean**2 * std**2 + 15 * std**4
    square = square - 2 * baseline * (mean**2 + 3 * std**2) + baseline**2
    return square / (4 * std**2 * (mean**2 + std**2))


@misconception(
    "variance_ratio",
    "Your upper variance is a second moment: the square of the mean is not subtracted.",
)
def ratio_with_second_moment_above(mean, std, baseline=0.0):
    square = mean**4 + 18 * mean**2 * std**2 + 15 * std**4
    square = square - 2 * baseline * (mean**2 + 3 * std**2) + baseline**2
    return square / (4 * std**4)


@misconception(
    "variance_ratio",
    "You add up the variances of the terms of the polynomial. The odd terms, in epsilon and "
    "epsilon^3, are correlated: square the whole polynomial.",
)
def ratio_without_cross_terms(mean, std, baseline=0.0):
    return ((mean**2 - baseline) ** 2 + 8 * mean**2 * std**2 + 15 * std**4) / (4 * std**4)


@misconception(
    "variance_ratio",
    "Your ratio is upside down: the score function's variance comes first.",
)
def ratio_upside_down(mean, std, baseline=0.0):
    square = mean**4 + 14 * mean**2 * std**2 + 15 * std**4
    square = square - 2 * baseline * (mean**2 + 3 * std**2) + baseline**2
    return 4 * std**4 / square


@misconception(
    "variance_ratio",
    "You return the ratio of the standard deviations. The number of samples goes with the "
    "variance.",
)
def ratio_of_stds(mean, std, baseline=0.0):
    square = mean**4 + 14 * mean**2 * std**2 + 15 * std**4
    square = square - 2 * baseline * (mean**2 + 3 * std**2) + baseline**2
    return np.sqrt(square / (4 * std**4))


@misconception(
    "variance_ratio",
    "Your ratio does not depend on the baseline. It changes no mean, but it changes the variance.",
)
def ratio_without_baseline(mean, std, baseline=0.0):
    return (mean**4 + 14 * mean**2 * std**2 + 15 * std**4) / (4 * std**4) + 0 * baseline


@misconception(
    "variance_ratio",
    "You treat the baseline as a constant added to the estimate. It is multiplied by the score, "
    "so z^2 - baseline must be expanded before squaring.",
)
def ratio_with_baseline_squared_only(mean, std, baseline=0.0):
    square = mean**4 + 14 * mean**2 * std**2 + 15 * std**4
    return (square + baseline**2) / (4 * std**4)


@misconception(
    "variance_ratio",
    "Your ratio is right at std 1 only. A ratio of two variances has no unit: which power of std "
    "does the score, d log q/d mean, have?",
)
def ratio_with_score_unscaled(mean, std, baseline=0.0):
    square = mean**4 + 14 * mean**2 * std**2 + 15 * std**4
    square = square - 2 * baseline * (mean**2 + 3 * std**2) + baseline**2
    return square / (4 * std**2)


@misconception(
    "variance_ratio",
    "You take std for its logarithm. Here it is the standard deviation itself.",
)
def ratio_with_exp_of_std(mean, std, baseline=0.0):
    std = np.exp(std)
    square = mean**4 + 14 * mean**2 * std**2 + 15 * std**4
    square = square - 2 * baseline * (mean**2 + 3 * std**2) + baseline**2
    return square / (4 * std**4)
