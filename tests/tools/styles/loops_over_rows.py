"""Python loops over images, and lists turned into arrays at the end."""


def sample_latent_variables_from_posterior(encoder_output):
    half = encoder_output.shape[1] // 2
    samples = []
    for row in encoder_output:
        samples.append(row[:half] + np.exp(row[half:]) * np.random.normal(size=half))
    return np.array(samples)


def bernoulli_log_prob(targets, logits):
    result = []
    for i in range(len(targets)):
        result.append(np.sum(targets[i] * logits[i] - np.logaddexp(0, logits[i])))
    return np.array(result)


def compute_KL(q_means_and_log_stds):
    half = q_means_and_log_stds.shape[1] // 2
    kls = []
    for row in q_means_and_log_stds:
        mean, log_std = row[:half], row[half:]
        kls.append(0.5 * np.sum(np.exp(2 * log_std) + mean**2 - 1 - 2 * log_std))
    return np.array(kls)


def vae_lower_bound(gen_params, rec_params, data):
    total = 0.0
    for i in range(data.shape[0]):
        x = data[i : i + 1]
        q = neural_net_predict(rec_params, x)
        z = sample_latent_variables_from_posterior(q)
        log_lik = bernoulli_log_prob(x, neural_net_predict(gen_params, z))
        total = total + log_lik[0] - compute_KL(q)[0]
    return total / data.shape[0]


def adam_update(
    params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    new_params, new_m, new_v = [], [], []
    for p, g, a, b in zip(params, gradient, m, v):
        a = beta_1 * a + (1 - beta_1) * g
        b = beta_2 * b + (1 - beta_2) * g * g
        new_m.append(a)
        new_v.append(b)
        step = a / (1 - beta_1**t) / (np.sqrt(b / (1 - beta_2**t)) + epsilon)
        new_params.append(p + learning_rate * step)
    return np.array(new_params), np.array(new_m), np.array(new_v)


def generate_images(gen_params, num_images=25):
    images = []
    for _ in range(num_images):
        z = np.random.randn(1, gen_params[0][0].shape[0])
        images.append(sigmoid(neural_net_predict(gen_params, z))[0])
    return np.array(images)


def reconstruct_images(gen_params, rec_params, images):
    out = []
    for image in images:
        q = neural_net_predict(rec_params, image.reshape(1, -1))
        z = sample_latent_variables_from_posterior(q)
        out.append(sigmoid(neural_net_predict(gen_params, z)).ravel())
    return np.array(out)
