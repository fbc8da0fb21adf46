"""functools.partial, reduce, lambdas, map, operator."""

import operator
from functools import partial, reduce

normal = partial(np.random.normal, 0.0, 1.0)
add_up = partial(np.sum, axis=-1)
halves = lambda x: (x[:, : x.shape[1] // 2], x[:, x.shape[1] // 2 :])
log_sigmoid = lambda l: -np.logaddexp(0, -l)


def _sample(draw, encoder_output):
    mean, log_std = halves(encoder_output)
    return mean + np.exp(log_std) * draw(np.shape(mean))


sample_latent_variables_from_posterior = partial(_sample, normal)
bernoulli_log_prob = lambda targets, logits: add_up(
    targets * log_sigmoid(logits) + (1 - targets) * log_sigmoid(-logits)
)
compute_KL = lambda q: add_up(
    reduce(
        operator.add, [0.5 * np.exp(2 * halves(q)[1]), 0.5 * halves(q)[0] ** 2, -0.5, -halves(q)[1]]
    )
)
initialize_adam = lambda params: tuple(map(np.zeros_like, (params, params)))


def _adam(
    sign, params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    m, v = beta_1 * m + (1 - beta_1) * gradient, beta_2 * v + (1 - beta_2) * gradient**2
    return (
        params
        + sign * learning_rate * (m / (1 - beta_1**t)) / ((v / (1 - beta_2**t)) ** 0.5 + epsilon),
        m,
        v,
    )


adam_update = partial(_adam, +1)
generate_images = lambda gen_params, num_images=25: sigmoid(
    neural_net_predict(gen_params, normal((num_images, gen_params[0][0].shape[0])))
)
