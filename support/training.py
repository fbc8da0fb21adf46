"""The state of training, and its checkpoints on disk."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np

from data.files import atomic_path
from support.messages import RunError
from support.randomness import get_state, set_state


class TrainingState:
    """Everything that changes while a model learns.

    Attributes:
        params, m, v: vectors `(P,)` of one type: the parameters and Adam's moving averages.
        t: steps of Adam so far.
        epoch: finished epochs.
    """

    def __init__(self, params, moments, t=0, epoch=0):
        self.params, self.t, self.epoch = params, t, epoch
        self.m, self.v = self.vectors("initialize_adam", "m, v", moments)

    def advance(self, updated):
        """Take `params, m, v` as `adam_update` returned them.

        Vectors of another type are turned back: a float64 constant somewhere in a student's Adam
        would otherwise make everything after it float64, at half the speed.

        Raises:
            RunError: they are not three vectors of the size of the parameters.
        """
        self.params, self.m, self.v = self.vectors("adam_update", "params, m, v", updated)
        self.t += 1

    def vectors(self, function, names, values):
        """`values` as vectors like the parameters, if that is what they are."""
        expected = f"{function} must return {names}: vectors of shape {self.params.shape}"
        if not isinstance(values, (tuple, list)) or len(values) != len(names.split(",")):
            raise RunError(f"{expected}. It returned {type(values).__name__}.")
        for value in values:
            if np.shape(value) != self.params.shape:
                raise RunError(f"{expected}. One it returned has shape {np.shape(value)}.")
        return [np.asarray(value, dtype=self.params.dtype) for value in values]


def save_checkpoint(path, state, settings, history):
    """Write all that an interrupted run needs to go on as if it had not been interrupted.

    Args:
        path: of a `.npz` file; it is replaced in one step.
        state: a `TrainingState`.
        settings: what the run was started with, as plain data.
        history: what it has reported so far, as plain data.
    """
    metadata = {
        "settings": settings,
        "history": history,
        "random": get_state(),
        "t": state.t,
        "epoch": state.epoch,
    }
    arrays = {"params": state.params, "m": state.m, "v": state.v}
    contents = io.BytesIO()
    np.savez(contents, **arrays, metadata=np.array(json.dumps(metadata)))
    with atomic_path(path) as temporary:
        temporary.write_bytes(contents.getbuffer())


def load_checkpoint(path, settings):
    """Read a checkpoint and put the random numbers back to where it left them.

    Returns:
        state, history: as they were given to `save_checkpoint`.

    Raises:
        RunError: there is none, it cannot be read, or it is from a run with other settings.
    """
    if not Path(path).exists():
        raise RunError(f"There is no {path} to resume from. Start without --resume.")
    try:
        with np.load(path, allow_pickle=False) as file:
            params, m, v = file["params"], file["m"], file["v"]
            metadata = json.loads(str(file["metadata"]))
    except (ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise RunError(f"{path} is not a checkpoint ({error}). Start without --resume.") from error
    for name, value in settings.items():
        if metadata["settings"].get(name) != value:
            raise RunError(
                f"{path} is from a run with {name} = {metadata['settings'].get(name)}, and this "
                f"one has {value}. Use the same, or start without --resume."
            )
    set_state(metadata["random"])
    return TrainingState(params, (m, v), metadata["t"], metadata["epoch"]), metadata["history"]
