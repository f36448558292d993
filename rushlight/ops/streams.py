"""PyTorch's CPU random streams, number for number, as raw NumPy code: nothing here knows of tensors.

A `Stream` is a generator's state. Every draw takes one, a shape and a NumPy dtype, returns a new array, and leaves the
stream exactly where PyTorch's generator would stand. Draws into a tensor that is not contiguous follow its memory:
use `fill`.
"""

from .streams_common import c_name, scalar_name
from .streams_integer import randint, random, randperm
from .streams_multinomial import multinomial
from .streams_normal import normal, normal_of_tensors, serial_normals, standard_normal
from .streams_order import fill, memory_order
from .streams_real import (
    bernoulli,
    bernoulli_of_tensor,
    cauchy,
    dropout_mask,
    exponential,
    geometric,
    log_normal,
    rrelu_noise,
    uniform,
)
from .streams_rejection import binomial, poisson, sample_dirichlet, standard_gamma
from .streams_state import DEFAULT_SEED, STATE_SIZE, Stream
from .streams_topk import topk_indices

__all__ = [
    "DEFAULT_SEED", "STATE_SIZE", "Stream", "bernoulli", "bernoulli_of_tensor", "binomial", "c_name", "cauchy",
    "dropout_mask", "exponential", "fill", "geometric", "log_normal", "memory_order", "multinomial", "normal",
    "normal_of_tensors", "poisson", "randint", "random", "randperm", "rrelu_noise", "sample_dirichlet", "scalar_name",
    "serial_normals", "standard_gamma", "standard_normal", "topk_indices", "uniform",
]
