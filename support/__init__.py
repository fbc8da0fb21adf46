"""Given code around the model: you use it, and need not read it."""

import os
import warnings
from importlib.metadata import version

from support.messages import launch
from support.parameters import flatten
from support.randomness import own_stream, rng
from support.run import Run, save_pictures
from support.training import TrainingState

__all__ = ["Run", "TrainingState", "flatten", "launch", "own_stream", "rng", "save_pictures"]


def accelerate():
    """Switch on `support.acceleration`, unless it is unwanted or autograd is another version."""
    if os.environ.get("VAE_PLAIN_AUTOGRAD", "0") not in ("", "0"):
        return
    found = version("autograd")
    if not (1, 8) <= tuple(int(part) for part in found.split(".")[:2]) < (1, 10):
        warnings.warn(
            f"Training will be slow: the accelerations in support/ are for autograd 1.8 and 1.9, "
            f"and this is {found}. `pip install -r requirements.txt` installs one of these.",
            stacklevel=2,
        )
        return
    from support import acceleration

    acceleration.use_fast()
    acceleration.keep_memory()


accelerate()
