"""What several of these tests need."""

import importlib.util
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOLUTION = (ROOT / "solutions" / "vae.py").read_text(encoding="utf-8")


def load_file(path, name="module_under_test"):
    """Import a Python file under a name of its own."""
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load_source(source, folder, name="vae"):
    """Write `source` to a file in `folder` and import it."""
    path = folder / f"{name}.py"
    path.write_text(source, encoding="utf-8")
    return load_file(path)


def replace(source, old, new):
    """`source` with its only `old` turned into `new`."""
    assert source.count(old) == 1, (source.count(old), old)
    return source.replace(old, new)


def python(*words):
    """The command line of this Python with these words."""
    return [sys.executable, *map(str, words)]
