"""Which skills a class and its students have, judged by the checks that they passed.

The rubric's [[skill]] entries are a Q-matrix: which check needs which skill. For each skill an item
response model with two parameters per group of checks explains who passed what:

    P(passed | theta) = sigmoid(a theta - b),    theta ~ N(0, 1) over students

The checks of one function that need the same skill tend to fail together, so a group of them counts
as one answer, the share that was passed. Where a function was not written there is no answer.
theta is integrated out by quadrature; what is not known about a and b goes into the intervals.
"""

import functools

import autograd.numpy as np
import numpy as onp
from autograd import hessian, value_and_grad
from autograd.scipy.special import logsumexp
from scipy.optimize import minimize

from grading.rubric import load_rubric

STUDENTS = 30  # fewer cannot tell an easy check from a strong class; tests measure the coverage
DRAWS = 400
THETA = np.linspace(-4, 4, 41)
LOG_PRIOR = -0.5 * THETA**2 - logsumexp(-0.5 * THETA**2)
NOT_WRITTEN = {"not implemented", "missing"}


class SkillsError(Exception):
    """Nothing can be said; the message says why."""


@functools.cache  # asked about every check of every student
def skill_of(item, check):
    """The id of the skill that a check needs, None if the rubric names none."""
    best = (-1, None)
    for skill in load_rubric().skills:
        for entry in skill.checks:
            name, _, part = entry.partition(": ")
            if name == item and part in check:
                best = max(best, (len(part), skill.id))
    return best[1]


def shares(results, skill):
    """What each student passed of each group of checks.

    Args:
        results: of the class, as `grade_all` gives them.
        skill: the id of a skill.

    Returns:
        `(students, groups)`, in [0, 1]; nan where a function was not written.
    """
    rows = []
    for result in results:
        row = []
        for entry in result["items"]:
            checks = [c for c in entry["checks"] if skill_of(entry["id"], c["name"]) == skill]
            written = any(c["outcome"] not in NOT_WRITTEN for c in entry["checks"])
            if checks:
                passed = [c["outcome"] == "passed" for c in checks]
                row.append(onp.mean(passed) if written else onp.nan)
        rows.append(row)
    return onp.array(rows, dtype=float)


def log_passed(params):
    """log P(passed) and log P(failed) `(groups, thetas)`, for params log a and b, `(2, groups)`."""
    logits = np.exp(params[0])[:, None] * THETA - params[1][:, None]
    return -np.logaddexp(0, -logits), -np.logaddexp(0, logits)


def log_joint(params, answers):
    """log p(answers, theta) `(students, thetas)`."""
    known = ~onp.isnan(answers)
    passed, failed = log_passed(params)
    right, wrong = onp.where(known, answers, 0), onp.where(known, 1 - answers, 0)
    return LOG_PRIOR + np.dot(right, passed) + np.dot(wrong, failed)


def fit(answers):
    """The best params of these answers `(students, groups)`, and the covariance of their error.

    Weak priors, log a ~ N(0, 1/2^2) and b ~ N(0, 2^2), keep both finite where all have passed.
    """
    shape = (2, answers.shape[1])

    def loss(flat):
        params = flat.reshape(shape)
        prior = np.sum(2 * params[0] ** 2) + np.sum(params[1] ** 2 / 8)
        return prior - np.sum(logsumexp(log_joint(params, answers), axis=1))

    found = minimize(value_and_grad(loss), onp.zeros(2 * answers.shape[1]), jac=True)
    return found.x, onp.linalg.inv(hessian(loss)(found.x))


def mastery(answers, seed=0):
    """How much of a skill each student has: the share of its checks that one like them passes.

    Args:
        answers: `(students, groups)`, shares passed, nan where there is no answer.

    Returns:
        `(draws, students)`, draws from the posterior, in [0, 1].
    """
    random = onp.random.default_rng(seed)
    best, covariance = fit(answers)
    draws = []
    for flat in random.multivariate_normal(best, covariance, DRAWS):
        params = flat.reshape(2, -1)
        log_weights = log_joint(params, answers)
        weights = onp.exp(log_weights - log_weights.max(axis=1, keepdims=True)).cumsum(axis=1)
        chosen = random.random((len(answers), 1)) * weights[:, -1:]
        theta = (weights < chosen).sum(axis=1)
        draws.append(onp.exp(log_passed(params)[0]).mean(axis=0)[theta])
    return onp.array(draws)


def interval(draws):
    """Mean and the bounds of the central 90 %, along the first axis."""
    return draws.mean(axis=0), *onp.quantile(draws, (0.05, 0.95), axis=0)


def find_skills(results):
    """What can be said about the class.

    Args:
        results: of all students, as `grade_all` gives them.

    Returns:
        names: of the students who wrote anything.
        found: a list of `(skill, of_class, of_students)`: mean and bounds of the share that they
            master, of the class and `(3, students)`; or `(skill, reason, None)`, where the answers
            say nothing.

    Raises:
        SkillsError: the class is too small, or the rubric has no skills.
    """
    skills = load_rubric().skills
    if not skills:
        raise SkillsError("the rubric has no [[skill]]")
    outcomes = [{c["outcome"] for e in r["items"] for c in e["checks"]} for r in results]
    results = [
        result
        for result, seen in zip(results, outcomes, strict=True)
        if result["status"] == "graded" and seen - NOT_WRITTEN
    ]
    if len(results) < STUDENTS:
        raise SkillsError(
            f"{len(results)} students have written something that runs; with fewer than {STUDENTS} "
            "the difficulty of a check cannot be told from the strength of the class"
        )
    found = []
    for skill in skills:
        answers = shares(results, skill.id)
        varies = onp.nanstd(answers, axis=0) > 0.05
        if varies.sum() < 2:
            mean = 100 * onp.nanmean(answers)
            reason = f"nothing tells the students apart: they passed {mean:.0f} % of its checks"
            found.append((skill, reason, None))
            continue
        draws = mastery(answers)
        of_class = interval(draws.mean(axis=1))
        found.append((skill, of_class, onp.array(interval(draws))))
    return [result["student"] for result in results], found
