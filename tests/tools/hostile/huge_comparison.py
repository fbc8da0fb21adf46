"""Pictures whose shapes multiply when two calls are compared."""

import itertools

import numpy

shapes = itertools.cycle([None, None, (500, 1), (1, 500)])


def interpolate_images(generator, encoder, first, second, num_steps=25):
    return numpy.random.random(next(shapes) or (num_steps, len(first)))
