"""log(x p + (1 - x) (1 - p)), and log(p^x (1-p)^(1-x)) inlined in the bound: right but unstable."""


def bernoulli_log_prob(targets, logits):
    p = sigmoid(logits)
    return np.sum(np.log(targets * p + (1 - targets) * (1 - p)), axis=-1)


def vae_lower_bound(gen_params, rec_params, data):
    encoder_output = neural_net_predict(rec_params, data)
    K = encoder_output.shape[1] // 2
    mean, log_std = encoder_output[:, :K], encoder_output[:, K:]
    z = mean + np.exp(log_std) * np.random.randn(*np.shape(mean))
    p = sigmoid(neural_net_predict(gen_params, z))
    log_lik = np.sum(np.log(p**data * (1 - p) ** (1 - data)), axis=1)
    var = np.exp(log_std) ** 2
    kl = np.sum(var + mean**2 - 1 - np.log(var), axis=1) / 2
    return sum(log_lik - kl) / len(data)
