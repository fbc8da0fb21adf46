"""Task 3.2, with a simple function in place of task 1.1.

Where that is not called, or does not fit the way it is called, the pictures are judged end to end.
"""

import numpy as np
import pytest

from grading.checks import agree, network, numbers, require, unchanged
from grading.perform import perform
from grading.submission import VerdictError
from solutions import vae

NAME = "reconstruct_images"
SAMPLE = "sample_latent_variables_from_posterior"


def model(random, num_images=4, pixels=7, latent=3):
    """Arguments: both networks, and grey images."""
    generator, encoder = network(random, latent, 6, pixels), network(random, pixels, 5, 2 * latent)
    return [generator, encoder, random.random((num_images, pixels))]


def with_stand_ins(submission, args, stand_ins):
    """The reply with these in place of task 1.1, which is not called if that is an error."""
    try:
        return submission.request(NAME, args, {}, stand_ins)
    except VerdictError as verdict:
        if verdict.outcome != "error":
            raise
        return submission.request(NAME, args, {}, {})


def answers(submission, random, args):
    """The submission's reply and the reference's."""
    latent = len(args[0][0][0])
    stand_ins = {SAMPLE: [random.standard_normal(latent), random.standard_normal(latent)]}
    reply = with_stand_ins(submission, args, stand_ins)
    if not reply["called"]:
        W, b = args[1][-1]
        W, b = W.copy(), b.copy()
        W[:, latent:], b[latent:] = 0, -30
        args = [args[0], [*args[1][:-1], (W, b)], args[2]]
        stand_ins = {}
        reply = submission.request(NAME, args, {}, {})
    request = {"name": NAME, "args": args, "kwargs": {}, "seed": 0, "stand_ins": stand_ins}
    return reply, perform(vae, request)


@pytest.mark.check(weight=2)
def test_probabilities_through_encoder_sample_and_decoder(submission, random):
    """Encode, sample z, decode, apply the sigmoid."""
    reply, wanted = answers(submission, random, model(random))
    agree(reply["value"], wanted["value"], "The picture", rtol=1e-3)


@pytest.mark.check(weight=1)
@pytest.mark.parametrize("number", [1, 13])
def test_any_number_of_images(submission, random, number):
    """One image, and more than ten."""
    reply, wanted = answers(submission, random, model(random, number, 9, 2))
    agree(reply["value"], wanted["value"], "The picture", rtol=1e-3)


@pytest.mark.check(weight=2)
def test_z_is_a_sample_not_the_mean(submission, random):
    """Where q(z|x) is wide, two calls give different pictures; the arguments stay as they are."""
    generator = [(np.ones((1, 2)), np.zeros(2))]
    encoder = [(np.zeros((2, 2)), np.zeros(2))]
    args = [generator, encoder, random.random((200, 2))]
    stand_ins = {SAMPLE: [np.ones(1), np.ones(1)]}
    reply = with_stand_ins(submission, args, stand_ins)
    if not reply["called"]:
        certain = [(np.zeros((2, 2)), np.array([0.0, -30.0]))]
        first, second = (
            numbers(submission.call(NAME, generator, certain, args[2]), (200, 2)) for _ in range(2)
        )
        message = "z varies where q(z|x) has no variance."
        require(np.allclose(first, second), message, "reconstructed_from_the_prior")
        first, second = (numbers(submission.call(NAME, *args), (200, 2)) for _ in range(2))
        message = "z is the mean of q(z|x), not a sample."
        require(not np.allclose(first, second), message, "reconstructed_from_the_mean")
    unchanged(args, reply)
    reply, wanted = answers(submission, random, model(random))
    agree(reply["value"], wanted["value"], "The picture", rtol=1e-3)
