"""Says that the import failed, with lines that are no lines."""

import os
import struct
import time


def send(text, payload=b""):
    for descriptor in range(3, 8):
        try:
            os.write(descriptor, struct.pack(">II", len(text), len(payload)) + text + payload)
        except OSError:
            continue


lines = b'{"list": [1, {"list": []}, {"list": [1, 2, 3]}, null, "ab"]}'
send(
    b'{"value": {"dict": {"number": 1, "error": "error", "message": {"list": []}, "lines": %b}},'
    b' "arrays": []}' % lines
)
