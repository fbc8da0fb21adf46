"""Ends in the middle of an expression."""
def compute_KL(x):
    return (x +
