"""Right answers get full marks, however they are written.

Each file of `styles/` has functions as some student might write them; they replace those of the
solution.
"""

import shutil
from pathlib import Path

import pytest

from grading.grade import grade
from tests.tools.helpers import SOLUTION, load_source, replace
from tests.tools.test_public_tests import failures

STYLES = sorted((Path(__file__).parent / "styles").glob("*.py"))
MAIN = 'if __name__ == "__main__":'

# These formulas are right, but not where sigmoid(l) rounds to 0 or 1.
UNSTABLE = ("log_sigmoid.py", "log_with_small_constant.py", "product_of_probabilities.py")
LOST = {name: {"test_extreme_logits_stay_finite_and_right"} for name in UNSTABLE}
LOST_IN_PUBLIC = {
    name: {"test_bernoulli_log_prob_is_right_for_extreme_logits"} for name in UNSTABLE
}

needs_walls = pytest.mark.skipif(
    shutil.which("bwrap") is None,
    reason="submissions are graded inside bubblewrap: `apt install bubblewrap`",
)
each_style = pytest.mark.parametrize("style", STYLES, ids=lambda path: path.stem)


def in_this_style(path):
    """The solution, with the functions of this file in place of its own."""
    return replace(SOLUTION, MAIN, f"{path.read_text(encoding='utf-8')}\n\n{MAIN}")


def lost_checks(result):
    """What a student would ask about: the checks that did not pass, with what was said."""
    return {
        check["name"]: f"{item['id']}: {check['outcome']}: {check['message']} {check['hint']}"
        for item in result["items"]
        for check in item["checks"]
        if check["outcome"] != "passed"
    }


def test_there_are_styles():
    assert len(STYLES) >= 20
    assert set(LOST) <= {path.name for path in STYLES}


@needs_walls
@each_style
def test_every_style_gets_full_marks(style):
    result = grade({"vae": in_this_style(style).encode()})
    assert result["status"] == "graded", result["message"]
    lost, allowed = lost_checks(result), LOST.get(style.name, set())
    assert set(lost) == allowed, "\n".join(f"{name}: {said}" for name, said in lost.items())
    for item in result["items"]:
        missing = sum(c["max_points"] for c in item["checks"] if c["name"] in allowed)
        assert item["points"] == pytest.approx(item["max_points"] - missing, abs=0.01), item["id"]


@each_style
def test_every_style_passes_the_public_tests(style, tmp_path):
    vae = load_source(in_this_style(style), tmp_path)
    assert set(failures(vae)) == LOST_IN_PUBLIC.get(style.name, set())


@needs_walls
@pytest.mark.parametrize("seed", range(5))
def test_the_solution_gets_full_marks_with_any_seed(seed):
    result = grade({"vae": SOLUTION.encode()}, seed=seed)
    assert lost_checks(result) == {}
    assert result["score"] == result["max_score"] == 80
