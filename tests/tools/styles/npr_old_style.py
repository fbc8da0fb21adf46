"""Written as for the first edition of the practical: old imports, npr, m_hat and v_hat."""

import autograd.numpy as np
import autograd.numpy.random as npr
from autograd import grad
from autograd.misc.flatten import flatten

from data import load_mnist, save_images


def sample_latent_variables_from_posterior(encoder_output):
    D = np.shape(encoder_output)[-1] // 2
    mean, log_std = encoder_output[:, :D], encoder_output[:, D:]
    return mean + np.exp(log_std) * npr.normal(0, 1, size=mean.shape)


def bernoulli_log_prob(targets, logits):
    # logits are in R, targets must be 0 or 1
    label_probabilities = -np.logaddexp(0, -logits * (2 * targets - 1))
    return np.sum(label_probabilities, axis=-1)


def compute_KL(q_means_and_log_stds):
    D = np.shape(q_means_and_log_stds)[-1] // 2
    mean, log_std = q_means_and_log_stds[:, :D], q_means_and_log_stds[:, D:]
    var = np.exp(2 * log_std)
    return 0.5 * np.sum(var + mean**2 - 1.0 - np.log(var), axis=-1)


def initialize_adam(params):
    return [np.zeros(len(params)), np.zeros(len(params))]


def adam_update(
    params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    m = (1 - beta_1) * gradient + beta_1 * m
    v = (1 - beta_2) * (gradient**2) + beta_2 * v
    m_hat = m / (1 - beta_1**t)
    v_hat = v / (1 - beta_2**t)
    params = params + learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return params, m, v


def generate_images(gen_params, num_images=25):
    z = npr.randn(num_images, gen_params[0][0].shape[0])
    return 1.0 / (1.0 + np.exp(-neural_net_predict(gen_params, z)))
