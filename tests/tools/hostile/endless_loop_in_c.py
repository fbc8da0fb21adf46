"""Never ends, in C code that hears no signal."""

import autograd.numpy as np


def initialize_adam(params):
    return np.zeros_like(params), np.zeros_like(params)


def compute_KL(x):
    return sum(range(10**13))
