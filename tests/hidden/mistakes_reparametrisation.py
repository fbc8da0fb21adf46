"""Known wrong answers of the extension reparametrisation, each with a hint."""

from functools import partial

import autograd.numpy as np

from tests.hidden.misconceptions import misconception as general

misconception = partial(general, file="reparametrisation")


# affine_map ---------------------------------------------------------------------------------------


@misconception(
    "affine_map",
    "You multiply by the transpose of A. In (3) A stands left of a column epsilon, but your draws "
    "are rows.",
)
def affine_map_by_the_transpose(epsilon, mean, A):
    return mean + np.dot(epsilon, A), np.linalg.slogdet(A)[1] * np.ones(len(epsilon))


@misconception("affine_map", "Your z lacks the mean of (3). It moves q without changing volumes.")
def affine_map_without_mean(epsilon, mean, A):
    return np.dot(epsilon, A.T), np.linalg.slogdet(A)[1] * np.ones(len(epsilon))


@misconception(
    "affine_map",
    "Your log|det J| is twice too large: you take the determinant of the covariance A A'. J is A.",
)
def log_det_of_the_covariance(epsilon, mean, A):
    return mean + np.dot(epsilon, A.T), 2 * np.linalg.slogdet(A)[1] * np.ones(len(epsilon))


@misconception(
    "affine_map",
    "Your log|det J| has the wrong sign. It is positive where the map makes volumes larger; the "
    "minus stands in (1), outside of this function.",
)
def affine_log_det_of_the_inverse(epsilon, mean, A):
    return mean + np.dot(epsilon, A.T), -np.linalg.slogdet(A)[1] * np.ones(len(epsilon))


@misconception(
    "affine_map",
    "You take the determinant before its logarithm. It may be negative, and with many dimensions "
    "it becomes 0 or infinite: let slogdet take the logarithm.",
)
def log_of_a_signed_determinant(epsilon, mean, A):
    return mean + np.dot(epsilon, A.T), np.log(np.linalg.det(A)) * np.ones(len(epsilon))


@misconception(
    "affine_map",
    "Right for few dimensions, but with many the determinant becomes 0 or infinite. Let slogdet "
    "take its logarithm.",
)
def log_of_a_determinant(epsilon, mean, A):
    log_det = np.log(np.abs(np.linalg.det(A)))
    return mean + np.dot(epsilon, A.T), log_det * np.ones(len(epsilon))


@misconception(
    "affine_map",
    "You multiply the diagonal of A. That is its determinant only where A is triangular.",
)
def determinant_from_the_diagonal(epsilon, mean, A):
    log_det = np.sum(np.log(np.abs(np.diag(A))))
    return mean + np.dot(epsilon, A.T), log_det * np.ones(len(epsilon))


@misconception(
    "affine_map",
    "You return one log|det J|. Return one for every row, here all the same, like any other map.",
)
def one_log_det_for_all_rows(epsilon, mean, A):
    return mean + np.dot(epsilon, A.T), np.linalg.slogdet(A)[1]


# planar_map ---------------------------------------------------------------------------------------


@misconception(
    "planar_map",
    "Your log|det J| is the same wherever epsilon is. The factor h of (4) is the slope of tanh, "
    "which is 1 only in the middle.",
)
def planar_map_of_slope_one(epsilon, u, w, b):
    t = np.tanh(np.dot(epsilon, w) + b)
    return epsilon + np.outer(t, u), np.log(np.abs(1 + np.dot(u, w) * (1 + 0 * t)))


@misconception("planar_map", "In your slope of tanh the tanh is not squared; see h in (4).")
def tanh_not_squared(epsilon, u, w, b):
    t = np.tanh(np.dot(epsilon, w) + b)
    return epsilon + np.outer(t, u), np.log(np.abs(1 + np.dot(u, w) * (1 - t)))


@misconception(
    "planar_map", "Your z is right, but b is missing in h: the slope is taken elsewhere."
)
def slope_without_b(epsilon, u, w, b):
    t, h = np.tanh(np.dot(epsilon, w) + b), 1 - np.tanh(np.dot(epsilon, w)) ** 2
    return epsilon + np.outer(t, u), np.log(np.abs(1 + np.dot(u, w) * h))


@misconception("planar_map", "You use tanh itself as h. J has its derivative; see (4).")
def tanh_for_its_derivative(epsilon, u, w, b):
    t = np.tanh(np.dot(epsilon, w) + b)
    return epsilon + np.outer(t, u), np.log(np.abs(1 + np.dot(u, w) * t))


@misconception(
    "planar_map",
    "Right unless the determinant is negative: then its logarithm is not a number. (1) has the "
    "absolute value.",
)
def log_without_absolute_value(epsilon, u, w, b):
    t = np.tanh(np.dot(epsilon, w) + b)
    return epsilon + np.outer(t, u), np.log(1 + np.dot(u, w) * (1 - t**2))


@misconception("planar_map", "You return the determinant, not its logarithm.")
def determinant_without_log(epsilon, u, w, b):
    t = np.tanh(np.dot(epsilon, w) + b)
    return epsilon + np.outer(t, u), np.abs(1 + np.dot(u, w) * (1 - t**2))


@misconception(
    "planar_map",
    "You multiply the diagonal of J. Its other elements, h u_i w_j, count too: the lemma has the "
    "inner product u'w.",
)
def planar_diagonal_alone(epsilon, u, w, b):
    t = np.tanh(np.dot(epsilon, w) + b)
    diagonal = 1 + np.outer(1 - t**2, u * w)
    return epsilon + np.outer(t, u), np.sum(np.log(np.abs(diagonal)), axis=1)


@misconception(
    "planar_map",
    "You have exchanged u and w: w chooses the projection of epsilon, and u is what is added.",
)
def u_and_w_exchanged(epsilon, u, w, b):
    t = np.tanh(np.dot(epsilon, u) + b)
    return epsilon + np.outer(t, w), np.log(np.abs(1 + np.dot(u, w) * (1 - t**2)))


@misconception(
    "planar_map",
    "You move epsilon along w instead of along u. log|det J| hardly tells: only u'w is in it.",
)
def moved_along_w(epsilon, u, w, b):
    t = np.tanh(np.dot(epsilon, w) + b)
    return epsilon + np.outer(t, w), np.log(np.abs(1 + np.dot(u, w) * (1 - t**2)))


@misconception(
    "planar_map",
    "Your z is only what (4) adds to epsilon. Without epsilon all z would lie on one line.",
)
def planar_map_without_epsilon(epsilon, u, w, b):
    t = np.tanh(np.dot(epsilon, w) + b)
    return np.outer(t, u), np.log(np.abs(1 + np.dot(u, w) * (1 - t**2)))


@misconception(
    "planar_map",
    "You add up the log|det J| of all rows. Every draw has one of its own; what adds up are the "
    "maps of a chain.",
)
def planar_log_dets_added_up(epsilon, u, w, b):
    t = np.tanh(np.dot(epsilon, w) + b)
    return epsilon + np.outer(t, u), np.sum(np.log(np.abs(1 + np.dot(u, w) * (1 - t**2))))


@misconception(
    "planar_map",
    "Your log|det J| has the wrong sign. It is positive where the map makes volumes larger; the "
    "minus stands in (1), outside of this function.",
)
def planar_log_det_negated(epsilon, u, w, b):
    t = np.tanh(np.dot(epsilon, w) + b)
    return epsilon + np.outer(t, u), -np.log(np.abs(1 + np.dot(u, w) * (1 - t**2)))


# invertible_u -------------------------------------------------------------------------------------


@misconception("invertible_u", "You do not divide by |w|^2: w'u_hat is m(w'u) only if |w| is 1.")
def w_not_normalised(u, w):
    a = np.dot(w, u)
    return u + (np.logaddexp(0, a) - 1 - a) * w


@misconception("invertible_u", "You divide by |w|. Its square is needed, for w'w is |w|^2.")
def w_divided_by_its_length(u, w):
    a = np.dot(w, u)
    return u + (np.logaddexp(0, a) - 1 - a) * w / np.sqrt(np.dot(w, w))


@misconception(
    "invertible_u",
    "You add m(w'u) to a u that still has its own part along w. That part is taken away first: "
    "see the difference in the equation.",
)
def old_part_along_w_kept(u, w):
    return u + (np.logaddexp(0, np.dot(w, u)) - 1) * w / np.dot(w, w)


@misconception(
    "invertible_u",
    "Your m lacks the -1: w'u_hat is then above 0, and the map can stretch but never squeeze.",
)
def m_without_minus_one(u, w):
    a = np.dot(w, u)
    return u + (np.logaddexp(0, a) - a) * w / np.dot(w, w)


@misconception(
    "invertible_u",
    "Right for moderate numbers, but exp(w'u) becomes infinite for large ones. Look at logaddexp.",
)
def exponential_overflows(u, w):
    a = np.dot(w, u)
    return u + (np.log(1 + np.exp(a)) - 1 - a) * w / np.dot(w, w)


@misconception(
    "invertible_u",
    "You cut w'u off at -1. That is invertible, but not the smooth m of the equation, and beyond "
    "the edge it has no gradient along w.",
)
def projection_cut_off(u, w):
    a = np.dot(w, u)
    return u + (np.maximum(a, -1) - a) * w / np.dot(w, w)


@misconception(
    "invertible_u",
    "You change u along itself. Only its part along w decides about invertibility; the part across "
    "w should stay.",
)
def changed_along_u(u, w):
    a = np.dot(w, u)
    return u + (np.logaddexp(0, a) - 1 - a) * u / np.dot(u, u)


@misconception("invertible_u", "You return u_hat along w alone: the part of u across w is lost.")
def part_across_w_lost(u, w):
    return (np.logaddexp(0, np.dot(w, u)) - 1) * w / np.dot(w, w)


# log_q --------------------------------------------------------------------------------------------


@misconception(
    "log_q",
    "You add log|det J|. A map that makes volumes larger makes the density smaller.",
)
def log_det_added(epsilon, log_det):
    return -0.5 * np.sum(epsilon**2 + np.log(2 * np.pi), axis=-1) + log_det


@misconception("log_q", "That is the density of epsilon. That of z has log|det J| in it; see (1).")
def density_of_the_noise(epsilon, log_det):
    return -0.5 * np.sum(epsilon**2 + np.log(2 * np.pi), axis=-1) + 0 * log_det


@misconception(
    "log_q",
    "You leave the constant of N(0, I) out, log(2 pi) / 2 for each dimension. It does not change "
    "the gradient, but the ELBO.",
)
def log_q_without_constants(epsilon, log_det):
    return -0.5 * np.sum(epsilon**2, axis=-1) - log_det


@misconception("log_q", "Your constant is that of one dimension; N(0, I) has one for each of K.")
def constant_of_one_dimension(epsilon, log_det):
    return -0.5 * np.sum(epsilon**2, axis=-1) - 0.5 * np.log(2 * np.pi) - log_det


@misconception("log_q", "The squares lack the factor 1/2 of a Gaussian's log density.")
def squares_without_half(epsilon, log_det):
    return -np.sum(epsilon**2 + 0.5 * np.log(2 * np.pi), axis=-1) - log_det


@misconception(
    "log_q", "You average over the dimensions. Log densities of independent ones add up."
)
def log_q_by_the_mean_of_dimensions(epsilon, log_det):
    return -0.5 * np.mean(epsilon**2 + np.log(2 * np.pi), axis=-1) - log_det


@misconception("log_q", "You add up over all rows: there is one log q for every draw.")
def log_q_of_all_rows(epsilon, log_det):
    return np.sum(-0.5 * np.sum(epsilon**2 + np.log(2 * np.pi), axis=-1) - log_det)


@misconception(
    "log_q",
    "You subtract log|det J| in every dimension. It belongs to the whole of z: subtract it once.",
)
def log_det_of_every_dimension(epsilon, log_det):
    return -0.5 * np.sum(epsilon**2 + np.log(2 * np.pi) + 2 * log_det[:, None], axis=-1)


@misconception(
    "log_q",
    "You take the logarithm of log_det. It is a logarithm already, and may be negative.",
)
def logarithm_of_a_logarithm(epsilon, log_det):
    return -0.5 * np.sum(epsilon**2 + np.log(2 * np.pi), axis=-1) - np.log(np.abs(log_det))
