"""`pytest tests/hidden --submission PATH`: everything that grades is in grading/plugin.py."""

from grading.plugin import (  # noqa: F401
    _submission,
    pytest_addoption,
    pytest_collection_modifyitems,
    pytest_configure,
    pytest_runtest_makereport,
    random,
    submission,
)
