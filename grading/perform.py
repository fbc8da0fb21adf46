"""Carry out a request on a module: call one of its functions, or differentiate it.

The worker does this with the student's module, and the judge with the reference and with known
mistakes, so that all three answer exactly the same question. Nothing here is secret.
"""

import contextlib

import autograd.numpy as np
import numpy as onp
from autograd import make_vjp

from support.randomness import seed_all


class MissingFunctionError(Exception):
    """The module has no function of this name."""


def stand_in(helper, a, b):
    """A simple function in place of a helper, so that a mistake in the helper costs nothing here.

    Its arguments have the helper's names, since students may call it with keywords.

    Args:
        helper: the name of the exercise whose place it takes.
        a, b: arrays of coefficients.
    """
    if helper == "sample_latent_variables_from_posterior":
        half = len(a)
        return lambda encoder_output: (
            encoder_output[..., :half] * a + encoder_output[..., half:] * b
        )
    if helper == "bernoulli_log_prob":
        return lambda targets, logits: np.sum(targets * a + logits * b * targets, axis=-1)
    if helper == "compute_KL":
        return lambda q_means_and_log_stds: np.sum(q_means_and_log_stds * a + b, axis=-1)
    raise ValueError(f"there is no stand-in for {helper}")


@contextlib.contextmanager
def replaced(module, stand_ins):
    """Put stand-ins into the module for the block; yields the set of those that were called."""
    called, before = set(), {}

    def watch(name, function):
        def watched(*args, **kwargs):
            called.add(name)
            return function(*args, **kwargs)

        return watched

    for name, coefficients in stand_ins.items():
        before[name] = getattr(module, name, None)
        setattr(module, name, watch(name, stand_in(name, *coefficients)))
    try:
        yield called
    finally:
        for name, function in before.items():
            setattr(module, name, function)


def perform(module, request):
    """Answer one request.

    Args:
        module: where to find the function.
        request: a dict of "name" (the function), "args", "kwargs", "seed" (of all random numbers),
            "stand_ins" (helper -> coefficients), and for a vector-Jacobian product "argnum" and
            "cotangent", where an argument may be a nested list of arrays.

    Returns:
        A dict of "value", "called" (which stand-ins were), "args" (as they are after the call),
        "shared" (whether arrays in the value share memory), and "vjp" where it was asked for.

    Raises:
        MissingFunctionError: there is no such function.
        Exception: whatever the function raises.
    """
    function = getattr(module, request["name"], None)
    if not callable(function):
        raise MissingFunctionError(request["name"])
    args, kwargs, argnum = list(request["args"]), request["kwargs"], request.get("argnum")
    seed_all(request["seed"])
    with onp.errstate(all="ignore"), replaced(module, request["stand_ins"]) as called:
        if argnum is None:
            result = {"value": function(*args, **kwargs)}
        else:

            def of_one(x):
                return function(*args[:argnum], x, *args[argnum + 1 :], **kwargs)

            vjp, value = make_vjp(of_one)(args[argnum])
            cotangent = onp.asarray(request["cotangent"])
            if onp.shape(value) != cotangent.shape:
                raise ValueError(
                    f"the result has shape {onp.shape(value)}; it should have {cotangent.shape}"
                )
            cotangent = cotangent.astype(onp.result_type(value))
            result = {"value": value, "vjp": vjp(cotangent)}
    return {**result, "called": sorted(called), "args": args, "shared": shared(result["value"])}


def shared(value):
    """Whether two arrays in a list or tuple share memory."""
    arrays = [x for x in value if type(x) is onp.ndarray] if type(value) in (list, tuple) else []
    return any(onp.shares_memory(a, b) for i, a in enumerate(arrays) for b in arrays[:i])
