"""The logarithm of eq. 3 as it stands: right, except where sigmoid(l) rounds to 0 or 1."""


def bernoulli_log_prob(targets, logits):
    p = sigmoid(logits)
    return np.sum(targets * np.log(p) + (1 - targets) * np.log(1 - p), axis=1)


def compute_KL(q_means_and_log_stds):
    K = q_means_and_log_stds.shape[1] // 2
    mean = q_means_and_log_stds[:, :K]
    log_nu = 2 * q_means_and_log_stds[:, K:]
    nu = np.exp(log_nu)
    return np.sum(0.5 * (nu + mean**2 - 1 - log_nu), axis=1)


def generate_images(gen_params, num_images=25):
    z = np.random.normal(size=(num_images, len(gen_params[0][0])))
    return 1 / (1 + np.exp(-neural_net_predict(gen_params, z)))
