"""Recognise well-known mistakes by the numbers that they give."""

import functools
import importlib
import io
import types
from pathlib import Path

import numpy as np

from grading import wire
from grading.perform import perform
from grading.rubric import load_rubric
from tests.hidden.misconceptions import BANKS

SOLUTIONS = Path(__file__).parent.parent / "solutions"


def module_of(source, name):
    """A module made of source text."""
    module = types.ModuleType(name)
    exec(compile(source, name, "exec"), module.__dict__)
    return module


@functools.cache
def bank(item):
    """The known mistakes that cost marks of this item, by name."""
    file = load_rubric().module_of(item)
    if file != "vae":
        importlib.import_module(f"tests.hidden.mistakes_{file}")
    return {m.name: m for m in BANKS[file] if item in (file, m.exercise)}


@functools.cache
def reference(file):
    """A solution as a module of its own."""
    return module_of((SOLUTIONS / f"{file}.py").read_text(encoding="utf-8"), f"reference {file}")


@functools.cache
def mistaken(mistake):
    """The solution with this mistake put in, as a module."""
    source = (SOLUTIONS / f"{mistake.file}.py").read_text(encoding="utf-8")
    return module_of(mistake.put_into(source), mistake.name)


def find_mistakes(item, answers):
    """The mistakes that give the same answers to the same requests.

    Args:
        item: the id in the rubric.
        answers: pairs of a request and the student's reply, of one check; where the student's
            function raised an exception, its text takes the place of the reply.

    Returns:
        Names from the bank, in its order.
    """
    if not answers:
        return []
    given = [reply for _, reply in answers]
    packed, solution = pack(answers), reference(load_rubric().module_of(item))
    right = replies(solution, packed)
    random = not all(map(agree, right, replies(solution, pack(answers, seed=1))))
    noise = fingerprint(answers, given) if random else None
    if noise and close(noise, fingerprint(answers, right)):
        noise = None  # it is of the right kind, and tells nothing
    return [
        mistake.name
        for mistake in bank(item).values()
        if any(request["name"] == mistake.exercise for request, _ in answers)
        and matches(replies(mistaken(mistake), packed), answers, right, noise)
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
        mistakes = [bank(record["item"])[name] for name in record["mistakes"]]
        if len(mistakes) > 1:
            mistakes.sort(key=lambda mistake: contradictions(mistake, passed))
        if mistakes:
            record["hint"] = mistakes[0].hint


def contradictions(mistake, passed):
    """How many of these checks, which passed, a mistake would have answered otherwise."""
    count, solution = 0, reference(mistake.file)
    for record in passed:
        packed = pack(record["answers"])
        right = replies(solution, packed)
        if all(map(agree, right, replies(solution, pack(record["answers"], seed=1)))):
            theirs = replies(mistaken(mistake), packed)
            count += not all(map(agree, right, theirs))
    return count


def pack(answers, seed=0):
    """The requests of these answers as bytes, with other seeds."""
    requests = [{**request, "seed": seed + 97 * i} for i, (request, _) in enumerate(answers)]
    return [wire.pack(request) for request in requests]


def replies(module, packed):
    """What a module answers to packed requests."""
    return [reply_of(module, request) for request in packed]


@functools.lru_cache(4000)  # the same checks ask the same for student after student
def reply_of(module, packed):
    """What a module answers to one request, as bytes; the text of the exception if it raises."""
    try:
        return perform(module, wire.receive(io.BytesIO(packed)))
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def matches(theirs, answers, right, noise):
    """Whether a mistake explains the student's replies.

    Args:
        theirs: the replies of the solution with this mistake.
        answers: pairs of a request and the student's reply.
        right: the replies of the solution.
        noise: the fingerprint of the student's replies, if they are random and not right.
    """
    given = [reply for _, reply in answers]
    if all(map(agree, given, theirs)):
        return not all(map(agree, given, right))
    return bool(noise) and close(noise, fingerprint(answers, theirs))


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
    not matrices of a sensible size.
    """
    kinds, sizes, slack, values = [], [], [], []
    for (request, _), reply in zip(answers, given, strict=True):
        value = None if isinstance(reply, str) else reply["value"]
        if not isinstance(value, np.ndarray) or value.dtype.kind != "f":
            return None
        if value.ndim != 2 or not 2 <= value.size <= 1_000_000:
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
