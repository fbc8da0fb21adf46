"""Given code around the model: you use it, and need not read it."""

import support.acceleration  # noqa: F401
from support.messages import launch
from support.parameters import flatten
from support.randomness import own_stream, rng
from support.run import Run, save_pictures
from support.training import TrainingState

__all__ = [
    "Run",
    "TrainingState",
    "flatten",
    "launch",
    "own_stream",
    "rng",
    "save_pictures",
]
