"""nbgrader's `autograde` without notebooks that run: marks and feedback from the hidden tests.

`configure` puts `Autograde` in the place of nbgrader's own. It works on copies: for every student
the pristine notebook, whatever they sent in its place, and of their files `vae.py`, the report, its
pictures and the time stamp. No kernel starts; the marks are injected as the outputs of cells.
"""

import base64
import hashlib
import html
import io
import json
import os
import re
import shutil
import tempfile
from pathlib import Path

import bleach
import nbgrader.apps.api
import nbgrader.apps.autogradeapp
from nbconvert.filters.markdown_mistune import markdown2html_mistune
from nbconvert.preprocessors import ClearMetadataPreprocessor, CSSHTMLHeaderPreprocessor
from nbformat.v4 import new_code_cell, new_output
from nbgrader.converters import Autograde as StockAutograde
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import (
    AssignLatePenalties,
    ClearMarkScheme,
    GetGrades,
    NbGraderPreprocessor,
    SaveAutoGrades,
)
from nbgrader.utils import rmtree
from PIL import Image
from traitlets import Bool, Integer, List

from data.files import atomic_path
from grading.course import NOTEBOOK
from grading.grade import UnreadableError, grade_all, read_plain_file, read_submission
from grading.report import feedback_on_bonus, feedback_on_item, number, write_reports
from grading.rubric import load_rubric
from grading.sandbox import LOST, SandboxError, check_sandbox

MARKER = "graded.json"  # the last file to be written for a student: without it nothing is finished
REPORT_BYTES = 200_000
PICTURE_BYTES = 1 << 20
PICTURE_PIXELS = 20_000_000
TAGS = ["p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "em", "strong", "del", "code", "pre"]
TAGS += ["blockquote", "ul", "ol", "li", "a", "img", "table", "thead", "tbody", "tr", "th", "td"]


def configure(c, config_file):
    """Set nbgrader up, from its config file.

    Args:
        c: the config.
        config_file: the path of the file; the course is in its folder.
    """
    for module in (nbgrader.apps.autogradeapp, nbgrader.apps.api):
        module.Autograde = Autograde
    c.CourseDirectory.root = str(Path(config_file).resolve().parent)
    c.GenerateFeedback.preprocessors = [GetGrades, ClearMarkScheme, CSSHTMLHeaderPreprocessor]
    c.FileNameCollectorPlugin.valid_ext = [".py", ".md", ".png", ".jpg", ".ipynb", ".txt"]


class InjectResults(NbGraderPreprocessor):
    """Put marks, feedback and the student's report into the notebook, as outputs of cells."""

    def preprocess(self, nb, resources):
        """Fill every cell that nbgrader marks."""
        student = resources["nbgrader"]["student"]
        converter = self.parent.parent
        result, sections = converter.results[student], converter.sections[student]
        entries = {entry["id"]: entry for entry in result["items"]}
        cells = []
        for cell in nb.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            cells.append(cell)
            if name in entries:
                cell.outputs = outputs(result, entries[name])
            elif name.removeprefix("report_") in sections:
                shown = new_code_cell("# What was handed in")
                report = {"text/html": sections[name.removeprefix("report_")]}
                shown.outputs = [new_output("display_data", report)]
                cells.append(shown)
        bonus = feedback_on_bonus(result)
        if bonus:  # by hand, as extra credit: nbgrader has no marks outside of an assignment's
            shown = new_code_cell(f"# Optional exercises: {number(result['bonus_score'])} marks")
            shown.outputs = [new_output("stream", name="stdout", text="\n".join(bonus) + "\n")]
            cells.append(shown)
        nb.cells = cells
        return nb, resources


def outputs(result, entry):
    """The outputs of the cell of an item: the feedback, and the marks, which nbgrader reads."""
    text = "\n".join(feedback_on_item(result, entry)).strip() + "\n"
    return [
        new_output("stream", name="stdout", text=text),
        new_output("execute_result", {"text/plain": number(entry["points"])}, execution_count=1),
    ]


class Autograde(StockAutograde):
    """`nbgrader autograde`, with the sandboxed grader in the place of a kernel."""

    unsandboxed = Bool(False, help="Grade without protection.").tag(config=True)
    seed = Integer(0, help="Of the random inputs of the hidden tests.").tag(config=True)
    jobs = Integer(os.cpu_count(), help="Grading processes.").tag(config=True)
    autograde_preprocessors = List(
        [InjectResults, ClearMetadataPreprocessor, SaveAutoGrades, AssignLatePenalties]
    ).tag(config=True)

    def start(self):
        """Grade all submissions, and let nbgrader work on copies that are sure to be in order."""
        self.students = self.find_students()
        if not self.students:
            raise self.failed(f"No submissions match {self.pattern('*')}.")
        source = Path(self.coursedir.format_path(self.coursedir.source_directory, ".", self.name))
        self.pristine = source / f"{NOTEBOOK}.ipynb"
        if not self.pristine.exists():
            raise self.failed(
                f"There is no {self.pristine}: run `python -m grading nbgrader` first."
            )
        # The source's other files are the students' given code, which nobody needs again.
        given = [str(p.relative_to(source)) for p in source.rglob("*") if p.is_file()]
        self.exclude_overwriting = {self.name: given}
        submitted = self.coursedir.submitted_directory
        with tempfile.TemporaryDirectory() as staging:
            self.coursedir.submitted_directory = staging
            try:
                super().start()
            finally:
                self.coursedir.submitted_directory = submitted

    def init_notebooks(self):
        """Leave it to `convert_notebooks`, which knows of every student in time."""

    def convert_notebooks(self):
        """Let nbgrader do its part for every student while the next ones are being graded."""
        self.results, self.sections, self.keys, failed = {}, {}, {}, []
        for student, result in self.grade():
            copy = Path(self.pattern(student))
            self.results[student] = result
            self.sections[student] = stage(self.students[student], copy)
            notebook = Path(shutil.copy(self.pristine, copy))
            self.keys[student] = self.key_of(student, copy)
            self.assignments = {str(copy): [str(notebook)]}
            try:
                super().convert_notebooks()
            except NbGraderException as error:
                failed.append(f"{student}: {error}")
        write_reports(self.results.values(), self.folder)
        if failed:
            raise self.failed("\n".join(failed))

    def convert_single_notebook(self, notebook_filename):
        """Convert it once: it is ours, and there is nothing to sanitise."""
        self.exporter._preprocessors = []
        for preprocessor in self.autograde_preprocessors:
            self.exporter.register_preprocessor(preprocessor)
        super(StockAutograde, self).convert_single_notebook(notebook_filename)

    @property
    def name(self):
        """The name of the assignment."""
        return self.coursedir.assignment_id

    def pattern(self, student):
        """The path of a student's submission."""
        directory = self.coursedir.submitted_directory
        return self.coursedir.format_path(directory, student, self.name)

    def failed(self, message):
        """Log an error; returns the exception to raise."""
        self.log.error(message)
        return NbGraderException(message)

    def find_students(self):
        """A dict from the name of every student who is to be graded to their folder."""
        excluded = self.coursedir.student_id_exclude.split(",")
        before, after = map(re.escape, self.pattern("\0").split("\0"))
        found = {}
        for path in sorted(Path("/").glob(self.pattern(self.coursedir.student_id).lstrip("/"))):
            student = re.fullmatch(f"{before}(.+){after}", str(path))[1]
            if path.is_dir() and student not in excluded and not student.startswith("."):
                found[student] = path
        return found

    @property
    def folder(self):
        """Where the plain grader's results are."""
        return Path(self.coursedir.root, "results", self.name)

    def grade(self):
        """Run the hidden tests for those whose submissions have changed.

        Yields:
            `student, result`, as each is ready.
        """
        try:
            if not self.unsandboxed:
                check_sandbox()
        except SandboxError as error:
            raise self.failed(
                f"{error} In nbgrader_config.py that is `c.Autograde.unsandboxed = True`."
            ) from error
        if self.unsandboxed:
            self.log.warning(LOST)
        protection = "none" if self.unsandboxed else "bubblewrap"
        for student, result in grade_all(
            self.students, self.folder, self.seed, self.jobs, protection=protection
        ):
            self.log.info("%s: %s of %s", student, result["score"], result["max_score"])
            yield student, result

    def key_of(self, student, copy):
        """What the outcome for a student depends on."""
        digest = hashlib.sha256(self.results[student]["key"].encode())
        digest.update(json.dumps(self.sections[student]).encode("utf-8", "backslashreplace"))
        for path in sorted(copy.rglob("*")):
            if path.is_file():
                digest.update(path.name.encode() + path.read_bytes())
        return digest.hexdigest()

    def init_destination(self, assignment_id, student_id):
        """Whether there is anything to do; what an interrupted run has left is done anew."""
        folder = self._format_dest(assignment_id, student_id)
        try:
            done = json.loads(Path(folder, MARKER).read_text())["key"]
        except (OSError, ValueError, KeyError, TypeError):
            done = None
        if os.path.exists(folder) and done != self.keys[student_id]:
            self.log.info("Grading anew what has changed or was interrupted: %s", folder)
            rmtree(folder)
        return super().init_destination(assignment_id, student_id)

    def set_permissions(self, assignment_id, student_id):
        """Set them, and note that this student is finished."""
        super().set_permissions(assignment_id, student_id)
        path = Path(self._format_dest(assignment_id, student_id), MARKER)
        with atomic_path(path) as temporary:
            temporary.write_text(json.dumps({"key": self.keys[student_id]}) + "\n")


def stage(folder, copy):
    """Copy what matters of a submission.

    Args:
        folder: what the student handed in.
        copy: where to.

    Returns:
        A dict from the id of each part of the report to what the student wrote, as safe HTML.
    """
    copy.mkdir(parents=True)
    try:
        (copy / "vae.py").write_bytes(read_submission(folder)["vae"])
    except UnreadableError as error:
        (copy / "vae.py is missing.txt").write_text(f"{error}\n", "utf-8", "backslashreplace")
    stamp = read_inside(folder, folder / "timestamp.txt", 1000)
    if stamp is not None:
        (copy / "timestamp.txt").write_bytes(stamp)
    for path in (*folder.glob("report.md"), *sorted(folder.glob("*/report.md"))):
        text = read_inside(folder, path, REPORT_BYTES)
        if text is not None:
            (copy / "report.md").write_bytes(text)
            return render_report(text.decode("utf-8", "replace"), folder, path.parent)
    return render_report("*There is no report.md of at most 200 kB.*", folder, folder)


def read_inside(folder, path, limit):
    """The bytes of a plain file inside a submission; None if it is anything else, or too large."""
    inside = os.path.realpath(path.parent)
    root = os.path.realpath(folder)
    if inside != root and not inside.startswith(root + os.sep):
        return None
    try:
        return read_plain_file(path, limit)
    except (UnreadableError, ValueError):
        return None


def split_report(text):
    """A dict from the id of each part of the report to its text.

    What stands under no heading of the rubric belongs to the part before, or to the first one.
    """
    items = load_rubric().report
    ids = {item.title.casefold(): item.id for item in items}
    parts = {item.id: [] for item in items}
    current = items[0].id
    for line in text.splitlines():
        heading = re.match(r"\s{0,3}#+\s+(.*?)\s*#*\s*$", line)
        current = ids.get(heading[1].casefold(), current) if heading else current
        parts[current].append(line)
    return {name: "\n".join(lines).strip() for name, lines in parts.items()}


def render_report(text, folder, base):
    """A dict from the id of each part of the report to safe HTML, with its pictures in it.

    Args:
        text: Markdown that a student wrote.
        folder: of the submission; only pictures from there are shown.
        base: what the paths of pictures are relative to.
    """

    def picture(match):
        return show_picture(folder, base, html.unescape(match[1] or ""))

    shown = {}
    for name, part in split_report(text).items():
        clean = bleach.clean(
            markdown2html_mistune(part or "*nothing*"),
            tags=TAGS,
            attributes={"img": ["src"], "a": ["href"]},
            protocols=["http", "https"],
        )
        clean = re.sub(r'<img(?: src="([^"]*)")?[^>]*>', picture, clean)
        shown[name] = clean.replace("\\href", "href")  # MathJax would make any link of it
    return shown


def show_picture(folder, base, src):
    """A picture with its data in it, or a sentence about why it cannot be shown."""
    data = read_inside(folder, base / (src or "."), PICTURE_BYTES)
    try:
        with Image.open(io.BytesIO(data or b"")) as image:
            width, height = image.size
            known = image.format in ("PNG", "JPEG") and width * height <= PICTURE_PIXELS
            kind = (image.format or "").lower()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        known = False
    if not known:
        name = html.escape(src or "no name")
        return f"<em>(no picture: {name} is missing, too large, or not PNG or JPEG)</em>"
    encoded = base64.b64encode(data).decode()
    return f'<img src="data:image/{kind};base64,{encoded}" style="max-width: 100%">'
