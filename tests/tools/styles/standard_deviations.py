"""KL with the logarithm of the std taken again; sum and len; 1-D images to the encoder."""


def compute_KL(q_means_and_log_stds):
    half = q_means_and_log_stds.shape[1] // 2
    mean = q_means_and_log_stds[:, :half]
    std = np.exp(q_means_and_log_stds[:, half:])
    return np.sum(-np.log(std) + (std**2 + mean**2) / 2 - 0.5, axis=1)


def vae_lower_bound(gen_params, rec_params, data):
    q = neural_net_predict(rec_params, data)
    z = sample_latent_variables_from_posterior(q)
    log_likelihood = bernoulli_log_prob(data, neural_net_predict(gen_params, z))
    return sum(log_likelihood - compute_KL(q)) / len(data)


def interpolate_images(gen_params, rec_params, first_image, second_image, num_steps=25):
    q_1 = neural_net_predict(rec_params, first_image)
    q_2 = neural_net_predict(rec_params, second_image)
    half = len(q_1) // 2
    images = [
        sigmoid(neural_net_predict(gen_params, q_1[:half] * s + (1 - s) * q_2[:half]))
        for s in np.linspace(0.0, 1.0, num_steps)
    ]
    return np.array(images)


def generate_images(gen_params, num_images=25):
    # the prior is what q(z|x) is for mean 0 and log std 0
    nothing = np.zeros((num_images, 2 * gen_params[0][0].shape[0]))
    return sigmoid(neural_net_predict(gen_params, sample_latent_variables_from_posterior(nothing)))
