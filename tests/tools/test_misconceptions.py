"""Every known mistake, put into an otherwise right file, loses marks where it is, with its hint."""

import shutil

import pytest

from grading.grade import grade
from grading.rubric import load_rubric
from tests.hidden.misconceptions import MISCONCEPTIONS
from tests.tools.helpers import SOLUTION

pytestmark = pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed")


@pytest.mark.parametrize("mistake", MISCONCEPTIONS, ids=lambda mistake: mistake.name)
def test_a_mistake_costs_its_own_item_and_is_named(mistake):
    result = grade({"vae": mistake.put_into(SOLUTION).encode()})
    lost = {item["id"] for item in result["items"] if item["points"] < item["max_points"]}
    assert lost == {mistake.exercise}
    hints = {check["hint"] for item in result["items"] for check in item["checks"]}
    assert mistake.hint in hints, hints


def test_names_and_hints_are_unique_within_an_exercise():
    assert len({mistake.name for mistake in MISCONCEPTIONS}) == len(MISCONCEPTIONS)
    pairs = {(mistake.exercise, mistake.hint) for mistake in MISCONCEPTIONS}
    assert len(pairs) == len(MISCONCEPTIONS)


def test_every_item_has_misconceptions():
    exercises = {mistake.exercise for mistake in MISCONCEPTIONS}
    assert exercises == {item.id for item in load_rubric().items}
