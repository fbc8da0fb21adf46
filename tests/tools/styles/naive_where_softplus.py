"""-softplus by cases that both are computed, which overflows harmlessly; KL by a helper."""


def bernoulli_log_prob(targets, logits):
    s = np.where(targets == 1, logits, -logits)
    return np.sum(np.where(s > 0, -np.log1p(np.exp(-s)), s - np.log1p(np.exp(s))), axis=1)


def gaussian_kl(mu_q, var_q, mu_p, var_p):
    """KL between two normal distributions, elementwise."""
    return 0.5 * (np.log(var_p) - np.log(var_q) + (var_q + (mu_q - mu_p) ** 2) / var_p - 1)


def split_in_half(x):
    middle = x.shape[-1] // 2
    return x[..., :middle], x[..., middle:]


def compute_KL(q_means_and_log_stds):
    mean, log_std = split_in_half(q_means_and_log_stds)
    return np.sum(gaussian_kl(mean, np.exp(log_std) ** 2, 0.0, 1.0), axis=-1)


def vae_lower_bound(gen_params, rec_params, data):
    q = neural_net_predict(rec_params, data)
    z = sample_latent_variables_from_posterior(q)
    mean, log_std = split_in_half(q)
    kl = gaussian_kl(mean, np.exp(2 * log_std), 0.0, 1.0).sum(axis=1)  # inlined, unlike the rest
    return np.mean(bernoulli_log_prob(data, neural_net_predict(gen_params, z))) - kl.mean()


def generate_images(gen_params, num_images=25):
    return sigmoid(decode_noise(gen_params, num_images))


def decode_noise(gen_params, n):
    return neural_net_predict(gen_params, np.random.randn(n, gen_params[0][0].shape[0]))
