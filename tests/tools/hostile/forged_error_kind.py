"""Says that there is an error, whose kind is an array."""

import os
import struct
import time


def send(text, payload=b""):
    for descriptor in range(3, 8):
        try:
            os.write(descriptor, struct.pack(">II", len(text), len(payload)) + text + payload)
        except OSError:
            continue


send(
    b'{"value": {"dict": {"number": 1, "error": {"array": 0}}}, "arrays": [["<i8", [2]]]}',
    bytes(16),
)
