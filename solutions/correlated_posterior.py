"""What does a q(z|x) gain whose dimensions may depend on each other?

A q with independent dimensions cannot follow a posterior that is a tilted ellipse, and the ELBO
stays below log p(x) (Mao). Here the encoder gives a mean and a lower-triangular matrix L, per x:

    q(z|x) = N(mean, L L'),    log L_jj and, for j > k, L_jk from the encoder      (1)
    z = mean + L epsilon,      epsilon ~ N(0, I)                                   (2)

Skills, such as reading and writing, are correlated over students (Ott, "Future Directions"): the
prior may be N(0, S) as well. |L L'| is the square of prod_j L_jj, so in K dimensions

    KL(q || N(0, I)) = 1/2 [tr(L L') + mean' mean - K] - sum_j log L_jj            (3)
    KL(q || N(0, S)) = 1/2 [tr(S^-1 L L') + mean' S^-1 mean - K + log |S|] - sum_j log L_jj  (4)

For a diagonal L, (3) is the KL of the practical. In the experiment a linear encoder learns, for a
fixed linear model: x measures z_1, z_2 and, most precisely, their difference, with noise.

What to look at: the posterior (left) is long where z_1 and z_2 move together. The best diagonal q
fits in by being narrow, the full q lies on it. So with either prior (right) the full q climbs to
log p(x), and the diagonal one stops below by a known gap. The data come from correlated z: log p(x)
tells that N(0, S) is the better prior, but with a diagonal q the ELBO prefers the wrong one.
"""

import autograd.numpy as np
from autograd import grad
from autograd.misc.optimizers import sgd

from support import launch, own_stream
from support import linear_gaussian as ppca
from support.figures import new_figure, save_figure


def cholesky_factor(entries):
    """Task E7.1: the matrix L of (1) for each image, from outputs of the encoder.

    autograd cannot follow an assignment into an array (L[:, j, k] = ...): multiply by constant
    arrays of zeros and ones, or join pieces. `np.tril_indices(K, -1)` are places in L, row by row.

    Args: entries `(B, K(K+1)/2)`: the *logs* of L_11 to L_KK, then the entries below the diagonal
        as they are, row by row: L_21, L_31, L_32, L_41, ...
    Returns: `(B, K, K)`.
    """
    K = int((2 * entries.shape[1]) ** 0.5)
    ### BEGIN SOLUTION
    rows, columns = np.tril_indices(K, -1)
    places = np.eye(K * K)[K * rows + columns]  # a row per entry: where it is in a flattened L
    below = np.reshape(np.dot(entries[:, K:], places), (-1, K, K))
    return np.exp(entries[:, :K])[:, :, None] * np.eye(K) + below
    ### END SOLUTION


def sample_correlated(mean, L, epsilon):
    """Task E7.2: z of (2) for each image, `(B, K)`; mean and epsilon `(B, K)`, L `(B, K, K)`."""
    ### BEGIN SOLUTION
    return mean + np.sum(L * epsilon[:, None, :], axis=-1)
    ### END SOLUTION


def KL_to_standard_normal(mean, L):
    """Task E7.3: KL(N(mean, L L') || N(0, I)) by (3); mean `(B, K)`, L `(B, K, K)`.

    All L_jj > 0 are `np.diagonal(L, axis1=-1, axis2=-2)`; autograd refuses the axes 1 and 2.

    Returns: `(B,)`, in nats; also where the product of the L_jj is too small for a float.
    """
    ### BEGIN SOLUTION
    squares = np.sum(L**2, axis=(1, 2)) + np.sum(mean**2, axis=1) - mean.shape[1]
    return 0.5 * squares - np.sum(np.log(np.diagonal(L, axis1=-1, axis2=-2)), axis=1)
    ### END SOLUTION


def KL_to_correlated_prior(mean, L, prior_covariance):
    """Task E7.4: KL(N(mean, L L') || N(0, S)) by (4), with S = prior_covariance `(K, K)`.

    tr(A L L') is the sum of all elements of (A L) * L, element by element.

    Returns: `(B,)`, in nats; also where |S| is too small for a float: use `np.linalg.slogdet`.
    """
    ### BEGIN SOLUTION
    precision = np.linalg.inv(prior_covariance)
    constants = np.linalg.slogdet(prior_covariance)[1] - mean.shape[1]
    squares = np.sum((precision @ L) * L, axis=(1, 2)) + np.sum(mean @ precision * mean, axis=1)
    return 0.5 * (squares + constants) - np.sum(np.log(np.diagonal(L, axis1=-1, axis2=-2)), axis=1)
    ### END SOLUTION


W, MU, VARIANCE = np.array([[0.5, 0.0], [0.0, 0.5], [2.0, -2.0]]), np.zeros(3), 1.0
S = np.array([[1.0, 0.8], [0.8, 1.0]])


def climb(x, KL, mask):
    """Learn an encoder whose outputs are 0 where mask is: mean, L, ELBO at 500 steps (given)."""
    # log p(x|z) is quadratic in z: its mean over q needs only epsilons of mean 0 and covariance I
    epsilons = np.sqrt(2) * np.concatenate([np.eye(2), -np.eye(2)])[:, None] * np.ones((len(x), 1))

    def encode(params):
        outputs = (np.dot(x, params[0]) + params[1]) * mask
        return outputs[:, :2], cholesky_factor(outputs[:, 2:])

    def elbo(params):
        q = encode(params)
        fit = [ppca.log_likelihood(W, MU, VARIANCE, x, sample_correlated(*q, e)) for e in epsilons]
        return np.mean(sum(fit) / len(fit) - KL(*q))  # nats/observation

    path, start = [], (np.zeros((3, 5)), np.zeros(5))  # q = N(0, I)
    sgd(grad(lambda params, _: -elbo(params)), start, lambda p, *_: path.append(p), 500, 0.02)
    return *encode(path[-1]), [elbo(params) for params in path]


def exact(x, prior):
    """log p(x), the gap of the best diagonal q, and mean and factor of p(z|x) (given)."""
    C = np.linalg.cholesky(prior)  # z = C u with u ~ N(0, I): a PPCA with the matrix W C
    model, precision = (np.dot(W, C), MU, VARIANCE), np.linalg.inv(prior) + W.T @ W / VARIANCE
    gap = 0.5 * (np.sum(np.log(np.diag(precision))) - np.linalg.slogdet(precision)[1])
    mean, covariance = ppca.posterior(*model, x)
    log_p = np.mean(ppca.log_marginal(*model, x))
    return log_p, gap, np.dot(mean, C.T), np.dot(C, np.linalg.cholesky(covariance))


def main(argv=None):
    """Learn a diagonal and a full q with two priors; print and draw."""
    with own_stream(0):
        x, _ = ppca.sample(np.dot(W, np.linalg.cholesky(S)), MU, VARIANCE, 200)
    left, right = new_figure(9, 3.8).subplots(1, 2)
    circle = [2 * wave(np.linspace(0, 2 * np.pi, 200)) for wave in (np.cos, np.sin)]  # 2 stds
    normal = ("N(0, I)", np.eye(2), "C0", KL_to_standard_normal)
    skills = ("N(0, S)", S, "C1", lambda mean, L: KL_to_correlated_prior(mean, L, S))
    for name, prior, color, KL in (normal, skills):
        log_p, gap, mean, factor = exact(x, prior)
        print(f"prior {name}: log p(x) {log_p:.6f}; in theory, a diagonal q is {gap:.7f} below")
        right.axhline(log_p, color=color, lw=4, alpha=0.3, label=f"log p(x), prior {name}")
        for kind, style, below in (("diagonal q", "--", 0), ("full q", "-", 1)):
            *q, elbo = climb(x, KL, np.array([1, 1, 1, 1, below]))
            right.semilogx(range(1, 501), elbo, style, color=color, label=f"ELBO, {kind}")
            print(f"  {kind}: ELBO {elbo[-1]:.6f}, {log_p - elbo[-1]:.7f} below, nats/observation")
            if prior is S:
                left.plot(*(q[0][:1].T + np.dot(q[1][0], circle)), style, color=color, label=kind)
    left.fill(*(mean[:1].T + np.dot(factor, circle)), color="0.8", label="p(z|x), exact")
    left.set(xlabel="$z_1$", ylabel="$z_2$", title="one x, prior N(0, S): two standard deviations")
    left.set_aspect("equal", "datalim")
    right.set(xlabel="step", ylabel="mean ELBO, nats/observation", ylim=(-8.5, -4.5))
    for axes in (left, right):
        axes.legend(frameon=False)
    save_figure(left.figure, "correlated_posterior")


if __name__ == "__main__":
    launch(main)
