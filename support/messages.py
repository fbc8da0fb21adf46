"""Say what to do next, instead of a traceback."""

import ast
import inspect
import os
import sys
import traceback
from pathlib import Path
from typing import NamedTuple

import numpy as np


class RunError(Exception):
    """The run cannot go on; the message says what was found, expected, and what to do."""


class Exercise(NamedTuple):
    """A function that the student is to write, as it stands in the file."""

    name: str
    line: int
    title: str  # first line of its docstring: "Task 1.3: ... (eq. 12)."
    finished: bool


def read_exercises(path):
    """The exercises in a file, in its order: its functions whose docstring begins with "Task".

    One is unfinished while the function still raises NotImplementedError.
    """
    tree = ast.parse(Path(path).read_text(encoding="utf-8"), filename=str(path))
    exercises = []
    for node in tree.body:
        title = isinstance(node, ast.FunctionDef) and ast.get_docstring(node)
        if title and title.startswith("Task"):
            raises = [child for child in ast.walk(node) if is_not_implemented(child)]
            line = raises[0].lineno if raises else node.lineno
            exercises.append(Exercise(node.name, line, title.splitlines()[0], not raises))
    return exercises


def is_not_implemented(node):
    """Whether this statement raises NotImplementedError."""
    return isinstance(node, ast.Raise) and "NotImplementedError" in ast.unparse(node)


def check_finished(path):
    """Stop, naming the next exercise, unless all that training needs (tasks 1 and 2) is written.

    Raises:
        RunError: an exercise of task 1 or 2 still raises NotImplementedError.
    """
    exercises = read_exercises(path)
    waiting = [e for e in exercises if not e.finished]
    if waiting and not waiting[0].title.startswith("Task 3"):
        done = len(exercises) - len(waiting)
        raise RunError(
            f"{done} of {len(exercises)} functions are written; training needs tasks 1 and 2. "
            f"Next:\n\n{describe(waiting[0], path)}"
        )


def describe(exercise, path):
    """Which function, what it is for, where it is, and how to test it."""
    return (
        f"  {exercise.name}\n"
        f"  {exercise.title}\n"
        f"  write it in  {path}, line {exercise.line}\n"
        f"  test it with python -m pytest -k {exercise.name}"
    )


def check_bound(value, gradients):
    """Stop at a value of the lower bound that no right program gives.

    Args:
        value: what `vae_lower_bound` returned, in nats/image.
        gradients: `gen_gradient, rec_gradient`, lists of `(W, b)`; None to skip that check.

    Raises:
        RunError: the bound is not finite, is clearly above 0, or no gradient reaches a network.
    """
    if not np.isfinite(value):
        raise RunError(
            f"The lower bound became {value}. Usual causes: the logarithm of a probability that "
            "rounds to 0 in bernoulli_log_prob (task 1.2); a KL with the wrong sign, which grows "
            "without end (task 1.3, or its sign in 1.4); Adam walking downhill (task 2.2); a very "
            "large --learning-rate or --init-scale. `python -m pytest` tells which."
        )
    if value > 1:  # not 0: the estimate has rounding errors, a small KL none
        raise RunError(
            f"The lower bound is {value:.1f} nats/image. It cannot be above 0: it is at most the "
            "log probability of binary pixels. Look at the signs in bernoulli_log_prob (1.2), "
            "compute_KL (1.3) and vae_lower_bound (1.4): the bound is log-likelihood minus KL."
        )
    for network, gradient in zip(("generative", "recognition"), gradients or (), strict=False):
        if not any(np.any(array) for layer in gradient for array in layer):
            raise RunError(
                f"The gradient of the {network} network is zero: it would never learn. Something "
                "between it and the bound cannot be differentiated: a plain numpy function where "
                "autograd.numpy (np) is needed, float(...), or np.array(...) around a result."
            )


def judge_result(test, baselines):
    """Look at the results of an epoch.

    Args:
        test: a dict of "elbo", "reconstruction" and "kl" on test images, nats/image.
        baselines: a dict of "independent_pixels" and "untrained", ELBOs in nats/image.

    Returns:
        What is strange about them, or an empty string.

    Raises:
        RunError: they are not finite.
    """
    if not np.isfinite(test["elbo"]):
        raise RunError(
            f"The ELBO of the test images is {test['elbo']}: reconstruction "
            f"{test['reconstruction']}, KL {test['kl']}. Does bernoulli_log_prob (task 1.2) take "
            "the logarithm of a probability that rounds to 0? `python -m pytest` tells."
        )
    if test["elbo"] < baselines["untrained"] - 10:
        return (
            "  Worse than untrained: is Adam walking downhill (task 2.2), or is there a wrong sign "
            "in tasks 1.2 to 1.4?"
        )
    if test["elbo"] > baselines["independent_pixels"] / 4:
        return (
            "  Too good to be true: does bernoulli_log_prob (task 1.2) sum over all pixels, on and "
            "off, and compute_KL (task 1.3) over all dimensions?"
        )
    if test["kl"] < 0.01 and abs(test["elbo"] - baselines["independent_pixels"]) < 10:
        return (
            "  The model ignores z: the KL is 0 and the ELBO that of independent pixels. Does z "
            "depend on the encoder's output, and is the KL of each image subtracted just once?"
        )
    return ""


HINTS = {
    "does not support item assignment": (
        "autograd cannot follow an assignment into an array (a[i] = ...). Compute the new array "
        "in one expression, or join pieces with np.concatenate."
    ),
    "not 'ArrayBox'": (
        "A value that is being differentiated was turned into a plain number, by float(...) or "
        "by a function of plain numpy. Use the functions of autograd.numpy, here called np."
    ),
    "setting an array element with a sequence": (
        "A value that is being differentiated was put into a plain numpy array. Use the "
        "functions of autograd.numpy, here called np."
    ),
    "only applies to real scalar-output": (
        "vae_lower_bound must return one number, the mean over the batch (task 1.4)."
    ),
    "could not be broadcast together": (
        "Two arrays do not fit. Print their shapes, and compare them with Args and Returns in "
        "the docstrings: one number per image has shape (B,)."
    ),
    "too many indices for array": (
        "A function that takes a batch, `(B, ...)`, got a single image or z. Make a batch of one: "
        "x[None]."
    ),
    "not aligned": (
        "A matrix product got arrays that do not fit. Does the function get its sizes from its "
        "arguments? Which of the two networks takes images, and which takes z?"
    ),
    "zero-dimensional arrays cannot be concatenated": (
        "bernoulli_log_prob and compute_KL must return one number per image, shape (B,): is there "
        "a `return`, and does the sum go over the last axis only?"
    ),
    "NoneType": "A function returned None: is there a `return` in it?",
    "'isfinite' not supported": "A function returned None: is there a `return` in it?",
    "Can't find vector space for value None": (
        "vae_lower_bound returned None: is there a `return` in it and in the functions it calls?"
    ),
}


def hint_for(error):
    """What usually causes this error in this exercise; an empty string if nothing is known."""
    return next((hint for sign, hint in HINTS.items() if sign in str(error)), "")


def launch(main):
    """Run `main()` as a program: problems become messages on stderr and exit status 1."""
    from data.mnist import DataError

    try:
        main()
    except (RunError, DataError) as problem:
        sys.exit(str(problem))
    except KeyboardInterrupt:
        sys.exit("\nStopped.")
    except OSError as error:
        sys.exit(f"{error}. What was written before is intact.")
    except Exception as error:
        if isinstance(error, NotImplementedError) and str(error).startswith("Task"):
            path = os.path.relpath(inspect.unwrap(main).__code__.co_filename)
            waiting = [exercise for exercise in read_exercises(path) if not exercise.finished]
            if waiting:
                sys.exit(f"Next:\n\n{describe(waiting[0], path)}")
            sys.exit(f"This needs a function of vae.py that is not written yet. {error}")
        traceback.print_exc()
        hint = hint_for(error)
        sys.exit(f"\nWhat this usually means: {hint}" if hint else 1)
