"""Names that are not functions."""
compute_KL = 3
adam_update = None
vae_lower_bound = 'text'
