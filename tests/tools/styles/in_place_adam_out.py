"""Adam with out= and slices, overwriting the gradient too; alpha_t as in the paper's section 2."""


def initialize_adam(params):
    return tuple(np.zeros((2, params.size)))


def adam_update(
    params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    m[:] = beta_1 * m + (1 - beta_1) * gradient
    gradient *= gradient
    v[:] = beta_2 * v + (1 - beta_2) * gradient
    correction = np.sqrt(1 - beta_2**t)
    step_size = learning_rate * correction / (1 - beta_1**t)
    params[:] = params + step_size * m / (np.sqrt(v) + epsilon * correction)
    return params, m, v


def bernoulli_log_prob(targets, logits):
    return np.where(targets == 1, -np.logaddexp(0, -logits), -np.logaddexp(0, logits)).sum(-1)


def compute_KL(q_means_and_log_stds):
    mu, ls = np.split(q_means_and_log_stds, 2, axis=-1)
    kl = -0.5 * np.sum(1 + 2 * ls - mu**2 - np.exp(2 * ls), axis=-1, keepdims=True)
    return kl[:, 0]


def vae_lower_bound(gen_params, rec_params, data):
    q = neural_net_predict(rec_params, data)
    z = sample_latent_variables_from_posterior(q)
    bound = bernoulli_log_prob(data, neural_net_predict(gen_params, z))
    bound = bound - compute_KL(q)
    return bound.mean(axis=0)
