"""Objects with __call__ in place of functions, and dataclasses."""

from dataclasses import dataclass


@dataclass
class Gaussian:
    mean: object
    log_std: object

    @classmethod
    def from_output(cls, output):
        k = output.shape[-1] // 2
        return cls(output[:, :k], output[:, k:])

    @property
    def variance(self):
        return np.exp(2 * self.log_std)

    def sample(self):
        return self.mean + np.sqrt(self.variance) * np.random.randn(*self.mean.shape)

    def kl(self):
        return np.sum(0.5 * (self.variance + self.mean**2 - 1) - self.log_std, axis=-1)


class Sampler:
    def __call__(self, encoder_output):
        return Gaussian.from_output(encoder_output).sample()


class Divergence:
    def __call__(self, q_means_and_log_stds):
        return Gaussian.from_output(q_means_and_log_stds).kl()


class Bound:
    def __init__(self, likelihood):
        self.likelihood = likelihood

    def __call__(self, gen_params, rec_params, data):
        q = Gaussian.from_output(neural_net_predict(rec_params, data))
        logits = neural_net_predict(gen_params, q.sample())
        return np.mean(self.likelihood(data, logits) - q.kl())


class Adam:
    def __call__(
        self, params, gradient, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8
    ):
        m = m + (1 - beta_1) * (gradient - m)
        v = v + (1 - beta_2) * (gradient**2 - v)
        bias_1, bias_2 = 1 - beta_1**t, 1 - beta_2**t
        return params + (learning_rate * m / bias_1) / (np.sqrt(v / bias_2) + epsilon), m, v


class Painter:
    def generate(self, gen_params, num_images=25):
        z = np.random.randn(num_images, gen_params[0][0].shape[0])
        return sigmoid(neural_net_predict(gen_params, z))

    def reconstruct(self, gen_params, rec_params, images):
        z = Gaussian.from_output(neural_net_predict(rec_params, images)).sample()
        return sigmoid(neural_net_predict(gen_params, z))


sample_latent_variables_from_posterior = Sampler()
compute_KL = Divergence()
vae_lower_bound = Bound(bernoulli_log_prob)
adam_update = Adam()
generate_images = Painter().generate
reconstruct_images = Painter().reconstruct
