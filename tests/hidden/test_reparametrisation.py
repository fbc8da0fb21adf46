"""The extension reparametrisation, against scipy, explicit Jacobian matrices and quadrature."""

import numpy as np
import pytest
from scipy.integrate import trapezoid
from scipy.special import expit
from scipy.stats import lognorm, multivariate_normal, norm, ortho_group

from grading.checks import agree, numbers, require, unchanged

SHAPES = (6, 3), (1, 4), (5, 1)  # of epsilon


def pair(value, shape):
    """z and log|det J| from what a map returned."""
    require(
        isinstance(value, (list, tuple)) and len(value) == 2,
        "Return two things, in this order: z, log|det J|.",
    )
    return numbers(value[0], shape), numbers(value[1], shape[:1])


def map_by(submission, name, epsilon, *phi):
    """z and log|det J| of the submission."""
    return pair(submission.call(name, epsilon, *phi), epsilon.shape)


# affine_map ---------------------------------------------------------------------------------------


def affine(random, B, K):
    """epsilon, mean, A."""
    A = random.standard_normal((K, K)) + 2 * ortho_group.rvs(K, random_state=random) if K > 1 else 2
    return random.standard_normal((B, K)), random.standard_normal(K), np.reshape(A, (K, K)) * 1.0


def volume(A):
    """log|det A|, from the singular values."""
    return np.sum(np.log(np.linalg.svd(A, compute_uv=False)))


@pytest.mark.check(weight=2)
def test_affine_map_of_every_row(submission, random):
    """z and log|det J| for a batch, for a batch of one and for K = 1."""
    for shape in SHAPES:
        epsilon, mean, A = affine(random, *shape)
        z, log_det = map_by(submission, "affine_map", epsilon, mean, A)
        wanted = [[mean[k] + A[k] @ row for k in range(len(mean))] for row in epsilon]
        agree(z, wanted, "z")
        agree(log_det, np.full(len(epsilon), volume(A)), "log|det J|")


@pytest.mark.check(weight=2)
def test_affine_map_makes_a_gaussian(submission, random):
    """log p(epsilon) - log|det J| is the log density of N(mean, A A') at z, by scipy."""
    epsilon, mean, A = affine(random, 8, 3)
    z, log_det = map_by(submission, "affine_map", epsilon, mean, A)
    wanted = multivariate_normal(mean, A @ A.T).logpdf(z)
    agree(norm.logpdf(epsilon).sum(axis=1) - log_det, wanted, "The log density")


@pytest.mark.check(weight=1)
def test_affine_map_that_mirrors(submission, random):
    """Both signs of the determinant: the volume is what counts."""
    for sign in (-1, 1):
        epsilon, mean, A = affine(random, 4, 2)
        A[0] *= sign * np.sign(np.linalg.det(A))
        _, log_det = map_by(submission, "affine_map", epsilon, mean, A)
        agree(log_det, np.full(4, volume(A)), "log|det J|")


@pytest.mark.check(weight=1)
def test_affine_map_with_determinants_beyond_floating_point(submission, random):
    """60 dimensions, with very small and very large A."""
    for scale in (1e-7, 1e7):
        epsilon, mean, A = affine(random, 3, 60)
        _, log_det = map_by(submission, "affine_map", epsilon, mean, scale * A)
        agree(log_det, np.full(3, volume(scale * A)), "log|det J|")


@pytest.mark.check(weight=1)
def test_affine_map_leaves_its_arguments_alone(submission, random):
    """affine_map does not change what it is given."""
    args = affine(random, 4, 2)
    reply = submission.request("affine_map", [a.copy() for a in args], {}, {})
    unchanged(list(args), reply)
    z, _ = pair(reply["value"], (4, 2))
    agree(z, args[1] + np.einsum("bj,kj->bk", args[0], args[2]), "z")


# planar_map ---------------------------------------------------------------------------------------


def planar(random, B, K, projection=None):
    """epsilon, u, w, b; with u'w = projection, or any above -0.8."""
    u, w = random.standard_normal((2, K))
    w *= 1.5 / np.linalg.norm(w)
    projection = random.uniform(-0.8, 2) if projection is None else projection
    u += (projection - u @ w) * w / (w @ w)
    return random.standard_normal((B, K)), u, w, random.uniform(0.3, 1)


def bent(epsilon, u, w, b):
    """z, and log|det J| of the matrix written out, row by row."""
    rows = []
    for row in epsilon:
        angle = sum(w * row) + b
        z = [row[k] + u[k] * np.tanh(angle) for k in range(len(u))]
        J = np.eye(len(u)) + np.array([[i * j for j in w] for i in u]) / np.cosh(angle) ** 2
        rows.append((z, np.linalg.slogdet(J)[1]))
    return [np.array(column) for column in zip(*rows, strict=True)]


@pytest.mark.check(weight=2)
def test_planar_map_and_the_determinant_of_its_matrix(submission, random):
    """z and log|det J| for a batch, for a batch of one and for K = 1."""
    for shape in SHAPES:
        args = planar(random, *shape)
        z, log_det = map_by(submission, "planar_map", *args)
        wanted = bent(*args)
        agree(z, wanted[0], "z")
        agree(log_det, wanted[1], "log|det J|")


@pytest.mark.check(weight=2)
def test_planar_map_has_the_jacobian_of_its_own_z(submission, random):
    """log|det J|, compared with how z changes when epsilon moves a little."""
    epsilon, *phi = planar(random, 5, 3)
    _, log_det = map_by(submission, "planar_map", epsilon, *phi)
    columns = []
    for move in 0.01 * np.eye(3):
        forward, _ = map_by(submission, "planar_map", epsilon + move, *phi)
        back, _ = map_by(submission, "planar_map", epsilon - move, *phi)
        columns.append((forward - back) / 0.02)
    wanted = np.linalg.slogdet(np.stack(columns, axis=-1))[1]
    agree(log_det, wanted, "log|det J|", rtol=2e-3, atol=2e-3)


@pytest.mark.check(weight=2)
def test_planar_map_makes_a_density(submission, random):
    """K = 1: the integral of q over z, computed numerically, is 1."""
    epsilon = np.linspace(-9, 9, 4001)[:, None]
    for projection in (-0.7, 1.5):
        _, *phi = planar(random, 1, 1, projection)
        z, log_det = map_by(submission, "planar_map", epsilon, *phi)
        density = np.exp(norm.logpdf(epsilon[:, 0]) - log_det)
        agree(trapezoid(density, z[:, 0]), 1.0, "The integral of q", rtol=1e-3)


@pytest.mark.check(weight=1)
def test_planar_map_that_turns_space_over(submission, random):
    """u'w far below -1, where the determinant is negative for some epsilon."""
    args = planar(random, 7, 2, -30.0)
    _, log_det = map_by(submission, "planar_map", *args)
    agree(log_det, bent(*args)[1], "log|det J|")


@pytest.mark.check(weight=1)
def test_planar_map_that_only_moves_space(submission, random):
    """With u = 0 or w = 0, and far away from where the map bends, all volumes stay the same."""
    epsilon, u, w, b = planar(random, 4, 3)
    far = 1000 * np.sign(epsilon @ w)[:, None] * w
    side = np.sign(far @ w)[:, None]
    for args, wanted in (
        ((epsilon, 0 * u, w, b), epsilon),
        ((epsilon, u, 0 * w, b), epsilon + np.tanh(b) * u),
        ((far, u, w, b), far + side * u),
    ):
        z, log_det = map_by(submission, "planar_map", *args)
        agree(z, wanted, "z")
        agree(log_det, np.zeros(4), "log|det J|")


@pytest.mark.check(weight=1)
def test_planar_map_leaves_its_arguments_alone(submission, random):
    """planar_map does not change what it is given."""
    args = planar(random, 4, 2)
    reply = submission.request("planar_map", [np.copy(a) for a in args[:3]] + [args[3]], {}, {})
    unchanged(list(args), reply)
    z, _ = pair(reply["value"], (4, 2))
    agree(z, bent(*args)[0], "z")


# invertible_u -------------------------------------------------------------------------------------


def pushed(u, w):
    """u in two parts: across w it stays; along w its length becomes m(w'u) / |w|."""
    length = np.sqrt(sum(w**2))
    along = w / length
    projection = (u @ along) * length
    m = max(projection, 0.0) + np.log1p(np.exp(-abs(projection))) - 1
    return u - (u @ along) * along + m / length * along


@pytest.mark.check(weight=3)
def test_invertible_u_changes_only_the_part_along_w(submission, random):
    """u_hat for w'u of either sign, and for K = 1."""
    for K in (1, 2, 5):
        for projection in (-3.0, -0.4, 0.7, 4.0):
            _, u, w, _ = planar(random, 1, K, projection)
            got = submission.call("invertible_u", u, w)
            agree(got, pushed(u, w), "u_hat")


@pytest.mark.check(weight=2)
def test_invertible_u_gives_a_map_without_folds(submission, random):
    """w'u_hat is at least -1 and grows with w'u, for 60 pairs of u and w."""
    projections, values = np.sort(random.uniform(-5, 5, 60)), []
    for projection in projections:
        _, u, w, _ = planar(random, 1, 3, projection)
        values.append(w @ numbers(submission.call("invertible_u", u, w), (3,)))
    require(np.all(np.array(values) >= -1 - 1e-5), "w'u_hat is below -1: the map folds.")
    agree(values, np.log1p(np.exp(projections)) - 1, "w'u_hat")


@pytest.mark.check(weight=1)
def test_invertible_u_for_very_long_vectors(submission, random):
    """w'u of 1000 and -1000."""
    for projection in (1e3, -1e3):
        _, u, w, _ = planar(random, 1, 3, projection)
        got = submission.call("invertible_u", u, w)
        agree(got, pushed(u, w), "u_hat", atol=1e-3)


@pytest.mark.check(weight=1)
def test_invertible_u_has_the_right_gradients(submission, random):
    """The gradients with respect to u and w."""
    _, u, w, _ = planar(random, 1, 3)
    cotangent, square, a = random.standard_normal(3), w @ w, u @ w
    shift, slope = np.log1p(np.exp(a)) - 1 - a, -expit(-a)
    along = cotangent @ w / square
    got = submission.vjp("invertible_u", u, w, cotangent=cotangent)
    agree(got, cotangent + slope * along * w, "The gradient with respect to u")
    got = submission.vjp("invertible_u", u, w, cotangent=cotangent, argnum=1)
    wanted = slope * along * u + shift * (cotangent / square - 2 * along * w / square)
    agree(got, wanted, "The gradient with respect to w")


@pytest.mark.check(weight=1)
def test_invertible_u_leaves_its_arguments_alone(submission, random):
    """invertible_u does not change what it is given."""
    _, u, w, _ = planar(random, 1, 3)
    reply = submission.request("invertible_u", [u.copy(), w.copy()], {}, {})
    unchanged([u, w], reply)
    agree(reply["value"], pushed(u, w), "u_hat")


# log_q --------------------------------------------------------------------------------------------


@pytest.mark.check(weight=2)
def test_log_q_of_the_exponential_is_log_normal(submission, random):
    """z = exp(epsilon), whose J is diagonal: the log-normal density of scipy."""
    for shape in SHAPES:
        epsilon = random.standard_normal(shape)
        got = submission.call("log_q", epsilon, epsilon.sum(axis=1))
        agree(got, lognorm.logpdf(np.exp(epsilon), 1).sum(axis=1), "log q")


@pytest.mark.check(weight=2)
def test_log_q_of_a_diagonal_affine_map_is_gaussian(submission, random):
    """z = mean + std epsilon: the normal density of scipy."""
    epsilon, mean = random.standard_normal((7, 4)), random.standard_normal(4)
    std = random.uniform(0.1, 3, 4)
    got = submission.call("log_q", epsilon, np.full(7, np.sum(np.log(std))))
    agree(got, norm(mean, std).logpdf(mean + std * epsilon).sum(axis=1), "log q")


@pytest.mark.check(weight=1)
def test_log_q_where_densities_are_beyond_floating_point(submission, random):
    """Noise far from 0, and volumes that shrink or grow by exp(900)."""
    epsilon = 40 + random.standard_normal((3, 2))
    log_det = np.array([900.0, -900.0, 0.0])
    wanted = norm.logpdf(epsilon).sum(axis=1) - log_det
    agree(submission.call("log_q", epsilon, log_det), wanted, "log q")


@pytest.mark.check(weight=1)
def test_log_q_has_the_right_gradients(submission, random):
    """The gradients with respect to the noise and to log|det J|."""
    epsilon, (log_det, cotangent) = random.standard_normal((5, 3)), random.standard_normal((2, 5))
    got = submission.vjp("log_q", epsilon, log_det, cotangent=cotangent)
    agree(got, -cotangent[:, None] * epsilon, "The gradient with respect to epsilon")
    got = submission.vjp("log_q", epsilon, log_det, cotangent=cotangent, argnum=1)
    agree(got, -cotangent, "The gradient with respect to log|det J|")


@pytest.mark.check(weight=1)
def test_log_q_leaves_its_arguments_alone(submission, random):
    """log_q does not change what it is given."""
    epsilon, log_det = random.standard_normal((4, 2)), random.standard_normal(4)
    reply = submission.request("log_q", [epsilon.copy(), log_det.copy()], {}, {})
    unchanged([epsilon, log_det], reply)
    agree(reply["value"], norm.logpdf(epsilon).sum(axis=1) - log_det, "log q")
