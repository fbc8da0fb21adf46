"""Returns integers and texts of any size, and floats that are none."""

import itertools

values = itertools.cycle([10**5000, -(10**300), "x" * 10**6, 1e308, float("nan"), True, b"1", {1}])


def answer(*args, **kwargs):
    return next(values)

for name in """sample_latent_variables_from_posterior bernoulli_log_prob compute_KL vae_lower_bound
initialize_adam adam_update generate_images reconstruct_images interpolate_images""".split():
    globals()[name] = answer
