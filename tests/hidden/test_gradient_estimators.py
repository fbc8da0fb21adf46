"""The extension gradient_estimators, against derivatives of scipy's densities and quadrature.

Averages over q are sums over the points of Gauss and Hermite, which are exact for polynomials.
"""

import numpy as np
import pytest
from scipy.stats import norm

from grading.checks import agree, numbers, require, unchanged

POINTS, WEIGHTS = np.polynomial.hermite_e.hermegauss(12)
WEIGHTS = WEIGHTS / np.sum(WEIGHTS)
GRID = np.linspace(-13, 13, 1001)  # of epsilon
SHAPES = (5, 4, 3), (1, 6, 2), (7, 1, 1), (1, 1, 1)  # M, B, K
STANDARD_ERRORS = 8  # 1e-15 for a normal mean, which leaves room for a mean of only many samples


def gaussian(random, B, K):
    """Means, then log stds, of B Gaussians."""
    means, log_stds = random.standard_normal((B, K)), random.uniform(-0.9, 0.6, (B, K))
    return np.concatenate([means, log_stds], axis=1)


def split(q):
    """Means and stds."""
    K = q.shape[1] // 2
    return q[:, :K], np.exp(q[:, K:])


def differences(function, q):
    """Derivatives of a function of q that is `(M, B)`, by central differences: `(M, B, 2K)`."""
    _, stds = split(q)
    steps = 1e-5 * np.concatenate([stds, np.ones_like(stds)], axis=1)
    columns = []
    for j in range(q.shape[1]):
        step = steps * (np.arange(q.shape[1]) == j)
        columns.append((function(q + step) - function(q - step)) / (2 * steps[:, j]))
    return np.stack(columns, axis=-1)


def log_density(q, z):
    """log q(z), summed over dimensions, by scipy."""
    return norm.logpdf(z, *split(q)).sum(axis=-1)


def wave(random, B, K):
    """q, frequencies w `(K,)` and the gradient of E_q[sin(w z)] = sin(w mean) exp(-|w std|^2/2)."""
    q, w = gaussian(random, B, K), random.uniform(0.4, 0.9, K)
    mean, std = split(q)
    phase, size = (mean @ w)[:, None], np.exp(-0.5 * std**2 @ w**2)[:, None]
    by_log_std = -((w * std) ** 2) * np.sin(phase) * size
    return q, w, np.concatenate([w * np.cos(phase) * size, by_log_std], axis=1)


def unbiased(samples, gradient):
    """Fail if the mean of the samples is too far from the gradient, in standard errors."""
    samples = numbers(samples, (len(samples), *gradient.shape))
    error = np.std(samples, axis=0) / np.sqrt(len(samples))
    distance = np.abs(np.mean(samples, axis=0) - gradient)
    require(np.all(distance < STANDARD_ERRORS * error), "The estimate is biased.")


# score_function_gradient --------------------------------------------------------------------------


def score_arguments(random, M, B, K):
    """q, z and f."""
    q = gaussian(random, B, K)
    mean, std = split(q)
    z = mean + std * random.standard_normal((M, B, K))
    return q, z, 3 * random.standard_normal((M, B))


@pytest.mark.check(weight=3)
@pytest.mark.parametrize("shape", SHAPES)
def test_score_function_gradient_of_every_sample(submission, random, shape):
    """Every sample has f times the derivatives of log q(z), taken numerically."""
    q, z, f = score_arguments(random, *shape)
    wanted = f[..., None] * differences(lambda q: log_density(q, z), q)
    agree(submission.call("score_function_gradient", q, z, f), wanted, "The gradient")


@pytest.mark.check(weight=2)
def test_score_function_gradient_averages_to_the_gradient_of_a_polynomial(submission, random):
    """f(z) = z^3 - 2 z: E[f] = mean^3 + 3 mean std^2 - 2 mean, for each of five Gaussians."""
    q = gaussian(random, 5, 1)
    mean, std = split(q)
    z = mean + std * POINTS[:, None, None]
    got = submission.call("score_function_gradient", q, z, z[..., 0] ** 3 - 2 * z[..., 0])
    got = np.tensordot(WEIGHTS, numbers(got, (len(POINTS), 5, 2)), 1)
    wanted = np.concatenate([3 * mean**2 + 3 * std**2 - 2, 6 * mean * std**2], axis=1)
    agree(got, wanted, "The average gradient", atol=1e-4)


@pytest.mark.check(weight=1)
def test_score_function_gradient_is_unbiased(submission, random):
    """The mean of 20,000 samples of f(z) = 2 + sin(w z), and of f(z) less a baseline."""
    q, w, gradient = wave(random, 3, 2)
    mean, std = split(q)
    z = mean + std * random.standard_normal((20_000, 3, 2))
    for constant in (2.0, 0.0):
        got = submission.call("score_function_gradient", q, z, constant + np.sin(z @ w))
        unbiased(got, gradient)


@pytest.mark.check(weight=1)
def test_score_function_gradient_of_narrow_and_wide_distributions(submission, random):
    """Log stds from -4 to 4."""
    q, _, f = score_arguments(random, 6, 5, 3)
    q[:, 3:] = random.uniform(-4, 4, (5, 3))
    mean, std = split(q)
    z = mean + std * random.standard_normal((6, 5, 3))
    wanted = f[..., None] * differences(lambda q: log_density(q, z), q)
    got = submission.call("score_function_gradient", q, z, f)
    agree(got, wanted, "The gradient", rtol=1e-3, atol=1e-3)


@pytest.mark.check(weight=1)
def test_score_function_gradient_leaves_its_arguments_alone(submission, random):
    """score_function_gradient does not change what it is given."""
    arguments = score_arguments(random, 4, 3, 2)
    reply = submission.request("score_function_gradient", [a.copy() for a in arguments], {}, {})
    unchanged(list(arguments), reply)
    q, z, f = arguments
    wanted = f[..., None] * differences(lambda q: log_density(q, z), q)
    agree(reply["value"], wanted, "The gradient")


# leave_one_out_baseline ---------------------------------------------------------------------------


@pytest.mark.check(weight=3)
@pytest.mark.parametrize("shape", [(5, 3), (2, 4), (6, 1), (2, 1), (4, 4)])
def test_leave_one_out_baseline_is_the_mean_of_the_others(submission, random, shape):
    """Each sample is left out in turn, also for two samples and for one image."""
    f = 50 * random.standard_normal(shape) - 100
    wanted = [np.mean(np.delete(f, m, axis=0), axis=0) for m in range(shape[0])]
    agree(submission.call("leave_one_out_baseline", f), wanted, "The baseline")


@pytest.mark.check(weight=1)
def test_leave_one_out_baseline_ignores_its_own_sample(submission, random):
    """Another f of one sample changes the baselines of all samples but this one."""
    f = random.standard_normal((4, 3))
    other = f + np.array([0.0, 0.0, 9.0, 0.0])[:, None]
    first, second = (submission.call("leave_one_out_baseline", x) for x in (f, other))
    change = numbers(second, (4, 3)) - numbers(first, (4, 3))
    wanted = np.outer([3.0, 3.0, 0.0, 3.0], np.ones(3))
    agree(change, wanted, "The change of the baseline", atol=1e-5)


@pytest.mark.check(weight=2)
def test_leave_one_out_baseline_leaves_the_estimate_unbiased(submission, random):
    """f(z) = z^2 with two samples, averaged exactly: the gradient in the mean is 2 mean."""
    mean, std = random.uniform(0.5, 2.0, 2)
    pairs = np.stack(np.meshgrid(POINTS, POINTS, indexing="ij")).reshape(2, -1)
    f = (mean + std * pairs) ** 2
    baseline = numbers(submission.call("leave_one_out_baseline", f), f.shape)
    estimates = np.mean((f - baseline) * pairs / std, axis=0)
    average = np.sum(np.outer(WEIGHTS, WEIGHTS).ravel() * estimates)
    agree(average, 2 * mean, "The average gradient")


@pytest.mark.check(weight=1)
def test_leave_one_out_baseline_leaves_its_argument_alone(submission, random):
    """leave_one_out_baseline does not change what it is given."""
    f = random.standard_normal((3, 2))
    reply = submission.request("leave_one_out_baseline", [f.copy()], {}, {})
    unchanged([f], reply)
    agree(reply["value"], f[[1, 0, 0]] / 2 + f[[2, 2, 1]] / 2, "The baseline")


# pathwise_gradient --------------------------------------------------------------------------------


def pathwise_case(random, M, B, K, scale=1.0):
    """q, epsilon, the slope of f(z) = sin(w z) + |z|^2/10 at z, and the derivatives wanted."""
    q, epsilon = gaussian(random, B, K), random.standard_normal((M, B, K))
    q[:, K:] *= scale
    w = random.uniform(0.5, 1.5, K) / max(1.0, np.exp(np.max(q[:, K:])))

    def place(q):
        mean, std = split(q)
        return mean + std * epsilon

    def f(q):
        return np.sin(place(q) @ w) + np.sum(place(q) ** 2, axis=-1) / 10

    slope = np.cos(place(q) @ w)[..., None] * w + place(q) / 5
    return (q, epsilon, slope), differences(f, q)


@pytest.mark.check(weight=3)
@pytest.mark.parametrize("shape", SHAPES)
def test_pathwise_gradient_of_every_sample(submission, random, shape):
    """Every sample has the derivatives of f(mean + std epsilon), taken numerically."""
    arguments, wanted = pathwise_case(random, *shape)
    agree(submission.call("pathwise_gradient", *arguments), wanted, "The gradient", atol=1e-5)


@pytest.mark.check(weight=2)
def test_pathwise_gradient_averages_to_the_gradient_of_a_polynomial(submission, random):
    """f(z) = z^4 / 4: E[f] = (mean^4 + 6 mean^2 std^2 + 3 std^4) / 4, five times."""
    q = gaussian(random, 5, 1)
    mean, std = split(q)
    epsilon = np.tile(POINTS[:, None, None], (1, 5, 1))
    got = submission.call("pathwise_gradient", q, epsilon, (mean + std * epsilon) ** 3)
    got = np.tensordot(WEIGHTS, numbers(got, (len(POINTS), 5, 2)), 1)
    by_log_std = 3 * mean**2 * std**2 + 3 * std**4
    wanted = np.concatenate([mean**3 + 3 * mean * std**2, by_log_std], axis=1)
    agree(got, wanted, "The average gradient", atol=1e-4)


@pytest.mark.check(weight=1)
def test_pathwise_gradient_is_unbiased(submission, random):
    """The mean of 20,000 samples of f(z) = sin(w z), whose slope is w cos(w z)."""
    q, w, gradient = wave(random, 3, 2)
    mean, std = split(q)
    epsilon = random.standard_normal((20_000, 3, 2))
    slope = np.cos((mean + std * epsilon) @ w)[..., None] * w
    unbiased(submission.call("pathwise_gradient", q, epsilon, slope), gradient)


@pytest.mark.check(weight=1)
def test_pathwise_gradient_of_narrow_and_wide_distributions(submission, random):
    """Log stds from -5 to 4."""
    arguments, wanted = pathwise_case(random, 6, 5, 3, scale=6.0)
    got = submission.call("pathwise_gradient", *arguments)
    agree(got, wanted, "The gradient", rtol=1e-3, atol=1e-4)


@pytest.mark.check(weight=1)
def test_pathwise_gradient_leaves_its_arguments_alone(submission, random):
    """pathwise_gradient does not change what it is given."""
    arguments, wanted = pathwise_case(random, 4, 3, 2)
    reply = submission.request("pathwise_gradient", [a.copy() for a in arguments], {}, {})
    unchanged(list(arguments), reply)
    agree(reply["value"], wanted, "The gradient", atol=1e-5)


# variance_ratio -----------------------------------------------------------------------------------


def variance(values):
    """Of a function of epsilon ~ N(0, 1) with these values on the grid, by the trapezium rule."""
    weights = norm.pdf(GRID) * (GRID[1] - GRID[0])
    return np.sum(weights * values**2) - np.sum(weights * values) ** 2


def integrated_ratio(mean, std, baseline):
    """Both variances from the densities, with the score from a difference of scipy's log q."""
    z, step = mean + std * GRID, 1e-4 * std
    above, below = norm.logpdf(z, mean + step, std), norm.logpdf(z, mean - step, std)
    score = (above - below) / (2 * step)
    return variance((z**2 - baseline) * score) / variance(2 * z)


@pytest.mark.check(weight=3)
def test_variance_ratio_is_that_of_the_integrals(submission, random):
    """The ratio of two variances, both integrated numerically, with and without a baseline."""
    for baseline in (0.0, *random.uniform(0.5, 3.0, 2), -1.0):
        mean, std = random.uniform(-2, 2), random.uniform(0.6, 1.6)
        got = submission.call("variance_ratio", mean, std, baseline)
        agree(got, integrated_ratio(mean, std, baseline), "The ratio")


@pytest.mark.check(weight=2)
def test_variance_ratio_without_a_baseline(submission, random):
    """Baseline 0, given or not, is f itself: the exact ratio for nine pairs of mean and std."""
    mean, std = random.standard_normal(9), random.uniform(0.3, 2.0, 9)
    wanted = (mean**4 + 14 * mean**2 * std**2 + 15 * std**4) / (4 * std**4)
    agree(submission.call("variance_ratio", mean, std), wanted, "The ratio")
    agree(submission.call("variance_ratio", mean, std, 0.0), wanted, "The ratio")


@pytest.mark.check(weight=2)
def test_variance_ratio_with_the_best_baseline(submission, random):
    """Even with the best constant baseline the ratio is above 1; with others it is larger."""
    mean, std = random.standard_normal(6), random.uniform(0.5, 2.0, 6)
    best = mean**2 + 3 * std**2
    got = submission.call("variance_ratio", mean, std, best)
    agree(got, 1.5 + 2 * mean**2 / std**2, "The ratio")
    off = submission.call("variance_ratio", mean, std, best + 2 * std**2)
    agree(off, 2.5 + 2 * mean**2 / std**2, "The ratio")


@pytest.mark.check(weight=1)
def test_variance_ratio_broadcasts(submission, random):
    """mean `(3, 1)`, std `(4,)` and a number give `(3, 4)`; the arguments are not changed."""
    mean, std = random.standard_normal((3, 1)), random.uniform(0.7, 1.5, 4)
    wanted = [[integrated_ratio(m, s, 1.3) for s in std] for m in mean[:, 0]]
    reply = submission.request("variance_ratio", [mean.copy(), std.copy(), 1.3], {}, {})
    unchanged([mean, std, 1.3], reply)
    agree(reply["value"], wanted, "The ratio")


@pytest.mark.check(weight=1)
def test_variance_ratio_does_not_depend_on_the_unit_of_z(submission, random):
    """In other units, of 1/100 and of 100, mean, std and baseline change, but not the ratio."""
    mean, std = random.standard_normal(5), random.uniform(0.5, 1.5, 5)
    wanted = [integrated_ratio(m, s, 2.0) for m, s in zip(mean, std, strict=True)]
    for unit in (0.01, 100.0):
        got = submission.call("variance_ratio", unit * mean, unit * std, 2.0 * unit**2)
        agree(got, wanted, "The ratio")
