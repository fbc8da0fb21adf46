"""What hidden tests say when a result is wrong: sentences that give nothing away."""

import numpy as np
import scipy

FALSE_ALARM = 1e-10  # of each statistical check, for an answer that is right


class CheckError(Exception):
    """A check failed; the message goes to the student.

    Attributes:
        mistake: the name of the misconception that the check has recognised, or None.
    """

    def __init__(self, message, mistake=None):
        super().__init__(message)
        self.mistake = mistake


def require(condition, message, mistake=None):
    """Fail the check with this message, and this misconception, unless the condition holds."""
    if not condition:
        raise CheckError(message, mistake)


def numbers(value, shape=None):
    """`value` as an array of floats, of this shape if one is given."""
    require(value is not None, "The function returned None: is there a `return` in it?")
    require(
        isinstance(value, (np.ndarray, float, int, list, tuple)),
        f"The result is a {type(value).__name__}, not an array of numbers.",
    )
    try:
        array = np.asarray(value, dtype=float)
    except (ValueError, TypeError):
        raise CheckError("The result is not an array of numbers.") from None
    require(
        shape is None or array.shape == tuple(shape),
        f"The result has shape {array.shape}; it should have {shape}.",
    )
    return array


def agree(got, wanted, what, rtol=1e-4, atol=1e-6):
    """Fail unless `got` has the shape and, to rounding, the values of `wanted`.

    Args:
        what: what is compared, for the message: "The result", "The gradient ...".
    """
    wanted = np.asarray(wanted)
    got = numbers(got, wanted.shape)
    require(np.all(np.isfinite(got)), f"{what} has values that are infinite or not a number.")
    require(np.allclose(got, wanted, rtol, atol), f"{what} has wrong values.")


def unchanged(before, reply, mistake=None):
    """Fail if a call changed its arguments."""
    after = reply["args"]
    same = len(after) == len(before) and all(map(equal, before, after))
    require(same, "The function changes an argument that is needed afterwards.", mistake)


def equal(a, b):
    """Whether two values, nested in the same way, are equal."""
    if isinstance(a, (list, tuple)):
        return isinstance(b, (list, tuple)) and len(a) == len(b) and all(map(equal, a, b))
    return np.array_equal(a, b)


def standard_normal(epsilon):
    """Fail unless these numbers look like independent draws from N(0, 1).

    Args:
        epsilon: `(B, K)`, both large. For each statistic the bounds are exact quantiles of its
            distribution under N(0, 1): mean ~ N(0, 1/n), sums of squares ~ chi-squared.
    """
    n = epsilon.size
    bound = scipy.stats.norm.isf(FALSE_ALARM / 2) / np.sqrt(n)
    require(abs(np.mean(epsilon)) < bound, "The noise does not have mean 0.")
    require(
        chi_squared(np.sum(epsilon**2), n),
        "The noise has the wrong size: its standard deviation should be that of q(z|x).",
    )
    rows, columns = epsilon.shape
    require(
        chi_squared(np.sum(np.mean(epsilon, axis=1) ** 2) * columns, rows),
        "The noise of the dimensions of an image is not independent.",
    )
    require(
        chi_squared(np.sum(np.mean(epsilon, axis=0) ** 2) * rows, columns),
        "The noise of different images is not independent.",
    )


def chi_squared(value, degrees):
    """Whether a sum of this many squares of N(0, 1) could be this large or small."""
    half = FALSE_ALARM / 2
    return scipy.stats.chi2.ppf(half, degrees) < value < scipy.stats.chi2.isf(half, degrees)


def is_normal(epsilon):
    """Fail unless the distribution of these numbers is N(0, 1) (Kolmogorov and Smirnov)."""
    p_value = scipy.stats.kstest(np.ravel(epsilon), "norm").pvalue
    require(p_value > FALSE_ALARM, "The noise does not have the shape of a normal distribution.")


def independent(first, second):
    """Fail if the noise of two calls is correlated."""
    correlation = np.corrcoef(np.ravel(first), np.ravel(second))[0, 1]
    bound = scipy.stats.norm.isf(FALSE_ALARM / 2) / np.sqrt(np.size(first) - 3)
    require(abs(np.arctanh(correlation * 0.999999)) < bound, "Two calls give related noise.")


def network(random, *sizes, scale=1.0):
    """Random parameters of a network: a list of `(W, b)`."""
    return [
        (scale * random.standard_normal((m, n)) / np.sqrt(m), scale * random.standard_normal(n))
        for m, n in zip(sizes[:-1], sizes[1:], strict=True)
    ]


def binary(random, *shape):
    """Random binary images."""
    return (random.random(shape) < 0.4).astype(float)
