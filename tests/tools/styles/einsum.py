"""Sums as products: einsum, dot, matmul, tensordot, outer."""


def sample_latent_variables_from_posterior(encoder_output):
    K = encoder_output.shape[1] // 2
    noise = rng.standard_normal((encoder_output.shape[0], K))
    return encoder_output[:, :K] + np.einsum("ij,ij->ij", np.exp(encoder_output[:, K:]), noise)


def bernoulli_log_prob(targets, logits):
    ones = np.ones(logits.shape[1])
    return np.einsum("ij,ij->i", targets, logits) - np.dot(np.logaddexp(0.0, logits), ones)


def compute_KL(q_means_and_log_stds):
    K = q_means_and_log_stds.shape[1] // 2
    mean, log_std = q_means_and_log_stds[:, :K], q_means_and_log_stds[:, K:]
    std = np.exp(log_std)
    squares = np.einsum("bk,bk->b", mean, mean) + np.einsum("bk,bk->b", std, std)
    return 0.5 * (squares - K) - log_std @ np.ones(K)


def vae_lower_bound(gen_params, rec_params, data):
    q = neural_net_predict(rec_params, data)
    z = sample_latent_variables_from_posterior(q)
    terms = bernoulli_log_prob(data, neural_net_predict(gen_params, z)) - compute_KL(q)
    return np.dot(terms, np.ones(len(data))) / len(data)


def interpolate_images(gen_params, rec_params, first_image, second_image, num_steps=25):
    K = gen_params[0][0].shape[0]
    z = neural_net_predict(rec_params, np.vstack((first_image, second_image)))[:, :K]
    s = np.linspace(0, 1, num_steps)
    weights = np.column_stack([s, 1 - s])
    return sigmoid(neural_net_predict(gen_params, weights @ z))
