"""Task 2.1."""

import numpy as np
import pytest

from grading.checks import agree, require

NAME = "initialize_adam"


def moments(submission, params):
    """The two vectors that the function returns, and the whole reply."""
    reply = submission.request(NAME, [params], {}, {})
    value = reply["value"]
    require(isinstance(value, (list, tuple)) and len(value) == 2, "Return two vectors: m, v.")
    return value, reply


@pytest.mark.check(weight=1)
def test_both_start_at_zero(submission, random):
    """m and v are vectors of zeros, like the parameters."""
    for size in (1, 30):
        for moment in moments(submission, random.standard_normal(size))[0]:
            agree(moment, np.zeros(size), "A moving average")


@pytest.mark.check(weight=1)
def test_they_are_two_arrays(submission, random):
    """m and v are separate, so that a change of one in place leaves the other alone."""
    value, reply = moments(submission, random.standard_normal(30))
    require(not reply["shared"], "m and v share their memory.")
    for moment in value:
        agree(moment, np.zeros(30), "A moving average")
