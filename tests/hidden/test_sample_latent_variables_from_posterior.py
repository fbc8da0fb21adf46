"""Task 1.1: the noise is normal, independent, fresh, rightly scaled, and lets gradients through."""

import numpy as np
import pytest

from grading.checks import agree, independent, is_normal, numbers, standard_normal, unchanged

NAME = "sample_latent_variables_from_posterior"
B, K = 2000, 30


def encoder_output(random, num_images=B, latent_dim=K):
    """Means of size 2 and log stds between -1.5 and 1.5."""
    mean = 2 * random.standard_normal((num_images, latent_dim))
    return np.concatenate([mean, random.uniform(-1.5, 1.5, mean.shape)], axis=1)


def noise(submission, x):
    """The noise behind one sample of z."""
    mean, log_std = np.split(x, 2, axis=1)
    z = numbers(submission.call(NAME, x), mean.shape)
    return (z - mean) / np.exp(log_std)


@pytest.mark.check(weight=1)
@pytest.mark.parametrize("shape", [(1, 1), (5, 3)])
def test_any_number_of_images_and_dimensions(submission, random, shape):
    """A batch of one image, and other numbers of dimensions."""
    x = encoder_output(random, *shape)
    x[:, shape[1] :] = -30
    agree(submission.call(NAME, x), x[:, : shape[1]], "The sample")


@pytest.mark.check(weight=2)
def test_without_variance_a_sample_is_the_mean(submission, random):
    """Where q(z|x) has almost no variance, z is its mean; the input stays as it is."""
    x = encoder_output(random, 20)
    x[:, K:] = -30
    reply = submission.request(NAME, [x.copy()], {}, {})
    agree(reply["value"], x[:, :K], "The sample")
    unchanged([x], reply, "sample_overwrites_the_mean")


@pytest.mark.check(weight=4)
def test_noise_has_the_standard_deviation_of_q_and_is_independent(submission, random):
    """(z - mean) / std has mean 0 and variance 1, over images and over dimensions."""
    standard_normal(noise(submission, encoder_output(random)))


@pytest.mark.check(weight=1)
def test_noise_is_normal(submission, random):
    """(z - mean) / std has the distribution N(0, 1)."""
    is_normal(noise(submission, encoder_output(random)))


@pytest.mark.check(weight=2)
def test_noise_is_fresh_at_every_call(submission, random):
    """Two calls with the same input give unrelated noise."""
    x = encoder_output(random)
    independent(noise(submission, x), noise(submission, x))


@pytest.mark.check(weight=2)
def test_gradients_pass_through_the_sample(submission, random):
    """The gradients with respect to means and log standard deviations."""
    # dz/dmean = 1 and dz/dlog_std = z - mean, whatever the noise was
    x = encoder_output(random, 50)
    cotangent = random.standard_normal((50, K))
    reply = submission.request(NAME, [x], {}, {}, argnum=0, cotangent=cotangent)
    z = numbers(reply["value"], cotangent.shape)
    wanted = np.concatenate([cotangent, cotangent * (z - x[:, :K])], axis=1)
    agree(reply["vjp"], wanted, "The gradient", rtol=1e-3, atol=1e-5)
