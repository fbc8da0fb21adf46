"""The hand-written version of every exercise; `python -m grading stubs` makes the stubs from it."""
