"""Writes files wherever it can."""

import autograd.numpy as np


def initialize_adam(params):
    return np.zeros_like(params), np.zeros_like(params)

import os
import sys

folders = ["PROJECT_ROOT/tests/tools", "PROJECT_ROOT", "PROJECT_ROOT/..", "/tmp", "/course", "/course/grading"]
folders += ["/course/data", "/dev/shm", "/dev", "/var/tmp", "/root", "/", *sys.path]
for folder in folders:
    for flags in (os.O_WRONLY | os.O_CREAT, os.O_RDWR | os.O_CREAT | os.O_TRUNC):
        try:
            os.close(os.open(os.path.join(folder, "hostile_was_here"), flags))
        except OSError:
            continue
