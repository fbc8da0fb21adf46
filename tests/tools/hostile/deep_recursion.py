"""Recurses without end, after lifting Python's own limit."""

import autograd.numpy as np


def initialize_adam(params):
    return np.zeros_like(params), np.zeros_like(params)

import sys

sys.setrecursionlimit(10**8)


def compute_KL(x):
    return compute_KL(x)
