"""The extension gaussian_decoder, against scipy, numerical integrals and numerical optimisation."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import expit
from scipy.stats import multivariate_normal, norm

from grading.checks import agree, numbers, require, unchanged


def density(got, wanted):
    """Fail unless these log densities agree; float32 will do, also where terms cancel."""
    agree(got, wanted, "The log density", atol=1e-5)


def pixels(random, B=6, D=5):
    """x, mean, log_std."""
    x, mean = random.standard_normal((2, B, D))
    return x, mean, random.uniform(-2, 1, (B, D))


# gaussian_log_prob --------------------------------------------------------------------------------


@pytest.mark.check(weight=2)
def test_gaussian_log_prob_is_that_of_scipy(submission, random):
    """log p(x|z) of a batch, of one x, and of one dimension."""
    for shape in ((6, 5), (1, 4), (5, 1), (2, 784)):
        x, mean, log_std = pixels(random, *shape)
        wanted = norm.logpdf(x, mean, np.exp(log_std)).sum(axis=1)
        density(submission.call("gaussian_log_prob", x, mean, log_std), wanted)


@pytest.mark.check(weight=1)
def test_gaussian_log_prob_with_log_stds_that_are_shared(submission, random):
    """log_std of shape (D,), and one log_std for everything."""
    x, mean, log_std = pixels(random, 4, 6)
    wanted = norm.logpdf(x, mean, np.exp(log_std[0])).sum(axis=1)
    density(submission.call("gaussian_log_prob", x, mean, log_std[0]), wanted)
    wanted = multivariate_normal(np.zeros(6), np.exp(-1.4)).logpdf(x - mean)
    density(submission.call("gaussian_log_prob", x, mean, -0.7), wanted)


@pytest.mark.check(weight=1)
def test_gaussian_log_prob_exceeds_zero_where_the_integral_is_one(submission, random):
    """For a narrow p(x|z) the log density is above 0 at its peak, but its integral is 1."""
    centre, log_std = random.uniform(-1, 1), random.uniform(-4, -3)
    x = centre + np.linspace(-0.5, 0.5, 4001)[:, None]
    got = submission.call("gaussian_log_prob", x, np.full_like(x, centre), np.full_like(x, log_std))
    got = numbers(got, (4001,))
    require(np.max(got) > 0, "The log density is not above 0 at the peak of a narrow Gaussian.")
    agree(np.sum(np.exp(got)) / 4000, 1.0, "The integral of the density")


@pytest.mark.check(weight=1)
def test_gaussian_log_prob_in_another_unit(submission, random):
    """A unit 1000 times larger raises the log density by D log 1000."""
    x, mean, log_std = pixels(random, 3, 7)
    scaled = submission.call("gaussian_log_prob", x / 1000, mean / 1000, log_std - np.log(1000.0))
    wanted = norm.logpdf(x, mean, np.exp(log_std)).sum(axis=1) + 7 * np.log(1000)
    density(scaled, wanted)


@pytest.mark.check(weight=1)
def test_gaussian_log_prob_far_from_the_mean(submission, random):
    """Where the density itself is 0 or infinite in floating point."""
    x, mean, _ = pixels(random, 4, 300)
    for log_std in (-12.0, 12.0):
        wanted = norm.logpdf(x, mean, np.exp(log_std)).sum(axis=1)
        got = submission.call("gaussian_log_prob", x, mean, np.full_like(x, log_std))
        density(got, wanted)


@pytest.mark.check(weight=1)
def test_gaussian_log_prob_has_the_right_gradients(submission, random):
    """The gradients of log p(x|z) with respect to x, mean and log_std."""
    (x, mean, log_std), cotangent = pixels(random), random.standard_normal(6)
    scaled = (x - mean) / np.exp(log_std)
    slope = scaled / np.exp(log_std)
    for argnum, wanted in enumerate((-slope, slope, scaled**2 - 1)):
        got = submission.vjp(
            "gaussian_log_prob", x, mean, log_std, cotangent=cotangent, argnum=argnum
        )
        agree(got, cotangent[:, None] * wanted, f"The gradient to argument {argnum + 1}")


@pytest.mark.check(weight=1)
def test_gaussian_log_prob_leaves_its_arguments_alone(submission, random):
    """gaussian_log_prob does not change what it is given."""
    arguments = pixels(random)
    reply = submission.request("gaussian_log_prob", [a.copy() for a in arguments], {}, {})
    unchanged(list(arguments), reply)
    x, mean, log_std = arguments
    density(reply["value"], norm.logpdf(x, mean, np.exp(log_std)).sum(axis=1))


# floor_log_std ------------------------------------------------------------------------------------


@pytest.mark.check(weight=2)
def test_floor_log_std_adds_standard_deviations(submission, random):
    """The std is the least std plus exp(a), for arrays of several shapes."""
    for shape in ((6, 5), (1, 4), (7,)):
        a, least_std = random.uniform(-4, 2, shape), random.uniform(0.05, 0.5)
        got = submission.call("floor_log_std", a, float(np.log(least_std)))
        agree(got, np.log(least_std + np.exp(a)), "The log std")


@pytest.mark.check(weight=1)
def test_floor_log_std_far_above_the_floor_and_far_below(submission, random):
    """Outputs of -1000 and 1000, and floors far from 0."""
    a = np.array([[-1000.0, -300.0, 300.0, 1000.0]])
    agree(submission.call("floor_log_std", a, -4.5), np.maximum(a, -4.5), "The log std")
    a = np.array([[-1001.0, -999.0]])
    wanted = -1000 + np.log1p(np.exp([[-1.0, 1.0]]))
    agree(submission.call("floor_log_std", a, -1000.0), wanted, "The log std", rtol=1e-6)


@pytest.mark.check(weight=1)
def test_floor_log_std_is_never_below_the_floor(submission, random):
    """However small a is, the std is not below the least; and it grows with a."""
    a = np.linspace(-30, 3, 50)[None]
    got = numbers(submission.call("floor_log_std", a, -2.0), (1, 50))
    require(np.all(got >= -2 - 1e-5), "The log std is below the floor.")
    require(np.all(np.diff(got) >= -1e-6), "The log std falls while a grows.")
    agree(got[0, -1], 3.006715, "The log std for a = 3, floor -2")


@pytest.mark.check(weight=2)
def test_floor_log_std_has_a_slope_on_both_sides(submission, random):
    """The gradient with respect to a, also below the floor, where it is small."""
    a, cotangent = random.uniform(-8, 4, (4, 6)), random.standard_normal((4, 6))
    got = submission.vjp("floor_log_std", a, -2.5, cotangent=cotangent)
    agree(got, cotangent * expit(a + 2.5), "The gradient")


@pytest.mark.check(weight=1)
def test_floor_log_std_leaves_its_argument_alone(submission, random):
    """floor_log_std does not change a."""
    a = random.uniform(-4, 2, (3, 4))
    reply = submission.request("floor_log_std", [a.copy(), -1.5], {}, {})
    unchanged([a, -1.5], reply)
    agree(reply["value"], np.log(np.exp(-1.5) + np.exp(a)), "The log std")


# log_prob_from_squared_error ----------------------------------------------------------------------


@pytest.mark.check(weight=2)
def test_log_prob_from_squared_error_is_the_gaussian_log_density(submission, random):
    """log p(x|z) of scipy, from the squared error alone; also of one x, and of one dimension."""
    for B, D, std in ((6, 5, 0.3), (1, 4, 2.5), (5, 1, 0.8), (3, 784, 0.1)):
        x, mean, _ = pixels(random, B, D)
        wanted = norm.logpdf(x, mean, std).sum(axis=1)
        errors = np.sum((x - mean) ** 2, axis=1)
        got = submission.call("log_prob_from_squared_error", errors, D, std)
        density(got, wanted)


@pytest.mark.check(weight=1)
def test_log_prob_from_squared_error_for_std_one(submission, random):
    """For std = 1: half the squared error, and the constant of D Gaussians."""
    errors = random.uniform(0, 9, 8)
    wanted = -errors / 2 + multivariate_normal(np.zeros(3)).logpdf(np.zeros(3))
    density(submission.call("log_prob_from_squared_error", errors, 3, 1.0), wanted)


@pytest.mark.check(weight=1)
def test_log_prob_from_squared_error_of_nothing_is_the_peak(submission, random):
    """Without an error the density is at its peak, above 1 or below, whatever D and std are."""
    for D, std in ((2, 0.01), (500, 1e-3), (500, 30.0)):
        got = submission.call("log_prob_from_squared_error", np.zeros(2), D, std)
        density(got, np.full(2, D * norm.logpdf(0, 0, std)))


@pytest.mark.check(weight=1)
def test_log_prob_from_squared_error_has_the_right_gradients(submission, random):
    """The gradients with respect to the squared error and to the std."""
    errors, cotangent, std = random.uniform(0, 5, 7), random.standard_normal(7), 0.6
    got = submission.vjp("log_prob_from_squared_error", errors, 4, std, cotangent=cotangent)
    agree(got, -cotangent / (2 * 0.36), "The gradient with respect to the squared error")
    got = submission.vjp(
        "log_prob_from_squared_error", errors, 4, std, cotangent=cotangent, argnum=2
    )
    wanted = np.sum(cotangent * (errors / 0.216 - 4 / 0.6))
    agree(got, wanted, "The gradient with respect to the std")


# best_std -----------------------------------------------------------------------------------------


def residuals(random, B, D):
    """x and mean whose differences have neither mean 0 nor one size."""
    mean = random.standard_normal((B, D))
    size = random.uniform(0.2, 2, (B, 1)) * random.uniform(0.2, 2, D)
    return mean + 0.7 + size * random.standard_normal((B, D)), mean


@pytest.mark.check(weight=2)
def test_best_std_is_what_an_optimiser_finds(submission, random):
    """The std for which the sum of scipy's log densities is highest."""
    for shape in ((20, 5), (1, 6), (9, 1)):
        x, mean = residuals(random, *shape)
        found = minimize_scalar(
            lambda log_std, x=x, mean=mean: -norm.logpdf(x, mean, np.exp(log_std)).mean(),
            bracket=(-2, 2),
        )
        got = submission.call("best_std", x, mean)
        agree(got, np.exp(found.x), "The std")


@pytest.mark.check(weight=1)
def test_best_std_of_many_samples_is_theirs(submission, random):
    """Of 20,000 draws from a Gaussian: its std."""
    n, std = 20000, random.uniform(0.1, 10)
    mean = 5 * random.standard_normal((n // 10, 10))
    got = numbers(
        submission.call("best_std", mean + std * random.standard_normal(mean.shape), mean)
    )
    # std of the estimate: std / sqrt(2 n); seven of them are exceeded once in 10^11 times
    require(got.shape == (), f"The result has shape {got.shape}; it should be one number.")
    require(abs(got / std - 1) < 7 / np.sqrt(2 * n), "The std is not that of the samples.")


@pytest.mark.check(weight=1)
def test_best_std_has_the_unit_of_x(submission, random):
    """x and mean 1000 times larger, or a thousandth: so is the std; equal errors of 3 give 3."""
    mean = random.standard_normal((4, 6))
    x = mean + 3 * np.where(random.random((4, 6)) < 0.5, -1, 1)
    for unit in (1.0, 1e3, 1e-3):
        agree(submission.call("best_std", unit * x, unit * mean), 3 * unit, "The std")


@pytest.mark.check(weight=1)
def test_best_std_has_the_right_gradients(submission, random):
    """The gradients of the std with respect to x and mean."""
    x, mean = residuals(random, 5, 4)
    std = np.linalg.norm(x - mean) / np.sqrt(20)
    wanted = 0.7 * (x - mean) / (20 * std)
    for argnum, sign in ((0, 1), (1, -1)):
        got = submission.vjp("best_std", x, mean, cotangent=np.array(0.7), argnum=argnum)
        agree(got, sign * wanted, "A gradient")


@pytest.mark.check(weight=1)
def test_best_std_leaves_its_arguments_alone(submission, random):
    """best_std does not change what it is given."""
    x, mean = residuals(random, 5, 4)
    reply = submission.request("best_std", [x.copy(), mean.copy()], {}, {})
    unchanged([x, mean], reply)
    agree(reply["value"], np.linalg.norm(x - mean) / np.sqrt(20), "The std")
