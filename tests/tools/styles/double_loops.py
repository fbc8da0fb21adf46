"""Loops over every number, as in a first programming course; slow, but right."""


def sample_latent_variables_from_posterior(encoder_output):
    B, K2 = encoder_output.shape
    K = K2 // 2
    z = []
    for i in range(B):
        z_i = []
        for k in range(K):
            z_i.append(encoder_output[i, k] + np.exp(encoder_output[i, K + k]) * np.random.randn())
        z.append(z_i)
    return np.array(z)


def compute_KL(q_means_and_log_stds):
    K = q_means_and_log_stds.shape[1] // 2
    kl = 0
    for k in range(K):
        mean, nu = q_means_and_log_stds[:, k], np.exp(2 * q_means_and_log_stds[:, K + k])
        kl = kl + 0.5 * (nu + mean**2 - 1 - np.log(nu))
    return kl


def bernoulli_log_prob(targets, logits):
    total = np.zeros(len(targets))
    for j in range(targets.shape[1]):
        total = total + targets[:, j] * logits[:, j] - np.logaddexp(0, logits[:, j])
    return total


def adam_update(
    params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    params, m, v = params.copy(), m.copy(), v.copy()
    for i in range(len(params)):
        m[i] = beta_1 * m[i] + (1 - beta_1) * gradient[i]
        v[i] = beta_2 * v[i] + (1 - beta_2) * gradient[i] ** 2
        m_hat = m[i] / (1 - beta_1**t)
        v_hat = v[i] / (1 - beta_2**t)
        params[i] += learning_rate * m_hat / (v_hat**0.5 + epsilon)
    return params, m, v


def interpolate_images(gen_params, rec_params, first_image, second_image, num_steps=25):
    out_1 = neural_net_predict(rec_params, np.reshape(first_image, (1, len(first_image))))
    out_2 = neural_net_predict(rec_params, np.reshape(second_image, (1, len(second_image))))
    K = out_1.shape[1] // 2
    pictures = np.zeros((num_steps, len(first_image)))
    for i in range(num_steps):
        s = i / (num_steps - 1)
        z = s * out_1[:, :K] + (1 - s) * out_2[:, :K]
        pictures[i, :] = sigmoid(neural_net_predict(gen_params, z))
    return pictures
