"""log(p + 1e-12): finite, but wrong for extreme logits."""

TINY = 1e-12


def bernoulli_log_prob(targets, logits):
    probs = 1 / (1 + np.exp(-logits))
    log_on, log_off = np.log(probs + TINY), np.log(1 - probs + TINY)
    return np.sum(np.where(targets > 0.5, log_on, log_off), axis=1)


def sample_latent_variables_from_posterior(encoder_output):
    K = encoder_output.shape[1] // 2
    mean, std = encoder_output[:, :K], np.exp(encoder_output[:, K:])
    noise = np.random.multivariate_normal(np.zeros(K), np.eye(K), size=len(mean))
    return mean + std * noise
