"""A model whose every quantity is exact: probabilistic PCA (Tipping and Bishop, 1999).

    p(z) = N(z; 0, I),    p(x|z) = N(x; W z + mu, variance I)

So p(x) = N(x; mu, W W' + variance I), and the posterior p(z|x) is Gaussian as well: here one can
see how far a bound is from log p(x), and an approximation from the posterior.

In the shapes below D is the number of observed dimensions, K of latent ones and B of observations:
W `(D, K)`, mu `(D,)`, variance a positive number, in units of x squared. Leading axes broadcast:
z `(M, B, K)` with x `(B, D)` gives `(M, B)`. Log densities are in nats. All but `sample` and
`maximum_likelihood` can be differentiated by autograd.
"""

import autograd.numpy as np

from support.randomness import rng

LOG_2PI = np.log(2 * np.pi)


def sample(W, mu, variance, n):
    """Draw n pairs from p(z) p(x|z): x `(n, D)` and z `(n, K)`, from `support.rng`."""
    D, K = W.shape
    z = rng.standard_normal((n, K))
    return mu + np.dot(z, W.T) + np.sqrt(variance) * rng.standard_normal((n, D)), z


def log_prior(z):
    """log p(z) in nats: z `(..., K)` gives `(...,)`."""
    return -0.5 * np.sum(z**2 + LOG_2PI, axis=-1)


def log_likelihood(W, mu, variance, x, z):
    """log p(x|z) in nats: x `(..., D)` and z `(..., K)` give `(...,)`."""
    residual = x - mu - np.dot(z, W.T)
    return -0.5 * np.sum(residual**2 / variance + np.log(variance) + LOG_2PI, axis=-1)


def log_marginal(W, mu, variance, x):
    """log p(x) in nats, exact: x `(B, D)` gives `(B,)`.

    It is log p(x|z) + log p(z) - log p(z|x) for any z; at the posterior mean the last is simple.
    """
    mean, covariance = posterior(W, mu, variance, x)
    log_peak = -0.5 * (np.linalg.slogdet(covariance)[1] + W.shape[1] * LOG_2PI)
    return log_likelihood(W, mu, variance, x, mean) + log_prior(mean) - log_peak


def precision(W, variance):
    """The inverse covariance I + W'W / variance of the posterior, `(K, K)`, the same for all x."""
    return np.eye(W.shape[1]) + np.dot(W.T, W) / variance


def posterior(W, mu, variance, x):
    """The exact posterior p(z|x), Gaussian.

    Args:
        x: `(B, D)`.

    Returns:
        mean: `(B, K)`.
        covariance: `(K, K)`, the same for all x.
    """
    covariance = np.linalg.inv(precision(W, variance))
    return np.dot(np.dot(x - mu, W) / variance, covariance), covariance


def best_diagonal(W, mu, variance, x):
    """The Gaussian q with independent dimensions that is closest to p(z|x), in KL(q || p(z|x)).

    It has the posterior's mean, but of its precision only the diagonal.

    Returns:
        mean: `(B, K)`.
        log_std: `(K,)`, the same for all x; log *standard deviations*.
    """
    mean, _ = posterior(W, mu, variance, x)
    return mean, -0.5 * np.log(np.diag(precision(W, variance)))


def maximum_likelihood(x, K):
    """W, mu, variance of the highest likelihood, of x `(n, D)`: Tipping and Bishop's closed form.

    W has the K first principal directions, variance the mean of the D - K variances left out.
    W is one of many: W R with a rotation R is as likely. Needs K < D, and x of rank above K.
    """
    mu = np.mean(x, axis=0)
    eigenvalues, directions = np.linalg.eigh(np.dot((x - mu).T, x - mu) / len(x))  # ascending
    variance = np.mean(eigenvalues[:-K])
    return directions[:, -K:] * np.sqrt(eigenvalues[-K:] - variance), mu, variance
