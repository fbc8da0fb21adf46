"""Quick checks of `vae.py` against values worked out by hand.

    python -m pytest                 all of them
    python -m pytest -k compute_KL   those of one function

Passing them is a good sign, not a proof: the tests that give marks look closer.
"""

import autograd.numpy as anp
import numpy as np
from autograd import grad

from support.testing import check, check_shape, require

LOG_3 = np.log(3.0)  # the logit of probability 3/4


def layer(W, b):
    """A network of one linear layer."""
    return [(np.array(W, dtype=float), np.array(b, dtype=float))]


def encoder_that_ignores_x(mean, log_std, num_pixels=2):
    """A recognition network that gives the same q(z|x) for every image."""
    outputs = [*mean, *log_std]
    return layer(np.zeros((num_pixels, len(outputs))), outputs)


# Task 1.1 ---------------------------------------------------------------------------------------


def noise_of(vae, num_images=400, latent_dim=250):
    """Samples from a normal distribution with mean 0."""
    encoder_output = np.concatenate(
        [np.zeros((num_images, latent_dim)), np.full((num_images, latent_dim), 0.5)], axis=1
    )
    z = vae.sample_latent_variables_from_posterior(encoder_output)
    check_shape(z, (num_images, latent_dim))
    return np.asarray(z)


def test_sample_latent_variables_from_posterior_has_one_row_per_image(vae):
    encoder_output = np.zeros((7, 6))
    z = vae.sample_latent_variables_from_posterior(encoder_output)
    check_shape(z, (7, 3))


def test_sample_latent_variables_from_posterior_leaves_its_input_alone(vae):
    encoder_output = np.ones((3, 4))
    vae.sample_latent_variables_from_posterior(encoder_output)
    require(
        np.all(encoder_output == 1),
        "the function changes its argument, which the KL needs afterwards: no += or [...] = on it.",
    )


def test_sample_latent_variables_from_posterior_with_a_tiny_std_is_the_mean(vae):
    encoder_output = np.array([[1.0, -2.0, -30.0, -30.0], [0.0, 5.0, -30.0, -30.0]])
    z = vae.sample_latent_variables_from_posterior(encoder_output)
    check(z, [[1.0, -2.0], [0.0, 5.0]])


def test_sample_latent_variables_from_posterior_has_the_right_std(vae):
    encoder_output = np.concatenate([np.zeros((400, 250)), np.full((400, 250), LOG_3)], axis=1)
    z = vae.sample_latent_variables_from_posterior(encoder_output)
    hints = [
        (np.sqrt(3), "Is exp(s/2) a standard deviation, if s is the log of one?"),
        (
            9,
            "exp(2s) is the variance if s is the log of a std; eq. 15 has its root.",
        ),
        (0, "Where is epsilon? Without noise this is the mean, not a sample."),
        (LOG_3, "The second half holds logarithms of standard deviations."),
    ]
    check(np.std(z), 3.0, hints, rtol=0.02)


def test_sample_latent_variables_from_posterior_has_noise_of_its_own_for_every_number(vae):
    z = noise_of(vae)
    require(np.any(z), "every sample is the mean: where is epsilon?")
    require(np.std(z[:, 0]) > 0.1, "all images of a batch get the same noise: its shape?")
    require(np.std(z[0]) > 0.1, "all dimensions of an image get the same noise: its shape?")


def test_sample_latent_variables_from_posterior_has_fresh_noise_at_every_call(vae):
    first, second = noise_of(vae), noise_of(vae)
    require(
        not np.any(first) or not np.allclose(first, second),
        "two calls give the same sample: do not seed the random numbers in the function.",
    )


def test_sample_latent_variables_from_posterior_has_normal_noise(vae):
    z = noise_of(vae)
    check(np.mean(z), 0.0, atol=0.04)
    share = np.mean(np.abs(z) > 2 * np.std(z))
    require(0.04 < share < 0.05, f"a share of {share:.3f} is beyond 2 stds, N(0, 1) has 0.0455.")


def test_sample_latent_variables_from_posterior_passes_the_gradient_to_the_encoder(vae):
    def total(encoder_output):
        return anp.sum(vae.sample_latent_variables_from_posterior(encoder_output))

    gradient = grad(total)(np.array([[0.5, 1.0, 0.0, 0.1]]))
    check(gradient[:, :2], [[1.0, 1.0]])
    require(np.all(gradient[:, 2:]), "the gradient with respect to the log stds is zero.")


# Task 1.2 ---------------------------------------------------------------------------------------


def test_bernoulli_log_prob_of_two_pixels_worked_by_hand(vae):
    # p = 3/4 and 9/10; the first pixel is on, the second off: log(3/4) + log(1/10).
    hints = [
        ([-0.28768], "A pixel that is off must matter too: eq. 3 has two terms."),
        ([-1.29513], "The joint log probability is the sum over pixels, not their mean."),
        ([0.075], "This is the probability; its logarithm is asked for."),
        ([2.59027], "A log probability of binary data is at most 0: the sign?"),
        ([-1.49165], "On and off are exchanged: the sign of the logit, or of a term?"),
    ]
    got = vae.bernoulli_log_prob(np.array([[1.0, 0.0]]), np.array([[LOG_3, 2 * LOG_3]]))
    check(got, [-2.59027], hints)


def test_bernoulli_log_prob_gives_one_number_per_image(vae):
    targets, logits = np.zeros((3, 784)), np.zeros((3, 784))
    hints = [(np.full(3, -784 * np.log(1 + np.sqrt(np.e))), "Logits in, not probabilities.")]
    check(vae.bernoulli_log_prob(targets, logits), np.full(3, -543.42739), hints)


def test_bernoulli_log_prob_is_right_for_extreme_logits(vae):
    targets = np.array([[1.0, 0.0], [1.0, 0.0]])
    logits = np.array([[1000.0, -1000.0], [-1000.0, -1000.0]])
    got = np.asarray(vae.bernoulli_log_prob(targets, logits))
    require(
        np.all(np.isfinite(got)),
        f"got {got} for logits of +-1000. sigmoid(-1000) rounds to 0, and log(0) is minus "
        "infinity. Simplify log(sigmoid(l)) on paper first; np.logaddexp helps.",
    )
    check(got, [0.0, -1000.0])


# Task 1.3 ---------------------------------------------------------------------------------------


def test_compute_KL_of_the_prior_to_itself_is_zero(vae):
    check(vae.compute_KL(np.zeros((2, 6))), [0.0, 0.0])


def test_compute_KL_of_a_shifted_normal_worked_by_hand(vae):
    # 1/2 (1 + 9 - 1 - 0)
    hints = [
        ([9.0], "Where is the factor 1/2 of eq. 12?"),
        ([-4.5], "KL is never negative: the sign?"),
        ([40.5], "The mean is squared twice."),
        ([1.5], "The mean must be squared."),
    ]
    check(vae.compute_KL(np.array([[3.0, 0.0]])), [4.5], hints)


def test_compute_KL_of_a_wide_normal_worked_by_hand(vae):
    # std = e, so the variance is e^2: 1/2 (e^2 + 0 - 1 - 2)
    hints = [
        ([0.35914], "Your input is the log of the std; eq. 12 has the variance, its square."),
        ([4.38906], "Where is the factor 1/2 of eq. 12?"),
        ([-2.19453], "KL is never negative: the sign?"),
        ([0.56767], "This is the KL from the prior to q; eq. 12 has q first."),
        ([2.69453], "log nu is the logarithm of the variance, not of the std."),
    ]
    check(vae.compute_KL(np.array([[0.0, 1.0]])), [2.19453], hints)


def test_compute_KL_gives_one_number_per_image_and_sums_over_dimensions(vae):
    got = vae.compute_KL(np.array([[3.0, 3.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]]))
    hints = [([4.5, 2.19453], "The KL is the sum over dimensions, not their mean.")]
    check(got, [9.0, 4.38906], hints)


def test_compute_KL_passes_the_gradient_to_the_encoder(vae):
    # d KL / d mean = mean, and d KL / d log_std = variance - 1
    gradient = grad(lambda x: anp.sum(vae.compute_KL(x)))(np.array([[3.0, LOG_3]]))
    check(gradient, [[3.0, 8.0]])


# Task 1.4 ---------------------------------------------------------------------------------------


def bound_of(vae, num_images):
    """The bound of a model whose parts are known: log p(x|z) = -1.67398 and KL = 4.5."""
    generator = layer(np.zeros((1, 2)), [LOG_3, LOG_3])
    return vae.vae_lower_bound(
        generator, encoder_that_ignores_x([3.0], [0.0]), np.array([[1.0, 0.0]] * num_images)
    )


def test_vae_lower_bound_is_log_likelihood_minus_KL(vae):
    hints = [
        (2.82602, "The KL is subtracted, not added."),
        (6.17398, "The sign: the bound is log-likelihood minus KL, a negative number here."),
        (-1.67398, "Where is the KL?"),
        (-6.02374, "Are logits turned into probabilities before bernoulli_log_prob?"),
    ]
    check(bound_of(vae, 1), -6.17398, hints)


def test_vae_lower_bound_is_the_mean_over_the_batch(vae):
    check(bound_of(vae, 3), -6.17398, [(-18.52194, "Average over the batch, do not sum.")])


def test_vae_lower_bound_decodes_a_sample_not_the_mean(vae):
    generator = layer([[2.0, -1.0]], [0.0, 0.0])
    encoder, data = encoder_that_ignores_x([0.0], [0.0]), np.array([[1.0, 0.0]])
    first, second = (vae.vae_lower_bound(generator, encoder, data) for _ in range(2))
    require(first != second, "two calls give the same value: is z sampled, or is it the mean?")


def test_vae_lower_bound_decodes_what_the_encoder_says(vae):
    # z = 1 with no variance, logits +-log 3: log p(x|z) = 2 log(3/4), KL = 30.
    generator = layer([[LOG_3, -LOG_3]], [0.0, 0.0])
    bound = vae.vae_lower_bound(
        generator, encoder_that_ignores_x([1.0], [-30.0]), np.array([[1.0, 0.0]])
    )
    check(bound, -30.57536)


def test_vae_lower_bound_passes_gradients_to_both_networks(vae):
    def bound(parameters):
        return vae.vae_lower_bound(*parameters, np.array([[1.0, 0.0]] * 5))

    networks = (layer([[2.0, -1.0]], [0.0, 0.0]), encoder_that_ignores_x([0.1], [0.1]))
    for name, network in zip(("generative", "recognition"), grad(bound)(networks), strict=True):
        (_, gradient) = network[0]
        require(
            np.all(gradient),
            f"no gradient reaches the {name} network: is there a plain numpy function, float() or "
            "np.array() between it and the bound?",
        )


# Task 2 -----------------------------------------------------------------------------------------


def test_initialize_adam_gives_two_separate_vectors_of_zeros(vae):
    moments = vae.initialize_adam(np.array([1.0, 2.0, 3.0]))
    require(isinstance(moments, (tuple, list)) and len(moments) == 2, "return m, v")
    for moment in moments:
        check(moment, np.zeros(3))
    require(moments[0] is not moments[1], "m and v are the same array; in-place changes mix them.")


def adam_step(vae, gradient, t=1, **constants):
    """The first step of Adam from zero."""
    zeros = np.zeros_like(gradient)
    updated = vae.adam_update(zeros, gradient, zeros.copy(), zeros.copy(), t, **constants)
    require(
        isinstance(updated, (tuple, list)) and len(updated) == 3,
        "return params, m, v, in this order",
    )
    return updated


def test_adam_update_takes_a_first_step_of_the_learning_rate_uphill(vae):
    hints = [
        ([-1e-3, 1e-3], "The bound is maximised: go up the gradient, not down."),
        ([3.16228e-3, -3.16228e-3], "Where is the bias correction of m and v?"),
        ([7.44e-4, -7.44e-4], "t is 1 at the first update: use it as it is given."),
    ]
    params, _, _ = adam_step(vae, np.array([1.0, -5.0]))
    check(params, [1e-3, -1e-3], hints, rtol=1e-3)


def test_adam_update_returns_the_moving_averages_before_bias_correction(vae):
    hints = [([0.2], "m"), ([0.004], "v")]
    _, m, v = adam_step(vae, np.array([2.0]))
    corrected = "keep m and v as they are before the bias correction."
    check(m, [0.2], [([2.0], corrected), *hints])
    check(v, [0.004], [([4.0], corrected), ([0.002], "v averages the squared gradient.")])


def test_adam_update_follows_three_steps_worked_by_hand(vae):
    # g = 1:  m = .1,   v = .001,       m_hat = 1,       v_hat = 1,       step .001 * 1
    # g = 2:  m = .29,  v = .004999,    m_hat = 1.52632, v_hat = 2.50075, step .001 * .96518
    # g = -1: m = .161, v = .005994001, m_hat = .59410,  v_hat = 2.00000, step .001 * .42009
    params, m, v = np.zeros(1), np.zeros(1), np.zeros(1)
    for t, (gradient, total) in enumerate([(1.0, 1e-3), (2.0, 1.96518e-3), (-1.0, 2.38527e-3)], 1):
        params, m, v = vae.adam_update(params, np.array([gradient]), m, v, t)
        check(params, [total], atol=1e-8)


def test_adam_update_uses_the_constants_it_is_given(vae):
    params, m, v = adam_step(vae, np.array([2.0]), learning_rate=0.1, beta_1=0.5, beta_2=0.75)
    check(params, [0.1])
    check(m, [1.0])
    check(v, [1.0])


def test_adam_update_adds_epsilon_outside_the_root(vae):
    # A gradient as small as epsilon: m_hat / (sqrt(v_hat) + epsilon) = 1/2.
    hints = [([1e-7], "Figure 5 takes the root first, then adds epsilon.")]
    params, _, _ = adam_step(vae, np.array([1e-8]))
    check(params, [5e-4], hints, rtol=1e-3, atol=1e-9)
    params, _, _ = adam_step(vae, np.array([1.0]), epsilon=1.0)
    check(params, [5e-4], [([1e-3], "epsilon is an argument: use it.")], rtol=1e-3)


# Task 3 -----------------------------------------------------------------------------------------


def logit(p):
    return np.log(p) - np.log1p(-np.asarray(p))


def test_generate_images_gives_as_many_as_asked_for(vae):
    generator = layer(np.zeros((3, 4)), np.full(4, LOG_3))
    hints = [
        (np.full((7, 4), LOG_3), "These are logits; a picture shows probabilities."),
        (np.full((7, 4), 0.679179), "The sigmoid is applied twice."),
        (np.ones((7, 4)), "Do not binarise the picture."),
    ]
    check(vae.generate_images(generator, num_images=7), np.full((7, 4), 0.75), hints)


def test_generate_images_draws_z_from_the_prior(vae):
    generator = layer(0.1 * np.eye(20), np.zeros(20))  # the logits are z / 10
    images = vae.generate_images(generator, num_images=2000)
    check_shape(images, (2000, 20))
    images = np.asarray(images)
    require(
        np.all((images > 0) & (images < 1)),
        "a picture shows probabilities between 0 and 1: not logits, and not binarised.",
    )
    z = 10 * logit(images)
    require(np.all(np.std(z, axis=0) > 0.2), "all images come from the same z.")
    require(np.all(np.std(z, axis=1) > 0.1), "all dimensions of z are equal.")
    check(np.mean(z), 0.0, [(0.5, "z looks uniform; the prior is N(0, I).")], atol=0.05)
    check(np.std(z), 1.0, rtol=0.05)
    require(np.max(np.abs(z)) > 3, "z looks uniform; the prior is N(0, I).")
    again = 10 * logit(vae.generate_images(generator, num_images=2000))
    require(not np.allclose(z, again), "two calls give the same images: draw fresh z.")


def test_reconstruct_images_encodes_and_decodes(vae):
    encoder = layer([[1.0, 0.0], [2.0, 0.0]], [0.0, -30.0])  # mean = x_1 + 2 x_2, no variance
    generator = layer([[1.0, -1.0]], [0.0, 0.0])  # logits z and -z
    images = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    z = np.array([[1.0], [2.0], [3.0]])
    wanted = 1 / (1 + np.exp(-z * [1.0, -1.0]))
    hints = [
        (images, "These are the originals."),
        (z * [1.0, -1.0], "These are logits; a picture shows probabilities."),
        (np.round(wanted), "Do not binarise the picture."),
    ]
    check(vae.reconstruct_images(generator, encoder, images), wanted, hints)
    many = vae.reconstruct_images(generator, encoder, np.zeros((12, 2)))
    check_shape(many, (12, 2))


def test_reconstruct_images_goes_through_a_sample(vae):
    encoder, generator = encoder_that_ignores_x([0.0], [0.0]), layer([[1.0, 1.0]], [0.0, 0.0])
    first, second = (vae.reconstruct_images(generator, encoder, np.zeros((4, 2))) for _ in range(2))
    require(not np.allclose(first, second), "z is to be sampled from q(z|x), not its mean.")


def test_interpolate_images_walks_between_the_means_in_equal_steps(vae):
    encoder = layer([[1.0, 0.0], [5.0, 0.0]], [0.0, 3.0])  # mean = x_1 + 5 x_2, a large std
    generator = layer([[1.0, -1.0]], [0.0, 0.0])
    first_image, second_image = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    images = vae.interpolate_images(generator, encoder, first_image, second_image, num_steps=5)
    check_shape(images, (5, 2))
    require(np.all((np.asarray(images) >= 0) & (np.asarray(images) <= 1)), "not probabilities")
    z = logit(np.asarray(images)[:, 0])
    if z[0] > z[-1]:  # at s = 0 eq. z_1 s + (1 - s) z_2 is the second image; either way will do
        z = z[::-1]
    hints = [
        (1 / (1 + np.exp(-np.linspace(1, 5, 5))), "The sigmoid is applied twice."),
        (np.linspace(1, 5, 6)[:-1], "An end is missing: s goes from 0 to 1, both included."),
        (np.linspace(1, 5, 6)[1:], "An end is missing: s goes from 0 to 1, both included."),
    ]
    check(z, np.linspace(1.0, 5.0, 5), hints, rtol=1e-3)


def test_interpolate_images_has_25_steps_unless_told_otherwise(vae):
    generator = layer(np.zeros((1, 2)), [0.0, 0.0])
    images = vae.interpolate_images(
        generator, encoder_that_ignores_x([0.0], [0.0]), np.zeros(2), np.ones(2)
    )
    check_shape(images, (25, 2))
