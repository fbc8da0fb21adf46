"""The instructor's package: `python -m grading --help`."""
