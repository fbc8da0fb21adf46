"""Everything turned into float64, with asserts on shapes and signs, and prints for debugging."""


def sample_latent_variables_from_posterior(encoder_output):
    encoder_output = encoder_output.astype(np.float64)
    K = encoder_output.shape[1] // 2
    mean, log_std = encoder_output[:, :K], encoder_output[:, K:]
    assert mean.shape == log_std.shape
    print("sampling", mean.shape)
    return mean + np.exp(log_std) * np.random.standard_normal(mean.shape)


def bernoulli_log_prob(targets, logits):
    targets, logits = targets.astype(np.float64), logits.astype(np.float64)
    assert targets.shape == logits.shape
    return np.sum(targets * logits - np.logaddexp(0, logits), axis=1)


def compute_KL(q_means_and_log_stds):
    K = q_means_and_log_stds.shape[1] // 2
    mean = q_means_and_log_stds[:, :K].astype("float64")
    log_std = q_means_and_log_stds[:, K:].astype("float64")
    return np.sum(np.exp(2 * log_std) / 2 + mean**2 / 2 - 1 / 2 - log_std, axis=1)


def vae_lower_bound(gen_params, rec_params, data):
    q = neural_net_predict(rec_params, data)
    z = sample_latent_variables_from_posterior(q)
    log_lik = bernoulli_log_prob(data, neural_net_predict(gen_params, z))
    kl = compute_KL(q)
    assert log_lik.shape == kl.shape == (len(data),)
    assert np.all(kl > -1e-6), "a KL is never negative"
    elbo = np.mean(log_lik - kl)
    print("elbo", elbo)
    return elbo


def initialize_adam(params):
    return np.zeros(params.shape, dtype=np.float64), np.zeros(params.shape, dtype=float)


def adam_update(
    params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    gradient = np.asarray(gradient, dtype=np.float64)
    m = beta_1 * np.asarray(m, float) + (1.0 - beta_1) * gradient
    v = beta_2 * np.asarray(v, float) + (1.0 - beta_2) * np.square(gradient)
    mhat, vhat = m / (1.0 - beta_1 ** float(t)), v / (1.0 - beta_2 ** float(t))
    return np.float64(params) + learning_rate * mhat / (np.sqrt(vhat) + epsilon), m, v


def reconstruct_images(gen_params, rec_params, images):
    q = neural_net_predict(rec_params, images)
    z = sample_latent_variables_from_posterior(q)
    pictures = sigmoid(neural_net_predict(gen_params, z)).astype(np.float64)
    assert pictures.shape == images.shape
    assert np.all(pictures >= 0) and np.all(pictures <= 1)
    return pictures
