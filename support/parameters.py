"""All parameters of the model as one vector, and back."""

import autograd.numpy as np
from autograd.extend import SparseObject, defjvp, defvjp, primitive, vspace


@primitive
def unslice(g, index, space):
    """An array of the vector space `space`: `g` at `index`, zero elsewhere."""

    def add_to(array):
        array[index] += g
        return array

    return SparseObject(space, add_to)


@primitive
def view(flat, where, shape):
    """The slice `where` of a vector, seen as an array of this shape."""
    return flat[where].reshape(shape)


defvjp(unslice, lambda ans, g, index, space: lambda outer: outer[index])
defjvp(unslice, "same")
defvjp(view, lambda ans, flat, where, _: lambda g: unslice(g.reshape(-1), where, vspace(flat)))
defjvp(view, "same")


def flatten(params):
    """Lay nested lists and tuples of arrays out in one vector, as Adam wants them.

    `autograd.misc.flatten` differentiates a chain of concatenations, which costs more than the
    matrix products. Here arrays are views, and gradients are added where they belong.

    Args:
        params: nested lists and tuples of arrays of one type.

    Returns:
        flat: a new vector with all elements.
        unflatten: `unflatten(flat)` has the structure of `params`; its arrays are views of `flat`.
    """
    arrays = []

    def layout(node):
        """`node` with every array replaced by its place in the vector and its shape."""
        if isinstance(node, (list, tuple)):
            return type(node)(layout(child) for child in node)
        start = sum(array.size for array in arrays)
        arrays.append(np.asarray(node))
        return slice(start, start + np.size(node)), np.shape(node)

    def build(flat, node):
        if isinstance(node, tuple) and node and isinstance(node[0], slice):
            return view(flat, *node)
        return type(node)(build(flat, child) for child in node)

    structure = layout(params)
    flat = np.concatenate([np.ravel(array) for array in arrays])
    return flat, lambda flat: build(flat, structure)
