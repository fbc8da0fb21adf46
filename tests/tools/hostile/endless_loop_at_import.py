"""Never ends while it is imported."""
while True:
    pass
