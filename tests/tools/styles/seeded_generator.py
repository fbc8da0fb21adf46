"""A generator of one's own at the top of the file, with a seed; plain numpy for the noise."""

import numpy as onp

generator = onp.random.default_rng(1234)


def sample_latent_variables_from_posterior(encoder_output):
    mean, log_std = np.hsplit(encoder_output, 2)
    return generator.standard_normal(onp.shape(mean)) * np.exp(log_std) + mean


def compute_KL(q_means_and_log_stds):
    mean, log_std = np.hsplit(q_means_and_log_stds, 2)
    return np.sum(-log_std + 0.5 * (np.exp(log_std) ** 2 + mean**2) - 0.5, 1)


def generate_images(gen_params, num_images=25):
    latents = gen_params[0][0].shape[0]
    return sigmoid(
        neural_net_predict(gen_params, generator.normal(0.0, 1.0, (num_images, latents)))
    )


def reconstruct_images(gen_params, rec_params, images):
    mean, log_std = np.hsplit(neural_net_predict(rec_params, images), 2)
    z = mean + np.exp(log_std) * generator.standard_normal(mean.shape)
    return sigmoid(neural_net_predict(gen_params, z))
