"""List comprehensions joined by np.stack, np.vstack, np.concatenate; lists returned."""


def sample_latent_variables_from_posterior(encoder_output):
    K = encoder_output.shape[1] // 2
    return np.stack([row[:K] + np.exp(row[K:]) * rng.standard_normal(K) for row in encoder_output])


def bernoulli_log_prob(targets, logits):
    rows = [np.sum(x * l - np.logaddexp(0, l)) for x, l in zip(targets, logits)]
    return np.stack(rows)


def compute_KL(q_means_and_log_stds):
    K = q_means_and_log_stds.shape[1] // 2

    def kl(row):
        return sum(0.5 * (np.exp(2 * s) + m * m - 1) - s for m, s in zip(row[:K], row[K:]))

    return np.array([kl(row) for row in q_means_and_log_stds])


def initialize_adam(params):
    return [params * 0, params * 0]


def adam_update(
    params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient * gradient
    m_hat = np.divide(m, 1 - np.power(beta_1, t))
    v_hat = np.divide(v, 1 - np.power(beta_2, t))
    params = np.add(params, learning_rate * np.divide(m_hat, np.sqrt(v_hat) + epsilon))
    return [params, m, v]


def generate_images(gen_params, num_images=25):
    K = gen_params[0][0].shape[0]
    return [
        sigmoid(neural_net_predict(gen_params, np.random.randn(1, K)))[0] for _ in range(num_images)
    ]


def reconstruct_images(gen_params, rec_params, images):
    pictures = []
    for i in range(len(images)):
        z = sample_latent_variables_from_posterior(
            neural_net_predict(rec_params, images[i : i + 1])
        )
        pictures.append(sigmoid(neural_net_predict(gen_params, z)))
    return np.vstack(pictures)


def interpolate_images(gen_params, rec_params, first_image, second_image, num_steps=25):
    K = gen_params[0][0].shape[0]
    z_1 = neural_net_predict(rec_params, first_image[None, :])[:, :K]
    z_2 = neural_net_predict(rec_params, second_image[None, :])[:, :K]
    return np.concatenate(
        [
            sigmoid(neural_net_predict(gen_params, z_1 * s + (1 - s) * z_2))
            for s in np.linspace(0, 1, num_steps)
        ]
    )
