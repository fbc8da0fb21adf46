"""Returns lists that are not rectangular."""

import itertools

import numpy

a = numpy.zeros((3, 4))
values = itertools.cycle([(a, 1.0), [[1], [1, 2]], [a, [a, [a]]], (a, a[0], "x"), [], {}, {"a": [a]}])


def answer(*args, **kwargs):
    return next(values)

for name in """sample_latent_variables_from_posterior bernoulli_log_prob compute_KL vae_lower_bound
initialize_adam adam_update generate_images reconstruct_images interpolate_images""".split():
    globals()[name] = answer
