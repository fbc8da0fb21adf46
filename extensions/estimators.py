"""Two estimates of one bound: does a KL in closed form always make the less noisy one?

The lower bound on log p(x) is an expectation over q(z|x). From M samples z^(m) of q(z|x), the
"Various Technical Details" of A. Ott estimate it in two ways (equations 33 and 34 there):

    L^A = 1/M sum_m [log p(x, z^(m)) - log q(z^(m)|x)]
    L^B = 1/M sum_m log p(x|z^(m)) - KL(q(z|x) || p(z)),    p(z) = N(0, I)

Both have the bound for their mean. L^B samples less, so it is often said to vary less. But log q
can cancel noise of log p(x, z): a term of L^A is log p(x) - log [q(z|x) / p(z|x)], whatever z.

What to look at: left, q is the exact posterior (of probabilistic PCA): any z gives log p(x) by L^A,
and L^B scatters. Middle: L^A is noisier only where q is narrower than 0.7 of the posterior. Right:
the q of an untrained VAE knows nothing of the posterior, and log q adds noise; soon it cancels
some. But what training needs is the *gradient*, and the encoder's is, by a little, less noisy with
L^B: the last line printed. (That gradient is of a mini-batch: the practical, eq. 13 and 14.)
"""

import autograd.numpy as np
from autograd import grad
from autograd.misc.optimizers import adam

from data import load_mnist
import vae
from vae import D, K, binarise, init_net_params, neural_net_predict
from support import flatten, launch, own_stream, rng
from support import linear_gaussian as ppca
from support.curve import BLUE, ORANGE
from support.figures import new_figure, save_figure

EPOCHS, STEPS, BATCH = 25, 30, 150  # 30 steps: once through 4500 images


def estimate_A(log_joint, z, mean, log_std):
    """Task E2.1: the estimate L^A of the bound, in which everything is sampled (Ott, eq. 33).

        L^A = 1/M sum_m [log p(x, z^(m)) - log q(z^(m)|x)],  q(z|x) = prod_k N(z_k; mean_k, std_k^2)

    Args: log_joint `(M, B)`, log p(x, z^(m)) in nats, for M samples of each of B images; z
        `(M, B, K)`, the samples; mean and log_std `(B, K)`, of q: log *standard deviations*.
    Returns: `(B,)`, in nats per image.
    """
    raise NotImplementedError("Task E2.1: estimate_A")


def estimate_B(log_likelihood, mean, log_std):
    """Task E2.2: the estimate L^B of the bound, with its KL in closed form (Ott, eq. 34).

        L^B = 1/M sum_m log p(x|z^(m)) - sum_k 1/2 (nu_k + mean_k^2 - 1 - log nu_k),  nu_k = std_k^2

    Args: log_likelihood `(M, B)`, log p(x|z^(m)) in nats, for M samples of each of B images; mean
        and log_std `(B, K)`, of q: log *standard deviations*.
    Returns: `(B,)`, in nats per image.
    """
    raise NotImplementedError("Task E2.2: estimate_B")


def minibatch_objective(bounds, num_images):
    """Task E2.3: the bound of a data set, from that of a mini-batch (the practical, eq. 13 and 14).

        N / |B| sum_(i in B) L_i,  whose mean over all batches of one size is sum_(i = 1..N) L_i

    Args: bounds `(|B|,)`, the L_i of the batch in nats per image; num_images N, of the data set.
    Returns: a number, in nats per data set.
    """
    raise NotImplementedError("Task E2.3: minibatch_objective")


def both(log_likelihood, mean, log_std):
    """L^A and L^B from one sample of q; `log_likelihood` is log p(x|z), a function of z."""
    z = vae.sample_latent_variables_from_posterior(np.concatenate([mean, log_std], axis=1))
    log_p, prior = log_likelihood(z)[None], ppca.log_prior(z)
    return estimate_A(log_p + prior, z[None], mean, log_std), estimate_B(log_p, mean, log_std)


def of_vae(networks, data):
    """L^A and L^B of binary images under a VAE."""
    outputs = neural_net_predict(networks[1], data)
    decode = lambda z: vae.bernoulli_log_prob(data, neural_net_predict(networks[0], z))
    return both(decode, outputs[:, :K], outputs[:, K:])


def noise(estimates, *args):
    """Standard deviations of L^A and L^B, root mean square over images, nats per image."""
    with own_stream(0):  # so that measuring does not change the training
        values = np.array([estimates(*args) for _ in range(30)])
    return np.sqrt(np.mean(np.var(values, axis=0, ddof=1), axis=-1))


def train(images, after_epoch):
    """Train a VAE by L^B, and return its networks and the objective that was minimised."""

    def loss(networks, batch, which=1):
        return -minibatch_objective(of_vae(networks, batch)[which], len(images))

    def slope(networks, step):
        if step % STEPS == 0:
            after_epoch(networks)
        return grad(loss)(networks, binarise(images[rng.integers(len(images), size=BATCH)]))

    networks = [init_net_params([K, 200, 200, D]), init_net_params([D, 200, 200, 2 * K])]
    return adam(slope, networks, num_iters=EPOCHS * STEPS + 1, step_size=0.001), loss


def main(argv=None):
    """Measure the noise of L^A and L^B under PCA, and under a VAE that learns; print and draw."""
    _, images, _, test_images, _ = load_mnist("subset")
    x, data, history = test_images[:20].astype(float), binarise(test_images[:200]), []
    model = ppca.maximum_likelihood(images.astype(float), K)
    mean, covariance = ppca.posterior(*model, x)  # diagonal, as the columns of W are orthogonal
    log_std = 0.5 * np.log(np.diag(covariance)) + np.zeros_like(mean)
    log_likelihood = lambda z: ppca.log_likelihood(*model, x, z)
    of_pca = lambda scale: both(log_likelihood, mean, log_std + np.log(scale))
    networks, loss = train(images, lambda networks: history.append(noise(of_vae, networks, data)))
    slope = lambda which: flatten(grad(loss)(networks, data, which)[1])[0] / len(images)
    samples = np.array([of_pca(1) for _ in range(100)]) - ppca.log_marginal(*model, x)
    scales = np.geomspace(0.25, 2, 19)
    text = "{}: noise of L^A {:.2g}, of L^B {:.3g} nats/image{}"
    print(text.format("exact posterior (PCA)", *noise(of_pca, 1), ", grey images not binarised"))
    print(text.format("trained VAE", *history[-1], ", dynamic binarisation"))
    print(text.format("encoder's gradient", noise(slope, 0), noise(slope, 1), ", rms over weights"))
    unit = "noise (std), nats/image"
    panels = (
        ("sample of the posterior", "estimate - log p(x), nats", samples[:, :, 0], range(100)),
        ("std of q / std of the posterior", unit, [noise(of_pca, s) for s in scales], scales),
        ("epoch of the VAE", unit, history, range(EPOCHS + 1)),
    )
    row = new_figure(10, 3.2).subplots(1, 3)
    for axes, (xlabel, ylabel, pairs, x) in zip(row, panels, strict=True):
        A, B = np.array(pairs).T
        axes.plot(x, A, "o", color=BLUE, ms=4, label="$L^A$: all is sampled")
        axes.plot(x, B, "s", color=ORANGE, ms=4, label="$L^B$: KL in closed form")
        axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.set_ylim(0)
    axes.legend(frameon=False)
    save_figure(axes.figure, "estimators")


if __name__ == "__main__":
    launch(main)
