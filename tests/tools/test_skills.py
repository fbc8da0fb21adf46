"""Skills from checks: simulated classes, whose students are known."""

import json
import subprocess

import numpy as np
import pytest
from scipy.special import expit

from grading.grade import list_checks, summarise
from grading.rubric import load_rubric
from grading.skills import SkillsError, find_skills, interval, mastery, shares, skill_of
from tests.tools.helpers import ROOT, python

RECORDS = list_checks("", load_rubric().items)


def result(student, failed=(), missing=()):
    """The result of a student who fails checks of these skills, and has not written these items."""
    records = []
    for record in RECORDS:
        skill = skill_of(record["item"], record["name"])
        outcome = "not implemented" if record["item"] in missing else "passed"
        if outcome == "passed" and skill in failed:
            outcome = "failed"
        records.append({**record, "outcome": outcome})
    return {"student": student, **summarise(records, "graded", "", 0)}


def simulated_class(number):
    """Results where every third student lacks "numerics", and every fourth "sampling"."""
    class_ = []
    for i in range(number):
        failed = {"numerics"} if i % 3 == 0 else set()
        failed |= {"sampling"} if i % 4 == 0 else set()
        class_.append(result(f"student{i:02d}", failed))
    return class_


def test_every_check_needs_one_skill_and_every_entry_is_about_some_check():
    needs = {record["name"]: skill_of(record["item"], record["name"]) for record in RECORDS}
    assert None not in needs.values()
    for skill in load_rubric().skills:
        for entry in skill.checks:
            item, _, part = entry.partition(": ")
            assert any(
                record["item"] == item
                and part in record["name"]
                and skill_of(item, record["name"]) == skill.id
                for record in RECORDS
            ), entry


@pytest.mark.parametrize(("students", "groups"), [(30, 3), (30, 6), (150, 4)])
def test_intervals_hold_what_they_promise(students, groups):
    random, covered = np.random.default_rng(0), []
    for _ in range(10):
        a, b = np.exp(random.normal(0, 0.5, groups)), random.normal(-1, 1, groups)
        chances = expit(a * random.standard_normal((students, 1)) - b)
        low, high = interval(mastery((random.random(chances.shape) < chances).astype(float)))[1:]
        truth = chances.mean(axis=1)
        covered.append(np.mean((low <= truth) & (truth <= high)))
    assert 0.84 < np.mean(covered) < 0.96  # promised: 0.9


def test_who_lacks_a_skill_is_told_from_who_has_it():
    names, found = find_skills(simulated_class(40))
    assert names == [f"student{i:02d}" for i in range(40)]
    of = {skill.id: (of_class, of_students) for skill, of_class, of_students in found}
    lacks = np.arange(40) % 3 == 0
    means, low, high = of["numerics"][1]
    assert means[lacks].max() < means[~lacks].min()
    assert high[lacks].max() < 0.9
    assert low[~lacks].min() > 0.3
    assert of["numerics"][0][0] == pytest.approx(1 - lacks.mean(), abs=0.1)
    reason, nothing = of["formulas"]
    assert nothing is None
    assert "100 %" in reason


def test_what_was_not_written_is_no_evidence():
    class_ = [*simulated_class(40), result("late", {"numerics"}, {"adam_update"})]
    answers = shares(class_, "numerics")
    assert np.isnan(answers[-1]).sum() == 1
    assert not np.isnan(answers[:-1]).any()
    empty = result("empty", missing={item.id for item in load_rubric().items})
    assert "empty" not in find_skills([*class_, empty])[0]


def test_a_class_that_is_too_small_is_refused_with_the_reason():
    with pytest.raises(SkillsError, match=r"29 students .* fewer than 30"):
        find_skills(simulated_class(29))


def test_the_command_adds_skills_to_the_page(tmp_path):
    for entry in simulated_class(30):
        (tmp_path / f"{entry['student']}.json").write_text(json.dumps(entry))
    (tmp_path / "other.json").write_text("[]")
    run = subprocess.run(
        python("-m", "grading", "skills", tmp_path), cwd=ROOT, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    page = (tmp_path / "class.html").read_text()
    assert "<h2>Skills</h2>" in page
    assert page.count("student07") == 3
    (tmp_path / "student07.json").rename(tmp_path / ".student07-x.json")  # a killed run's leftover
    run = subprocess.run(
        python("-m", "grading", "skills", tmp_path), cwd=ROOT, capture_output=True, text=True
    )
    assert run.returncode == 1
    assert "29 students" in run.stderr
