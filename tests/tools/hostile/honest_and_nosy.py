"""Right functions that print, thread, write files and change their globals."""

import autograd.numpy as np


def compute_KL(x):
    K = x.shape[-1] // 2
    mean, log_std = x[:, :K], x[:, K:]
    return np.sum(0.5 * (np.exp(2 * log_std) + mean**2 - 1) - log_std, axis=-1)

import os
import sys
import threading

print("hello", file=sys.stderr)
threading.Thread(target=print, args=("hello",)).start()
with open("notes.txt", "w", encoding="utf-8") as file:
    file.write("hello")
os.environ["OMP_NUM_THREADS"] = "4"


def initialize_adam(params):
    print("initialize_adam", params)
    np.random.seed(0)
    return 0 * params, 0 * params
