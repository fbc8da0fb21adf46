"""Plain data between judge and worker: JSON and raw numbers, never pickle.

A message is two lengths, a JSON header and the bytes of its arrays. The judge reads messages that
a hostile program may have written: whatever arrives is either plain data within the limits, or a
`WireError`.
"""

import json
import struct

import numpy as np

LENGTHS = struct.Struct(">II")
MAX_HEADER = 1 << 20
MAX_PAYLOAD = 1 << 26  # 64 MiB
MAX_DEPTH = 20
MALFORMED = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError)
TYPES = {np.dtype(code).str for code in "?bBhHiIlLqQefd"}


class WireError(Exception):
    """These bytes are not a message, or this value cannot be sent."""


def pack(value):
    """The bytes of one message.

    Args:
        value: None, booleans, numbers, strings, arrays of real numbers, and lists, tuples and
            dicts with string keys of these.

    Raises:
        WireError: it contains something else, or too much.
    """
    arrays = []
    header = json.dumps({"value": to_tree(value, arrays), "arrays": [describe(a) for a in arrays]})
    header = header.encode()
    payload = b"".join(array.tobytes() for array in arrays)
    if len(header) > MAX_HEADER or len(payload) > MAX_PAYLOAD:
        raise WireError("the value is too large")
    return LENGTHS.pack(len(header), len(payload)) + header + payload


def describe(array):
    """Type and shape of an array, as `unpack` needs them."""
    return [array.dtype.str, list(array.shape)]


def to_tree(value, arrays, depth=0):
    """`value` as JSON data; arrays are appended to `arrays` and stand there by number."""
    if depth > MAX_DEPTH:
        raise WireError("the value is nested too deeply")
    if value is None or type(value) in (bool, float, str):
        return value
    if type(value) is int:
        return value if abs(value) < 1 << 63 else float(value)
    if type(value) in (list, tuple):
        items = [to_tree(item, arrays, depth + 1) for item in value]
        return {"list" if type(value) is list else "tuple": items}
    if type(value) is dict:
        return {"dict": {str(k): to_tree(v, arrays, depth + 1) for k, v in value.items()}}
    if isinstance(value, (np.ndarray, np.generic)):
        array = np.array(value, subok=False)
        if array.dtype.str not in TYPES:
            raise WireError(f"an array of type {array.dtype}")
        arrays.append(array)
        return {"array": len(arrays) - 1}
    raise WireError(f"a value of type {type(value).__name__}")


def unpack(header, payload):
    """The value of a message.

    Raises:
        WireError: the bytes are not a message.
    """
    try:
        data = json.loads(header)
        arrays, start = [], 0
        for dtype, shape in data["arrays"]:
            if dtype not in TYPES or not all(type(n) is int and n >= 0 for n in shape):
                raise WireError("an array of an unknown kind")
            count = 1
            for n in shape:  # Python's integers do not overflow
                count *= n
            stop = start + count * np.dtype(dtype).itemsize
            if stop > len(payload) or len(shape) > 16:
                raise WireError("an array that is larger than its data")
            arrays.append(np.frombuffer(payload[start:stop], dtype).reshape(shape).copy())
            start = stop
        return from_tree(data["value"], dict(enumerate(arrays)))
    except MALFORMED as error:
        raise WireError("not a message") from error


def from_tree(tree, arrays, depth=0):
    """The value that `to_tree` made this of.

    Args:
        arrays: by number. Each may stand in one place only, or few bytes would become a huge value.
    """
    if depth > MAX_DEPTH:
        raise WireError("a value that is nested too deeply")
    if not isinstance(tree, dict):
        is_small = not isinstance(tree, int) or abs(tree) < 1 << 63
        if tree is None or (isinstance(tree, (bool, int, float, str)) and is_small):
            return tree
        raise WireError("not a message")
    ((kind, content),) = tree.items()
    if kind == "array":
        return arrays.pop(content)
    if kind == "dict":
        return {key: from_tree(item, arrays, depth + 1) for key, item in content.items()}
    items = [from_tree(item, arrays, depth + 1) for item in content]
    return {"list": list, "tuple": tuple}[kind](items)


def receive(stream):
    """Read one message from a binary stream whose other end is trusted; None at its end."""
    lengths = stream.read(LENGTHS.size)
    if len(lengths) < LENGTHS.size:
        return None
    header, payload = LENGTHS.unpack(lengths)
    return unpack(stream.read(header), stream.read(payload))
