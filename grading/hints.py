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


BY_NAME = {mistake.name: mistake for mistake in MISCONCEPTIONS}


@functools.cache
def reference():
    """The solution as a module of its own."""
    return module_of(SOLUTION.read_text(encoding="utf-8"), "reference")


@functools.cache
def mistaken(mistake):
    """The solution with this mistake put in, as a module."""
    source = mistake.put_into(SOLUTION.read_text(encoding="utf-8"))
    return module_of(source, mistake.name)


def find_mistakes(exercise, answers):
    """The mistakes that give the same answers to the same requests.

    Args:
        exercise: the name of the function.
        answers: pairs of a request and the student's reply, of one check; where the student's
            function raised an exception, its text takes the place of the reply.

    Returns:
        Names from the bank, in its order.
    """
    if not answers:
        return []
    right = replies(reference(), answers)
    random = not all(map(agree, right, replies(reference(), answers, seed=1)))
    return [
        mistake.name
        for mistake in MISCONCEPTIONS
        if mistake.exercise == exercise and matches(mistake, answers, right, random)
    ]


def settle(records):
    """Give every failed check of an item the one hint that fits best.

    A mistake that explains a failed check but would also have failed one that passed is put behind
    those that explain both.

    Args:
        records: of all checks of one item, with "mistakes" (candidates) and "answers"; they get
            "hint".
    """
    passed = [record for record in records if record["outcome"] == "passed"]
    for record in records:
        names = record["mistakes"]
        if len(names) > 1:
            names = sorted(names, key=lambda name: contradictions(name, passed))
        record["hint"] = BY_NAME[names[0]].hint if names else record["hint"]


def contradictions(name, passed):
    """How many of these checks, which passed, a mistake would have answered otherwise."""
    count = 0
    for record in passed:
        right = replies(reference(), record["answers"])
        if all(map(agree, right, replies(reference(), record["answers"], seed=1))):
            theirs = replies(mistaken(BY_NAME[name]), record["answers"])
            count += not all(map(agree, right, theirs))
    return count


def replies(module, answers, seed=0):
    """What a module answers to the requests; the text of the exception where it raises one."""
    found = []
    for number, (request, _) in enumerate(answers):
        try:
            found.append(perform(module, {**copy.deepcopy(request), "seed": seed + 97 * number}))
        except Exception as error:
            found.append(f"{type(error).__name__}: {error}")
    return found


def matches(mistake, answers, right, random):
    """Whether this mistake explains the student's replies."""
    given = [reply for _, reply in answers]
    theirs = replies(mistaken(mistake), answers)
    if all(map(agree, given, theirs)):
        return not all(map(agree, given, right))
    if not random or any(isinstance(reply, str) for reply in (*given, *theirs, *right)):
        return False
    if list(map(shape_of, given)) != list(map(shape_of, theirs)):
        return False  # before work on an answer of any size
    student, wrong, fine = (fingerprint(answers, r) for r in (given, theirs, right))
    return close(student, wrong) and not close(student, fine)


def shape_of(reply):
    """The shape of the value in a reply; None if it is not an array."""
    return getattr(reply["value"], "shape", None)


def agree(one, other):
    """Whether two replies are the same to rounding."""
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    keys = ("value", "vjp", "args", "shared")
    return all(same(one.get(key), other.get(key)) for key in keys)


def same(a, b):
    """Whether two values, nested in the same way, are equal to rounding."""
    nested = [isinstance(x, (list, tuple)) for x in (a, b)]
    if any(nested):  # and never an array of these, which may not be rectangular
        return all(nested) and len(a) == len(b) and all(map(same, a, b))
    if a is None or b is None:
        return a is b
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape or a.dtype.kind not in "fiub" or b.dtype.kind not in "fiub":
        return False
    return np.allclose(a, b, 1e-4, 1e-8, equal_nan=True)


def fingerprint(answers, given):
    """What kind of noise random answers have: what to compare exactly, what roughly, how roughly.

    The noise is what task 1.1 adds to the mean, in units of the standard deviation, where the
    request has means and log standard deviations; else the answer itself. None if the answers are
    not matrices.
    """
    kinds, sizes, slack, values = [], [], [], []
    for (request, _), reply in zip(answers, given, strict=True):
        value = reply["value"]
        if not isinstance(value, np.ndarray) or value.dtype.kind != "f":
            return None
        if value.ndim != 2 or value.size < 2:
            return None
        values.append(value)
        first, log_std = request["args"][0], np.zeros(value.shape)
        if isinstance(first, np.ndarray) and first.shape == (len(value), 2 * value.shape[1]):
            mean, log_std = np.split(first, 2, axis=1)
            value = (value - mean) / np.exp(log_std)
        varies = [np.std(value, axis=axis).mean() > 1e-9 for axis in (0, 1)]
        kinds += [value.shape, varies, np.allclose(value, 0), any_slope(reply.get("vjp"))]
        if all(varies):
            sizes += [*np.quantile(value, (0.2, 0.5, 0.8)), *np.quantile(abs(value), (0.5, 0.99))]
            sizes.append(np.mean(np.log(abs(value) + 1e-12) * log_std))
            slack += [5 * unit / np.sqrt(value.size) for unit in (*[np.std(value)] * 5, 1.0)]
    kinds.append(len(values) > 1 and same(values[0], values[1]))
    return kinds, np.array(sizes), np.array(slack)


def any_slope(vjp):
    """Whether a gradient is an array that is not zero."""
    return isinstance(vjp, np.ndarray) and bool(np.any(vjp))


def close(one, other):
    """Whether two fingerprints may be of the same kind of noise."""
    if one is None or other is None or str(one[0]) != str(other[0]):
        return False
    if one[1].shape != other[1].shape:
        return False
    a, b, slack = one[1], other[1], one[2]
    return bool(np.all(abs(a - b) <= 0.05 * np.maximum(abs(a), abs(b)) + slack))
