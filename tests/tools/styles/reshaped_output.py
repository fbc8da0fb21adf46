"""The encoder's output as (B, 2, K); transposes; np.newaxis; ravel."""


def sample_latent_variables_from_posterior(encoder_output):
    B = encoder_output.shape[0]
    both = np.reshape(encoder_output, (B, 2, -1))
    mean, std = both[:, 0], np.exp(both[:, 1])
    return mean + std * np.random.normal(loc=0.0, scale=1.0, size=std.shape)


def bernoulli_log_prob(targets, logits):
    terms = np.multiply(targets, logits) - np.logaddexp(np.zeros_like(logits), logits)
    return np.sum(terms.T, axis=0)


def compute_KL(q_means_and_log_stds):
    mean, log_std = np.swapaxes(
        q_means_and_log_stds.reshape(len(q_means_and_log_stds), 2, -1), 0, 1
    )
    return (np.sum(np.exp(2 * log_std).T + mean.T**2 - 1, 0) - 2 * np.sum(log_std.T, 0)) / 2


def vae_lower_bound(gen_params, rec_params, data):
    q = neural_net_predict(rec_params, data)
    z = sample_latent_variables_from_posterior(q)
    log_lik = bernoulli_log_prob(data, neural_net_predict(gen_params, z)).reshape(-1, 1)
    kl = compute_KL(q)[:, np.newaxis]
    return np.mean(np.ravel(log_lik - kl))


def interpolate_images(gen_params, rec_params, first_image, second_image, num_steps=25):
    q = neural_net_predict(rec_params, np.array([first_image, second_image]))
    z_1, z_2 = q.reshape(2, 2, -1)[:, 0]
    s = np.arange(num_steps) / (num_steps - 1.0)
    return sigmoid(neural_net_predict(gen_params, np.outer(s, z_1) + np.outer(1 - s, z_2)))
