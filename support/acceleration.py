"""Faster derivatives for autograd, with the same values.

autograd's vector-Jacobian products (VJPs) are written for generality. On a network of the size of
ours they take longer than its matrix products: some loop where numpy could do one operation, some
turn float32 into float64, after which the whole backward pass runs at half the speed, and many go
through wrapped functions where a method of the array does. The replacements here compute the same
numbers, and leave to autograd whatever they do not cover. What each brings is measured in
docs/training_speed.md. Importing `support` switches them on; VAE_PLAIN_AUTOGRAD=1 in the
environment leaves them off.

An array may be a plain one or, in derivatives of derivatives, one of autograd's boxes. Operators
and methods work on both, and cost nothing extra on a plain one.
"""

import autograd.core
import autograd.numpy as np
import numpy as onp
from autograd import extend
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


def is_real(array):
    """Whether this is an array of real floating-point numbers."""
    return type(array) in (onp.ndarray, ArrayBox) and array.dtype.kind == "f"


def keep_type(g, ans):
    """`g` in the type of `ans`, whose gradient it is."""
    return g if g.dtype == ans.dtype else g.astype(ans.dtype)


# A[index]: autograd adds the gradient into place with np.add.at, which allows for indices that
# repeat and visits elements one by one. Integers and slices cannot repeat, so += is the same.


def is_basic(index):
    """Whether an index is made of integers, slices, None and ... alone."""
    parts = index if type(index) is tuple else (index,)
    basic = (int, onp.integer, slice, type(None), type(Ellipsis))
    return all(isinstance(part, basic) and not isinstance(part, bool) for part in parts)


@extend.primitive
def unslice(g, index, space):
    """An array of the vector space `space`: `g` at `index`, zero elsewhere."""

    def add_to(array):
        array[index] += g
        return array

    return extend.SparseObject(space, add_to)


extend.defvjp(unslice, lambda ans, g, index, space: lambda outer: outer[index])
extend.defjvp(unslice, "same")


@accelerates(ArrayBox.__getitem__)
def getitem_vjp(argnum, ans, A, index):
    """Add the gradient of a slice with +=."""
    if is_basic(index):
        space = extend.vspace(A)
        return lambda g: unslice(g, index, space)


# maximum(x, y): autograd multiplies by mask / (1.0 + mask), in float64. One mask will do; where x
# and y are equal each gets half, as in autograd.


@accelerates(np.maximum)
def maximum_vjp(argnum, ans, x, y):
    """Give the gradient to the larger argument, half to each of equal ones."""
    this, other = (x, y) if argnum == 0 else (y, x)
    if not is_real(this) or this.shape != ans.shape:
        return None

    def vjp(g):
        share = (this > other).astype(ans.dtype)
        ties = this == other
        if ties.any():
            share = onp.where(ties, share.dtype.type(0.5), share)
        return keep_type(g, ans) * share

    return vjp


# sum: autograd adds the gradient to an array of zeros, in float64 if it comes from np.mean. Here it
# is copied out once, in the type of the argument.


@extend.primitive
def spread(g, shape):
    """A new array of this shape that repeats `g` along the axes where it has length one."""
    return onp.array(onp.broadcast_to(g, shape))


def unspread(g, like):
    """The sum of `g` over the axes along which `like` was repeated."""
    axes = tuple(i for i, size in enumerate(like.shape) if size == 1)
    return np.sum(g, axis=axes, keepdims=True)


extend.defvjp(spread, lambda ans, g, shape: lambda outer: unspread(outer, g))
extend.defjvp(spread, "same")


@accelerates(np.sum)
def sum_vjp(argnum, ans, x, axis=None, keepdims=False, **others):
    """Repeat the gradient along the axes that were summed over."""
    if others or not is_real(x) or x.ndim == 0:
        return None
    axes = range(x.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = [a % x.ndim for a in axes]
    shape = x.shape
    kept = tuple(1 if a in axes else n for a, n in enumerate(shape))
    return lambda g: spread(keep_type(g, x).reshape(kept), shape)


# logaddexp(0, x), the softplus: numpy computes it element by element, the same value as below is
# made of operations that it has for whole vectors of numbers.


@extend.primitive
def logaddexp(x, y):
    """log(exp(x) + exp(y)), as `numpy.logaddexp`."""
    if type(x) not in (int, float) or not onp.isfinite(x) or not is_real(y) or y.ndim == 0:
        return onp.logaddexp(x, y)
    result = onp.subtract(y, x)
    onp.abs(result, out=result)
    onp.negative(result, out=result)
    onp.exp(result, out=result)
    onp.log1p(result, out=result)
    result += onp.maximum(x, y)
    return result


PLAIN_LOGADDEXP = np.logaddexp
extend.defvjp_argnums(logaddexp, autograd.core.primitive_vjps[PLAIN_LOGADDEXP])
extend.defjvp_argnums(logaddexp, autograd.core.primitive_jvps[PLAIN_LOGADDEXP])


# dot of two matrices: autograd goes through tensordot, in the type that the gradient happens to
# have. A float64 gradient, which is easily come by, would double the cost of all layers below.


@accelerates(np.dot)
def dot_vjp(argnum, ans, A, B):
    """Two plain matrix products, each in the type of its argument."""
    if not (is_real(A) and is_real(B) and A.ndim == B.ndim == 2):
        return None
    if argnum == 0:
        return lambda g: keep_type(keep_type(g, ans) @ B.T, A)
    return lambda g: keep_type(A.T @ keep_type(g, ans), B)


def use_fast(functions=None):
    """Switch the replacements on for these primitives (default: all) and off for all others."""
    for function, plain in PLAIN.items():
        on = functions is None or function in functions
        extend.defvjp_argnums(function, FAST[function] if on else plain)
    on = functions is None or logaddexp in functions
    np.logaddexp = logaddexp if on else PLAIN_LOGADDEXP
