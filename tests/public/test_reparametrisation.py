"""Quick checks of `extensions/reparametrisation.py` against values worked out by hand.

python -m pytest -k reparametrisation    all of them
python -m pytest -k planar_map           those of one function
"""

import numpy as np
import pytest

from support.testing import check


def check_both(got, z, log_det):
    if not isinstance(got, tuple) or len(got) != 2:
        pytest.fail("return two things, in this order: z, log|det J|", pytrace=False)
    check(got[0], z, "z = mean + A epsilon, row by row.")
    check(got[1], log_det, "This is log|det J|, one number for each row.")


def test_affine_map_of_the_unit_vectors(extension):
    """They become the mean plus a column of A; the area doubles."""
    A, mean = np.array([[2.0, 1.0], [0.0, 1.0]]), np.array([10.0, 20.0])
    got = extension.affine_map(np.eye(2), mean, A)
    check_both(got, [[12, 20], [11, 21]], [0.693147] * 2)


def test_affine_map_with_a_mirror(extension):
    """The determinant is -3, and areas are three times as large."""
    A = np.array([[0.0, 3.0], [1.0, 0.0]])
    got = extension.affine_map(np.array([[1.0, 2.0]]), np.zeros(2), A)
    check_both(got, [[6, 1]], [1.098612])


def test_planar_map_in_the_middle_and_far_away(extension):
    """u'w = 2: the volume is tripled where tanh has the slope 1, and kept where it is flat."""
    u, w = np.array([2.0, 3.0]), np.array([1.0, 0.0])
    got = extension.planar_map(np.array([[0.0, 0.0], [50.0, 7.0]]), u, w, 0.0)
    check_both(got, [[0, 0], [52, 10]], [1.098612, 0])


def test_planar_map_between_the_middle_and_far_away(extension):
    """tanh(1) = 0.761594, and its slope there is 1 minus the square of that: 0.419974."""
    got = extension.planar_map(np.ones((1, 1)), np.ones(1), np.ones(1), 0.0)
    check_both(got, [[1.761594]], [0.350639])


@pytest.mark.parametrize(("u", "log_det"), [(1.0, 0.693147), (-4.0, 1.098612)])
def test_planar_map_of_one_dimension_where_b_moves_the_middle(extension, u, log_det):
    """The determinants are 2 and -3."""
    got = extension.planar_map(np.array([[-1.0]]), np.array([u]), np.ones(1), 1.0)
    check_both(got, [[-1]], [log_det])


def test_invertible_u_of_orthogonal_vectors(extension):
    """m(0) = log 2 - 1, and |w| = 2."""
    got = extension.invertible_u(np.array([0.0, 5.0]), np.array([2.0, 0.0]))
    check(got, [-0.153426, 5.0], "Only the part along w changes.")


@pytest.mark.parametrize(("u", "wanted"), [(-0.541325, -0.541325), (2000.0, 1999.0)])
def test_invertible_u_in_one_dimension(extension, u, wanted):
    """m(a) = a where 1 + exp(-a) = e, and a - 1 where a is large."""
    check(extension.invertible_u(np.array([u]), np.ones(1)), [wanted], "|w| = 1 here.")


def test_log_q_at_the_peak(extension):
    """-log(2 pi), and one nat less where the volume grows by a factor e."""
    got = extension.log_q(np.zeros((2, 2)), np.array([0.0, 1.0]))
    check(got, [-1.837877, -2.837877], "Where a map stretches space it thins the density out.")


def test_log_q_of_a_map_that_halves_volumes(extension):
    """The density doubles: -(1 + 4) / 2 - log(2 pi) + log 2."""
    check(extension.log_q(np.array([[1.0, 2.0]]), np.array([-0.693147])), [-3.644730])
