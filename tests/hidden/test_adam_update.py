"""Task 2.2, against Figure 5 written as sums over all past gradients instead of recursively."""

import numpy as np
import pytest

from grading.checks import agree, numbers, require

NAME = "adam_update"
CONSTANTS = {"learning_rate": 0.02, "beta_1": 0.7, "beta_2": 0.95, "epsilon": 0.1}
DEFAULTS = {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8}
ROUNDING = 1e-6  # of parameters kept in float32, over several steps


def average(beta, values):
    """An exponential moving average from zero: (1 - beta) sum_i beta^(t - i) value_i."""
    weights = (1 - beta) * beta ** np.arange(len(values))[::-1]
    return np.tensordot(weights, values, axes=1)


def expected(params, gradients, learning_rate, beta_1, beta_2, epsilon):
    """params, m, v after steps with these gradients (T, P), uphill, from m = v = 0."""
    for t in range(1, len(gradients) + 1):
        past = gradients[:t]
        m, v = average(beta_1, past), average(beta_2, past**2)
        rise = m / (1 - beta_1**t) / (np.sqrt(v / (1 - beta_2**t)) + epsilon)
        params = params + learning_rate * rise
    return params, m, v


def update(submission, *args, **constants):
    """One step of the submission's Adam: params, m, v."""
    value = submission.call(NAME, *args, **constants)
    require(
        isinstance(value, (list, tuple)) and len(value) == 3,
        "Return three vectors, in this order: params, m, v.",
    )
    # With their right shapes, or what is computed with them could become huge.
    return [numbers(vector, np.shape(args[0])) for vector in value]


def run(submission, params, gradients, **constants):
    """params, m, v after several steps."""
    m, v = np.zeros_like(params), np.zeros_like(params)
    for t, gradient in enumerate(gradients, 1):
        params, m, v = update(submission, params, gradient, m, v, t, **constants)
    return params, m, v


def gradients_like(random, steps, size=12):
    """Gradients of very different sizes."""
    return random.standard_normal((steps, size)) * 10.0 ** random.integers(-4, 3, size)


@pytest.mark.check(weight=2)
def test_first_step_goes_uphill_by_the_learning_rate(submission, random):
    """From zero the first step is the learning rate, in the direction of the gradient."""
    gradients, params = gradients_like(random, 1), random.standard_normal(12)
    got = run(submission, params, gradients)[0] - params
    wanted = 1e-3 * gradients[0] / (np.abs(gradients[0]) + 1e-8)
    agree(got, wanted, "The first step", rtol=1e-3, atol=1e-8)


@pytest.mark.check(weight=4)
def test_several_steps_with_default_constants(submission, random):
    """Parameters after six steps."""
    gradients, params = gradients_like(random, 6), random.standard_normal(12)
    wanted = expected(params, gradients, **DEFAULTS)[0]
    got = run(submission, params, gradients)[0]
    agree(np.asarray(got) - params, wanted - params, "The path", rtol=1e-3, atol=ROUNDING)


@pytest.mark.check(weight=2)
def test_moving_averages_are_returned_as_they_are(submission, random):
    """m and v after five steps, before any bias correction."""
    gradients = gradients_like(random, 5)
    _, m, v = run(submission, np.zeros(12), gradients)
    _, right_m, right_v = expected(np.zeros(12), gradients, **DEFAULTS)
    agree(m, right_m, "m", atol=1e-12)
    agree(v, right_v, "v", atol=1e-18)


@pytest.mark.check(weight=2)
@pytest.mark.parametrize("steps", [1, 4])
def test_constants_are_taken_from_the_arguments(submission, random, steps):
    """Another learning rate, other betas, another epsilon."""
    gradients, params = gradients_like(random, steps), random.standard_normal(12)
    wanted = expected(params, gradients, **CONSTANTS)
    got = run(submission, params, gradients, **CONSTANTS)
    agree(np.asarray(got[0]) - params, wanted[0] - params, "The path", rtol=1e-3, atol=ROUNDING)


@pytest.mark.check(weight=1)
def test_tiny_and_zero_gradients(submission, random):
    """A gradient as small as epsilon halves the step; a gradient of 0 gives none."""
    gradient = np.array([1e-8, -1e-8, 0.0, 1e-10])
    got = run(submission, np.zeros(4), gradient[None])[0]
    wanted = 1e-3 * gradient / (np.abs(gradient) + 1e-8)
    agree(got, wanted, "The step", rtol=1e-3, atol=1e-12)


@pytest.mark.check(weight=1)
def test_a_late_step_depends_on_its_arguments_alone(submission, random):
    """Step 50 with given moving averages, asked for out of order."""
    params, gradient, m = random.standard_normal((3, 12))
    v = random.random(12)
    for t in (50, 2):
        new_m, new_v = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient**2
        rise = new_m / (1 - 0.9**t) / (np.sqrt(new_v / (1 - 0.999**t)) + 1e-8)
        got = update(submission, params.copy(), gradient.copy(), m.copy(), v.copy(), t)
        wanted = (params + 1e-3 * rise, new_m, new_v)
        agree(np.asarray(got[0]) - params, wanted[0] - params, "The step", rtol=1e-3, atol=ROUNDING)
        agree(got[1], new_m, "m")
        agree(got[2], new_v, "v")
