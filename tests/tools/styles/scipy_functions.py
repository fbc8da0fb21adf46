"""Functions of autograd.scipy; the numbers of layers and sizes read off the parameters."""

from autograd.scipy.special import expit, logsumexp
from scipy.stats import norm


def bernoulli_log_prob(targets, logits):
    both = np.stack([np.zeros(logits.shape), logits])
    return np.sum(targets * logits - logsumexp(both, axis=0), axis=1)


def vae_lower_bound(gen_params, rec_params, data):
    q = neural_net_predict(rec_params, data)
    z = sample_latent_variables_from_posterior(q)
    log_lik = bernoulli_log_prob(data, neural_net_predict(gen_params, z))
    return np.mean(log_lik - compute_KL(q), axis=0)


def generate_images(gen_params, num_images=25):
    z = norm.rvs(size=(num_images, gen_params[0][0].shape[0]))
    return expit(neural_net_predict(gen_params, z))


def reconstruct_images(gen_params, rec_params, images):
    K = rec_params[-1][1].size // 2
    q = neural_net_predict(rec_params, images)
    epsilon = norm.ppf(rng.random((len(images), K)))
    return expit(neural_net_predict(gen_params, q[:, :K] + epsilon * np.exp(q[:, K:])))
