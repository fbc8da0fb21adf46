"""Softplus by cases; the sign trick; a bound that inlines everything."""


def softplus(x):
    small = np.where(x > 0, 0, x)
    large = np.where(x > 0, x, 0)
    return np.where(x > 0, large + np.log1p(np.exp(-large)), np.log1p(np.exp(small)))


def bernoulli_log_prob(targets, logits):
    return np.sum(-targets * softplus(-logits) - (1 - targets) * softplus(logits), axis=1)


def vae_lower_bound(gen_params, rec_params, data):
    # encode
    hidden = data
    for W, b in rec_params[:-1]:
        hidden = np.maximum(0, np.dot(hidden, W) + b)
    W, b = rec_params[-1]
    q = np.dot(hidden, W) + b
    n, latents = q.shape[0], q.shape[1] // 2
    mean, log_std = q[:, :latents], q[:, latents:]
    # sample
    z = mean + np.exp(log_std) * rng.standard_normal((n, latents))
    # decode
    hidden = z
    for W, b in gen_params[:-1]:
        hidden = relu(hidden @ W + b)
    W, b = gen_params[-1]
    l = hidden @ W + b
    log_lik = -np.sum(np.logaddexp(0, (1 - 2 * data) * l))
    kl = np.sum(0.5 * np.exp(2 * log_std) + 0.5 * mean**2 - 0.5 - log_std)
    return (log_lik - kl) / n


def reconstruct_images(gen_params, rec_params, images):
    q = neural_net_predict(rec_params, images)
    latents = q.shape[1] // 2
    z = q[:, :latents] + np.exp(q[:, latents:]) * np.random.randn(len(images), latents)
    return 1 / (1 + np.exp(-neural_net_predict(gen_params, z)))
