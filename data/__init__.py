"""The images of the practical, and a way to save pictures of them."""

from data.images import save_images
from data.mnist import load_mnist

__all__ = ["load_mnist", "save_images"]
