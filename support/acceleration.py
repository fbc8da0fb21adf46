"""Faster derivatives for autograd, with the same values.

autograd's vector-Jacobian products (VJPs) are made for generality. On a network like ours they take
longer than its matrix products: some loop where numpy could do one operation, some turn float32
into float64, which doubles the cost of all that follows. Most share a few functions; those are
replaced here by ones that compute the same numbers and leave to autograd what they do not cover.
docs/training_speed.md has what each brings. Importing `support` switches them on, unless
VAE_PLAIN_AUTOGRAD=1 is set. Arrays may be autograd's boxes: operators and methods work on both.
"""

import ctypes
import math
import sys

import autograd.numpy as np
import numpy as onp
from autograd import extend
from autograd.core import primitive_jvps, primitive_vjps
from autograd.numpy import numpy_vjps, numpy_wrapper

from support.parameters import unslice

PLAIN = {}  # what autograd has, by name
REPLACED = []  # (name of an acceleration, module, name of its function, our function)


def replaces(module, acceleration):
    """Register a function for the place of its namesake in `module`, with the same derivatives."""

    def register(fast):
        name, plain = fast.__name__, getattr(module, fast.__name__)
        if plain in primitive_vjps:
            fast = extend.primitive(fast)
            extend.defvjp_argnums(fast, primitive_vjps[plain])
            if plain in primitive_jvps:
                extend.defjvp_argnums(fast, primitive_jvps[plain])
        PLAIN[name] = plain
        REPLACED.append((acceleration, module, name, fast))
        return fast

    return register


def use_fast(accelerations=None):
    """Switch the accelerations of these names on (default: all) and all others off."""
    for acceleration, module, name, fast in REPLACED:
        on = accelerations is None or acceleration in accelerations
        setattr(module, name, fast if on else PLAIN[name])


def is_real(array):
    """Whether this is an array (or one of numpy's scalars) of real floating-point numbers."""
    return getattr(getattr(array, "dtype", None), "kind", None) == "f"


def keep_type(array, dtype):
    """`array` in this type."""
    return array if array.dtype == dtype else array.astype(dtype)


# A[index]: autograd adds the gradient into place with np.add.at, which allows for indices that
# repeat and visits elements one by one. Integers and slices cannot repeat, so += is the same.
def is_basic(index):
    """Whether an index is made of integers, slices, None and ... alone."""
    parts = index if type(index) is tuple else (index,)
    basic = (int, onp.integer, slice, type(None), type(Ellipsis))
    return all(isinstance(part, basic) and not isinstance(part, bool) for part in parts)


@replaces(numpy_vjps, "slices")
def untake(g, index, space):
    """An array of the vector space `space`: `g` at `index`, zero elsewhere."""
    return (unslice if is_basic(index) else PLAIN["untake"])(g, index, space)


# x + y, x * y, ...: autograd sums a gradient over the axes along which an argument was broadcast.
# To find that there are none it asks numpy questions that cost as much as a small sum.
@replaces(numpy_wrapper, "broadcasting")
def metadata(A):
    """What is to be known of an argument: shape, dimensions, type, whether it is complex."""
    return (A.shape, A.ndim, A.dtype, False) if is_real(A) else PLAIN["metadata"](A)


@replaces(numpy_vjps, "broadcasting")
def unbroadcast(g, target, broadcast_idx=0):
    """`g` summed over the axes along which an argument with the metadata `target` was broadcast."""
    if is_real(g) and g.shape == target[0]:
        return g
    if is_real(g) and g.shape[1:] == target[0] and broadcast_idx == 0:  # such as a bias
        return g.sum(axis=0)
    return PLAIN["unbroadcast"](g, target, broadcast_idx)


# maximum(x, y): numpy compares whole vectors of numbers at once, but only two arrays, not an array
# with a number. In the VJP autograd multiplies by mask / (1.0 + ties), in float64; ties are rare.
@replaces(np, "maximum")
def maximum(x, y):
    """The larger of x and y, as `numpy.maximum`."""
    if type(x) in (int, float) and is_real(y):
        x = onp.full_like(y, x)
    return onp.maximum(x, y)


@replaces(numpy_vjps, "maximum")
def balanced_eq(x, z, y):
    """1 where z, one of x and y, is x; half where it is both; 0 elsewhere."""
    share, ties = (x == z).astype(z.dtype), x == y
    return share - share.dtype.type(0.5) * ties if onp.any(ties) else share


# sum, mean, ...: autograd adds the gradient to an array of zeros, and divides a mean's by an
# integer of numpy's, which makes it float64. Here it is copied once, in the type of the argument.
@replaces(numpy_vjps, "sums")
def repeat_to_match_shape(g, shape, dtype, axis, keepdims):
    """`g` repeated along the axes that were summed over, and how many times."""
    if 0 in shape or shape == () or not is_real(g) or dtype.kind != "f":
        return PLAIN["repeat_to_match_shape"](g, shape, dtype, axis, keepdims)
    axes = range(len(shape)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = [a % len(shape) for a in axes]
    kept = tuple(1 if a in axes else n for a, n in enumerate(shape))
    repeated = np.array(np.broadcast_to(keep_type(g, dtype).reshape(kept), shape))
    return repeated, math.prod(shape) // math.prod(kept)


# logaddexp(0, y), the softplus: numpy computes it element by element. log1p and exp, which it has
# for whole vectors of numbers, are as exact for every y that exp does not take to infinity.
@replaces(np, "logaddexp")
def logaddexp(x, y):
    """log(exp(x) + exp(y)), as `numpy.logaddexp`."""
    softplus = type(x) in (int, float) and x == 0 and is_real(y) and y.ndim and y.size
    if not softplus or not y.max() < onp.log(onp.finfo(y.dtype).max):
        return onp.logaddexp(x, y)
    result = onp.exp(y)
    return onp.log1p(result, out=result)


# dot of two matrices: autograd goes through tensordot, in the type that the gradient happens to
# have. A float64 gradient, which is easily come by, would double the cost of all layers below.
@replaces(numpy_vjps, "dot")
def dot_adjoint_0(B, G, A_meta, B_meta):
    """The gradient with respect to A of dot(A, B), from that with respect to the product."""
    if not A_meta[1] == B_meta[1] == 2:
        return PLAIN["dot_adjoint_0"](B, G, A_meta, B_meta)
    return keep_type(keep_type(G, onp.result_type(A_meta[2], B)) @ B.T, A_meta[2])


@replaces(numpy_vjps, "dot")
def dot_adjoint_1(A, G, A_meta, B_meta):
    """The gradient with respect to B."""
    if not A_meta[1] == B_meta[1] == 2:
        return PLAIN["dot_adjoint_1"](A, G, A_meta, B_meta)
    return keep_type(A.T @ keep_type(G, onp.result_type(A, B_meta[2])), B_meta[2])


# Memory: glibc may return large arrays to the system once they are freed. Whether it does depends
# on what was freed before: an epoch takes 1.6 s, or 2.1 s with a thousand page faults a step.
def keep_memory():
    """Let glibc keep what is freed for the next arrays; other C libraries are left alone."""
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    if hasattr(libc, "gnu_get_libc_version"):
        libc.mallopt(-3, 2**25)  # M_MMAP_THRESHOLD: map arrays from 32 MiB (its maximum) only
        libc.mallopt(-1, 2**30)  # M_TRIM_THRESHOLD: return nothing below 1 GiB
