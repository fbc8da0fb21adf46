"""Returns arrays of objects."""

import numpy


def answer(*args, **kwargs):
    return numpy.array([None, answer, "text", [1]], dtype=object)

for name in """sample_latent_variables_from_posterior bernoulli_log_prob compute_KL vae_lower_bound
initialize_adam adam_update generate_images reconstruct_images interpolate_images""".split():
    globals()[name] = answer
