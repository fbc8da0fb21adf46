"""What does the word "variational" add to an auto-encoder?

Three of them with the same layers learn the same binary digits x (Wang, "Deep Learning:
Variational Auto-Encoder"). Each maximises a mean over images, in nats/image:

    plain          log p(x|z),    z = encoder(x)
    denoising      log p(x|z),    z = encoder(x with half of its pixels masked)
    variational    log p(x|z) - beta KL(q(z|x) || N(0, I)),    z ~ q(z|x)

-log p(x|z) is the reconstruction loss (distortion), the KL the latent loss (rate). For beta = 1
they add up to -ELBO; other betas pay up to beta nats of distortion to save a nat of rate.

What to look at: the plain one reconstructs best of the three and samples worst: nothing puts its
codes where N(0, I) is, nor does masking. Nor does a small beta: beta = 0.01 buys less distortion
than it costs in rate, and samples as badly. A large one blurs all. Read distances with care: blank
paper is nearer to some digit, a thin 1, than other digits are; the way back, from test digits to
samples, shows how few it resembles. A 2-D latent space, at quantiles of N(0, 1), has equally
probable pictures at equal steps (Kingma and Welling).
"""

from statistics import NormalDist

import autograd.numpy as np
from autograd import grad
from autograd.misc.optimizers import adam

from data import load_mnist
from data.images import tile
import vae
from vae import D, binarise, init_net_params, neural_net_predict, sigmoid
from support import flatten, launch, rng
from support.figures import new_figure, save_figure

K, HIDDEN_UNITS = 20, 128
RUNS = [("plain", 0), ("denoising", 0), *(("variational", b) for b in (1, 0.01, 0.1, 3, 10))]


def nearest_neighbour_distance(samples, images):
    """Task E6.1: how far each sample is from the image most like it, root mean square per pixel.

        distance_s = min_n sqrt( 1/D sum_d (sample_sd - image_nd)^2 )

    Without an array `(S, N, D)` (gigabytes): expand the square. Rounding may leave it below 0.

    Args: samples `(S, D)`; images `(N, D)`.    Returns: `(S,)`, in units of pixel intensity.
    """
    raise NotImplementedError("Task E6.1: nearest_neighbour_distance")


def corrupt(images, uniform_noise, probability):
    """Task E6.2: images with pixels masked: 0 where uniform_noise < probability, else as before.

    Args: images and uniform_noise `(B, D)`; the noise is uniform on [0, 1). Returns: `(B, D)`.
    """
    raise NotImplementedError("Task E6.2: corrupt")


def cross_entropy(images, logits):
    """Task E6.3: the reconstruction loss, summed over pixels; s(l) = 1 / (1 + exp(-l)).

        -sum_j [ x_j log s(l_j) + (1 - x_j) log(1 - s(l_j)) ]    also for logits of +-1000

    Args: images `(B, D)`, x in [0, 1]; logits `(B, D)`.    Returns: `(B,)`, nats/image, never < 0.
    """
    raise NotImplementedError("Task E6.3: cross_entropy")


def beta_objective(log_likelihood, kl, beta):
    """Task E6.4: the mean over a batch of log p(x|z) - beta KL, to be maximised.

    Args: log_likelihood and kl `(B,)`, nats; beta >= 0.    Returns: a number, in nats/image.
    """
    raise NotImplementedError("Task E6.4: beta_objective")


def losses(params, images, kind, K, masked, beta=1.0):
    """The objective, distortion and rate, nats/image, of freshly binarised images (given)."""
    x = binarise(images)
    code = neural_net_predict(params[0], corrupt(x, rng.random(x.shape, np.float32), masked))
    z, kl = code[:, :K], np.zeros(len(x))
    if kind == "variational":
        z, kl = vae.sample_latent_variables_from_posterior(code), vae.compute_KL(code)
    loss = cross_entropy(x, neural_net_predict(params[1], z))
    return beta_objective(-loss, kl, beta), np.mean(loss), np.mean(kl)


def train(images, kind, K, beta=1.0, epochs=20):
    """Encoder and decoder after Adam (given)."""
    sizes = [D, HIDDEN_UNITS, K * (1 + (kind == "variational"))], [K, HIDDEN_UNITS, D]
    flat, unflatten = flatten([init_net_params(layers) for layers in sizes])
    batch = lambda: images[rng.integers(len(images), size=100)]
    settings = kind, K, 0.5 * (kind == "denoising"), beta
    loss = lambda flat, _: -losses(unflatten(flat.astype(np.float32)), batch(), *settings)[0]
    return unflatten(adam(grad(loss), flat, None, 45 * epochs, 0.002).astype(np.float32))


def main(argv=None):
    """Train all three, then other betas, then a 2-D model; print and draw."""
    _, images, _, test_images, _ = load_mnist("subset")
    digits, test, many = binarise(images), binarise(test_images), np.tile(test_images, (10, 1))
    z, rows, curve = rng.standard_normal((len(test), K)), [test_images[:12]], []

    def report(name, x, *nats):
        near, back = (nearest_neighbour_distance(*pair) for pair in ((x, digits[500:]), (test, x)))
        print(f"{name:22}{np.mean(near):7.3f}{np.mean(back):7.3f}", *(f"{n:7.1f}" for n in nats))

    print("(dynamic binarisation)  RMS/pixel to, from digits;  nats/test image: loss, masked, KL")
    report("blank paper", np.zeros((1, D)))
    report("500 training digits", digits[:500])
    for kind, beta in RUNS:
        model = train(images, kind, K, beta)
        pictures = sigmoid(neural_net_predict(model[1], z))
        (_, loss, kl), (_, masked, _) = (losses(model, many, kind, K, p) for p in (0.0, 0.5))
        report(f"{kind}, beta {beta}", binarise(pictures), loss, masked, kl)
        curve.append((kl, loss))
        code = neural_net_predict(model[0], test[:12])[:, :K]
        rows += [sigmoid(neural_net_predict(model[1], code)), pictures[:12]]
    u, decoder = NormalDist().quantiles(15), train(images, kind, 2)[1]
    manifold = sigmoid(neural_net_predict(decoder, np.array([(a, -b) for b in u for a in u])))
    axes = new_figure(14, 4.6).subplots(1, 3, width_ratios=(3, 2, 2))
    axes[0].imshow(tile(np.concatenate(rows[:7]), 12, 2), cmap="binary")
    names = [f"{run[0]},\n{what}" for run in RUNS[:3] for what in ("reconstructed", "samples")]
    axes[0].set(xticks=[], yticks=16 + 30 * np.arange(7), yticklabels=["test digits", *names])
    axes[1].plot(*np.array(sorted(curve[2:])).T, "o-", label="variational, by beta")
    for (_, beta), point in zip(RUNS[2:], curve[2:], strict=True):
        axes[1].annotate(f"{beta}", point, (4, 6), textcoords="offset points")
    axes[1].axline(curve[2], slope=-1, ls=":", color="grey", label="the same ELBO")
    axes[1].plot([-5, 130], [curve[0][1]] * 2, "--", label="plain: no noise, no rate")
    axes[1].set(xlabel="rate: KL, nats/image", ylabel="distortion: -E[log p(x|z)], nats/image")
    axes[1].legend(frameon=False)
    axes[2].imshow(tile(manifold, 14, 0), cmap="binary")
    axes[2].set(title="quantiles of a 2-D prior", xlabel="z1", ylabel="z2", xticks=[], yticks=[])
    save_figure(axes[0].figure, "autoencoders")


if __name__ == "__main__":
    launch(main)
