"""Adam that changes its arrays in place and returns the same arrays."""


def initialize_adam(params):
    m = params.copy()
    m[:] = 0
    return m, m.copy()


def adam_update(
    params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    m *= beta_1
    m += (1 - beta_1) * gradient
    v *= beta_2
    v += (1 - beta_2) * gradient**2
    params += learning_rate * (m / (1 - beta_1**t)) / (np.sqrt(v / (1 - beta_2**t)) + epsilon)
    return params, m, v


def sample_latent_variables_from_posterior(encoder_output):
    mean, log_std = np.array_split(encoder_output, 2, axis=1)
    z = rng.standard_normal(mean.shape)
    z = z * np.exp(log_std)
    z = z + mean
    return z


def interpolate_images(gen_params, rec_params, first_image, second_image, num_steps=25):
    K = neural_net_predict(rec_params, first_image[np.newaxis]).shape[1] // 2
    z_1 = neural_net_predict(rec_params, first_image[np.newaxis])[0, :K]
    z_2 = neural_net_predict(rec_params, second_image[np.newaxis])[0, :K]
    images = np.empty((num_steps, first_image.size))
    s, step = 0.0, 1 / (num_steps - 1)
    for i in range(num_steps):
        images[i] = sigmoid(neural_net_predict(gen_params, (z_1 * s + (1 - s) * z_2)[np.newaxis]))
        s += step
    return images
