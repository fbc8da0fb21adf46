"""Destroys its arguments and returns them."""

def answer(*args, **kwargs):
    for argument in args:
        if isinstance(argument, list):
            argument[0] = 1.0
            argument.append(argument)
        elif hasattr(argument, "fill"):
            argument.fill(7)
    return args[0]

for name in """sample_latent_variables_from_posterior bernoulli_log_prob compute_KL vae_lower_bound
initialize_adam adam_update generate_images reconstruct_images interpolate_images""".split():
    globals()[name] = answer
