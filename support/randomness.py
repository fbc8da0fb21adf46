"""Random numbers that can be seeded, saved, restored and kept apart.

There are two sources: `rng`, which the given code uses, and numpy's global one (`np.random.randn`),
which many people reach for. Everything here treats both alike, so that a run can be repeated and
resumed whichever of them the student's functions draw from.
"""

import contextlib
import math

import numpy as np

rng = np.random.default_rng(0)


def coarse_uniform(shape):
    """Float32 of this shape, uniform on [0, 1) in steps of 2^-16, to compare probabilities with.

    Four of them share the 64 bits that `rng` makes at once; a float32 of `rng.random` takes 32.
    `p > coarse_uniform(...)` holds with probability p, rounded up to the next step: never for 0,
    always for 1.
    """
    size = math.prod(shape)
    words = rng.bit_generator.random_raw(-(-size // 4))
    return words.view(np.uint16)[:size].reshape(shape) * np.float32(2**-16)


def seed_all(seed):
    """Start both sources anew from `seed`, a non-negative integer."""
    rng.bit_generator.state = np.random.default_rng(seed).bit_generator.state
    np.random.seed(seed % 2**32)


def get_state():
    """Both sources' state, as plain lists and numbers that JSON can hold."""
    name, keys, position, has_gauss, cached = np.random.get_state()
    return {
        "generator": rng.bit_generator.state,
        "global": [name, keys.tolist(), position, has_gauss, cached],
    }


def set_state(state):
    """Put both sources back to where `get_state` found them."""
    rng.bit_generator.state = state["generator"]
    name, keys, *rest = state["global"]
    np.random.set_state((name, np.array(keys, dtype=np.uint32), *rest))


@contextlib.contextmanager
def own_stream(seed):
    """Start both sources from `seed` for the block; afterwards they go on where they were."""
    before = get_state()
    seed_all(seed)
    try:
        yield
    finally:
        set_state(before)
