"""np.random.default_rng() made inside the functions, method calls, ellipsis slices."""


def sample_latent_variables_from_posterior(encoder_output):
    D = encoder_output.shape[1] // 2
    generator = np.random.default_rng()
    epsilon = generator.normal(size=encoder_output[..., :D].shape)
    return encoder_output[..., :D] + epsilon * np.exp(encoder_output[..., D:])


def bernoulli_log_prob(targets, logits):
    softplus = np.maximum(logits, 0) + np.log1p(np.exp(-np.abs(logits)))
    return (targets * logits - softplus).sum(axis=1)


def compute_KL(q_means_and_log_stds):
    D = q_means_and_log_stds.shape[1] // 2
    mu, log_sigma = q_means_and_log_stds[..., :D], q_means_and_log_stds[..., D:]
    sigma_squared = np.exp(log_sigma) ** 2
    return ((sigma_squared + mu * mu - 1) / 2 - log_sigma).sum(axis=1)


def vae_lower_bound(gen_params, rec_params, data):
    q = neural_net_predict(rec_params, data)
    z = sample_latent_variables_from_posterior(q)
    return (bernoulli_log_prob(data, neural_net_predict(gen_params, z)) - compute_KL(q)).mean()


def initialize_adam(params):
    return np.zeros(params.shape), np.zeros(params.shape)


def generate_images(gen_params, num_images=25):
    W, _ = gen_params[0]
    z = np.random.default_rng().standard_normal(size=(num_images, len(W)))
    logits = neural_net_predict(gen_params, z)
    return 1 / (1 + np.exp(-logits))
