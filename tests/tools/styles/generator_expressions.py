"""Average of several terms kept apart; unusual but right: iterators, np.fromiter, recursion."""

import math


def initialize_adam(params):
    m = np.array([0.0 for _ in params])
    return m, np.copy(m)


def adam_update(
    params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    m, v = (
        beta * old + (1 - beta) * new
        for beta, old, new in ((beta_1, m, gradient), (beta_2, v, gradient**2))
    )
    m_hat, v_hat = (x / (1 - math.pow(beta, t)) for x, beta in ((m, beta_1), (v, beta_2)))
    new_params = params.copy()
    new_params += np.multiply(learning_rate, np.divide(m_hat, np.add(np.sqrt(v_hat), epsilon)))
    return new_params, m, v


def interpolate_images(gen_params, rec_params, first_image, second_image, num_steps=25):
    latent = len(gen_params[0][0])

    def mean_of(image):
        return neural_net_predict(rec_params, np.atleast_2d(image))[0, :latent]

    def walk(z, step, left):
        picture = sigmoid(neural_net_predict(gen_params, np.atleast_2d(z)))
        return picture if left == 1 else np.vstack([picture, walk(z + step, step, left - 1)])

    z_1, z_2 = mean_of(first_image), mean_of(second_image)
    return walk(z_2, (z_1 - z_2) / (num_steps - 1), num_steps)


def vae_lower_bound(gen_params, rec_params, data):
    def bound(x):
        q = neural_net_predict(rec_params, x)
        z = sample_latent_variables_from_posterior(q)
        return bernoulli_log_prob(x, neural_net_predict(gen_params, z)) - compute_KL(q)

    bounds = [bound(x[None]) for x in data]
    return np.mean(np.concatenate(bounds))
