"""Returns structured, complex, text, time, and masked arrays."""

import itertools

import numpy

values = itertools.cycle(
    [
        numpy.zeros(20, [("a", float), ("b", "S3")]),
        numpy.zeros(20, complex),
        numpy.array(["1.0"] * 20),
        numpy.zeros(20, "M8[s]"),
        numpy.ma.masked_all(20),
        numpy.zeros(20, "V7"),
        numpy.zeros(20, numpy.longdouble),
        numpy.zeros(20, ">f8"),
        memoryview(b"1"),
        1j,
    ]
)


def answer(*args, **kwargs):
    return next(values)

for name in """sample_latent_variables_from_posterior bernoulli_log_prob compute_KL vae_lower_bound
initialize_adam adam_update generate_images reconstruct_images interpolate_images""".split():
    globals()[name] = answer
