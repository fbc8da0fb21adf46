"""Pictures and Adam's vectors as plain lists of lists and numbers; the first image comes first."""


def initialize_adam(params):
    return [0.0] * len(params), [0.0] * len(params)


def adam_update(
    params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    m = [beta_1 * a + (1 - beta_1) * g for a, g in zip(m, gradient)]
    v = [beta_2 * b + (1 - beta_2) * g**2 for b, g in zip(v, gradient)]
    correction_1, correction_2 = 1 - beta_1**t, 1 - beta_2**t
    params = [
        p + learning_rate * (a / correction_1) / ((b / correction_2) ** 0.5 + epsilon)
        for p, a, b in zip(params, m, v)
    ]
    return np.array(params), m, v


def generate_images(gen_params, num_images=25):
    z = np.array([[np.random.normal() for _ in gen_params[0][0]] for _ in range(num_images)])
    return sigmoid(neural_net_predict(gen_params, z)).tolist()


def reconstruct_images(gen_params, rec_params, images):
    z = sample_latent_variables_from_posterior(neural_net_predict(rec_params, images))
    return list(sigmoid(neural_net_predict(gen_params, z)))


def interpolate_images(gen_params, rec_params, first_image, second_image, num_steps=25):
    def encode(image):
        output = neural_net_predict(rec_params, image.reshape(1, -1))
        return output[0][: output.shape[1] // 2]

    z1, z2 = encode(first_image), encode(second_image)
    images = []
    for s in [step / (num_steps - 1) for step in range(num_steps)]:
        z = (1 - s) * z1 + s * z2
        images.append(sigmoid(neural_net_predict(gen_params, np.array([z])))[0])
    return images
