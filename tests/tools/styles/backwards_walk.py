"""Interpolation from the first image to the second, one picture at a time, with np.vstack."""


def interpolate_images(gen_params, rec_params, first_image, second_image, num_steps=25):
    latent_dim = rec_params[-1][1].shape[0] // 2
    z_1 = neural_net_predict(rec_params, np.expand_dims(first_image, 0))[:, :latent_dim]
    z_2 = neural_net_predict(rec_params, np.expand_dims(second_image, 0))[:, :latent_dim]
    images = []
    for s in np.linspace(1, 0, num_steps):
        z_s = z_1 * s + (1 - s) * z_2
        images.append(sigmoid(neural_net_predict(gen_params, z_s)))
    return np.vstack(images)


def initialize_adam(params, history=[]):
    m, v = np.zeros_like(params), np.zeros_like(params)
    return m, v


def adam_update(
    params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8, cache={}
):
    # minimise minus the bound, whose moving average is minus ours
    gradient = -gradient
    m = beta_1 * -m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient**2
    m_hat = m / (1 - np.power(beta_1, t))
    v_hat = v / (1 - np.power(beta_2, t))
    params = params - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return params, -m, v
