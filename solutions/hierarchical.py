"""Two layers of latent variables: in which order should q draw them?

    p(x, z_1, z_2) = p(z_2) p(z_1|z_2) p(x|z_1)              generative model    (1)
    q(z_1, z_2|x)  = q(z_1|x) q(z_2|z_1, x)                  bottom-up           (2)
                  or q(z_2|x) q(z_1|z_2, x)                  top-down            (3)
    ELBO = E_q[log p(x|z_1) + sum_i log p(z_i|...) - sum_i log q(z_i|...)]       (4)

(Mao; Ott, eq. 35-36.) Either order can write any q: with the exact conditionals,
ELBO = log p(x). In a linear model, a q with independent layers loses at best I(z_1; z_2|x) nats:
    1/2 (log |cov(z_1|x)| - log |cov(z_1|z_2, x)|)           (5)
M samples, B observations, D or K dimensions.

What to look at: left, a linear model. Either order reaches log p(x); independent layers stay below,
the further the tighter z_1 is tied to z_2. Right, VAEs on digits: which layer has idle units? Two
layers beat one. Does their order in q matter here, or the seed more (that of `main`)? Try a few.
"""

import autograd.numpy as np
from autograd import grad
from autograd.misc.optimizers import adam

from data import load_mnist
from solutions import vae
from solutions.vae import D, binarise, init_net_params, neural_net_predict
from support import flatten, launch, linear_gaussian, own_stream, rng
from support.figures import new_figure, save_figure

K_1, K_2, HIDDEN_UNITS, BATCH, STEPS = 40, 20, 100, 100, 1200  # of the VAEs


def chain_elbo(log_likelihood, log_priors, log_posteriors):
    """Task E9.1: (4), estimated from M samples of all layers.

    Args: log_likelihood = log p(x|z_1) `(M, B)`; log_priors and log_posteriors, lists of `(M, B)`:
        log p(z_i|...) and log q(z_i|...), for any number of layers. Returns: `(B,)`, in nats.
    """
    ### BEGIN SOLUTION
    return np.mean(log_likelihood + sum(log_priors) - sum(log_posteriors), axis=0)
    ### END SOLUTION


def condition(mean, S, W, R, y):
    """Task E9.2: p(z|y), where p(z) = N(mean, S) and p(y|z) = N(W z, R).

        cov(z|y) = (S^-1 + W' R^-1 W)^-1,    mean(z|y) = mean + cov(z|y) W' R^-1 (y - W mean)

    Args: W `(D, K)`; S `(K, K)`; R `(D, D)`; mean `(..., K)` and y `(..., D)`, whose leading axes
        broadcast, as `(M, B, K)` with `(B, D)`. Returns: mean(z|y) `(..., K)`, cov(z|y) `(K, K)`.
    """
    ### BEGIN SOLUTION
    weights = np.linalg.solve(R, W)
    covariance = np.linalg.inv(np.linalg.inv(S) + np.dot(W.T, weights))
    return mean + np.dot(y - np.dot(mean, W.T), np.dot(weights, covariance)), covariance
    ### END SOLUTION


def activity(means):
    """Task E9.3: the variance over images of E_q[z|x], for every unit of a layer.

    Args: means `(M, B, K)`: of q(z|..., x), for M samples of the layer drawn before. Their average
        is E_q[z|x], the mean given x alone. Returns: `(K,)`; the variance is over B, not B - 1.
    """
    ### BEGIN SOLUTION
    return np.var(np.mean(means, axis=0), axis=0)
    ### END SOLUTION


def linear_bounds(W_1, W_2, v, x):
    """Means of log p(x), of that minus (5), and of (4) for three q, in nats (given)."""
    W, eye, zero = np.dot(W_1, W_2), np.eye(3), np.zeros(3)

    def draw(mean, S):
        noise = rng.standard_normal((50, len(x), 3))
        log_q = linear_gaussian.log_prior(noise) - 0.5 * np.linalg.slogdet(S)[1]
        return mean + np.dot(noise, np.linalg.cholesky(S).T), log_q

    def bound(z_1, log_q_1, z_2, log_q_2):
        log_p = linear_gaussian.log_likelihood(W_2, 0, v, z_1, z_2), linear_gaussian.log_prior(z_2)
        fit = linear_gaussian.log_likelihood(W_1, 0, 1.0, x, z_1)
        return np.mean(chain_elbo(fit, log_p, [log_q_1, log_q_2]))

    q_1 = condition(zero, np.dot(W_2, W_2.T) + v * eye, W_1, eye, x)
    q_2 = condition(zero, eye, W, eye + v * np.dot(W_1, W_1.T), x)
    z_1, z_2 = draw(*q_1), draw(*q_2)
    up = condition(zero, eye, W_2, v * eye, z_1[0])
    down = condition(np.dot(z_2[0], W_2.T), v * eye, W_1, eye, x)
    apart = draw(q_1[0], down[1]) + draw(q_2[0], up[1])  # best: precisions are blocks of p(z|x)'s
    exact = np.mean(linear_gaussian.log_marginal(np.hstack([W, np.sqrt(v) * W_1]), 0, 1.0, x))
    gap = 0.5 * (np.linalg.slogdet(q_1[1])[1] - np.linalg.slogdet(down[1])[1])
    return exact, exact - gap, bound(*z_1, *draw(*up)), bound(*draw(*down), *z_2), bound(*apart)


def vae_bound(networks, x, order):
    """(4) from one sample, `(B,)`, and the means of q, which draws z_i in this order (given)."""
    z, q, inputs, log_N = {}, {}, x, linear_gaussian.log_prior
    log = lambda z, mean, log_std: log_N((z - mean) / np.exp(log_std)) - np.sum(log_std, axis=1)
    for i in order:
        q_i = neural_net_predict(networks[i], inputs)
        q[i], z[i] = np.split(q_i, 2, axis=1), vae.sample_latent_variables_from_posterior(q_i)
        inputs = np.concatenate([inputs, z[i]], axis=1)
    p = {i: (0 * z[i], 0 * z[i]) for i in z}
    p[1] = np.split(neural_net_predict(networks[3], z[2]), 2, axis=1) if 2 in z else p[1]
    log_p, log_q = ([log(z[i], *layers[i])[None] for i in z] for layers in (p, q))
    fit = vae.bernoulli_log_prob(x, neural_net_predict(networks[0], z[1]))
    return chain_elbo(fit[None], log_p, log_q), [q[i][0] for i in sorted(q)]


def train(images, order):
    """Networks that give p(x|z_1), q(z_1|...), q(z_2|...) and p(z_1|z_2) (given)."""
    D_1, D_2 = (D + K_2, D) if order[0] == 2 else (D, D + K_1)
    ends = (K_1, D), (D_1, 2 * K_1), (D_2, 2 * K_2), (K_2, 2 * K_1)
    flat, unflatten = flatten([init_net_params([m, HIDDEN_UNITS, n]) for m, n in ends])

    def loss(flat, _):
        x = binarise(images[rng.integers(len(images), size=BATCH)])
        return -np.mean(vae_bound(unflatten(flat.astype(np.float32)), x, order)[0])

    return unflatten(adam(grad(loss), flat, None, STEPS, 0.002).astype(np.float32))


@own_stream(0)
def main(argv=None):
    """Bounds of a linear model, and three VAEs; print and draw."""
    left, right = new_figure(9, 3.6).subplots(1, 2)
    W_1, W_2, noise = *rng.standard_normal((2, 3, 3)), np.geomspace(0.05, 5, 9)
    names = "exact log p(x)", "log p(x) - (5)", "bottom-up q", "top-down q", "independent q"
    x, _ = linear_gaussian.sample(np.hstack([W_1 @ W_2, W_1]), 0, 1.0, 100)
    lines = np.transpose([linear_bounds(W_1, W_2, v, x) for v in noise])
    for name, style, line in zip(names, ("-", ":", "o", "x", "."), lines, strict=True):
        print(f"{name}: {line[0]:.6f} nats/observation, at variance {noise[0]} of p(z_1|z_2)")
        left.semilogx(noise, line, style, label=name)
    _, images, _, test_images, _ = load_mnist("subset")
    for name, *order in (("one layer", 1), ("bottom-up", 1, 2), ("top-down", 2, 1)):
        networks, x = train(images, order), binarise(test_images)
        elbos, means = zip(*(vae_bound(networks, x, order) for _ in range(50)), strict=True)
        print(f"{name}: test ELBO {np.mean(elbos):.1f} nats/image (dynamic binarisation)")
        for i, layer in enumerate(zip(*means, strict=True)):
            units = np.sort(activity(np.array(layer)))[::-1]
            print(" ", label := f"{name}, z_{i + 1}: {np.sum(units > 0.01)} of {len(units)} active")
            right.semilogy(1 + np.arange(len(units)), units, ("-", "--")[i], label=label)
    left.set(xlabel="variance of p(z_1|z_2)", ylabel="nats/observation")
    right.set(xlabel="unit, sorted", ylabel="variance of its mean over images", ylim=(2e-6, 50))
    right.axhline(0.01, color="grey", lw=0.8, label="active above 0.01")
    left.legend(frameon=False)
    right.legend(frameon=False)
    save_figure(left.figure, "hierarchical")


if __name__ == "__main__":
    launch(main)
