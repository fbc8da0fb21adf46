"""What comes out of grading: the gradebook, a feedback for each student, a page for the class."""

import csv
import io
from collections import Counter
from pathlib import Path

import jinja2
import numpy as np

from data.files import atomic_path
from grading.grade import safe_name
from grading.rubric import load_rubric

TEMPLATE = Path(__file__).with_name("class.html.jinja")
WORDS = {
    "passed": "passed",
    "failed": "failed",
    "error": "raised an error",
    "not implemented": "not implemented yet",
    "missing": "function missing",
    "timeout": "took too long",
    "crashed": "ended the Python process",
    "memory": "ran out of memory",
    "bad value": "returned something that is not numbers",
}


def number(points):
    """Marks without needless decimals."""
    return f"{points:g}"


def write_text(path, text):
    """Write a text file in one step."""
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def write_gradebook(results, path):
    """A row for each student, a column for each item, status, total, and bonus marks.

    Args:
        results: of all students, as `grade_all` gives them.
        path: of the CSV file.
    """
    items = [item.id for item in load_rubric().items]
    extra = [item.id for item in load_rubric().bonus]
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["student", "status", *items, "score", "max_score", *extra, "bonus"])
    for result in results:
        points = {item["id"]: item["points"] for item in result["items"]}
        # A name that a spreadsheet would take for a formula is no formula.
        name = result["student"]
        name = f"'{name}" if name[0] in "=+-@" else name
        row = [name, result["status"], *(number(points[item]) for item in items)]
        row += [number(result["score"]), result["max_score"]]
        tried = {item["id"]: number(item["points"]) for item in result["bonus"]}
        row += [tried.get(item, "") for item in extra]
        writer.writerow([*row, number(result["bonus_score"])])
    write_text(path, table.getvalue())


def feedback(result):
    """The feedback for one student, as Markdown."""
    rubric = load_rubric()
    lines = [
        f"# Feedback: {result['student']}",
        "",
        f"**{number(result['score'])} of {result['max_score']}** automatic marks; "
        f"{rubric.total - rubric.automatic} more are for the report.",
        "",
    ]
    if result["bonus"]:
        lines[-1:] = [f"Optional exercises: **{number(result['bonus_score'])}** marks on top.", ""]
    if result["status"] != "graded":
        lines += [f"Your file could not be graded ({result['status']}):", ""]
        lines += [*quote(result["message"]), ""]
    else:
        lines += [line for entry in result["items"] for line in section(entry)]
    return "\n".join([*lines, *feedback_on_bonus(result)])


def section(entry):
    """The lines of the feedback about one item, with a heading."""
    item = load_rubric().item(entry["id"])
    marks = f"{number(entry['points'])} of {entry['max_points']}"
    heading = f"## Task {item.task}: {item.title} ({item.equation}): {marks}"
    return [heading, "", *feedback_on_checks(entry), ""]


def feedback_on_bonus(result):
    """The lines of the feedback about the optional exercises that were tried."""
    return [line for entry in result["bonus"] for line in section(entry)]


def feedback_on_item(result, entry):
    """The lines of the feedback that are about one item of a result."""
    if result["status"] != "graded":
        return [
            f"The file could not be graded ({result['status']}):",
            "",
            *quote(result["message"]),
        ]
    return feedback_on_checks(entry)


def feedback_on_checks(entry):
    """The lines of the feedback about the checks of one item."""
    outcomes = {check["outcome"] for check in entry["checks"]}
    if outcomes in ({"not implemented"}, {"missing"}):
        return [f"`{entry['id']}`: {WORDS[outcomes.pop()]}."]
    hints = list(dict.fromkeys(c["hint"] for c in entry["checks"] if c["hint"]))
    lines = [*(f"> {hint}\n" for hint in hints)]
    for check in entry["checks"]:
        sign = "+" if check["outcome"] == "passed" else "-"
        worth = f"{number(check['points'])}/{number(check['max_points'])}"
        about = check["about"] or check["name"]
        lines.append(f"- [{sign}] {about} ({worth}, {WORDS[check['outcome']]})")
        if check["message"]:
            lines += ["", *quote(check["message"], "      "), ""]
    return lines


def quote(text, indent="    "):
    """Lines of a literal block, so that nothing in a student's message becomes markup."""
    return [indent + line for line in text.splitlines()]


def discrimination(points):
    """How well each item separates strong from weak students.

    Args:
        points: `(students, items)`.

    Returns:
        `(items,)`, the correlation of each item with the sum of the others; nan where an item or
        the rest is the same for all.
    """
    rest = points.sum(axis=1, keepdims=True) - points
    a, b = points - points.mean(axis=0), rest - rest.mean(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (a * b).sum(axis=0) / np.sqrt((a**2).sum(axis=0) * (b**2).sum(axis=0))


def class_page(results, skills=None):
    """The instructor's page about the class, as HTML.

    Args:
        results: of all students, as `grade_all` gives them.
        skills: what `find_skills` says about them.
    """
    rubric = load_rubric()
    results = sorted(results, key=lambda result: (-result["score"], result["student"]))
    points = np.array([[entry["points"] for entry in r["items"]] for r in results], dtype=float)
    marks = np.array([item.marks for item in rubric.items], dtype=float)
    extra = {item.id: [] for item in rubric.bonus}
    for result in results:
        for entry in result["bonus"]:
            extra[entry["id"]].append(entry["points"])
    edges = np.linspace(0, rubric.automatic, 17)
    counts = np.histogram([result["score"] for result in results], edges)[0]
    hints = Counter()
    for result in results:
        for entry in result["items"] + result["bonus"]:
            hints.update({(entry["id"], c["hint"]) for c in entry["checks"] if c["hint"]})
    items = [
        {
            "item": item,
            "mean": points[:, i].mean() / item.marks,
            "full": int((points[:, i] == item.marks).sum()),
            "none": int((points[:, i] == 0).sum()),
            "discrimination": discrimination(points)[i],
        }
        for i, item in enumerate(rubric.items)
    ]
    students = [
        {
            "name": result["student"],
            "link": f"{safe_name(result['student'])}.md",
            "status": result["status"],
            "score": number(result["score"]),
            "shares": [(number(p), s) for p, s in zip(row, row / marks, strict=True)],
        }
        for result, row in zip(results, points, strict=True)
    ]
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        students=students,
        items=items,
        extra=[(rubric.item(name), points) for name, points in extra.items() if points],
        hints=[(rubric.item(i), hint, n) for (i, hint), n in hints.most_common()],
        bars=list(zip(edges[:-1], edges[1:], (int(n) for n in counts), strict=True)),
        highest=max(1, int(counts.max())),
        total=rubric.automatic,
        mean=points.sum(axis=1).mean(),
        median=float(np.median(points.sum(axis=1))),
        seed=results[0]["seed"],
        skills=skills,
        statuses=Counter(result["status"] for result in results),
    )


def write_reports(results, output):
    """Write `gradebook.csv`, `NAME.md` for every student, and `class.html`.

    Args:
        results: of all students, at least one.
        output: the folder.
    """
    output = Path(output)
    results = sorted(results, key=lambda result: result["student"])
    write_gradebook(results, output / "gradebook.csv")
    for result in results:
        write_text(output / f"{safe_name(result['student'])}.md", feedback(result))
    write_text(output / "class.html", class_page(results))
