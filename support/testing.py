"""What the tests say when a result is wrong."""

import numpy as np
import pytest


def require(condition, message):
    """Fail with this message unless the condition holds."""
    if not condition:
        pytest.fail(message, pytrace=False)


def check_shape(got, shape, hint=""):
    """Fail, saying what was found and expected, unless `got` is an array of this shape."""
    require(got is not None, "the function returned None: is there a `return` in it?")
    require(
        np.shape(got) == shape,
        f"the result has shape {np.shape(got)}, it should have {shape}."
        + (" A sum with axis=-1 leaves one number per image." if len(shape) == 1 else "")
        + (f" {hint}" if hint else ""),
    )


def check(got, wanted, hints="", rtol=1e-4, atol=1e-6):
    """Fail, saying what was found and expected, unless `got` has the shape and values of `wanted`.

    Args:
        hints: what to think of; or pairs of a value that a well-known mistake gives, and what to
            tell who makes it.
    """
    hint = hints if isinstance(hints, str) else ""
    check_shape(got, np.shape(wanted), hint)
    if not hint:
        known = [text for value, text in hints if np.allclose(got, value, rtol, atol)]
        hint = known[0] if known else ""
    right = np.allclose(got, wanted, rtol, atol)
    require(right, f"got      {np.asarray(got)}\nexpected {np.asarray(wanted)}\n{hint}".rstrip())
