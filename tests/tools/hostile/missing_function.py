"""Has one function only, a right one."""

import autograd.numpy as np


def compute_KL(x):
    K = x.shape[-1] // 2
    mean, log_std = x[:, :K], x[:, K:]
    return np.sum(0.5 * (np.exp(2 * log_std) + mean**2 - 1) - log_std, axis=-1)
