"""Right at the first import only: later ones fail."""

import autograd.numpy as np


def initialize_adam(params):
    return np.zeros_like(params), np.zeros_like(params)

import os

if os.path.exists("/tmp/seen"):
    raise RuntimeError("the scratch space is shared")
open("/tmp/seen", "w").close()


def compute_KL(x):
    os._exit(1)
