"""Faster derivatives for autograd, with the same values.

autograd's vector-Jacobian products (VJPs) are written for generality. On a network of the size of
ours they take longer than its matrix products: some loop where numpy could do one operation, and
some turn float32 into float64, after which the whole backward pass runs at half the speed. The
replacements here compute the same numbers, and leave to autograd whatever they do not cover.
What each costs and brings is measured in docs/training_speed.md. Importing `support` switches them
on; VAE_PLAIN_AUTOGRAD=1 in the environment leaves them off.
"""

import ctypes
import sys

import autograd.core
import autograd.numpy as np
import numpy as onp
from autograd.extend import (
    SparseObject,
    defjvp,
    defjvp_argnums,
    defvjp,
    defvjp_argnums,
    primitive,
    vspace,
)
from autograd.numpy import numpy_wrapper
from autograd.numpy.numpy_boxes import ArrayBox

PLAIN, FAST = {}, {}  # what autograd does, and what we do instead: primitive -> its VJP


def accelerates(function):
    """Register a replacement for the VJP of `function`, an autograd primitive.

    The decorated `make(argnum, ans, *args, **kwargs)` returns the VJP with respect to argument
    `argnum`, or None to leave this call to autograd.
    """

    def register(make):
        plain = autograd.core.primitive_vjps[function]

        def vjps(argnums, ans, args, kwargs):
            fast = [make(argnum, ans, *args, **kwargs) for argnum in argnums]
            if None in fast:
                return plain(argnums, ans, args, kwargs)
            return lambda g: [vjp(g) for vjp in fast]

        PLAIN[function], FAST[function] = plain, vjps
        return make

    return register


def keep_type(g, ans):
    """`g` in the type of `ans`, whose gradient it is."""
    wanted = np.result_type(ans)
    return g if np.result_type(g) == wanted else np.astype(g, wanted)


def is_real(*arrays):
    """Whether all of these are real floating-point arrays or numbers."""
    return all(onp.issubdtype(np.result_type(array), onp.floating) for array in arrays)


# A[index]: autograd adds the gradient into place with np.add.at, which allows for indices that
# repeat and visits elements one by one. Integers and slices cannot repeat, so += is the same.


def is_basic(index):
    """Whether an index is made of integers, slices, None and ... alone."""
    parts = index if type(index) is tuple else (index,)
    basic = (int, onp.integer, slice, type(None), type(Ellipsis))
    return all(isinstance(part, basic) and not isinstance(part, bool) for part in parts)


@primitive
def unslice(g, index, space):
    """An array of the vector space `space`: `g` at `index`, zero elsewhere."""

    def add_to(array):
        array[index] += g
        return array

    return SparseObject(space, add_to)


defvjp(unslice, lambda ans, g, index, space: lambda outer: outer[index])
defjvp(unslice, "same")


@accelerates(ArrayBox.__getitem__)
def getitem_vjp(argnum, ans, A, index):
    """Add the gradient of a slice with +=."""
    if is_basic(index):
        space = vspace(A)
        return lambda g: unslice(g, index, space)


# maximum(x, y): autograd multiplies by mask / (1.0 + mask), in float64. One mask will do; where x
# and y are equal each gets half, as in autograd.


@accelerates(np.maximum)
def maximum_vjp(argnum, ans, x, y):
    """Give the gradient to the larger argument, half to each of equal ones."""
    this, other = (x, y) if argnum == 0 else (y, x)
    if not is_real(ans) or np.shape(this) != np.shape(ans):
        return None
    ties = np.equal(this, other)
    share = np.equal(this, ans).astype(np.result_type(ans))
    if ties.any():
        share = onp.where(ties, share / 2, share)
    return lambda g: keep_type(g, ans) * share


# sum and mean: autograd adds the gradient to an array of zeros, and mean divides by an integer
# array, which makes float64 of float32. Here the gradient is copied out once, in its own type.


@primitive
def spread(g, shape):
    """A new array of this shape that repeats `g` along the axes where it has length one."""
    return onp.array(onp.broadcast_to(g, shape))


def unspread(g, like):
    """The sum of `g` over the axes along which `like` was repeated."""
    axes = tuple(i for i, size in enumerate(np.shape(like)) if size == 1)
    return np.sum(g, axis=axes, keepdims=True)


defvjp(spread, lambda ans, g, shape: lambda outer: unspread(outer, g))
defjvp(spread, "same")


def reduction_vjp(scale):
    """The VJP of sum, times `scale(size of the argument, size of the result)`."""

    def make(argnum, ans, x, axis=None, keepdims=False, **others):
        if others or not is_real(x) or np.ndim(x) == 0:
            return None
        shape = onp.array(np.shape(x))
        kept = shape.copy()
        kept[list(axis) if isinstance(axis, tuple) else axis] = 1
        factor = scale(shape.prod(), kept.prod())
        return lambda g: spread(np.reshape(keep_type(g, x) * factor, kept), tuple(shape))

    return make


accelerates(np.sum)(reduction_vjp(lambda size, kept: 1))
# np.mean is a plain function since autograd 1.9; the primitive is behind it.
accelerates(getattr(numpy_wrapper, "_primitive_mean", np.mean))(
    reduction_vjp(lambda size, kept: float(kept / max(size, 1)))
)


# logaddexp(0, x), the softplus: numpy computes it element by element, the same value as below is
# made of operations that it has for whole vectors of numbers.


@primitive
def logaddexp(x, y):
    """log(exp(x) + exp(y)), as `numpy.logaddexp`."""
    is_softplus = type(x) in (int, float) and onp.isfinite(x) and is_real(y)
    if not is_softplus:
        return onp.logaddexp(x, y)
    return onp.maximum(x, y) + onp.log1p(onp.exp(-onp.abs(y - x)))


PLAIN_LOGADDEXP = np.logaddexp
defvjp_argnums(logaddexp, autograd.core.primitive_vjps[PLAIN_LOGADDEXP])
defjvp_argnums(logaddexp, autograd.core.primitive_jvps[PLAIN_LOGADDEXP])


# dot of two matrices: autograd goes through tensordot, in the type that the gradient happens to
# have. A float64 gradient, which is easily come by, would double the cost of all layers below.


@accelerates(np.dot)
def dot_vjp(argnum, ans, A, B):
    """Two plain matrix products, each in the type of its argument."""
    if np.ndim(A) != 2 or np.ndim(B) != 2 or not is_real(A, B):
        return None
    if argnum == 0:
        return lambda g: keep_type(np.dot(keep_type(g, ans), np.transpose(B)), A)
    return lambda g: keep_type(np.dot(np.transpose(A), keep_type(g, ans)), B)


def use_fast(functions=None):
    """Switch the replacements on for these primitives (default: all) and off for all others."""
    for function, plain in PLAIN.items():
        on = functions is None or function in functions
        defvjp_argnums(function, FAST[function] if on else plain)
    on = functions is None or logaddexp in functions
    np.logaddexp = logaddexp if on else PLAIN_LOGADDEXP


def keep_memory():
    """Have the C library keep memory that is freed, instead of giving it back at once.

    glibc maps and unmaps every array of over 128 KiB, and the kernel clears its pages each time.
    """
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        trim_threshold, top_pad, mmap_threshold = -1, -2, -3
        libc.mallopt(mmap_threshold, 1 << 30)
        libc.mallopt(trim_threshold, 1 << 30)
        libc.mallopt(top_pad, 1 << 26)
