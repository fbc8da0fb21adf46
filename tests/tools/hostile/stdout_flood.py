"""Prints 200 MB on all that it can print to."""

import autograd.numpy as np


def initialize_adam(params):
    return np.zeros_like(params), np.zeros_like(params)

import os
import sys


def compute_KL(x):
    for _ in range(100):
        sys.stdout.write("x" * (1 << 20))
        sys.stderr.write("x" * (1 << 20))
        os.write(1, b"x" * (1 << 20))


print("compute_KL passed")
