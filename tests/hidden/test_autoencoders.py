"""The extension autoencoders, against scipy's distances and entropies, and values by hand."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from scipy.special import entr, expit, kl_div

from grading.checks import agree, binary, numbers, require, unchanged

# nearest_neighbour_distance -----------------------------------------------------------------------


def nearest(samples, images):
    """By scipy, from all differences."""
    return cdist(samples, images).min(axis=1) / np.sqrt(samples.shape[1])


@pytest.mark.check(weight=3)
def test_nearest_neighbour_distance_agrees_with_scipy(submission, random):
    """The distance for any numbers of samples, images and pixels."""
    for S, N, D in ((7, 12, 5), (12, 7, 9), (1, 6, 4), (6, 1, 4), (5, 5, 1)):
        samples, images = random.random((S, D)), random.random((N, D))
        got = submission.call("nearest_neighbour_distance", samples, images)
        agree(got, nearest(samples, images), "The distance", atol=1e-3)  # float32 cancels


@pytest.mark.check(weight=1)
def test_nearest_neighbour_distance_of_copies_is_zero(submission, random):
    """200 samples that are among the images, whose squared distances may round to below 0."""
    images = random.random((200, 300))
    got = submission.call("nearest_neighbour_distance", images[::-1].copy(), images)
    agree(got, np.zeros(200), "The distance of equal images", atol=2e-3)


@pytest.mark.check(weight=1)
def test_nearest_neighbour_distance_of_many_images_fits_into_memory(submission, random):
    """500 samples and 700 images of 784 pixels: all differences at once would take 2 GB."""
    samples, images = random.random((500, 784)), random.random((700, 784))
    got = submission.call("nearest_neighbour_distance", samples, images)
    agree(got, nearest(samples, images), "The distance")


@pytest.mark.check(weight=1)
def test_nearest_neighbour_distance_leaves_its_arguments_alone(submission, random):
    """nearest_neighbour_distance does not change what it is given."""
    args = [random.random((4, 6)), random.random((5, 6))]
    reply = submission.request("nearest_neighbour_distance", [a.copy() for a in args], {}, {})
    unchanged(args, reply)
    agree(reply["value"], nearest(*args), "The distance")


# corrupt ------------------------------------------------------------------------------------------


@pytest.mark.check(weight=3)
def test_corrupt_keeps_a_pixel_or_makes_it_zero(submission, random):
    """Every pixel of intensities in [0, 1], for several probabilities, and for a batch of one."""
    for probability, shape in ((0.2, (6, 9)), (0.5, (1, 20)), (0.9, (8, 1))):
        images, noise = random.uniform(0.1, 1, shape), random.random(shape)
        wanted = np.where(noise < probability, 0.0, images)
        agree(submission.call("corrupt", images, noise, probability), wanted, "The image")


@pytest.mark.check(weight=1)
def test_corrupt_masks_nothing_with_probability_zero_and_all_with_one(submission, random):
    """Noise is in [0, 1): it may be exactly 0."""
    images, noise = random.uniform(0.1, 1, (3, 5)), random.random((3, 5))
    noise[:, :2] = 0
    agree(submission.call("corrupt", images, noise, 0.0), images, "The image")
    agree(submission.call("corrupt", images, noise, 1.0), np.zeros((3, 5)), "The image")


@pytest.mark.check(weight=1)
def test_corrupt_passes_gradients_to_the_pixels_it_keeps(submission, random):
    """The gradient with respect to the images."""
    images, noise, cotangent = random.random((3, 4, 6))
    got = submission.vjp("corrupt", images, noise, 0.4, cotangent=cotangent)
    agree(got, np.where(noise < 0.4, 0.0, cotangent), "The gradient")


@pytest.mark.check(weight=1)
def test_corrupt_leaves_its_arguments_alone(submission, random):
    """The uncorrupted images are needed afterwards: they are what is to be reconstructed."""
    args = [random.uniform(0.1, 1, (4, 6)), random.random((4, 6)), 0.5]
    reply = submission.request("corrupt", [args[0].copy(), args[1].copy(), 0.5], {}, {})
    unchanged(args, reply)
    agree(reply["value"], np.where(args[1] < 0.5, 0.0, args[0]), "The image")


# cross_entropy ------------------------------------------------------------------------------------


def information(images, logits):
    """The entropy of each pixel and its KL divergence to the model, by scipy, added up."""
    x, p = images, expit(logits)
    return np.sum(entr(x) + entr(1 - x) + kl_div(x, p) + kl_div(1 - x, 1 - p), axis=1)


@pytest.mark.check(weight=2)
@pytest.mark.parametrize("grey", [True, False], ids=["grey", "binary"])
def test_cross_entropy_is_entropy_plus_divergence(submission, random, grey):
    """The loss of binary images and of grey ones, also for one image and for one pixel."""
    for shape in ((6, 30), (1, 12), (5, 1)):
        images = random.random(shape) if grey else binary(random, *shape)
        logits = np.clip(2 * random.standard_normal(shape), -8, 8)
        got = submission.call("cross_entropy", images, logits)
        agree(got, information(images, logits), "The loss")


@pytest.mark.check(weight=2)
def test_cross_entropy_of_logits_of_1000(submission, random):
    """Certain and right costs nothing; certain and wrong costs the logit."""
    images = np.array([[1.0, 0.0], [0.0, 1.0], [0.25, 0.5]])
    logits = np.array([[1000.0, -1000.0], [1000.0, 0.0], [1000.0, -1000.0]])
    wanted = [0.0, 1000 + np.log(2), 750.0 + 500.0]
    agree(submission.call("cross_entropy", images, logits), wanted, "The loss")


@pytest.mark.check(weight=2)
def test_cross_entropy_has_the_right_gradient(submission, random):
    """The gradient with respect to the logits, of grey images, also where a logit is 1000."""
    images, logits = random.random((4, 7)), 2 * random.standard_normal((4, 7))
    logits[0, :2] = 1000, -1000
    cotangent = random.standard_normal(4)
    got = submission.vjp("cross_entropy", images, logits, argnum=1, cotangent=cotangent)
    agree(got, cotangent[:, None] * (expit(logits) - images), "The gradient")


@pytest.mark.check(weight=1)
def test_cross_entropy_in_single_precision(submission, random):
    """float32 images of 784 pixels, which stay as they are."""
    logits = np.clip(2 * random.standard_normal((5, 784)), -8, 8).astype(np.float32)
    args = [binary(random, 5, 784).astype(np.float32), logits]
    reply = submission.request("cross_entropy", [a.copy() for a in args], {}, {})
    unchanged(args, reply)
    agree(reply["value"], information(*map(np.float64, args)), "The loss", rtol=1e-3)


# beta_objective -----------------------------------------------------------------------------------


@pytest.mark.check(weight=2)
def test_beta_objective_of_three_images(submission, random):
    """Values worked out by hand, for beta from 0 to 10."""
    fit, kl = np.array([-100.0, -80.0, -90.0]), np.array([10.0, 30.0, 23.0])
    for beta, wanted in ((0.0, -90.0), (0.5, -100.5), (1.0, -111.0), (10.0, -300.0)):
        agree(submission.call("beta_objective", fit, kl, beta), wanted, "The objective")


@pytest.mark.check(weight=1)
def test_beta_objective_does_not_depend_on_the_size_of_the_batch(submission, random):
    """One image, and the same image many times."""
    for B in (1, 2, 50):
        got = submission.call("beta_objective", np.full(B, -70.0), np.full(B, 20.0), 3.0)
        agree(got, -130.0, "The objective")


@pytest.mark.check(weight=1)
def test_beta_objective_falls_by_the_mean_kl_as_beta_grows(submission, random):
    """It is a straight line in beta, whose value at 0 is the mean log-likelihood."""
    fit, kl = -100 * random.random(6), 20 * random.random(6)
    values = [numbers(submission.call("beta_objective", fit, kl, b), ()) for b in (0.0, 2.0, 4.0)]
    agree(values[0], fit.sum() / 6, "The objective for beta = 0")
    agree(values[0] - values[1], kl.sum() / 3, "Its fall from beta = 0 to 2", rtol=1e-3)
    require(
        np.isclose(values[0] - values[2], 2 * (values[0] - values[1]), 1e-3), "No line in beta."
    )


@pytest.mark.check(weight=1)
def test_beta_objective_has_the_right_gradients(submission, random):
    """The gradients with respect to the log-likelihood and to the KL."""
    fit, kl, one = -100 * random.random(5), 20 * random.random(5), np.array(1.0)
    got = submission.vjp("beta_objective", fit, kl, 4.0, cotangent=one)
    agree(got, np.full(5, 0.2), "The gradient with respect to the log-likelihood")
    got = submission.vjp("beta_objective", fit, kl, 4.0, argnum=1, cotangent=one)
    agree(got, np.full(5, -0.8), "The gradient with respect to the KL")
