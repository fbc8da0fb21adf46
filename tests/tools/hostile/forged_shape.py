"""Answers with an array of shape (0, 10^30)."""

import os
import struct
import time


def send(text, payload=b""):
    for descriptor in range(3, 8):
        try:
            os.write(descriptor, struct.pack(">II", len(text), len(payload)) + text + payload)
        except OSError:
            continue


shape = b"[0, 1%b]" % (b"0" * 30)
send(b'{"value": {"dict": {"number": 1}}, "arrays": [["<i8", %b]]}' % shape)
