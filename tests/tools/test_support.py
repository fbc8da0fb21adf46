"""The small pieces that students use without reading them."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from autograd.misc.flatten import flatten as autograd_flatten
from autograd.test_util import check_grads

from support import flatten, own_stream, rng
from support.randomness import coarse_uniform, get_state, seed_all, set_state

NESTED = ([(np.arange(6.0).reshape(2, 3), np.array([7.0, 8.0]))], [(np.ones((1, 1)), np.zeros(0))])


def test_flatten_lays_parameters_out_as_autograd_does():
    flat, unflatten = flatten(NESTED)
    assert flat.tolist() == autograd_flatten(NESTED)[0].tolist()
    (first,), (second,) = unflatten(flat)
    for ours, theirs in zip(first + second, NESTED[0][0] + NESTED[1][0], strict=True):
        assert np.array_equal(ours, theirs)
    assert type(unflatten(flat)) is tuple
    assert first[0].base is not None, "a view, not a copy"


def test_flatten_copies_and_keeps_the_type():
    params = [(np.ones((2, 2), np.float32), np.zeros(2, np.float32))]
    flat, _ = flatten(params)
    flat += 1
    assert flat.dtype == np.float32
    assert params[0][0].sum() == 4


def test_gradients_through_unflatten_match_finite_differences():
    flat, unflatten = flatten(NESTED)

    def function(flat):
        ((W, b),), ((c, _),) = unflatten(flat)
        return anp.sum(anp.tanh(W) ** 2) * b[0] + anp.sum(W[0] * c) + b[1] ** 3

    check_grads(function, modes=["rev"], order=2)(flat + 0.1)
    assert grad(function)(flat).shape == flat.shape


def draw():
    return rng.random(), np.random.rand(), np.random.randn()


def test_both_sources_of_random_numbers_can_be_seeded_saved_and_restored():
    seed_all(3)
    first = draw()
    state = get_state()
    second = draw()
    set_state(state)
    assert draw() == second
    seed_all(3)
    assert draw() == first
    assert first != second


@pytest.mark.parametrize("shape", [(3, 5), (8,), (), (0, 4), (2, 3, 1)])
def test_coarse_uniform_numbers_are_the_generators_bits_sixteen_by_sixteen(shape):
    seed_all(5)
    numbers = coarse_uniform(shape)
    after = rng.random()
    seed_all(5)
    words = rng.bit_generator.random_raw(-(-numbers.size // 4))
    assert rng.random() == after
    assert (numbers.shape, numbers.dtype) == (shape, np.float32)
    wanted = [[int(word) >> shift & 0xFFFF for shift in (0, 16, 32, 48)] for word in words]
    found = (numbers.ravel() * 2.0**16).tolist()
    for start, parts in zip(range(0, numbers.size, 4), wanted, strict=True):
        drawn = found[start : start + 4]
        assert sorted(drawn) == sorted(parts) or (len(drawn) < 4 and set(drawn) <= set(parts))


def test_an_own_stream_leaves_no_trace_even_after_an_error():
    seed_all(4)
    undisturbed = draw()
    seed_all(4)
    try:
        with own_stream(0):
            inside = draw()
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    assert draw() == undisturbed
    with own_stream(0):
        assert draw() == inside
