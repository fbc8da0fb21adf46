"""Reads from address 0."""

import autograd.numpy as np


def initialize_adam(params):
    return np.zeros_like(params), np.zeros_like(params)

import ctypes


def compute_KL(x):
    return ctypes.string_at(0)
