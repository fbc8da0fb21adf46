"""What do graded tests say about what students know?

A test has I items (questions), about K skills. The decoder is a single layer, so that its numbers
mean something (Converse et al., 2019; Ott, "Various Technical Details"):

    P(a student answers item i correctly) = sigmoid(a_i' theta - b_i)                          (1)
    theta ~ N(0, S)        what the student knows: correlated skills, or independent for S = I (2)
    theta_k ~ N(link_k theta_k-1, 1 - link_k^2)   or a chain: skills that build on each other  (3)

Loadings a `(I, K)`: how much a skill helps; Q-matrix `(I, K)`, 0 or 1: whether an item needs it;
difficulties b `(I,)`. B students: responses x `(B, I)`, theta `(B, K)`; q(theta|x) is diagonal.

What to look at: a plain auto-encoder (no noise, no KL) gets a and b wrong. 28 answers say only so
much about theta: the exact posterior mean is the measure. Where skills are correlated, S = I costs
a and theta; the chain learns the links, a little too large.
"""

import autograd.numpy as np
from autograd import grad
from autograd.misc.optimizers import adam

from solutions.vae import init_net_params, neural_net_predict, sigmoid
from support import flatten, launch, rng
from support.figures import new_figure, save_figure


def masked_loadings(raw, Q):
    """Task E10.1: a = Q log(1 + exp(raw)): above 0 where Q is 1, and 0 where it is 0.

    Args: raw, any finite numbers (see `np.logaddexp`), and Q, `(I, K)`. Returns: `(I, K)`.
    """
    ### BEGIN SOLUTION
    return Q * np.logaddexp(0, raw)
    ### END SOLUTION


def correct_log_prob(responses, theta, loadings, difficulty):
    """Task E10.2: log p(x|theta) of (1), summed over the items, right for logits of any size.

    Args: responses `(B, I)`, 1 correct and 0 wrong; theta `(B, K)`; loadings; difficulty.
    Returns: `(B,)`, in nats; `(G, B)` for theta `(G, 1, K)`: G values, each for all students.
    """
    ### BEGIN SOLUTION
    logits = np.dot(theta, loadings.T) - difficulty
    return np.sum(responses * logits - np.logaddexp(0, logits), axis=-1)
    ### END SOLUTION


def posterior_mean(log_likelihood, log_prior, grid):
    """Task E10.3: the mean of p(theta|x) by quadrature, over G points that cover all theta.

        E[theta|x] = sum_g w_g grid_g,    w_g = p(x|grid_g) p(grid_g) / sum_h p(x|grid_h) p(grid_h)

    With many items every p(x|grid_g) rounds to 0: subtract the largest logarithm before `exp`.
    Args: log_likelihood `(G, B)` and log_prior `(G,)`, in nats; grid `(G, K)`. Returns: `(B, K)`.
    """
    ### BEGIN SOLUTION
    log_joint = log_likelihood + log_prior[:, None]
    weight = np.exp(log_joint - np.max(log_joint, axis=0))
    return np.dot((weight / np.sum(weight, axis=0)).T, grid)
    ### END SOLUTION


def KL_to_correlated_skills(mean, log_std, S):
    """Task E10.4: KL(q || p) of q = N(mean, diag(std^2)) from the prior (2), p = N(0, S).

        1/2 [ sum_k (S^-1)_kk std_k^2 + mean' S^-1 mean - K + log |S| ] - sum_k log_std_k
    Args: mean and log_std `(B, K)`; S `(K, K)`. Returns: `(B,)`, in nats.
    """
    ### BEGIN SOLUTION
    P = np.linalg.inv(S)
    squares = np.dot(np.exp(2 * log_std), np.diag(P)) + np.sum(np.dot(mean, P) * mean, axis=-1)
    return 0.5 * (squares - len(S) + np.linalg.slogdet(S)[1]) - np.sum(log_std, axis=-1)
    ### END SOLUTION


def chain_covariance(link):
    """Task E10.5: the covariance S of the chain (3), where every theta_k has variance 1.

    theta_1 = e_1, then theta_k = link_k theta_k-1 + sqrt(1 - link_k^2) e_k, with e ~ N(0, I): so
    theta = L theta + diag(std) e, where L has the links below its diagonal; S = E[theta theta'].
    Args: link `(K-1,)`, in (-1, 1), from link_2; L is `np.diag(link, -1)`. Returns: `(K, K)`.
    """
    ### BEGIN SOLUTION
    std = np.sqrt(1 - np.concatenate([np.zeros(1), link]) ** 2)
    A = np.linalg.inv(np.eye(len(std)) - np.diag(link, -1)) * std
    return np.dot(A, A.T)
    ### END SOLUTION


def fit(x, Q, S):
    """Train (S None: plain); loadings, difficulties, means of q of 300 students, links (given)."""
    start = [np.zeros(shape, np.float32) for shape in (Q.shape, len(Q), Q.shape[1] - 1)]
    params, unflatten = flatten([init_net_params([len(Q), 32, 2 * Q.shape[1]]), *start])

    def negative_elbo(params, _):
        encoder, raw, difficulty, strength = unflatten(params)
        batch, loadings = x[rng.integers(len(x), size=500)], masked_loadings(raw, Q)
        mean, log_std = np.split(neural_net_predict(encoder, batch), 2, axis=1)
        theta = mean if S is None else mean + np.exp(log_std) * rng.standard_normal(mean.shape)
        covariance = chain_covariance(np.tanh(strength)) if isinstance(S, str) else S
        KL = 0 if S is None else KL_to_correlated_skills(mean, log_std, covariance)
        return np.mean(KL - correct_log_prob(batch, theta, loadings, difficulty))

    for step_size in (1e-2, 1e-3):
        params = adam(grad(negative_elbo), params, num_iters=1000, step_size=step_size)
    encoder, raw, b, strength = unflatten(params)
    mean = neural_net_predict(encoder, x[:300])[:, : Q.shape[1]]
    links = np.tanh(strength).round(2) if isinstance(S, str) else "-"
    return masked_loadings(raw, Q), b[:, None], mean, links


def correlation(true, found):
    """The mean over columns (skills) of the correlation where true is not 0 (given)."""
    columns = zip(true.T, found.T, strict=True)
    return np.mean(np.array([np.corrcoef(t[t != 0], f[t != 0])[0, 1] for t, f in columns]))


def main(argv=None):
    """Fit two schools of 10,000 simulated students; compare with the truth and draw (given)."""
    grid = np.stack(np.meshgrid(*[np.linspace(-4, 4, 13)] * 3), axis=-1).reshape(-1, 3)
    panels = new_figure(15, 6).subplots(2, 4)
    Q = np.maximum(rng.random((28, 3)) < 0.5, np.eye(3)[rng.integers(3, size=28)])
    a, b = Q * rng.uniform(0.25, 1.75, (28, 3)), rng.uniform(-3, 3, (28, 1))
    labels = {"loading a": (0, 3), "difficulty b": (-4, 4), "skill theta (std)": (-4, 4)}
    for row, link in zip(panels, (0.0, 0.6), strict=True):
        S = chain_covariance(np.array([link, link]))
        theta = np.dot(rng.standard_normal((10000, 3)), np.linalg.cholesky(S).T)
        x = 1.0 * (rng.random((10000, 28)) < sigmoid(np.dot(theta, a.T) - b[:, 0]))
        log_prior = -0.5 * np.sum(np.dot(grid, np.linalg.inv(S)) * grid, axis=1)
        table = correct_log_prob(x[:300], grid[:, None], a, b[:, 0])
        best = correlation(theta[:300], posterior_mean(table, log_prior, grid))
        models = ("plain", None), ("VAE, S = I", np.eye(3)), ("VAE, S", S), ("VAE, chain", "chain")
        for name, prior in models if link else models[:2]:
            *found, links = fit(x, Q, prior)
            pairs = list(zip((a, b, theta[:300]), found, strict=True))
            scores = [correlation(*pair) for pair in pairs] / np.array([1, 1, best])
            said = f"correlation of a, b and theta (over {best:.3f}): {scores.round(3)}"
            print(f"{name}, links {link}: {said}; links found: {links}")
            row[3].plot(("a", "b", "theta /\nexact"), scores, "o-", label=name)
            for axes, (true, value) in zip(row, pairs, strict=False):
                axes.plot(true[true != 0], value[true != 0], ".", ms=3)
        for axes, (what, limits) in zip(row, labels.items(), strict=False):
            axes.set(xlabel=f"true {what}", ylabel="found", ylim=limits, title=f"true links {link}")
        row[3].legend(title="correlation with truth", loc="upper left", bbox_to_anchor=(1, 1))
    save_figure(row[0].figure, "student_knowledge")


if __name__ == "__main__":
    launch(main)
