"""Not UTF-8, and does not say so."""
name = "Müller"
