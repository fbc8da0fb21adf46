"""Fills up to 8 GB of memory."""

import autograd.numpy as np


def initialize_adam(params):
    return np.zeros_like(params), np.zeros_like(params)


def compute_KL(x):
    kept = []
    for _ in range(128):
        kept.append(bytearray(b"x") * (64 << 20))
    return kept
