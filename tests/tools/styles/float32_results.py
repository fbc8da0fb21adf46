"""Everything turned into float32, since that is what the networks use."""


def sample_latent_variables_from_posterior(encoder_output):
    encoder_output = encoder_output.astype(np.float32)
    K = encoder_output.shape[1] // 2
    epsilon = np.random.randn(len(encoder_output), K).astype(np.float32)
    return encoder_output[:, :K] + np.exp(encoder_output[:, K:]) * epsilon


def bernoulli_log_prob(targets, logits):
    targets, logits = targets.astype(np.float32), logits.astype(np.float32)
    return np.sum(targets * logits - np.logaddexp(np.float32(0), logits), axis=1)


def compute_KL(q_means_and_log_stds):
    q = q_means_and_log_stds.astype(np.float32)
    K = q.shape[1] // 2
    return np.sum(0.5 * (np.exp(2 * q[:, K:]) + q[:, :K] ** 2 - 1 - 2 * q[:, K:]), axis=1)


def vae_lower_bound(gen_params, rec_params, data):
    q = neural_net_predict(rec_params, data)
    z = sample_latent_variables_from_posterior(q)
    log_lik = bernoulli_log_prob(data, neural_net_predict(gen_params, z))
    return np.mean((log_lik - compute_KL(q)).astype(np.float32))


def initialize_adam(params):
    return np.zeros(params.shape, np.float32), np.zeros(params.shape, np.float32)


def adam_update(
    params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    m = (beta_1 * m + (1 - beta_1) * gradient).astype(np.float32)
    v = (beta_2 * v + (1 - beta_2) * gradient**2).astype(np.float32)
    rise = m / (1 - beta_1**t) / (np.sqrt(v / (1 - beta_2**t)) + epsilon)
    return (params + learning_rate * rise).astype(np.float32), m, v


def generate_images(gen_params, num_images=25):
    z = rng.standard_normal((num_images, gen_params[0][0].shape[0]), dtype=np.float32)
    return sigmoid(neural_net_predict(gen_params, z)).astype(np.float32)


def interpolate_images(gen_params, rec_params, first_image, second_image, num_steps=25):
    images = np.stack([first_image, second_image]).astype(np.float32)
    q = neural_net_predict(rec_params, images)
    means = q[:, : q.shape[1] // 2]
    s = np.linspace(0, 1, num_steps, dtype=np.float32).reshape(-1, 1)
    z = s * means[0] + (1 - s) * means[1]
    return sigmoid(neural_net_predict(gen_params, z)).astype(np.float32)
