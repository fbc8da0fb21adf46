"""What is marked and for how much: `rubric.toml`, checked."""

import functools
import re
import sys
from pathlib import Path
from typing import NamedTuple

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PATH = Path(__file__).parent / "rubric.toml"


class RubricError(Exception):
    """The rubric is inconsistent; the message names file and line."""


class Item(NamedTuple):
    """A function that is marked by its hidden tests."""

    id: str
    title: str
    marks: int
    task: str
    equation: str


class ReportItem(NamedTuple):
    """A part of the report that is marked by hand."""

    id: str
    title: str
    marks: int
    criteria: str


class Skill(NamedTuple):
    """What some checks need, see `grading.skills`."""

    id: str
    title: str
    checks: list  # "item" or "item: part of the check's name"


KINDS = {"item": Item, "report": ReportItem, "bonus": Item, "skill": Skill}


class Rubric(NamedTuple):
    """All that is marked."""

    items: tuple
    report: tuple
    bonus: tuple  # an `Item` for each extension; on top of the total
    skills: tuple
    total: int

    @property
    def automatic(self):
        """The marks that the hidden tests give."""
        return sum(item.marks for item in self.items)

    def item(self, name):
        """The item of this id."""
        return next(item for item in self.items + self.bonus if item.id == name)

    def module_of(self, item):
        """The module that an item is about: an extension of this name, or "vae"."""
        return item if any(bonus.id == item for bonus in self.bonus) else "vae"


@functools.cache
def load_rubric(path=PATH, tests=None):
    """Read and check the rubric.

    Args:
        path: the TOML file.
        tests: the folder of the hidden tests; by default that of the project.

    Returns:
        A `Rubric`.

    Raises:
        RubricError: it is not TOML, an entry is incomplete, an id stands twice or has no tests,
            marks are not positive whole numbers, or they do not add up to the total.
    """
    path = Path(path)
    tests = tests or path.parent.parent / "tests" / "hidden"
    text = path.read_text(encoding="utf-8")

    def fail(message, pattern=None, nth=0):
        """Raise an error that names the nth line that matches."""
        lines = text.splitlines()
        found = [i for i, line in enumerate(lines, 1) if pattern and re.match(pattern, line)]
        raise RubricError(f"{path}:{found[min(nth, len(found) - 1)] if found else 1}: {message}")

    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise RubricError(f"{path}:{line[1] if line else 1}: {error}") from error

    entries = {}
    for kind, entry_type in KINDS.items():
        entries[kind] = []
        for nth, entry in enumerate(data.get(kind, [])):
            heading = rf"\[\[{kind}\]\]"
            wrong = set(entry) ^ set(entry_type._fields)
            if wrong:
                fail(f"missing or unknown here: {', '.join(sorted(wrong))}", heading, nth)
            if kind != "skill" and (type(entry["marks"]) is not int or entry["marks"] <= 0):
                fail(f"{entry['id']}: marks must be a whole number above 0", heading, nth)
            if entry_type is Item and not (tests / f"test_{entry['id']}.py").exists():
                fail(f"{entry['id']}: there is no test_{entry['id']}.py in {tests}", heading, nth)
            entries[kind].append(entry_type(**entry))
    ids = [entry.id for kind in entries.values() for entry in kind]
    for name in ids:
        if ids.count(name) > 1:
            fail(f"{name} stands twice", rf'id *= *"{name}"', 1)
    items = [entry.id for entry in entries["item"]]
    for nth, skill in enumerate(entries["skill"]):
        for check in skill.checks:
            if check.partition(": ")[0] not in items:
                fail(f"{skill.id}: {check!r} names no item", r"\[\[skill\]\]", nth)
    marks = sum(entry.marks for entry in entries["item"] + entries["report"])
    if data.get("total") != marks:
        fail(f"total is {data.get('total')}, but all marks add up to {marks}", "total")
    return Rubric(*(tuple(entries[kind]) for kind in KINDS), marks)
