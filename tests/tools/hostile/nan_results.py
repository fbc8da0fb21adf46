"""Returns arrays that are not numbers."""

import numpy


def answer(*args, **kwargs):
    return numpy.full(numpy.shape(args[0])[:1] if len(args) < 3 else (), numpy.nan)

for name in """sample_latent_variables_from_posterior bernoulli_log_prob compute_KL vae_lower_bound
initialize_adam adam_update generate_images reconstruct_images interpolate_images""".split():
    globals()[name] = answer
