"""np.random.randn, np.split, keyword arguments, np.mean of each part."""


def sample_latent_variables_from_posterior(encoder_output):
    mean, log_std = np.split(encoder_output, 2, axis=1)
    epsilon = np.random.randn(*mean.shape)
    return mean + np.exp(log_std) * epsilon


def bernoulli_log_prob(targets, logits):
    return -np.sum(np.logaddexp(0, (1 - 2 * targets) * logits), axis=1)


def compute_KL(q_means_and_log_stds):
    mean, log_std = np.split(q_means_and_log_stds, 2, axis=1)
    return 0.5 * np.sum(np.exp(2 * log_std) + np.square(mean) - 1 - 2 * log_std, axis=1)


def vae_lower_bound(gen_params, rec_params, data):
    q = neural_net_predict(params=rec_params, inputs=data)
    z = sample_latent_variables_from_posterior(encoder_output=q)
    logits = neural_net_predict(params=gen_params, inputs=z)
    log_lik = bernoulli_log_prob(targets=data, logits=logits)
    kl = compute_KL(q_means_and_log_stds=q)
    return np.mean(log_lik) - np.mean(kl)


def initialize_adam(params):
    m = np.zeros(len(params))
    v = np.zeros(len(params))
    return m, v


def reconstruct_images(gen_params, rec_params, images):
    q = neural_net_predict(params=rec_params, inputs=images)
    z = sample_latent_variables_from_posterior(encoder_output=q)
    return sigmoid(x=neural_net_predict(params=gen_params, inputs=z))
