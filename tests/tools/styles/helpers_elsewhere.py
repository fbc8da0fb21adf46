"""Small helper functions at the top of the file, used everywhere; type annotations."""

Network = list[tuple[np.ndarray, np.ndarray]]


def unpack(output: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    k = output.shape[1] // 2
    return output[:, 0:k], output[:, k : 2 * k]


def draw(mean: np.ndarray, std) -> np.ndarray:
    return mean + std * rng.standard_normal(np.shape(mean))


def decode(gen_params: Network, z: np.ndarray) -> np.ndarray:
    return sigmoid(neural_net_predict(gen_params, z))


def encode(rec_params: Network, x: np.ndarray):
    return unpack(neural_net_predict(rec_params, x))


def sample_latent_variables_from_posterior(encoder_output: np.ndarray) -> np.ndarray:
    mean, log_std = unpack(encoder_output)
    return draw(mean, np.exp(log_std))


def compute_KL(q_means_and_log_stds: np.ndarray) -> np.ndarray:
    mean, log_std = unpack(q_means_and_log_stds)
    nu = np.exp(2 * log_std)
    kl_of_one = 1 / 2 * (nu + np.power(mean, 2) - 1 - 2 * log_std)
    return np.sum(kl_of_one, axis=1)


def moving_average(old, new, beta: float):
    return beta * old + (1 - beta) * new


def unbiased(average, beta: float, t: int):
    return average / (1 - beta**t)


def adam_update(
    params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    m, v = moving_average(m, gradient, beta_1), moving_average(v, gradient**2, beta_2)
    m_hat, v_hat = unbiased(m, beta_1, t), unbiased(v, beta_2, t)
    return params + learning_rate * m_hat / (np.sqrt(v_hat) + epsilon), m, v


def generate_images(gen_params: Network, num_images: int = 25) -> np.ndarray:
    return decode(gen_params, draw(np.zeros((num_images, gen_params[0][0].shape[0])), 1.0))


def reconstruct_images(gen_params: Network, rec_params: Network, images) -> np.ndarray:
    mean, log_std = encode(rec_params, images)
    return decode(gen_params, draw(mean, np.exp(log_std)))


def interpolate_images(gen_params, rec_params, first_image, second_image, num_steps=25):
    (mean_1, _), (mean_2, _) = (encode(rec_params, x[None]) for x in (first_image, second_image))
    return decode(gen_params, np.linspace(mean_1[0], mean_2[0], num_steps))
