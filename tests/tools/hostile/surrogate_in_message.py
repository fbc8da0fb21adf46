"""An exception whose text cannot be encoded, with control characters."""

def answer(*args, **kwargs):
    raise ValueError("\ud800 \x1b[2J \x00 \u202e <script>alert(1)</script>")

for name in """sample_latent_variables_from_posterior bernoulli_log_prob compute_KL vae_lower_bound
initialize_adam adam_update generate_images reconstruct_images interpolate_images""".split():
    globals()[name] = answer
