"""Leaves daemons behind, in sessions of their own, and ends."""

import autograd.numpy as np


def initialize_adam(params):
    return np.zeros_like(params), np.zeros_like(params)

import os
import subprocess
import sys

sleeper = "import time; time.sleep(300)  # hostile_was_here"
subprocess.Popen([sys.executable, "-c", sleeper], start_new_session=True)


def compute_KL(x):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execv(sys.executable, [sys.executable, "-c", sleeper])
        os._exit(0)
    os._exit(0)
