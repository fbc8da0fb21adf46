"""Answers 300 requests in advance, and never reads one."""

import os
import struct
import time


def send(text, payload=b""):
    for descriptor in range(3, 8):
        try:
            os.write(descriptor, struct.pack(">II", len(text), len(payload)) + text + payload)
        except OSError:
            continue


for number in range(1, 300):
    error = b', "error": "missing"' if number > 1 else b""
    send(b'{"value": {"dict": {"number": %d%b}}, "arrays": []}' % (number, error))
time.sleep(600)
