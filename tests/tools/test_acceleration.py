"""The accelerated derivatives against plain autograd: same values, first and second derivatives."""

import json
import os
import platform
import subprocess

import autograd.numpy as np
import numpy as onp
import pytest
from autograd import grad, jacobian, make_jvp
from autograd.core import make_vjp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from support import acceleration
from tests.tools.helpers import ROOT, python

settings.register_profile("here", deadline=None, max_examples=40, derandomize=True)
settings.load_profile("here")

TYPES = st.sampled_from([onp.float32, onp.float64])
SHAPES = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)


@pytest.fixture(autouse=True, scope="module")
def leave_fast():
    yield
    acceleration.use_fast()


def array(shape, dtype, seed, ties=False):
    """Random numbers, few different ones if `ties`; every other one a view with gaps."""
    rng = onp.random.default_rng(seed)
    values = rng.integers(-2, 3, (2, *shape)) if ties else rng.standard_normal((2, *shape))
    values = values.astype(dtype)
    return onp.moveaxis(values, 0, -1)[..., 0] if seed % 2 else values[0]


def derivatives(function, x):
    """Value, gradient of a random projection, and gradient of a projection of that."""
    value = function(x)
    weights = onp.random.default_rng(1).standard_normal(onp.shape(value)).astype(x.dtype)

    def project(x):
        return np.sum(np.sin(function(x)) * weights)  # sin: so that second derivatives are there

    more_weights = onp.random.default_rng(2).standard_normal(x.shape)
    first = grad(project)(x)
    second = grad(lambda x: np.sum(grad(project)(x) * more_weights))(x)
    return value, first, second


def plain_and_fast(compute):
    """What `compute()` returns without the accelerations, and with them."""
    acceleration.use_fast([])
    plain = compute()
    acceleration.use_fast()
    return plain, compute()


def run_python(code, plain):
    """What this program prints in a new process, with VAE_PLAIN_AUTOGRAD set to `plain`."""
    return subprocess.run(
        python("-c", code), cwd=ROOT, env={**os.environ, "VAE_PLAIN_AUTOGRAD": plain}, check=True,
        text=True, capture_output=True,
    ).stdout  # fmt: skip


def assert_same(function, *xs):
    """Accelerated and plain autograd agree to rounding, with respect to every argument."""
    for argnum in range(len(xs)):

        def one(x, argnum=argnum):
            return function(*xs[:argnum], x, *xs[argnum + 1 :])

        plain, fast = plain_and_fast(lambda f=one, x=xs[argnum]: derivatives(f, x))
        tolerance = 2e-4 if onp.result_type(*xs) == onp.float32 else 1e-10
        for ours, theirs in zip(fast, plain, strict=True):
            assert onp.shape(ours) == onp.shape(theirs)
            onp.testing.assert_allclose(ours, theirs, tolerance, tolerance)
        assert fast[1].dtype in (xs[argnum].dtype, plain[1].dtype)


@given(st.data(), TYPES, st.integers(0, 9))
def test_slices_and_integers(data, dtype, seed):
    x = array(data.draw(hnp.array_shapes(max_dims=3, min_side=0, max_side=4)), dtype, seed)
    index = data.draw(hnp.basic_indices(x.shape, allow_newaxis=True))
    other = data.draw(hnp.basic_indices(x.shape))
    assert_same(lambda x: x[index], x)
    assert_same(lambda x: np.sum(x[index]) * x[other] + x[index][..., None].sum(), x)  # overlapping


@given(st.data(), TYPES, st.integers(0, 9))
def test_repeated_indices_and_masks_are_left_to_autograd(data, dtype, seed):
    x = array(data.draw(hnp.array_shapes(max_dims=3, max_side=4)), dtype, seed)
    index = data.draw(
        st.one_of(
            hnp.integer_array_indices(x.shape),
            hnp.arrays(bool, x.shape),
            st.lists(st.integers(0, len(x) - 1), min_size=1),
        )
    )
    assert not acceleration.is_basic(index)
    assert_same(lambda x: x[index], x)


@pytest.mark.parametrize("index", [True, (True, 0), (slice(None), [0, 0]), onp.array([0, 0])])
def test_what_may_repeat_or_mask_is_not_a_basic_index(index):
    assert not acceleration.is_basic(index)


@given(st.data(), TYPES, st.integers(0, 9), st.booleans())
def test_maximum_with_broadcasting_and_ties(data, dtype, seed, ties):
    shapes = data.draw(hnp.mutually_broadcastable_shapes(num_shapes=2, min_side=0, max_side=3))
    x, y = (array(s, dtype, seed + i, ties) for i, s in enumerate(shapes.input_shapes))
    assert_same(np.maximum, x, y)
    assert_same(lambda x: np.maximum(0, x), x)
    assert_same(lambda x: np.maximum(0.5, x), x)
    assert_same(lambda x: np.maximum(x, 0.0), x)
    assert_same(lambda x: np.maximum(x, x), x)


@given(st.data(), TYPES, st.integers(0, 9), st.booleans())
@pytest.mark.parametrize("reduce", [np.sum, np.mean])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # means of nothing
def test_sums_and_means_over_any_axes(reduce, data, dtype, seed, keepdims):
    x = array(data.draw(SHAPES), dtype, seed)
    axes = st.one_of(st.none(), st.integers(-x.ndim, x.ndim - 1)) if x.ndim else st.none()
    if x.ndim:
        axes = st.one_of(axes, st.sets(st.integers(0, x.ndim - 1), min_size=1).map(tuple))
    axis = data.draw(axes)
    if x.size == 0 and reduce is np.mean:
        return  # nan on both sides, of different making
    assert_same(lambda x: reduce(x, axis=axis, keepdims=keepdims), x)
    assert_same(lambda x: reduce(x * x, axis=axis), x)


def test_a_gradient_of_a_sum_can_be_written_to():
    gradient = grad(np.sum)(onp.ones(3))
    gradient *= 2
    assert gradient.tolist() == [2, 2, 2]


@given(st.data(), TYPES, TYPES, st.integers(0, 9))
def test_products_of_matrices_vectors_and_scalars(data, dtype, other_dtype, seed):
    shapes = data.draw(
        st.one_of(
            st.tuples(*[st.integers(0, 4)] * 3).map(lambda n: ((n[0], n[1]), (n[1], n[2]))),
            st.sampled_from([((), (2, 3)), ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2))]),
            st.sampled_from([((2, 3, 4), (4, 5)), ((2, 3), (4, 3, 2))]),
        )
    )
    A, B = array(shapes[0], dtype, seed), array(shapes[1], other_dtype, seed + 1)
    if dtype == other_dtype:
        assert_same(np.dot, A, B)
    elif A.ndim == B.ndim == 2:
        assert_exact_where_float64(A, B)


def assert_exact_where_float64(A, B):
    """Gradients of a product of two types: each in its own, and float64 exact."""
    for argnum, exact in enumerate((A.dtype == float, B.dtype == float)):
        gradient = grad(lambda A, B: np.sum(np.sin(np.dot(A, B))), argnum)
        plain, fast = plain_and_fast(lambda gradient=gradient: gradient(A, B))
        assert fast.dtype == (A, B)[argnum].dtype
        tolerance = 1e-12 if exact else 1e-5
        onp.testing.assert_allclose(fast, plain, tolerance, tolerance)


def test_products_of_two_types_are_as_exact_as_the_better_one():
    A, B = array((2, 3), onp.float32, 0), array((3, 4), onp.float64, 1)
    assert_exact_where_float64(A, B)
    assert_exact_where_float64(B.T, A.T)


@given(st.data(), TYPES, st.integers(0, 9))
def test_arithmetic_with_broadcasting_and_numbers(data, dtype, seed):
    shapes = data.draw(hnp.mutually_broadcastable_shapes(num_shapes=2, min_side=0, max_side=3))
    x, y = (array(s, dtype, seed + i) for i, s in enumerate(shapes.input_shapes))
    for function in (np.add, np.subtract, np.multiply):
        assert_same(function, x, y)
    assert_same(lambda x: 2 * x - x * x + (1 - x), x)
    assert_same(lambda x: x - np.float64(3), x)


def test_einsum_sums_a_gradient_over_its_last_axes():
    x, y = array((3,), float, 0), array((3, 3), float, 1)
    rows = [0, Ellipsis]
    assert_same(lambda x, y: np.einsum(x, rows, y, rows, rows), x, y)


@given(SHAPES, TYPES, st.integers(0, 9), st.sampled_from([0, 0.0, -1.5, 3]))
def test_logaddexp_with_a_number_or_an_array(shape, dtype, seed, number):
    x = array(shape, dtype, seed)
    assert_same(lambda x: np.logaddexp(number, 5 * x), x)
    assert_same(lambda x: np.logaddexp(5 * x, number), x)
    assert_same(np.logaddexp, x, array(shape, dtype, seed + 1))


@pytest.mark.parametrize("dtype", [onp.float32, onp.float64])
def test_logaddexp_has_its_derivatives_up_to_where_exp_overflows(dtype):
    y = onp.linspace(-120, 88, 53, dtype=dtype)
    assert_same(lambda y: np.logaddexp(0, y), y)
    gradient = grad(lambda y: np.sum(np.logaddexp(0, y)))
    assert_same(gradient, y)  # one order more
    exact = 1 / (1 + onp.exp(-y.astype(onp.longdouble)))
    limits = onp.finfo(dtype)
    onp.testing.assert_allclose(gradient(y), exact, 120 * limits.eps, limits.tiny)


@pytest.mark.parametrize("dtype", [onp.float16, onp.float32, onp.float64])
def test_logaddexp_has_numpys_values_to_the_last_digits_and_at_the_ends(dtype):
    limits = onp.finfo(dtype)
    end = onp.log(limits.max)
    usual = onp.linspace(-1.2 * end, end, 4001, dtype=dtype)  # exp(y) underflows, and comes close
    beyond = onp.array([end * 1.001, limits.max, onp.inf, -onp.inf, onp.nan], dtype)
    acceleration.use_fast()
    for y in (usual, usual[:-1], usual - 1, onp.append(usual, beyond)):
        with onp.errstate(invalid="ignore"):  # the nan
            ours, exact = np.logaddexp(0, y), onp.logaddexp(0, y.astype(onp.longdouble))
        assert ours.dtype == dtype
        onp.testing.assert_allclose(ours, exact, 4 * limits.eps, limits.tiny)
    assert np.logaddexp(onp.inf, onp.inf) == onp.inf
    assert np.logaddexp(onp.inf, usual[:3]).tolist() == [onp.inf] * 3
    assert np.logaddexp(-onp.inf, onp.array([-onp.inf])) == -onp.inf
    assert np.logaddexp(0, 2) == onp.logaddexp(0, 2)
    onp.testing.assert_array_equal(np.logaddexp(0, [1, 2]), onp.logaddexp(0, [1, 2]))
    onp.testing.assert_array_equal(np.logaddexp(0, usual > 0), onp.logaddexp(0, usual > 0))


@pytest.mark.parametrize(
    "function",
    [np.mean, lambda x: -np.mean(x), lambda x: np.mean(np.maximum(0, x))],
)
def test_gradients_of_float32_are_float32(function):
    acceleration.use_fast()
    assert grad(function)(onp.ones((3, 4), onp.float32)).dtype == onp.float32


FAULTS = """
import resource, numpy, support
def step():
    arrays = [numpy.ones(200_000) for _ in range(20)]
for _ in range(5):
    step()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10):
    step()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="this is about glibc")
def test_memory_is_kept_for_the_next_step():
    assert int(run_python(FAULTS, "0")) < 100 < int(run_python(FAULTS, "1"))


@pytest.mark.parametrize("dtype", [complex, float])
@pytest.mark.filterwarnings("ignore:Casting complex values")  # autograd does so
def test_complex_numbers_and_other_types_are_left_to_autograd(dtype):
    z = onp.array([[1 + 2j, 3 - 1j], [0.5j, 1]])
    x = onp.array([[0.5, 2], [-3, 1]]).astype(dtype)
    for function in (
        lambda x: np.real(np.sum(x[0] * x[1])),
        lambda x: np.real(np.mean(x)),
        lambda x: np.real(np.sum(np.dot(x, z))),
        lambda x: np.real(np.sum(np.dot(z, x) * z)),
        lambda x: np.real(np.sum(x * z)),
        lambda x: np.real(np.sum(np.sum(x, axis=0) * z)),
    ):
        plain, fast = plain_and_fast(lambda function=function: grad(function)(x))
        onp.testing.assert_allclose(fast, plain)
        assert fast.dtype == plain.dtype


def test_gradients_of_integers_are_not_rounded():
    gradient = grad(lambda x: np.sum(0.5 * np.sum(x, axis=0)))(onp.ones((2, 3), int))
    assert gradient.tolist() == [[0.5] * 3] * 2


def test_a_gradient_can_start_from_a_plain_number():
    for function in (np.sum, np.mean, lambda x: np.maximum(0, x) + x, lambda x: np.sum(x[0])):
        vjp = plain_and_fast(lambda f=function: make_vjp(f, onp.ones((2, 3)))[0](2.0))
        onp.testing.assert_allclose(*vjp)


def test_forward_mode_and_jacobians_still_work():
    x = onp.arange(6.0).reshape(2, 3)

    def function(x):
        return np.sum(np.maximum(x[:, 1:], 2.0) * np.mean(x), axis=-1) + np.logaddexp(0, x[:, 0])

    def compute():
        """The Jacobian, a product with it, and one with a Hessian."""
        tangent = onp.ones_like(x)
        yield jacobian(function)(x)
        yield make_jvp(function)(x)(tangent)[1]
        yield make_jvp(grad(lambda x: np.sum(function(x) ** 2)))(x)(tangent)[1]

    for plain, fast in zip(*plain_and_fast(lambda: list(compute())), strict=True):
        onp.testing.assert_allclose(fast, plain)


TRAIN = """
import json
from data import load_mnist
from solutions import vae
from support import TrainingState, flatten
_, images, *_ = load_mnist("subset")
params, unflatten = flatten((vae.init_net_params([50, 200, 200, 784]),
                             vae.init_net_params([784, 200, 200, 100])))
state = TrainingState(params, vae.initialize_adam(params))
bounds = []
for _ in range(3):
    vae.train_epoch(state, unflatten, images, 200, 1e-3, lambda value, _: bounds.append(value))
print(json.dumps([float(bound) for bound in bounds]), state.params.dtype)
"""


@pytest.fixture(scope="module")
def curve():
    """A function that trains in a new process and returns the bound after every step."""

    def train(plain):
        bounds, dtype = run_python(TRAIN, plain).rsplit(maxsplit=1)
        assert dtype == "float32"
        return onp.array(json.loads(bounds))

    return train


def test_the_loss_curve_is_that_of_plain_autograd(curve):
    fast, plain = curve("0"), curve("1")
    assert len(fast) == 3 * 23
    onp.testing.assert_allclose(fast[:10], plain[:10], rtol=1e-5)
    onp.testing.assert_allclose(fast, plain, rtol=2e-3)  # rounding, blown up by 69 steps
    assert not onp.array_equal(fast, plain), "the switch did nothing"


def test_derivatives_within_derivatives_are_kept_apart():
    def slope(x, y):
        return grad(lambda y: np.sum((x * y) ** 2 + y * x**3 + np.maximum(x, y)))(y)

    x, y = onp.array([1.0, 2, 3]), onp.array([2.0, 1, 5])
    acceleration.use_fast()
    along_x = grad(lambda x: np.sum(slope(x, y)))(x)
    onp.testing.assert_allclose(along_x, 4 * x * y + 3 * x**2)
    along_both = grad(lambda x: np.sum(slope(x, x + 1)))(x)
    onp.testing.assert_allclose(along_both, 4 * x * (x + 1) + 2 * x**2 + 3 * x**2)


def test_another_version_of_autograd_is_left_alone_with_a_warning(monkeypatch):
    import support

    calls = []
    monkeypatch.setattr(acceleration, "use_fast", lambda: calls.append(0))
    monkeypatch.setattr(support, "version", lambda name: "1.10.0")
    with pytest.warns(UserWarning, match=r"autograd 1\.8 and 1\.9, and this is 1\.10\.0"):
        support.accelerate()
    assert calls == []
    monkeypatch.setattr(support, "version", lambda name: "1.9.7")
    support.accelerate()
    assert calls == [0]
