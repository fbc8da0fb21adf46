"""Task 3.3. Either image may come first: the practical's formula begins with the second."""

import numpy as np
import pytest
from scipy.special import expit

from grading.checks import agree, network, numbers, require
from solutions import vae

NAME = "interpolate_images"


def model(random, *hidden, pixels=7, latent=3):
    """Both networks, with large standard deviations that must not matter, and two images."""
    generator = network(random, latent, *hidden, pixels)
    encoder = network(random, pixels, *hidden, 2 * latent)
    encoder[-1][1][latent:] += 3
    return [generator, encoder, *random.random((2, pixels))]


def expected(args, num_steps):
    """The pictures, beginning with the second image."""
    generator, encoder, first, second = args
    latent = len(generator[0][0])
    z_1, z_2 = (vae.neural_net_predict(encoder, x[None])[0, :latent] for x in (first, second))
    mixtures = [z_1 * s + (1 - s) * z_2 for s in np.linspace(0, 1, num_steps)]
    return expit(vae.neural_net_predict(generator, np.array(mixtures)))


def check(submission, args, wanted_steps, **options):
    """Fail unless the pictures are right, in either order."""
    wanted = expected(args, wanted_steps)
    got = numbers(submission.call(NAME, *args, **options), wanted.shape)
    if np.allclose(got, wanted[::-1], 1e-3, 1e-5) and not np.allclose(got, wanted, 1e-3, 1e-5):
        submission.note(
            "Yours begins with the first image. The formula of the practical begins with the "
            "second; both are accepted."
        )
        return
    if not np.allclose(got, wanted, 1e-3, 1e-5):
        again = numbers(submission.call(NAME, *args, **options), wanted.shape)
        if not np.allclose(got, again):
            generator, encoder, *images = args
            W, b = (x.copy() for x in encoder[-1])
            W[:, len(b) // 2 :], b[len(b) // 2 :] = 0, -30
            certain = [generator, [*encoder[:-1], (W, b)], *images]
            first, second = (
                numbers(submission.call(NAME, *certain, **options), wanted.shape) for _ in range(2)
            )
            mistake = "interpolated_samples" if np.allclose(first, second) else None
            require(False, "Two calls give different pictures.", mistake or "rows_are_random_steps")
    agree(got, wanted, "The walk", rtol=1e-3, atol=1e-5)


@pytest.mark.check(weight=3)
def test_equal_steps_between_the_means(submission, random):
    """With a linear generator, whose logits change by the same amount at every step."""
    check(submission, model(random), 9, num_steps=9)


@pytest.mark.check(weight=1)
def test_25_steps_unless_told_otherwise(submission, random):
    """The default number of steps."""
    check(submission, model(random), 25)


@pytest.mark.check(weight=1)
@pytest.mark.parametrize("num_steps", [2, 6])
def test_other_numbers_of_steps(submission, random, num_steps):
    """Both ends alone, and six steps."""
    check(submission, model(random), num_steps, num_steps=num_steps)


@pytest.mark.check(weight=1)
def test_deep_networks(submission, random):
    """Networks with hidden layers, where mixing pictures and mixing means differ."""
    check(submission, model(random, 6, 5), 5, num_steps=5)
