"""Raises SystemExit and KeyboardInterrupt instead of answering."""

import autograd.numpy as np


def compute_KL(x):
    K = x.shape[-1] // 2
    mean, log_std = x[:, :K], x[:, K:]
    return np.sum(0.5 * (np.exp(2 * log_std) + mean**2 - 1) - log_std, axis=-1)


def bernoulli_log_prob(targets, logits):
    raise SystemExit(0)


def adam_update(*args, **kwargs):
    raise KeyboardInterrupt


def generate_images(*args, **kwargs):
    raise GeneratorExit
