"""A variational auto-encoder that learns to draw digits.

An image x has D binary pixels. The model explains it by K hidden numbers z, the latent variables:

    p(z)   = N(z; 0, I)                                     prior                 (eq. 2)
    p(x|z) = prod_j Bernoulli(x_j; sigmoid(logit_j(z)))     generative network    (eq. 3)
    q(z|x) = prod_k N(z_k; mean_k(x), std_k(x)^2)           recognition network   (eq. 9)

Both networks learn together by climbing the evidence lower bound (ELBO) on log p(x):

    ELBO(x) = E_q[log p(x|z)] - KL(q(z|x) || p(z))                                (eq. 11)

You complete the functions whose first line says "Task"; everything else is given. Work from top
to bottom: `python vae.py` names the next one, and `python -m pytest -k compute_KL` tests one.
Take all sizes from the arguments, not from the constants: the tests use smaller networks.

Equation numbers are those of the practical; README.md writes out the ones you need. In the shapes
below B is the number of images in a batch. Probabilities are natural logarithms, in nats.
"""

import autograd.numpy as np
from autograd import value_and_grad

from data import load_mnist, save_images
from support import Run, TrainingState, flatten, launch, save_pictures
from support.randomness import coarse_uniform, own_stream, rng

D = 784  # pixels of one image: 28 x 28
K = 50  # latent dimensions
HIDDEN_UNITS = 200  # in each of the two hidden layers of either network

# ------------------------------------------------------------------------------------------------
# Neural networks (given). The parameters of a network are a list of (W, b), one pair per layer.
# ------------------------------------------------------------------------------------------------


def sigmoid(x):
    """The logistic function 1 / (1 + exp(-x)) (eq. 4), without overflow for any x."""
    return 0.5 * (np.tanh(0.5 * x) + 1)


def relu(x):
    """The rectifier max(0, x)."""
    return np.maximum(0, x)


def init_net_params(layer_sizes, scale=None):
    """Random parameters of a network.

    Args:
        layer_sizes: `[inputs, hidden, ..., outputs]`.
        scale: None for He initialisation, weights ~ N(0, 2 / inputs), which keeps the size of the
            activations from layer to layer; the last layer at half that scale, so that the first
            outputs are small; zero biases. A number: that times N(0, 1), weights and biases.

    Returns:
        A list of `(W, b)`, float32, shapes `(inputs, outputs)` and `(outputs,)`.
    """
    params = []
    for layer, (m, n) in enumerate(zip(layer_sizes[:-1], layer_sizes[1:], strict=True)):
        W, b = rng.standard_normal((m, n)), np.zeros(n)
        if scale is None:
            is_last = layer == len(layer_sizes) - 2
            W = W * np.sqrt(2 / m) * (0.5 if is_last else 1)
        else:
            W, b = scale * W, scale * rng.standard_normal(n)
        params.append((W.astype(np.float32), b.astype(np.float32)))
    return params


def neural_net_predict(params, inputs):
    """Outputs of a network, before any output non-linearity.

    Args:
        params: list of `(W, b)`.
        inputs: `(B, inputs)`.

    Returns:
        `(B, outputs)`.
    """
    if inputs.dtype != params[0][0].dtype:  # float64 inputs would make all that follows float64
        inputs = inputs.astype(params[0][0].dtype)
    for W, b in params[:-1]:
        inputs = relu(np.dot(inputs, W) + b)
    W, b = params[-1]
    return np.dot(inputs, W) + b


# ------------------------------------------------------------------------------------------------
# Task 1: the lower bound
# ------------------------------------------------------------------------------------------------


def sample_latent_variables_from_posterior(encoder_output):
    """Task 1.1: one sample of z for every image, by the reparametrisation trick (eq. 15).

        z_k = mean_k(x) + std_k(x) * epsilon_k,    epsilon_k ~ N(0, 1)

    The noise must be fresh at every call, and independent for every image and every dimension.
    `rng.standard_normal(shape)` draws from N(0, 1).

    Args:
        encoder_output: `(B, 2K)`: K means, then K *log standard deviations*. (The practical
            writes the variance nu; std = sqrt(nu). The logarithm may take any sign, so the
            network's outputs need no constraint.)

    Returns:
        `(B, K)`.
    """
    latent_dim = np.shape(encoder_output)[-1] // 2
    mean, log_std = encoder_output[:, :latent_dim], encoder_output[:, latent_dim:]
    ### BEGIN SOLUTION
    return mean + np.exp(log_std) * rng.standard_normal(mean.shape, dtype=np.float32)
    ### END SOLUTION


def bernoulli_log_prob(targets, logits):
    """Task 1.2: log probability of binary images, summed over their pixels (log of eq. 3).

        log p(x|z) = log prod_j [x_j sigmoid(l_j) + (1 - x_j) (1 - sigmoid(l_j))]

    The result should stay right for any finite logit: where sigmoid(l) rounds to 0 its logarithm
    is minus infinity. `np.logaddexp(a, b)` is log(exp(a) + exp(b)) without overflow.

    Args:
        targets: `(B, D)`, the pixels x, each 0 or 1.
        logits: `(B, D)`, any real numbers l; a pixel is 1 with probability sigmoid(l).

    Returns:
        `(B,)`, one log probability per image, in nats.
    """
    ### BEGIN SOLUTION
    # log sigmoid(l) = -log(1 + e^-l) and log(1 - sigmoid(l)) = -log(1 + e^l): x turns the sign
    return -np.sum(np.logaddexp(0, (1 - 2 * targets) * logits), axis=-1)
    ### END SOLUTION


def compute_KL(q_means_and_log_stds):
    """Task 1.3: Kullback-Leibler divergence from q(z|x) to the prior N(0, I) (eq. 12).

        KL(q || p) = sum_k 1/2 (nu_k + mean_k^2 - 1 - log nu_k),    nu_k the variance

    Mind what you are given: the equation has the variance, the input the log standard deviation.

    Args:
        q_means_and_log_stds: `(B, 2K)`: K means, then K log standard deviations.

    Returns:
        `(B,)`, one divergence per image, in nats; never negative.
    """
    latent_dim = np.shape(q_means_and_log_stds)[-1] // 2
    mean, log_std = q_means_and_log_stds[:, :latent_dim], q_means_and_log_stds[:, latent_dim:]
    ### BEGIN SOLUTION
    return np.sum(0.5 * (np.exp(2 * log_std) + mean**2 - 1) - log_std, axis=-1)
    ### END SOLUTION


def vae_lower_bound(gen_params, rec_params, data):
    """Task 1.4: a noisy estimate of the lower bound, per image, from one sample of z (eq. 14).

        1/B sum_i [log p(x_i|z_i) - KL(q(z|x_i) || p(z))],    z_i ~ q(z|x_i)

    Equation 14 multiplies by the number of training images N as well; we leave that out, so that
    the bound is in nats per image whatever N is.

    Args:
        gen_params: parameters of the generative network, from z to logits.
        rec_params: parameters of the recognition network, from x to means and log stds of q(z|x).
        data: `(B, D)`, binary images.

    Returns:
        A scalar, in nats per image; at most 0 on average, as log probabilities of binary data are.
    """
    # 1. Encode: the recognition network gives the parameters of q(z|x).
    # 2. Sample z from q(z|x).
    # 3. Decode: the generative network gives logits, and these the log probability of the data.
    # 4. Compute the KL divergence from q(z|x) to the prior.
    # 5. Average the difference over the batch.
    ### BEGIN SOLUTION
    encoder_output = neural_net_predict(rec_params, data)
    z = sample_latent_variables_from_posterior(encoder_output)
    log_likelihood = bernoulli_log_prob(data, neural_net_predict(gen_params, z))
    return np.mean(log_likelihood - compute_KL(encoder_output))
    ### END SOLUTION


# ------------------------------------------------------------------------------------------------
# Task 2: Adam, which climbs the bound
# ------------------------------------------------------------------------------------------------


def initialize_adam(params):
    """Task 2.1: Adam's two moving averages before the first step (Figure 5).

    Args:
        params: `(P,)`, all parameters of both networks as one vector.

    Returns:
        m, v: two separate vectors of zeros like `params`.
    """
    ### BEGIN SOLUTION
    return np.zeros_like(params), np.zeros_like(params)
    ### END SOLUTION


def adam_update(
    params,
    gradient,
    m,
    v,
    t,
    learning_rate=0.001,
    beta_1=0.9,
    beta_2=0.999,
    epsilon=1e-8,
):
    """Task 2.2: one step of Adam (Figure 5), *uphill*.

    Figure 5 writes alpha for the learning rate, minimises, and so subtracts its step. The lower
    bound is to be maximised. Return the moving averages as they are before the bias correction.

    Args:
        params, gradient, m, v: vectors `(P,)`; the gradient is that of the lower bound.
        t: the number of this step: 1 at the first update.
        learning_rate, beta_1, beta_2, epsilon: the constants of Figure 5.

    Returns:
        params, m, v: after the step; they may be the arrays given, changed in place.
    """
    ### BEGIN SOLUTION
    m *= beta_1  # in place: a new vector would take longer
    m += (1 - beta_1) * gradient
    v *= beta_2
    v += (1 - beta_2) * gradient**2
    # learning_rate * m_hat / (sqrt(v_hat) + epsilon), the bias corrections multiplied out: they are
    # numbers, and cost nothing until they meet a vector
    root = (1 - beta_2**t) ** 0.5
    step = learning_rate * root / (1 - beta_1**t) * m / (np.sqrt(v) + root * epsilon)
    return params + step, m, v
    ### END SOLUTION


# ------------------------------------------------------------------------------------------------
# Training (given)
# ------------------------------------------------------------------------------------------------


def binarise(images):
    """Draw black and white images: a pixel is 1 with probability equal to its intensity.

    Args:
        images: `(B, D)` float32 in [0, 1].

    Returns:
        `(B, D)` float32 of zeros and ones, different at every call.
    """
    return (images > coarse_uniform(images.shape)).astype(np.float32)


def train_epoch(state, unflatten, images, batch_size, learning_rate, on_step):
    """Show every image to the model once, in random order and binarised afresh.

    Args:
        state: a `TrainingState`; it is brought forward by one step of Adam per batch.
        unflatten: turns the vector `state.params` into `gen_params, rec_params`.
        images: `(N, D)` float32 in [0, 1].
        batch_size: images per step; the last batch may be smaller.
        learning_rate: Adam's.
        on_step: called after every step with the bound in nats/image and its gradient.
    """

    def bound(params, batch):
        gen_params, rec_params = unflatten(params)
        return vae_lower_bound(gen_params, rec_params, batch)

    bound_and_gradient = value_and_grad(bound)  # in one pass, so both see the same noise
    order = rng.permutation(len(images))
    for start in range(0, len(images), batch_size):
        batch = binarise(images[order[start : start + batch_size]])
        value, gradient = bound_and_gradient(state.params, batch)
        on_step(value, gradient)
        state.advance(
            adam_update(state.params, gradient, state.m, state.v, state.t + 1, learning_rate)
        )
    state.epoch += 1


def evaluate(gen_params, rec_params, images, seed=0):
    """The lower bound and its two parts on freshly binarised images (dynamic binarisation).

    The noise comes from a stream of its own, the same at every call, so that evaluating changes
    nothing about the training.

    Returns:
        A dict of "elbo", "reconstruction" and "kl", means over the images in nats/image.
    """
    log_likelihoods, divergences = [], []
    with own_stream(seed):
        for start in range(0, len(images), 1000):  # small enough to stay in the processor's cache
            data = binarise(images[start : start + 1000])
            encoder_output = neural_net_predict(rec_params, data)
            z = sample_latent_variables_from_posterior(encoder_output)
            logits = neural_net_predict(gen_params, z)
            log_likelihoods.append(bernoulli_log_prob(data, logits))
            divergences.append(compute_KL(encoder_output))
    reconstruction = float(np.mean(np.concatenate(log_likelihoods)))
    kl = float(np.mean(np.concatenate(divergences)))
    return {"elbo": reconstruction - kl, "reconstruction": reconstruction, "kl": kl}


# ------------------------------------------------------------------------------------------------
# Task 3: pictures. A picture shows the probability of every pixel to be 1; do not binarise it.
# ------------------------------------------------------------------------------------------------


def generate_images(gen_params, num_images=25):
    """Task 3.1: images that the model dreams up: draw z from the prior and decode it (eq. 1).

    Args:
        gen_params: parameters of the generative network.
        num_images: how many.

    Returns:
        `(num_images, D)`, activation probabilities of the pixels, in [0, 1].
    """
    ### BEGIN SOLUTION
    latent_dim = gen_params[0][0].shape[0]
    z = rng.standard_normal((num_images, latent_dim))
    return sigmoid(neural_net_predict(gen_params, z))
    ### END SOLUTION


def reconstruct_images(gen_params, rec_params, images):
    """Task 3.2: encode images, draw one z for each from q(z|x), and decode it.

    Args:
        gen_params, rec_params: parameters of the two networks.
        images: `(B, D)`.

    Returns:
        `(B, D)`, activation probabilities of the pixels, in [0, 1].
    """
    ### BEGIN SOLUTION
    z = sample_latent_variables_from_posterior(neural_net_predict(rec_params, images))
    return sigmoid(neural_net_predict(gen_params, z))
    ### END SOLUTION


def interpolate_images(gen_params, rec_params, first_image, second_image, num_steps=25):
    """Task 3.3: walk from one image to another through the latent space.

        z(s) = z_1 s + (1 - s) z_2,    s = 0, ..., 1 in `num_steps` equal steps

    where z_1 and z_2 are the *means* of q(z|x) for the two images; their stds are not used.

    Args:
        gen_params, rec_params: parameters of the two networks.
        first_image, second_image: `(D,)`.
        num_steps: how many images, both ends included.

    Returns:
        `(num_steps, D)`, activation probabilities of the pixels, in [0, 1].
    """
    ### BEGIN SOLUTION
    encoder_output = neural_net_predict(rec_params, np.stack([first_image, second_image]))
    z_1, z_2 = encoder_output[:, : encoder_output.shape[1] // 2]
    s = np.linspace(0, 1, num_steps)[:, None]
    return sigmoid(neural_net_predict(gen_params, z_1 * s + (1 - s) * z_2))
    ### END SOLUTION


def draw_pictures(gen_params, rec_params, test_images, folder):
    """Save the pictures of task 3; those whose function is not finished are named and left out."""

    def reconstructions():
        originals = test_images[:10]
        return np.concatenate([originals, reconstruct_images(gen_params, rec_params, originals)])

    def interpolation(i):
        return lambda: interpolate_images(gen_params, rec_params, *test_images[2 * i : 2 * i + 2])

    pictures = {
        "samples.png": lambda: generate_images(gen_params),
        "reconstructions.png": reconstructions,
        **{f"interpolation_{i + 1}.png": interpolation(i) for i in range(5)},
    }
    save_pictures(pictures, folder, save_images)


# ------------------------------------------------------------------------------------------------
# The command line (given): `python vae.py --help`
# ------------------------------------------------------------------------------------------------


def main(argv=None):
    """Train, report after every epoch, and draw; see `--help` for the options."""
    run = Run(argv, __file__)
    _, train_images, _, test_images, _ = load_mnist(run.data)

    gen_params = init_net_params([K, HIDDEN_UNITS, HIDDEN_UNITS, D], run.init_scale)
    rec_params = init_net_params([D, HIDDEN_UNITS, HIDDEN_UNITS, 2 * K], run.init_scale)
    params, unflatten = flatten((gen_params, rec_params))
    state = run.begin(TrainingState(params, initialize_adam(params)), train_images, test_images)

    def report():
        gen_params, rec_params = unflatten(state.params)
        run.report(
            state,
            train=evaluate(gen_params, rec_params, train_images[: len(test_images)]),
            test=evaluate(gen_params, rec_params, test_images),
        )

    with run.until_interrupted():
        if state.epoch == 0:
            report()
        while state.epoch < run.epochs:
            with run.progress(state, unflatten) as on_step:
                train_epoch(
                    state, unflatten, train_images, run.batch_size, run.learning_rate, on_step
                )
            report()
    draw_pictures(*unflatten(state.params), test_images, run.output_dir)
    run.finish()


if __name__ == "__main__":
    launch(main)
