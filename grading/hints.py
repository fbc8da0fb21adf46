"""Recognise well-known mistakes by the numbers that they give."""

import copy
import functools
import types
from pathlib import Path

import numpy as np

from grading.perform import perform
from tests.hidden.misconceptions import MISCONCEPTIONS

SOLUTION = Path(__file__).parent.parent / "solutions" / "vae.py"


def module_of(source, name):
    """A module made of source text."""
    module = types.ModuleType(name)
    exec(compile(source, name, "exec"), module.__dict__)
    return module


@functools.cache
def reference():
    """The solution as a module of its own."""
    return module_of(SOLUTION.read_text(encoding="utf-8"), "reference")


@functools.cache
def mistaken(mistake):
    """The solution with this mistake put in, as a module."""
    source = mistake.put_into(SOLUTION.read_text(encoding="utf-8"))
    return module_of(source, mistake.name)


def find_hints(exercise, answers):
    """The mistakes that give the same answers to the same requests.

    Args:
        exercise: the name of the function.
        answers: pairs of a request and the student's reply, of one failing check.

    Returns:
        Hints, the best first; usually one or none.
    """
    if not answers:
        return []
    right = replies(reference(), answers)
    same_again = replies(reference(), answers, seed=1)
    random = not all(map(agree, right, same_again))
    return [
        mistake.hint
        for mistake in MISCONCEPTIONS
        if mistake.exercise == exercise and matches(mistake, answers, right, random)
    ]


def replies(module, answers, seed=0):
    """What a module answers to the requests; None where it raises."""
    found = []
    for number, (request, _) in enumerate(answers):
        try:
            found.append(perform(module, {**copy.deepcopy(request), "seed": seed + 97 * number}))
        except Exception:
            found.append(None)
    return found


def matches(mistake, answers, right, random):
    """Whether this mistake explains the student's replies."""
    given = [reply for _, reply in answers]
    theirs = replies(mistaken(mistake), answers)
    if any(reply is None for reply in theirs):
        return False
    if all(map(agree, given, theirs)) and not all(map(agree, given, right)):
        return True
    if not random or any(reply is None for reply in right):
        return False
    student, wrong, fine = (fingerprint(answers, r) for r in (given, theirs, right))
    if student is None or wrong is None or len(student) != len(wrong):
        return False
    return close(student, wrong) and not (fine is not None and close(student, fine))


def agree(one, other):
    """Whether two replies are the same to rounding."""
    if one is None or other is None:
        return one is other
    keys = ("value", "vjp", "args", "shared")
    return all(same(one.get(key), other.get(key)) for key in keys)


def same(a, b):
    """Whether two values, nested in the same way, are equal to rounding."""
    if isinstance(a, (list, tuple)):
        return isinstance(b, (list, tuple)) and len(a) == len(b) and all(map(same, a, b))
    if a is None or b is None:
        return a is b
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape or a.dtype.kind not in "fiub" or b.dtype.kind not in "fiub":
        return False
    return np.allclose(a, b, 1e-4, 1e-8, equal_nan=True)


def fingerprint(answers, given):
    """Statistics of random answers that tell one kind of noise from another.

    Standardised as for task 1.1 where the request has means and log standard deviations.
    """
    features, values = [], []
    for (request, _), reply in zip(answers, given, strict=True):
        value = np.asarray(reply["value"])
        if value.dtype.kind != "f" or value.ndim != 2 or value.size < 2:
            return None
        values.append(value)
        first = np.asarray(request["args"][0]) if not isinstance(request["args"][0], list) else None
        if first is not None and first.ndim == 2 and first.shape[1] == 2 * value.shape[1]:
            mean, log_std = np.split(first, 2, axis=1)
            value = (value - mean) / np.exp(log_std)
        size = np.std(value)
        features += [np.mean(value), size, np.mean(np.abs(value)), np.quantile(value, 0.999)]
        features += [np.std(np.mean(value, axis=1)), np.std(np.mean(value, axis=0))]
        features += [value.shape[0], value.shape[1]]
        if reply.get("vjp") is not None:
            vjp = np.asarray(reply["vjp"])
            features += [float(np.any(vjp)), vjp.ndim]
    if len(values) > 1 and values[0].shape == values[1].shape:
        features.append(10.0 * np.allclose(values[0], values[1]))
    return np.array(features)


def close(a, b):
    """Whether two fingerprints may be of the same kind of noise."""
    return np.all(np.abs(a - b) <= 0.05 + 0.06 * np.maximum(np.abs(a), np.abs(b)))
