"""A module whose attributes are computed, and fail."""

import sys


class Module(type(sys)):
    def __getattribute__(self, name):
        raise RuntimeError("hostile_attribute")


sys.modules["vae"].__class__ = Module
