"""Load the file under test, and say in plain words what is not written yet."""

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = next(p for p in Path(__file__).resolve().parents if (p / "vae.py").exists())
sys.path.insert(0, str(ROOT))

from support.messages import describe, hint_for, read_exercises  # noqa: E402


def pytest_addoption(parser):
    parser.addoption("--vae", default=ROOT / "vae.py", help="the file to test (default: vae.py)")


def pytest_configure(config):
    if config.option.tbstyle == "auto":
        config.option.tbstyle = "short"  # the student's line, not the inside of autograd


@pytest.fixture(scope="session")
def vae_file(request):
    return Path(request.config.getoption("--vae"))


@pytest.fixture(scope="session")
def vae(vae_file):
    """The student's file as a module."""
    return load(vae_file)


@pytest.fixture(scope="module")
def extension(request, vae_file):
    """The optional exercise that the test file is about, as a module."""
    name = f"{request.path.stem.removeprefix('test_')}.py"
    folder = vae_file.parent / "extensions"
    path = folder / name if folder.exists() else vae_file.with_name(name)
    return load(path)


def load(path):
    """A file as a module."""
    spec = importlib.util.spec_from_file_location(f"{path.stem}_under_test", path)
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        pytest.fail(f"{path} cannot be imported: {type(error).__name__}: {error}", False)
    return module


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Turn NotImplementedError into a friendly failure, and add a hint to errors we know."""
    try:
        return (yield)
    except NotImplementedError as error:
        if str(error).startswith(("VJP of", "JVP of")):
            raise  # autograd's own: it cannot differentiate a function
        name = str(error).rpartition(" ")[2]
        if "extension" in item.funcargs:
            pytest.skip(f"optional: {name} is not implemented yet")
    except Exception as error:
        if hint_for(error):
            item.add_report_section("call", "hint", hint_for(error))
        raise
    path = item.funcargs["vae_file"]
    where = [describe(e, path) for e in read_exercises(path) if e.name == name]
    pytest.fail("\n".join(["not implemented yet:", *where]), pytrace=False)
