"""How probable is an image? log p(x) from samples, and a bound tight enough to train with.

The integral p(x) = E[p(x|z)] over the prior has no closed form. Simple Monte Carlo draws z_s from
the prior (Ott, "Various Technical Details", eq. 12). Importance sampling draws z_s where p(x|z) is
large, from the recognition model, and corrects for it by weights (Mao, "Variational Autoencoder"):

    log p(x) ~ log 1/S sum_s w_s,    w_s = p(x|z_s)                        z_s ~ p(z)
                                     w_s = p(x|z_s) p(z_s) / q(z_s|x)      z_s ~ q(z|x)

Either way w has mean p(x). On average the estimate is a lower bound, as log is concave (Jensen):
for S = 1 and z from q the ELBO, no lower with each further sample, in the limit log p(x). If q is
the true posterior, every weight is p(x) and one sample is enough. Climbing the bound for S > 1
trains an importance-weighted autoencoder (IWAE). S samples for each of B images; units are nats.

What to look at: on digits (left) simple Monte Carlo with 10,000 samples is further from log p(x)
than importance sampling with one. The IWAE has the lower ELBO (S = 1); its bounds rise further.
(It learns from 5 samples a step; a VAE that climbs the mean of 5 is no worse after 1500.)
Right: all climb to a known log p(x), fast if q is too wide, but slowly if it is too narrow.
"""

import autograd.numpy as np
from autograd import grad
from autograd.misc.optimizers import adam

from data import load_mnist
from vae import HIDDEN_UNITS, D, K, binarise, init_net_params, neural_net_predict
from support import flatten, launch, rng
from support import linear_gaussian as ppca
from support.figures import new_figure, save_figure


def log_mean_exp(log_w):
    """Task E4.1: log 1/S sum_s w_s, also where all w_s are too small or too large for a float.

    Args: log_w `(S, B)`, in nats: log w_s; minus infinity for a weight of 0, never for all.
    Returns: `(B,)`, in nats.
    """
    raise NotImplementedError("Task E4.1: log_mean_exp")


def log_likelihood(gen_params, z, images):
    """Task E4.2: log p(x|z) as in task 1.2, but for S samples of z for each image.

    Args: gen_params of the generative network, which takes matrices: `np.reshape` z; images
    `(B, D)`, binary; z `(S, B, K)`, or `(S, 1, K)`: the same for all images, decoded only once.
    Returns: `(S, B)`, in nats.
    """
    raise NotImplementedError("Task E4.2: log_likelihood")


def log_ratio(z, mean, log_std):
    """Task E4.3: log p(z) - log q(z|x), for p(z) = N(0, I) and q(z|x) = prod_k N(mean_k, std_k^2).

    Args: z `(S, B, K)`; mean and log_std `(B, K)`, of q(z|x): log *standard deviations*.
    Returns: `(S, B)`, in nats.
    """
    raise NotImplementedError("Task E4.3: log_ratio")


def log_weights(gen_params, rec_params, images, noise):
    """Log weights `(S, B)` of samples z from q(z|x), functions of noise `(S, B, K)` (given)."""
    mean, log_std = np.split(neural_net_predict(rec_params, images), 2, axis=-1)
    z = mean + np.exp(log_std) * noise
    return log_likelihood(gen_params, z, images) + log_ratio(z, mean, log_std)


def train(images, S, steps=1500, batch_size=100):
    """Train a VAE if S = 1, else an IWAE (Burda et al., 2015), by the bound for S (given)."""
    sizes = [K, HIDDEN_UNITS, HIDDEN_UNITS, D], [D, HIDDEN_UNITS, HIDDEN_UNITS, 2 * K]
    params, unflatten = flatten([init_net_params(layers) for layers in sizes])

    def loss(params, _):
        batch = binarise(images[rng.integers(len(images), size=batch_size)])
        noise = rng.standard_normal((S, batch_size, K), dtype=np.float32)
        networks = unflatten(params.astype(np.float32))  # autograd's Adam returns float64
        return -np.mean(log_mean_exp(log_weights(*networks, batch, noise)))

    return unflatten(adam(grad(loss), params, None, steps, 0.002).astype(np.float32))


def bounds(weigh, shape, S):
    """Mean bounds in nats/image for 1, 10, ..., S samples; all use the same S samples (given).

    Args: weigh gives log weights `(10, B)` for noise `(10, *shape)`: all S at once need memory.
    """
    noise = (rng.standard_normal((10, *shape), dtype=np.float32) for _ in range(S // 10))
    log_w = np.concatenate([weigh(ten) for ten in noise])
    sizes = [n for n in (1, 10, 100, 1000, 10000) if n <= S]
    return {n: np.mean(log_mean_exp(np.reshape(log_w, (n, -1)))) for n in sizes}


def estimate_digits(train_images, images):
    """The bounds of a VAE and an IWAE on binarised images (given)."""
    x, vae, iwae = binarise(images), train(train_images, 1), train(train_images, 5)
    return {
        "IWAE (S = 5), z from q": bounds(lambda e: log_weights(*iwae, x, e), (len(x), K), 1000),
        "VAE, z from q": bounds(lambda e: log_weights(*vae, x, e), (len(x), K), 1000),
        "VAE, z from the prior": bounds(lambda z: log_likelihood(vae[0], z, x), (1, K), 10000),
    }


def estimate_linear(train_images, x):
    """The bounds of probabilistic PCA, where log p(x) is known (given)."""
    model = ppca.maximum_likelihood(train_images, 6)  # W has orthogonal columns: p(z|x) is diagonal
    mean, log_std = np.broadcast_arrays(*ppca.best_diagonal(*model, x))

    def weigh(noise, factor):
        z = mean + factor * np.exp(log_std) * noise
        return ppca.log_likelihood(*model, x, z) + log_ratio(z, mean, log_std + np.log(factor))

    return {
        "z from p(z|x)": bounds(lambda e: weigh(e, 1), mean.shape, 1000),
        "z from q, std x 1.5": bounds(lambda e: weigh(e, 1.5), mean.shape, 1000),
        "z from q, std x 0.5": bounds(lambda e: weigh(e, 0.5), mean.shape, 10000),
        "z from the prior": bounds(lambda z: ppca.log_likelihood(*model, x, z), (1, 6), 10000),
        "exact log p(x)": dict.fromkeys((1, 10000), np.mean(ppca.log_marginal(*model, x))),
    }


def main(argv=None):
    """Estimate log p(x) of 100 test images under two kinds of model; print and draw."""
    _, train_images, _, test_images, _ = load_mnist("subset")
    digits = train_images, test_images[:100]
    small = [np.mean(np.reshape(a, (-1, 7, 4, 7, 4)), (2, 4)).reshape(-1, 49) for a in digits]
    left, right = new_figure(10, 4.2).subplots(1, 2)
    left.set(title="digits, 784 pixels binarised dynamically", ylim=(-180, -110))
    right.set(title="digits, 49 grey pixels (densities): PPCA", ylim=(24, 32))
    for axes, curves in ((left, estimate_digits(*digits)), (right, estimate_linear(*small))):
        print(f"{axes.get_title()}; samples: mean bound on log p(x) in nats/image")
        for name, line in curves.items():
            print(f"  {name};", *(f"{n}: {value:.2f} " for n, value in line.items()))
            axes.semilogx(list(line), line.values(), "o-" if len(line) > 2 else "k--", label=name)
        axes.set(xlabel="S, samples for each image", ylabel="mean bound on log p(x), nats/image")
        axes.legend(frameon=False, loc="center left")
    save_figure(left.figure, "marginal_likelihood")


if __name__ == "__main__":
    launch(main)
