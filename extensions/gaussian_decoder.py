"""What changes when x is real-valued, and what is a squared error worth in nats?

Instead of a logit the generative network gives, for each of the D dimensions of x, the mean and
the log *standard deviation* of a Gaussian (Ott, "Various Technical Details", eq. 22-25, has the
log variance; Wang's slides, the squared error):

    p(x|z) = prod_j N(x_j; mean_j(z), std_j(z)^2)                                           (1)
    log p(x|z) = -sum_j { 1/2 [((x_j - mean_j) / std_j)^2 + log(2 pi)] + log std_j }         (2)

It is a density, per unit of each x_j, and may be above 1, its logarithm above 0: in units c times
as large log p(x) is D log c higher. Compare values in one unit only. There is no limit either:
in a dimension that hardly varies std_j shrinks on and on. Hence a floor:

    std_j = least std + exp(a_j),    a_j an output of the network                           (3)

With one std for all, (2) is -|x - mean|^2 / (2 std^2) plus a constant: std sets the weight of the
squared error against the KL. The std of the highest density is the root of

    std^2 = the mean of (x_j - mean_j)^2 over all dimensions and observations               (4)

What to look at: (left) a linear network with the std of (4) reaches the highest log p(x) of any
such model (probabilistic PCA; Tipping and Bishop). With std = 1, "squared error plus KL", z is
ignored: to that model, data that vary by less than 1 are noise. (right) Digits with grey pixels,
std from the network. The lower the floor, the higher the ELBO of the training images, where many
pixels are (almost) always black. New images break that rule: their ELBO falls off a cliff.
"""

import autograd.numpy as np
from autograd import grad
from autograd.misc.optimizers import adam

from data import load_mnist
from vae import init_net_params, neural_net_predict, sigmoid
from support import launch, own_stream, rng
from support import linear_gaussian as ppca
from support.figures import new_figure, save_figure


def gaussian_log_prob(x, mean, log_std):
    """Task E5.1: log p(x|z), equation (2), summed over the dimensions of x.

    Args: x and mean `(B, D)`; log_std `(B, D)`, `(D,)` for all x alike, or a number for all.
    Returns: `(B,)`, in nats.
    """
    raise NotImplementedError("Task E5.1: gaussian_log_prob")


def floor_log_std(a, log_floor):
    """Task E5.2: log std_j of equation (3); log_floor is the log of the least std, a number.

    It should be right for any finite numbers: `np.logaddexp` helps where exp(a) is too large or
    too small for a float. Below the floor its slope is small, but not 0, so that a can come back.

    Args: a, of any shape. Returns: log std, of the same shape.
    """
    raise NotImplementedError("Task E5.2: floor_log_std")


def log_prob_from_squared_error(squared_error, num_dimensions, std):
    """Task E5.3: equation (2) where each of the D = num_dimensions has the same std.

    Args: squared_error = |x - mean|^2 `(B,)`, sums over dimensions; std, a positive number.
    Returns: `(B,)`, in nats.
    """
    raise NotImplementedError("Task E5.3: log_prob_from_squared_error")


def best_std(x, mean):
    """Task E5.4: the one std for all x `(B, D)` that makes log p(x|z) highest, equation (4).

    Returns: a number, in the unit of x.
    """
    raise NotImplementedError("Task E5.4: best_std")


def std_per_pixel(x, output, least_std):
    """log p(x|z) for a mean in [0, 1] and a log std, both from the network (given)."""
    mean, a = np.split(output, 2, axis=1)
    return gaussian_log_prob(x, sigmoid(mean), floor_log_std(a, np.log(least_std)))


def elbo(params, x, log_likelihood):
    """The mean ELBO of x from one z each, in nats (given)."""
    mean, log_std = np.split(neural_net_predict(params[0], x), 2, axis=1)
    z = mean + np.exp(log_std) * rng.standard_normal(mean.shape)
    kl = np.sum(0.5 * (np.exp(2 * log_std) + mean**2 - 1) - log_std, axis=1)
    return np.mean(log_likelihood(x, neural_net_predict(params[1], z)) - kl)


def fit(x, log_likelihood, sizes, batch, steps, step_size):
    """Train an encoder and a decoder of these layer sizes: parameters, ELBO by step (given)."""
    path, params = [], [init_net_params(layer_sizes) for layer_sizes in sizes]

    def loss(params, _=None):
        return -elbo(params, x[rng.permutation(len(x))[:batch]], log_likelihood)

    return adam(grad(loss), params, lambda p, *_: path.append(-loss(p)), steps, step_size), path


def main(argv=None):
    """Linear models on data of their kind, and digits with several floors (given)."""
    left, right = new_figure(9, 3.6).subplots(1, 2)
    floors, elbos = (0.3, 0.1, 0.03, 0.01, 0.003, 0.001), []
    decoders = {
        "std from (4)": lambda x, mean: gaussian_log_prob(x, mean, np.log(best_std(x, mean))),
        "std = 1": lambda x, mean: log_prob_from_squared_error(np.sum((x - mean) ** 2, 1), 8, 1.0),
    }
    with own_stream(0):
        x, _ = ppca.sample(0.25 * rng.standard_normal((8, 2)), np.zeros(8), 0.01, 300)
        for name, decoder in decoders.items():
            _, path = fit(x, decoder, ([8, 4], [2, 8]), 300, 700, 0.01)
            print(f"{name}: ELBO {np.mean(path[-200:]):.3f} nats/observation")
            left.plot(path, label=name)
        images = load_mnist()[1:4:2]  # training and test; a quarter of the pixels is faster
        data = [a[:500].reshape(-1, 14, 2, 14, 2).mean((2, 4)).reshape(-1, 196) for a in images]
        for least_std in floors:
            decoder = lambda x, output, std=least_std: std_per_pixel(x, output, std)
            params, _ = fit(data[0], decoder, ([196, 100, 20], [10, 100, 392]), 100, 300, 0.003)
            elbos.append([round(float(elbo(params, a, decoder)), 1) for a in data])
            print(f"least std {least_std}: ELBO {elbos[-1]} nats/image (training, test; grey)")
    centre, squares = np.mean(x, axis=0), np.sum((x - np.mean(x, axis=0)) ** 2, axis=1)
    equal = log_prob_from_squared_error(squares, 8, 0.1) - gaussian_log_prob(x, centre, np.log(0.1))
    print(f"log densities from squared errors are the same: to {np.max(np.abs(equal)):.0e} nats")
    print(f"std = 1, no z: {np.mean(decoders['std = 1'](x, centre)):.3f} nats/observation")
    optimum = np.mean(ppca.log_marginal(*ppca.maximum_likelihood(x, 2), x))
    print(f"highest log p(x): {optimum:.3f}; x in units of 10 {optimum + 8 * np.log(10):.3f} nats")
    left.axhline(optimum, color="black", lw=0.8, label=f"highest log p(x): {optimum:.2f}")
    left.set(xlabel="step", ylabel="mean ELBO, nats/observation")
    for values, name in zip(np.array(elbos).T, ("training", "test"), strict=True):
        right.semilogx(floors, values, "o-", label=f"500 {name} images")
    right.set(xlabel="least std; white is 1", ylabel="mean ELBO, nats/image", ylim=(-200, 800))
    for axes in left, right:
        axes.legend(frameon=False)
    save_figure(left.figure, "gaussian_decoder")


if __name__ == "__main__":
    launch(main)
