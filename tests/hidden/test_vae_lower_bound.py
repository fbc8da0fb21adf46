"""Task 1.4, with simple functions in place of its helpers, so that their mistakes cost nothing.

A bound that does not call the helpers is judged end to end, where q(z|x) has so little variance
that z is its mean to rounding; so is one that cannot work with these functions, for instance since
it asserts that no KL is negative.
"""

import numpy as np
import pytest

from grading.checks import agree, binary, network, numbers, require, unchanged
from grading.perform import perform
from grading.submission import VerdictError
from solutions import vae

NAME = "vae_lower_bound"
HELPERS = ("sample_latent_variables_from_posterior", "bernoulli_log_prob", "compute_KL")


def model(random, num_images=6, pixels=7, latent=3, hidden=(5,)):
    """Arguments: generative and recognition network and data."""
    generator = network(random, latent, *hidden, pixels)
    encoder = network(random, pixels, *hidden, 2 * latent)
    return [generator, encoder, binary(random, num_images, pixels)]


def without_variance(args):
    """The same model with standard deviations of e^-30."""
    generator, encoder, data = args
    W, b = encoder[-1]
    half = len(b) // 2
    W, b = W.copy(), b.copy()
    W[:, half:], b[half:] = 0, -30
    return [generator, [*encoder[:-1], (W, b)], data]


def stand_ins(random, args):
    """Coefficients of the helpers' stand-ins."""
    pixels, latent = args[2].shape[1], len(args[0][0][0])
    draw = random.standard_normal
    return {
        HELPERS[0]: [draw(latent), draw(latent)],
        HELPERS[1]: [draw(pixels), draw(pixels)],
        HELPERS[2]: [draw(2 * latent), draw(2 * latent)],
    }


def answers(submission, random, args, **more):
    """The submission's reply and the reference's, to the same question.

    First with stand-ins; if some helper is never called, or there is an error, end to end.
    """
    request = {"name": NAME, "args": args, "kwargs": {}, "seed": 0, **more}
    request["stand_ins"] = stand_ins(random, args)
    reply = with_stand_ins(submission, args, request["stand_ins"], **more)
    if set(reply["called"]) != set(HELPERS):
        args = without_variance(args)
        request.update(args=args, stand_ins={})
        reply = submission.request(NAME, args, {}, {}, **more)
    return reply, perform(vae, request)


def with_stand_ins(submission, args, coefficients, **more):
    """The reply where these stand in for the helpers; no helper is called if that is an error."""
    try:
        return submission.request(NAME, args, {}, coefficients, **more)
    except VerdictError as verdict:
        if verdict.outcome != "error":
            raise
        return {"called": []}


def check_value(submission, random, args):
    """Fail unless the bound has the right value."""
    reply, wanted = answers(submission, random, args)
    agree(reply["value"], wanted["value"], "The bound", rtol=1e-3)


@pytest.mark.check(weight=3)
def test_value(submission, random):
    """Encode, sample, decode, compare, subtract the KL, average."""
    for _ in range(3):
        check_value(submission, random, model(random))


@pytest.mark.check(weight=3)
@pytest.mark.parametrize("argnum", [0, 1], ids=["generative", "recognition"])
def test_gradient_reaches_the_network(submission, random, argnum):
    """The gradient with respect to all weights and biases of the network."""
    reply, wanted = answers(
        submission, random, model(random), argnum=argnum, cotangent=np.array(1.0)
    )
    got = reply["vjp"]
    numbers(reply["value"], ())
    for ours, right in zip(flat(got), flat(wanted["vjp"]), strict=True):
        agree(ours, right, "The gradient", rtol=1e-3, atol=1e-5)


def flat(params):
    """The arrays of a list of `(W, b)`."""
    return [array for layer in params for array in layer]


@pytest.mark.check(weight=1)
def test_twice_the_batch_has_the_same_bound(submission, random):
    """The bound is a mean over images: repeating them changes nothing."""
    generator, encoder, data = model(random)
    check_value(submission, random, [generator, encoder, np.concatenate([data, data])])


@pytest.mark.check(weight=1)
@pytest.mark.parametrize("sizes", [(2, 5, 1, ()), (3, 11, 4, (6, 5, 4))])
def test_other_sizes_and_depths(submission, random, sizes):
    """Other numbers of pixels, latent dimensions and layers."""
    check_value(submission, random, model(random, *sizes))


@pytest.mark.check(weight=3)
def test_z_is_a_sample_from_q(submission, random):
    """z comes from task 1.1, or varies as much as q(z|x) does."""
    args = model(random)
    reply, wanted = answers(submission, random, args)
    if HELPERS[0] not in reply["called"] and not uses_sampling(submission, random, args):
        certain = without_variance(args)
        first, second = (numbers(submission.call(NAME, *certain), ()) for _ in range(2))
        message = "z varies where q(z|x) has no variance."
        require(np.allclose(first, second), message, "prior_is_decoded")
        first, second = (numbers(submission.call(NAME, *args), ()) for _ in range(2))
        message = "z is the mean of q(z|x), not a sample."
        require(not np.allclose(first, second), message, "mean_is_decoded")
    agree(reply["value"], wanted["value"], "The bound", rtol=1e-3)


def uses_sampling(submission, random, args):
    """Whether the bound calls task 1.1 at all."""
    return HELPERS[0] in with_stand_ins(submission, args, stand_ins(random, args))["called"]


@pytest.mark.check(weight=1)
def test_one_image_and_arguments_stay_as_they_are(submission, random):
    """A batch of one image; the function changes neither parameters nor data."""
    args = model(random, 1)
    copy = [[(W.copy(), b.copy()) for W, b in net] for net in args[:2]] + [args[2].copy()]
    reply, wanted = answers(submission, random, copy)
    if reply["called"]:
        unchanged(args, reply)
    agree(reply["value"], wanted["value"], "The bound", rtol=1e-3)
