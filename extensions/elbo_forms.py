"""How far is the ELBO below log p(x), and why does climbing it learn the model?

In probabilistic PCA, a linear model with Gaussian noise, every quantity has a closed form:

    p(z) = N(0, I),    p(x|z) = N(W z + mu, variance I),    q(z|x) = N(mean, S)

The ELBO in three ways (Bill's introduction, eq. 1-3; Ott, "Various Technical Details", eq. 2-4):

    ELBO = log p(x) - KL(q(z|x) || p(z|x))          the gap: how wrong q is                    (1)
         = E_q[log p(x, z)] + H(q)                  the entropy H depends on q alone           (2)
         = E_q[log p(x|z)] - KL(q(z|x) || p(z))     what a VAE climbs                          (3)

The best q closes the gap in (1); the best W and variance maximise the first term of (2). In turns,
that is expectation maximisation (EM; Mao). A VAE climbs (3) with the gradients of both at once.
Shapes: B observations x `(B, D)`, K latent dimensions, W `(D, K)`, mu `(D,)`, mean `(B, K)`, and
S = covariance `(K, K)`, the same for all x. Values are in nats per observation.

What to look at: both ways end at the best log p(x) there is (Tipping and Bishop), EM in far fewer
steps. EM's q is exact, but a q with independent dimensions (diagonal S, as in a VAE) leaves a gap
for its W. Gradient ascent with such a q turns W, as likely in any rotation, until there is none.
"""

import autograd.numpy as np
from autograd import grad
from autograd.misc.optimizers import sgd

from support import launch, own_stream, rng
from support import linear_gaussian as ppca
from support.figures import new_figure, save_figure


def gaussian_KL(mean, covariance, other_mean, other_covariance):
    """Task E1.1: KL(N(mean, S) || N(m, P)) of any two Gaussians, for (1) and (3).

        1/2 [ tr(P^-1 S) + (mean - m)' P^-1 (mean - m) - K + log |P| - log |S| ]

    Args: mean and m = other_mean `(B, K)`; S = covariance and P = other_covariance `(K, K)`.
    Returns: `(B,)`, in nats; also where |P| is too small for a float: use `np.linalg.slogdet`.
    """
    raise NotImplementedError("Task E1.1: gaussian_KL")


def expected_log_likelihood(W, mu, variance, x, mean, covariance):
    """Task E1.2: E_q[log p(x|z)] for q = N(mean, S), the reconstruction term of (3).

    `ppca.log_likelihood(W, mu, variance, x, z)`, `(B,)`, is given. It is quadratic in z, and for a
    quadratic f with the matrix H of second derivatives E_q[f(z)] = f(mean) + tr(H S) / 2.

    Returns: `(B,)`, in nats.
    """
    raise NotImplementedError("Task E1.2: expected_log_likelihood")


def gap_of_best_diagonal(W, variance):
    """Task E1.3: the gap in (1), the same for all x, of the best q with a diagonal S.

        gap = 1/2 (sum_j log L_jj - log |L|),    L = I + W'W / variance

    L is the precision (inverse covariance) of p(z|x), and that q has precision L_jj in dimension j.

    Returns: a number, in nats.
    """
    raise NotImplementedError("Task E1.3: gap_of_best_diagonal")


def em_step(W, mu, variance, x):
    """Task E1.4: one step of EM at fixed mu; r_i = x_i - mu is the centred observation i.

    E: q = p(z|x); `ppca.posterior(W, mu, variance, x)` returns mean `(B, K)`, S `(K, K)`.
    M: W = (sum_i r_i mean_i') (sum_i [S + mean_i mean_i'])^-1
       variance = 1/(B D) sum_i E_q |r_i - W z|^2,    with this new W

    Returns: W `(D, K)`; variance, a number.
    """
    raise NotImplementedError("Task E1.4: em_step")


def elbo_forms(W, mu, variance, x, mean, covariance):
    """The mean ELBO in the forms (1), (2) and (3), in nats/observation (given)."""
    model, q, prior = (W, mu, variance, x), (mean, covariance), (0 * mean, np.eye(W.shape[1]))
    fit = expected_log_likelihood(*model, *q)
    first = ppca.log_marginal(*model) - gaussian_KL(*q, *ppca.posterior(*model))
    entropy = 0.5 * np.linalg.slogdet(2 * np.pi * np.e * covariance)[1]
    second = fit + ppca.log_prior(mean) - 0.5 * np.trace(covariance) + entropy
    return np.mean(np.array([first, second, fit - gaussian_KL(*q, *prior)]), axis=1)


def climb(x, mu, W, V, mask):
    """Mean log p(x) and gap at 2000 steps of gradient ascent on (3), in nats (given).

    q has mean V'(x - mu) and covariance A A', where A is zero wherever mask is.
    """

    def elbo(params):
        W, log_variance, V, A = params
        q = np.dot(x - mu, V), np.dot(A * mask, (A * mask).T)
        return elbo_forms(W, mu, np.exp(log_variance), x, *q)[2]

    path, start = [], (W, 0.0, V, np.eye(2))
    sgd(grad(lambda params, _: -elbo(params)), start, lambda p, *_: path.append(p), 2000, 0.03)
    log_evidence = [np.mean(ppca.log_marginal(p[0], mu, np.exp(p[1]), x)) for p in path]
    return np.array(log_evidence), log_evidence - np.array([elbo(params) for params in path])


def main(argv=None):
    """Learn a model by EM and by gradient ascent with two kinds of q; print and draw."""
    with own_stream(0):
        x, _ = ppca.sample(rng.standard_normal((8, 2)) * [1.2, 0.5], np.zeros(8), 1.0, 300)
        W, V = 0.1 * rng.standard_normal((2, 8, 2))
    best = ppca.maximum_likelihood(x, 2)
    mu, optimum = best[1], np.mean(ppca.log_marginal(*best, x))
    forms = elbo_forms(*best, x, np.dot(x, V), np.eye(2))
    print("mean ELBO of some q, by (1), (2) and (3):", *forms.round(10), "nats/observation")
    ascents = [climb(x, mu, W, V, mask) for mask in (np.ones((2, 2)), np.eye(2))]
    em, variance = [], 1.0
    for _ in range(200):
        log_evidence = np.mean(ppca.log_marginal(W, mu, variance, x))
        em.append((log_evidence, gap_of_best_diagonal(W, variance)))
        W, variance = em_step(W, mu, variance, x)
    left, right = new_figure(9, 3.6).subplots(1, 2)
    names = "EM (gap: best diagonal q)", "gradient ascent, full q", "gradient ascent, diagonal q"
    for name, style, run in zip(names, ("-", "-", "--"), (np.array(em).T, *ascents), strict=True):
        print(f"{name}: log p(x) {run[0][-1]:.6f}, gap {run[1][-1]:.6f} nats/observation")
        for axes, values in zip((left, right), run, strict=True):
            axes.semilogx(1 + np.arange(len(values)), values, style, label=name)
    left.axhline(optimum, color="grey", lw=0.8, label=f"best there is, {optimum:.2f}")
    left.set(xlabel="step", ylabel="mean log p(x), nats/observation")
    right.set(xlabel="step", ylabel="gap: log p(x) - ELBO, nats/observation")
    left.legend(frameon=False)
    save_figure(left.figure, "elbo_forms")


if __name__ == "__main__":
    launch(main)
