"""Announces a message of 4 GB, and one that never ends."""

import os
import struct
import time


def send(text, payload=b""):
    for descriptor in range(3, 8):
        try:
            os.write(descriptor, struct.pack(">II", len(text), len(payload)) + text + payload)
        except OSError:
            continue


def compute_KL(x):
    for descriptor in range(3, 8):
        try:
            os.write(descriptor, bytes([255] * 8))
        except OSError:
            continue
