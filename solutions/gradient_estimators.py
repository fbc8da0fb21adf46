"""Two gradients of one average: what is gained by writing z as a function of noise?

The recognition network learns from the gradient of E_q[f(z)], f(z) = log p(x|z), with respect to
phi, the means and log stds of q(z|x). As phi decides where z is drawn, f(z) itself shows no trace
of it. Ott, "Various Technical Details", has two estimates, both right on average:

    score function   f(z) grad_phi log q(z|x),         z ~ q(z|x)              (eq. 26-28)
    pathwise         grad_phi f(mean + std epsilon),   epsilon ~ N(0, I)       (eq. 29-32)

The first needs only values of f, the second its slope. The mean of grad_phi log q, the score, is
zero: subtracting a number from f(z), a baseline, changes nothing on average if it does not depend
on this z, and can save noise. The variance ratio, score function to pathwise, is how many times
more samples the first needs to be as precise. (For f = sin(20 z) the second would need more.)

What to look at: on the left, lines are your formula, points your estimators. On the right one VAE
learns from each gradient; its variance ratios are in the legend: the more noise, the slower, and
without a baseline it may fall apart. Shapes: M samples per image, B images, K latent dimensions.
"""

import autograd.numpy as np
from autograd import make_vjp
from autograd.misc.optimizers import adam

from data import load_mnist
from solutions.vae import D, K, binarise, init_net_params, neural_net_predict, sigmoid
from support import flatten, launch, rng
from support.figures import new_figure, save_figure


def score_function_gradient(q_means_and_log_stds, z, f):
    """Task E3.1: f(z) times the gradient of log q(z|x), z held fixed, per sample (eq. 28 unsummed).

    Args: `(B, 2K)`: K means, then K *log* stds; z `(M, B, K)`, samples from q(z|x), which is
        N(mean, diag(std^2)); f `(M, B)`, in nats, already less the baseline, if there is one.
    Returns: `(M, B, 2K)`: with respect to the means, then to the log stds.
    """
    mean, log_std = np.split(q_means_and_log_stds, 2, axis=-1)
    ### BEGIN SOLUTION
    epsilon = (z - mean) / np.exp(log_std)
    score = np.concatenate([epsilon / np.exp(log_std), epsilon**2 - 1], axis=-1)
    return f[..., None] * score
    ### END SOLUTION


def leave_one_out_baseline(f):
    """Task E3.2: for every sample, the mean of f over the *other* samples of the same image.

    Args: f `(M, B)`, in nats; M is at least 2.
    Returns: `(M, B)`, in nats: b_m = 1/(M - 1) sum_{l != m} f(z_l).
    """
    ### BEGIN SOLUTION
    return (np.sum(f, axis=0) - f) / (len(f) - 1)
    ### END SOLUTION


def pathwise_gradient(q_means_and_log_stds, epsilon, f_slope):
    """Task E3.3: the gradient of f(mean + std * epsilon), per sample (eq. 32 unsummed).

    Args: `(B, 2K)` as in E3.1; epsilon `(M, B, K)`, from N(0, I); f_slope `(M, B, K)`, df/dz at z.
    Returns: `(M, B, 2K)`: with respect to the means, then to the log stds.
    """
    _, log_std = np.split(q_means_and_log_stds, 2, axis=-1)
    ### BEGIN SOLUTION
    return np.concatenate([f_slope, f_slope * np.exp(log_std) * epsilon], axis=-1)
    ### END SOLUTION


def variance_ratio(mean, std, baseline=0.0):
    """Task E3.4: the exact variance ratio for f(z) = z^2, z a number, and gradients in the mean.

        Var[(z^2 - baseline) d log q(z)/d mean] / Var[d f(mean + std epsilon)/d mean]

    Write both as polynomials in epsilon, whose moments E[epsilon^2, ^4, ^6] are 1, 3, 15, and 0
    for odd powers. At mean = std = 1 the ratio is 7.5 for baseline 0 and 4.5 for baseline 2.

    Args: constants, numbers or arrays that broadcast; std is *not* a log. Returns: the ratio.
    """
    ### BEGIN SOLUTION
    square = mean**4 + 18 * mean**2 * std**2 + 15 * std**4  # E[(z^2 epsilon)^2]
    square = square - 2 * baseline * (mean**2 + 3 * std**2) + baseline**2
    return (square - 4 * mean**2 * std**2) / (4 * std**4)
    ### END SOLUTION


def look(method, params, x, M=4):
    """ELBO in nats/image, its gradient by one method (the KL's is exact), f's by all (given)."""

    def log_likelihood(params, z):
        logits = neural_net_predict(params, z.reshape(-1, K)).reshape(M, -1, D)
        return np.sum(np.log(sigmoid((2 * x - 1) * logits) + 1e-7), axis=-1)  # cruder than 1.2

    encoder_vjp, q = make_vjp(lambda params: neural_net_predict(params, x))(params[1])
    mean, log_std = np.split(q, 2, axis=-1)
    epsilon = rng.standard_normal((M, *mean.shape), dtype=np.float32)
    z = mean + np.exp(log_std) * epsilon
    decoder_vjp, f = make_vjp(log_likelihood, (0, 1))(params[0], z)
    decoder_gradient, f_slope = decoder_vjp(np.full_like(f, 1 / f.size))
    estimates = {
        "score function": score_function_gradient(q, z, f),
        "score function, baseline": score_function_gradient(q, z, f - leave_one_out_baseline(f)),
        "pathwise": pathwise_gradient(q, epsilon, f_slope * f.size),
    }
    q_gradient = np.mean(estimates[method], axis=0) - np.hstack([mean, np.exp(2 * log_std) - 1])
    elbo = np.mean(f + np.sum(log_std + (epsilon**2 - z**2) / 2, axis=-1))
    return elbo, [decoder_gradient, encoder_vjp(q_gradient / len(x))], estimates


def train(method, params, images, steps=800, B=100):
    """The ELBOs of the training batches, in nats/image, and the params they lead to (given)."""
    (vector, unflatten), elbos = flatten(params), []

    def downhill(vector, step):
        x = binarise(images[step * B % (len(images) - B) :][:B])
        elbo, gradient, _ = look(method, unflatten(vector.astype(np.float32)), x)
        elbos.append(elbo)
        return -flatten(gradient)[0]

    return elbos, unflatten(adam(downhill, vector, None, steps, 0.001).astype(np.float32))


def main(argv=None):
    """Compare the noise for z^2 and for a VAE, train one with each gradient; print and draw."""
    left, right = new_figure(9, 3.6).subplots(1, 2)
    mean, epsilon = np.linspace(0, 4, 17), rng.standard_normal((100_000, 17, 1))
    q, z = np.stack([mean, 0 * mean], axis=1), mean[:, None] + epsilon
    for name, baseline in (("no baseline", 0 * mean), ("baseline E[f(z)]", mean**2 + 1)):
        score = score_function_gradient(q, z, z[..., 0] ** 2 - baseline)
        ratio = np.var(score, axis=0) / np.var(pathwise_gradient(q, epsilon, 2 * z), axis=0)
        (line,) = left.semilogy(mean, variance_ratio(mean, 1.0, baseline), label=name)
        left.plot(mean, ratio[:, 0], "o", ms=4, color=line.get_color())
    images, methods = load_mnist()[1], ("pathwise", "score function, baseline", "score function")
    start = [init_net_params([K, 200, D]), init_net_params([D, 200, 2 * K])]
    runs = [train(method, start, images) for method in methods]
    estimates = look("pathwise", runs[0][1], binarise(images[:20]), 500)[2]
    noise = [np.sum(np.var(estimates[method], axis=0)) for method in methods]
    for method, (elbos, _), ratio in zip(methods, runs, noise / noise[0], strict=True):
        smooth = np.mean(np.reshape(elbos, (-1, 20)), axis=1)
        print(f"{method}: variance ratio {ratio:.0f}, ELBO {smooth[-1]:.1f} nats/image (dynamic)")
        right.plot(np.arange(10, 800, 20), smooth, label=f"{method} (ratio {ratio:,.0f})")
    left.set(xlabel="mean of q (std 1)", ylabel="variance ratio for f(z) = z²")
    right.set(xlabel="step", ylabel="ELBO of training batches, nats/image", ylim=(-350, None))
    for axes in (left, right):
        axes.legend(frameon=False)
    save_figure(left.figure, "gradient_estimators")


if __name__ == "__main__":
    launch(main)
