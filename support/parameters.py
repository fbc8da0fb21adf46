"""All parameters of the model as one vector, and back."""

import autograd.numpy as np


def flatten(params):
    """Lay nested lists and tuples of arrays out in one vector, as Adam wants them.

    `autograd.misc.flatten` does the same by differentiating a chain of concatenations, which
    costs more than the matrix products of a small network. Here every array is one slice of the
    vector, so its gradient is added straight into the place where it belongs.

    Args:
        params: nested lists and tuples of arrays of one type.

    Returns:
        flat: a new vector with all elements.
        unflatten: `unflatten(flat)` has the structure of `params`; its arrays are views of `flat`.
    """
    arrays = []

    def layout(node):
        """`node` with every array replaced by its (start, stop, shape) in the vector."""
        if isinstance(node, (list, tuple)):
            return type(node)(layout(child) for child in node)
        start = sum(array.size for array in arrays)
        arrays.append(np.asarray(node))
        return slice(start, start + np.size(node)), np.shape(node)

    def build(flat, node):
        if isinstance(node, tuple) and node and isinstance(node[0], slice):
            where, shape = node
            return np.reshape(flat[where], shape)
        return type(node)(build(flat, child) for child in node)

    structure = layout(params)
    flat = np.concatenate([np.ravel(array) for array in arrays])
    return flat, lambda flat: build(flat, structure)
