"""The random streams against numbers and states recorded from PyTorch 2.13 on the CPU.

EXACT: what exact arithmetic (or float32's own polynomials) decides; digests of the values' bytes and of the state after.
CLOSE: what the C library's functions decide; the first values, the state's `left` and `next`, the waiting normal.
"""

import copy
import hashlib
import math
import pickle
import warnings

import ml_dtypes
import numpy as np
import pytest

from rushlight.ops import streams
from rushlight.ops.streams import Stream

FLOAT, DOUBLE, LONG = np.dtype(np.float32), np.dtype(np.float64), np.dtype(np.int64)

EXACT = [  # draw, its arguments, dtype, size, digest of the values, digest of the state
    ("uniform", (), "float32", 0, "e3b0c44298", "1b30d5da91"),
    ("uniform", (), "float32", 1, "14c5beb134", "855b920b20"),
    ("uniform", (), "float32", 16, "334a0e6387", "9e0f807214"),
    ("uniform", (), "float32", 1000, "fb0c32f3e8", "0ca4ee2fd5"),
    ("uniform", (), "float64", 0, "e3b0c44298", "1b30d5da91"),
    ("uniform", (), "float64", 1, "1500661533", "674626acda"),
    ("uniform", (), "float64", 16, "055d0f487d", "b2bba4077c"),
    ("uniform", (), "float64", 1000, "8843ca66d0", "39438e4f7c"),
    ("uniform", (), "float16", 0, "e3b0c44298", "1b30d5da91"),
    ("uniform", (), "float16", 1, "470835e682", "855b920b20"),
    ("uniform", (), "float16", 16, "f7e5528cfa", "9e0f807214"),
    ("uniform", (), "float16", 1000, "19a25ad299", "0ca4ee2fd5"),
    ("uniform", (), "bfloat16", 0, "e3b0c44298", "1b30d5da91"),
    ("uniform", (), "bfloat16", 1, "2f97e1f14f", "855b920b20"),
    ("uniform", (), "bfloat16", 16, "7f7ccfa003", "9e0f807214"),
    ("uniform", (), "bfloat16", 1000, "dbfce1f695", "0ca4ee2fd5"),
    ("uniform", (), "complex64", 0, "e3b0c44298", "1b30d5da91"),
    ("uniform", (), "complex64", 1, "c1dfd7adec", "674626acda"),
    ("uniform", (), "complex64", 16, "3d79085fc5", "b2bba4077c"),
    ("uniform", (), "complex64", 1000, "5038559f7b", "39438e4f7c"),
    ("uniform", (), "complex128", 0, "e3b0c44298", "1b30d5da91"),
    ("uniform", (), "complex128", 1, "95578a4e38", "b9a5bfdb23"),
    ("uniform", (), "complex128", 16, "5ecc369b64", "12b0cc51bf"),
    ("uniform", (), "complex128", 1000, "5743391430", "5191712c60"),
    ("uniform", (-2.5, 0.75), "float32", 700, "503a3a5372", "0a05090c6e"),
    ("uniform", (-2.5, 0.75), "float64", 700, "8cfbc16206", "4d035c3676"),
    ("uniform", (0.9, 1.0), "float16", 700, "1e9757b443", "0a05090c6e"),
    ("normal", (), "float32", 16, "aa2ca3ba7c", "9e0f807214"),
    ("normal", (), "float32", 17, "02ab3a72ae", "52c5ca166f"),
    ("normal", (), "float32", 31, "9005d02ce7", "c361dd9ac7"),
    ("normal", (), "float32", 32, "e2915e6993", "b2bba4077c"),
    ("normal", (), "float32", 100, "7539d5cf04", "c3b9beb330"),
    ("normal", (), "float32", 625, "08b5580a70", "922d36567a"),
    ("normal", (), "float32", 5000, "89a947552b", "c6eadcbd70"),
    ("normal", (), "float16", 16, "e9db97b46d", "9e0f807214"),
    ("normal", (), "float16", 17, "6c2895fe0f", "b2bba4077c"),
    ("normal", (), "float16", 31, "f98bb915d6", "b2bba4077c"),
    ("normal", (), "float16", 32, "9a13d67125", "b2bba4077c"),
    ("normal", (), "float16", 100, "a461bc1627", "28e20d975e"),
    ("normal", (), "float16", 625, "134bcf9f11", "cb80fd3f96"),
    ("normal", (), "float16", 5000, "cf21413e22", "2cdea85b89"),
    ("normal", (), "bfloat16", 16, "1641d18031", "9e0f807214"),
    ("normal", (), "bfloat16", 17, "8f15109403", "b2bba4077c"),
    ("normal", (), "bfloat16", 31, "fec60e23c2", "b2bba4077c"),
    ("normal", (), "bfloat16", 32, "51e1115b50", "b2bba4077c"),
    ("normal", (), "bfloat16", 100, "a0d96cc2b7", "28e20d975e"),
    ("normal", (), "bfloat16", 625, "a0b5b11112", "cb80fd3f96"),
    ("normal", (), "bfloat16", 5000, "98f5a7e5c8", "2cdea85b89"),
    ("normal", (), "complex64", 16, "fe432d451b", "b2bba4077c"),
    ("normal", (), "complex64", 17, "288a392ed8", "36a992a2ed"),
    ("normal", (), "complex64", 31, "2ee0eac122", "23525beb8f"),
    ("normal", (), "complex64", 32, "e59f3bad59", "12b0cc51bf"),
    ("normal", (), "complex64", 100, "542c3b4147", "ccd7e7de12"),
    ("normal", (), "complex64", 625, "cac20595ba", "561a7df73d"),
    ("normal", (), "complex64", 5000, "8918fac832", "a934d14e34"),
    ("normal", (0.5, 2.0), "float32", 1000, "c993a7e539", "e4c3d6f4ab"),
    ("normal", (-3.0, 0.1), "float16", 100, "1ebbf2024e", "28e20d975e"),
    ("random", (), "int8", 700, "9cbaddd180", "0a05090c6e"),
    ("random", (), "int16", 700, "7315d5888d", "0a05090c6e"),
    ("random", (), "int32", 700, "5b868233bc", "0a05090c6e"),
    ("random", (), "int64", 700, "3b9709ce29", "4d035c3676"),
    ("random", (), "uint8", 700, "02b5e60bde", "0a05090c6e"),
    ("random", (), "bool", 700, "d9e5f6a67e", "0a05090c6e"),
    ("random", (), "float16", 700, "da14a0a85f", "0a05090c6e"),
    ("random", (), "bfloat16", 700, "44e6aeaf1a", "0a05090c6e"),
    ("random", (), "float32", 700, "0ddfe712eb", "0a05090c6e"),
    ("random", (), "float64", 700, "f353612699", "4d035c3676"),
    ("random", (0, 10), "int64", 400, "9579950972", "264891a457"),
    ("randint", (0, 10), "int64", 400, "9579950972", "264891a457"),
    ("random", (-5, 268435451), "int64", 400, "6d07b77bd6", "c89e53bfa7"),
    ("randint", (-5, 268435451), "int64", 400, "6d07b77bd6", "c89e53bfa7"),
    ("random", (-5, 268435450), "int64", 400, "3e2c218430", "264891a457"),
    ("randint", (-5, 268435450), "int64", 400, "3e2c218430", "264891a457"),
    ("random", (-1099511627776, 1099511627776), "int64", 400, "705795f9d8", "c89e53bfa7"),
    ("randint", (-1099511627776, 1099511627776), "int64", 400, "705795f9d8", "c89e53bfa7"),
    ("random", (-9223372036854775808, 9223372036854775807), "int64", 400, "59b2db8e73", "c89e53bfa7"),
    ("randint", (-9223372036854775808, 9223372036854775807), "int64", 400, "59b2db8e73", "c89e53bfa7"),
    ("random", (0, 256), "uint8", 400, "bd6bdeae0c", "264891a457"),
    ("randint", (0, 256), "uint8", 400, "bd6bdeae0c", "264891a457"),
    ("random", (3, 60000), "uint16", 400, "a303173f83", "264891a457"),
    ("randint", (3, 60000), "uint16", 400, "a303173f83", "264891a457"),
    ("random", (0, 4294967296), "uint32", 400, "8fc50216da", "c89e53bfa7"),
    ("randint", (0, 4294967296), "uint32", 400, "8fc50216da", "c89e53bfa7"),
    ("random", (0, 4611686018427387904), "uint64", 400, "471a96b046", "c89e53bfa7"),
    ("randint", (0, 4611686018427387904), "uint64", 400, "471a96b046", "c89e53bfa7"),
    ("random", (0, 2), "bool", 400, "97ef934696", "264891a457"),
    ("randint", (0, 2), "bool", 400, "97ef934696", "264891a457"),
    ("random", (-128, 128), "int8", 400, "121558f999", "264891a457"),
    ("randint", (-128, 128), "int8", 400, "121558f999", "264891a457"),
    ("random", (-10, 10), "float32", 400, "0e533bab44", "264891a457"),
    ("randint", (-10, 10), "float32", 400, "0e533bab44", "264891a457"),
    ("random", (0, 2048), "float16", 400, "dd871ab6f3", "264891a457"),
    ("randint", (0, 2048), "float16", 400, "dd871ab6f3", "264891a457"),
    ("random", (-100, 101), "bfloat16", 400, "6aa9b7228b", "264891a457"),
    ("randint", (-100, 101), "bfloat16", 400, "6aa9b7228b", "264891a457"),
    ("random", (0, 9007199254740992), "float64", 400, "54d6109895", "c89e53bfa7"),
    ("randint", (0, 9007199254740992), "float64", 400, "54d6109895", "c89e53bfa7"),
    ("random", (0, None), "int64", 100, "42cb74555e", "ee3b1ce59e"),
    ("random", (-9223372036854775808, None), "int64", 100, "b4407a5243", "ee3b1ce59e"),
    ("random", (-7, None), "int32", 100, "d161281577", "ee3b1ce59e"),
    ("random", (1, None), "uint8", 100, "6020074933", "7c8d151251"),
    ("random", (-1, None), "float32", 100, "63d7a5e555", "7c8d151251"),
    ("random", (-9223372036854775808, None), "bfloat16", 100, "6190d565fe", "ee3b1ce59e"),
    ("random", (-9223372036854775808, None), "float64", 100, "d74eba6ea3", "ee3b1ce59e"),
    ("random", (0, None), "bool", 100, "f9b3b97408", "7c8d151251"),
    ("bernoulli", (0.3,), "float32", 700, "c883441822", "4d035c3676"),
    ("bernoulli", (0.3,), "float64", 700, "f893791da1", "4d035c3676"),
    ("bernoulli", (0.3,), "bool", 700, "8c228d5bcc", "4d035c3676"),
    ("bernoulli", (0.3,), "int64", 700, "566f049021", "4d035c3676"),
    ("bernoulli", (0.3,), "float16", 700, "3fe5dca605", "4d035c3676"),
    ("bernoulli", (0.3,), "bfloat16", 700, "1429ef3740", "4d035c3676"),
    ("randperm", (), "uint8", 0, "e3b0c44298", "1b30d5da91"),
    ("randperm", (), "uint8", 1, "6e340b9cff", "1b30d5da91"),
    ("randperm", (), "uint8", 2, "47dc540c94", "855b920b20"),
    ("randperm", (), "uint8", 100, "8ac1a2a5c5", "b204c2646f"),
    ("randperm", (), "int16", 0, "e3b0c44298", "1b30d5da91"),
    ("randperm", (), "int16", 1, "96a296d224", "1b30d5da91"),
    ("randperm", (), "int16", 2, "67abdd7210", "855b920b20"),
    ("randperm", (), "int16", 100, "e62fee1aee", "b204c2646f"),
    ("randperm", (), "int64", 0, "e3b0c44298", "1b30d5da91"),
    ("randperm", (), "int64", 1, "af5570f5a1", "1b30d5da91"),
    ("randperm", (), "int64", 2, "4cbbd8ca52", "855b920b20"),
    ("randperm", (), "int64", 100, "b5e1e3183c", "b204c2646f"),
    ("randperm", (), "float16", 0, "e3b0c44298", "1b30d5da91"),
    ("randperm", (), "float16", 1, "96a296d224", "1b30d5da91"),
    ("randperm", (), "float16", 2, "487d509ea6", "855b920b20"),
    ("randperm", (), "float16", 100, "a0dda46332", "b204c2646f"),
    ("randperm", (), "bfloat16", 0, "e3b0c44298", "1b30d5da91"),
    ("randperm", (), "bfloat16", 1, "96a296d224", "1b30d5da91"),
    ("randperm", (), "bfloat16", 2, "8a35e02283", "855b920b20"),
    ("randperm", (), "bfloat16", 100, "a5a368f283", "b204c2646f"),
    ("randperm", (), "float32", 0, "e3b0c44298", "1b30d5da91"),
    ("randperm", (), "float32", 1, "df3f619804", "1b30d5da91"),
    ("randperm", (), "float32", 2, "434b26042a", "855b920b20"),
    ("randperm", (), "float32", 100, "cea36275f2", "b204c2646f"),
    ("randperm", (), "float64", 0, "e3b0c44298", "1b30d5da91"),
    ("randperm", (), "float64", 1, "af5570f5a1", "1b30d5da91"),
    ("randperm", (), "float64", 2, "3239b05c38", "855b920b20"),
    ("randperm", (), "float64", 100, "c6193d827f", "b204c2646f"),
]
CLOSE = {  # the first values, left, next, the waiting normal
    "few normals": ([0.737629473, 1.94592917, -0.699541628], 617, 8, -1.3022973799235347),
    "few normals, then few more": ([-2.90689214, -0.539786605, 0.191141301, 1.738554], 609, 16, 0.48392529622643854),
    "blocked double": ([0.278379846, -1.87361452, 1.46069528, -0.531447995, -0.280242341, -1.32795427, -1.18306479], 551, 74, None),
    "serial because not contiguous": ([0.737629473, 1.94592917, -0.699541628, -1.30229735, -0.513262212, -0.269619554, 0.246184662], 545, 80, None),
    "few complex": ([0.521582787, 1.3759797, -0.494650616, -0.920863308, -0.362931183, -0.190649824], 613, 12, None),
    "exponential": ([0.10680317, 1.08268437, 0.556681532, 0.546334232, 0.430169231, 0.0840331996, 0.0962473021], 611, 14, None),
    "exponential half": ([0.213623047, 2.16601562, 1.11328125, 1.09277344, 0.860351562, 0.16809082, 0.192504883], 611, 14, None),
    "geometric": ([8.0, 1.0, 2.0, 2.0, 3.0, 9.0, 8.0], 611, 14, None),
    "cauchy": ([-1.89699329, 6.30758491, 2.19595864, 2.1381124, 1.49334258, -2.78590071, -2.26137476], 611, 14, None),
    "log_normal": ([1.98259653, 2.68178412, 1.38418926, 1.19056223, 1.45017531, 1.54125205, 1.75338143], 609, 16, 0.48392529622643854),
    "poisson": ([0.0, 4.0, 8.0, 47.0, 1020.0], 597, 28, None),
    "binomial": ([6.0, 33.0, 81.0, 100.0], 593, 32, None),
    "gamma": ([1.24676466, 0.142543972, 2.72328138, 32.5467453], 607, 18, None),
    "dirichlet": ([0.897399366, 0.102600656, 0.0772123411, 0.922787666], 607, 18, None),
    "multinomial one": ([0.0, 2.0], 609, 16, None),
    "multinomial without replacement": ([0.0, 3.0, 2.0, 0.0], 609, 16, None),
    "multinomial with replacement": ([1.0, 3.0, 3.0, 3.0, 2.0, 1.0, 0.0], 601, 24, None),
    "multinomial transposed": ([3.0, 0.0, 2.0, 0.0], 609, 16, None),
    "bernoulli of float": ([0.0, 1.0, 0.0, 1.0, 0.0, 0.0], 619, 6, None),
    "bernoulli of double": ([0.0, 0.0, 1.0, 0.0, 0.0, 1.0], 613, 12, None),
    "normal of means": ([2.47525883, 5.8918581, 1.60091674], 617, 8, -1.3022973799235347),
    "normal of stds": ([1.73762941, 4.8918581, -1.09862494], 617, 8, -1.3022973799235347),
    "normal of both": ([1.73762941, 4.8918581, -1.09862494, 0.697702646, 0.973475575, 1.19114137], 613, 12, None),
}


def digest(data):
    return hashlib.sha256(data).hexdigest()[:10]


def dtype_of(name):
    return np.dtype(ml_dtypes.bfloat16 if name == "bfloat16" else name)


def position(stream):
    state = stream.get_state()
    return int(state[8:12].view(np.int32)[0]), int(state[16:20].view(np.int32)[0])


@pytest.mark.parametrize(("name", "arguments", "dtype", "size", "values", "state"), EXACT)
def test_exact(name, arguments, dtype, size, values, state):
    stream = Stream(7)
    streams.uniform(stream, (5,), FLOAT)
    draw = getattr(streams, name)
    result = draw(stream, size, dtype_of(dtype)) if name == "randperm" else draw(stream, (size,), dtype_of(dtype), *arguments)
    assert result.shape == (size,) and result.dtype == dtype_of(dtype)
    assert digest(result.tobytes()) == values
    assert digest(stream.get_state().tobytes()) == state


def single(*values):
    return np.array(values, FLOAT)


def double(*values):
    return np.array(values, DOUBLE)


WEIGHTS = single([1, 2, 3, 4], [4, 0, 1, 0])
ALPHA = single(0.3, 1, 2.5, 30)


def few_then_more(stream):
    streams.normal(stream, (3,), FLOAT)
    return streams.normal(stream, (4,), DOUBLE, 1, 3)


def not_contiguous(stream):
    target = np.empty((4, 10), FLOAT)
    streams.fill(target.T, lambda shape, contiguous: streams.normal(stream, shape, FLOAT, contiguous=contiguous))
    return target


DRAWS = {
    "few normals": lambda s: streams.normal(s, (3,), FLOAT),
    "few normals, then few more": few_then_more,
    "blocked double": lambda s: streams.normal(s, (21,), DOUBLE),
    "serial because not contiguous": not_contiguous,
    "few complex": lambda s: streams.normal(s, (3,), np.dtype(np.complex128)).view(DOUBLE),
    "exponential": lambda s: streams.exponential(s, (7,), DOUBLE, 2.0),
    "exponential half": lambda s: streams.exponential(s, (7,), np.dtype(np.float16)),
    "geometric": lambda s: streams.geometric(s, (7,), np.dtype(np.int32), 0.2),
    "cauchy": lambda s: streams.cauchy(s, (7,), DOUBLE, 1.0, 2.0),
    "log_normal": lambda s: streams.log_normal(s, (7,), DOUBLE, 0.5, 0.25),
    "poisson": lambda s: streams.poisson(s, single(0.5, 3, 12, 40, 1000)),
    "binomial": lambda s: streams.binomial(s, np.full(4, 100, FLOAT), single(0.05, 0.3, 0.8, 0.99)),
    "gamma": lambda s: streams.standard_gamma(s, ALPHA),
    "dirichlet": lambda s: streams.sample_dirichlet(s, ALPHA.reshape(2, 2)),
    "multinomial one": lambda s: streams.multinomial(s, WEIGHTS, 1),
    "multinomial without replacement": lambda s: streams.multinomial(s, WEIGHTS, 2),
    "multinomial with replacement": lambda s: streams.multinomial(s, WEIGHTS, 6, True),
    "multinomial transposed": lambda s: streams.multinomial(s, WEIGHTS.T.copy().T, 2),
    "bernoulli of float": lambda s: streams.bernoulli_of_tensor(s, single(0.1, 0.5, 0.9, 0.5, 0.5, 0.5)),
    "bernoulli of double": lambda s: streams.bernoulli_of_tensor(s, double(0.1, 0.5, 0.9, 0.5, 0.5, 0.5)),
    "normal of means": lambda s: streams.normal_of_tensors(s, single(1, 2, 3), 2.0),
    "normal of stds": lambda s: streams.normal_of_tensors(s, 1.0, single(1, 2, 3)),
    "normal of both": lambda s: streams.normal_of_tensors(s, single([1], [2]), single(1, 2, 3)),
}


@pytest.mark.parametrize("name", CLOSE)
def test_close(name):
    values, left, following, waiting = CLOSE[name]
    stream = Stream(11)
    result = DRAWS[name](stream)
    tolerance = {8: 1e-8, 4: 3e-7, 2: 1e-3}[result.dtype.itemsize]
    np.testing.assert_allclose(result.reshape(-1)[: len(values)].astype(DOUBLE), values, rtol=tolerance)
    assert position(stream) == (left, following)
    assert stream.next_double == (None if waiting is None else pytest.approx(waiting, rel=1e-13))


def test_dropout_mask():
    mask = streams.dropout_mask(Stream(11), (8,), FLOAT, 0.3)
    assert mask.tolist() == [1.4285714626312256, 0.0] + [1.4285714626312256] * 6
    stream = Stream(11)
    assert not streams.dropout_mask(stream, (8,), FLOAT, 1.0).any() and position(stream) == (1, 0)
    with pytest.raises(RuntimeError, match="has to be between 0 and 1, but got 1"):
        streams.dropout_mask(stream, (8,), FLOAT, 1.5)


def test_rrelu_noise_draws_where_not_positive():
    stream = Stream(11)
    noise = streams.rrelu_noise(stream, single(-1, 2, 0, math.nan, -3), 0.1, 0.3)
    assert noise.tolist() == [0.1384667456150055, 1.0, 0.277058482170105, 1.0, 0.23430950939655304]
    assert position(stream) == (619, 6)


# -- the state ---------------------------------------------------------------------------------------------------------

SEEDS = {0: "1ccf17250133dec5", -5: "a4cd3c34b98f4b3e", 2**64 - 1: "74c65bce05a4fcdd", 67280421310721: "7dbca2abd059af5d"}


@pytest.mark.parametrize("seed", SEEDS)
def test_seed(seed):
    stream = Stream(seed)
    assert stream.initial_seed == seed % 2**64
    assert digest(stream.get_state().tobytes()) == SEEDS[seed][:10]
    streams.normal(stream, (5,), FLOAT)
    assert digest(stream.seed(seed).get_state().tobytes()) == SEEDS[seed][:10]
    assert digest(Stream().get_state().tobytes()) == SEEDS[67280421310721][:10]


@pytest.mark.parametrize("drawn", [0, 1, 16, 623, 624, 625, 2000])
def test_state_round_trip(drawn):
    stream = Stream(3)
    streams.uniform(stream, (drawn,), FLOAT)
    streams.normal(stream, (3,), DOUBLE)
    copy, other = stream.clone(), Stream().set_state(stream.get_state())
    expected = streams.normal(stream, (1001,), DOUBLE, contiguous=False).tobytes()
    for again in (copy, other):
        assert again.initial_seed == 3
        assert streams.normal(again, (1001,), DOUBLE, contiguous=False).tobytes() == expected
        assert again.get_state().tobytes() == stream.get_state().tobytes()


def test_draws_do_not_share_memory():
    stream = Stream(3)
    expected = Stream(3).floats(8).tolist()
    streams.uniform(stream, (4,), FLOAT)[...] = 9
    assert streams.uniform(stream, (4,), FLOAT).tolist() == expected[4:]
    first = streams.normal(stream, (16,), FLOAT)
    first[...] = 9
    assert not (streams.normal(stream, (16,), FLOAT) == 9).any()


def test_reseed():
    stream = Stream(3)
    seed = stream.reseed()
    assert stream.initial_seed == seed
    assert stream.get_state().tobytes() == Stream(seed).get_state().tobytes()


def test_split_draws_are_one_draw():
    whole, parts = Stream(5).doubles(3000), Stream(5)
    np.testing.assert_array_equal(np.concatenate([parts.doubles(n) for n in (0, 1, 310, 2, 1000, 7, 1680)]), whole)
    words = Stream(5).bits32(6000).astype(np.uint64)
    np.testing.assert_array_equal(Stream(5).bits64(3000), (words[::2] << np.uint64(32)) | words[1::2])


# -- errors ------------------------------------------------------------------------------------------------------------

HALF, BYTE, COMPLEX = np.dtype(np.float16), np.dtype(np.uint8), np.dtype(np.complex64)
FEW = (3,)
ERRORS = [
    (lambda s: s.seed(1.5), RuntimeError, "manual_seed expected a long, but got float"),
    (lambda s: s.seed(True), RuntimeError, "manual_seed expected a long, but got bool"),
    (lambda s: s.seed(2**64), ValueError, "Overflow when unpacking long long"),
    (lambda s: s.seed(-(2**63) - 1), ValueError, "Overflow when unpacking long long"),
    (lambda s: s.set_state(np.zeros(5048, np.uint8)), RuntimeError, "Expected a CPUGeneratorImplState of size 5056 but found the input RNG state size to be 5048"),
    (lambda s: s.set_state(np.zeros(5056, np.uint8)), RuntimeError, "Invalid mt19937 state"),
    (lambda s: s.set_state(np.zeros(5056, FLOAT)), TypeError, "RNG state must be a torch.ByteTensor"),
    (lambda s: s.set_state([1]), TypeError, "expected a torch.ByteTensor, but got list"),
    (lambda s: streams.normal(s, (0,), FLOAT, 0, -1), RuntimeError, "normal expects std >= 0.0, but found std -1"),
    (lambda s: streams.normal(s, FEW, FLOAT, 0, math.nan), RuntimeError, "normal expects std >= 0.0, but found std nan"),
    (lambda s: streams.normal(s, FEW, LONG), NotImplementedError, "\"normal_kernel_cpu\" not implemented for 'Long'"),
    (lambda s: streams.normal_of_tensors(s, 0.0, single(-1)), RuntimeError, "normal expects all elements of std >= 0.0"),
    (lambda s: streams.normal_of_tensors(s, single(1, 2, 3), single(1, 2)), RuntimeError, "The size of tensor a (3) must match the size of tensor b (2) at non-singleton dimension 0"),
    (lambda s: streams.uniform(s, FEW, FLOAT, 2, 1), RuntimeError, "uniform_ expects to return a [from, to) range, but found from=2 > to=1"),
    (lambda s: streams.uniform(s, FEW, HALF, 0, 1e6), RuntimeError, "to is out of bounds for c10::Half"),
    (lambda s: streams.uniform(s, FEW, FLOAT, -3e38, 3e38), RuntimeError, "uniform_ expects to-from <= std::numeric_limits<Float>::max(), but found to=3e+38 and from=-3e+38 which result in to-from to exceed the limit"),
    (lambda s: streams.uniform(s, (-1,), FLOAT), RuntimeError, "Trying to create tensor with negative dimension -1: [-1]"),
    (lambda s: streams.uniform(s, FEW, BYTE), NotImplementedError, "\"check_uniform_bounds\" not implemented for 'Byte'"),
    (lambda s: streams.log_normal(s, FEW, FLOAT, 1, 0), RuntimeError, "log_normal_ expects std > 0.0, but found std=0"),
    (lambda s: streams.geometric(s, FEW, FLOAT, 1.5), RuntimeError, "geometric_ expects p to be in (0, 1), but got p=1.5"),
    (lambda s: streams.exponential(s, FEW, FLOAT, -1.5), RuntimeError, "exponential_ expects lambda > 0.0, but found lambda=-1.5"),
    (lambda s: streams.exponential(s, FEW, LONG), RuntimeError, "Exponential distribution is a continuous probability distribution. dtype must be a floating point but you specified Long"),
    (lambda s: streams.cauchy(s, FEW, LONG), RuntimeError, "Cauchy distribution is a continuous probability distribution. dtype must be a floating point but you specified long int"),
    (lambda s: streams.bernoulli(s, FEW, FLOAT, 1.5), RuntimeError, "bernoulli_ expects p to be in [0, 1], but got p=1.5"),
    (lambda s: streams.bernoulli(s, FEW, COMPLEX), NotImplementedError, "\"bernoulli_scalar_cpu_\" not implemented for 'ComplexFloat'"),
    (lambda s: streams.bernoulli_of_tensor(s, single(2)), RuntimeError, "Expected p_in >= 0 && p_in <= 1 to be true, but got false.  (Could this error message be improved?  If so, please report an enhancement request to PyTorch.)"),
    (lambda s: streams.randint(s, FEW, LONG, 5, 3), RuntimeError, "random_ expects 'from' to be less than 'to', but got from=5 >= to=3"),
    (lambda s: streams.randint(s, FEW, BYTE, 0, 300), RuntimeError, "to - 1 is out of bounds for unsigned char"),
    (lambda s: streams.randint(s, FEW, HALF, 4097, 4098), RuntimeError, "random_ expects 'from' casted to dtype to be less than 'to' casted to dtype, but got from=4100 >= to=4098"),
    (lambda s: streams.randint(s, FEW, COMPLEX, 0, 2), RuntimeError, "check_random_bounds handles only integral, floating-point and boolean types"),
    (lambda s: streams.random(s, FEW, FLOAT, 2**30), RuntimeError, "random_ expects 'from' casted to dtype to be less than or equal to 'to_inc' casted to dtype, but got from=1073741824 > to_inc=16777216"),
    (lambda s: streams.random(s, FEW, np.dtype(np.int16), -(2**63)), RuntimeError, "random_full_64_bits_range_kernel_cpu handles only int64, double, float and bfloat16"),
    (lambda s: streams.randperm(s, -1, LONG), RuntimeError, "Trying to create tensor with negative dimension -1: [-1]"),
    (lambda s: streams.randperm(s, 300, BYTE), RuntimeError, "value cannot be converted to type uint8_t without overflow"),
    (lambda s: streams.randperm(s, 3000, HALF), RuntimeError, "n cannot be greater than 2049 for Half type."),
    (lambda s: streams.multinomial(s, single(1, 1), 0), RuntimeError, "cannot sample n_sample <= 0 samples"),
    (lambda s: streams.multinomial(s, single(1, 1), 3), RuntimeError, "cannot sample n_sample > prob_dist.size(-1) samples without replacement"),
    (lambda s: streams.multinomial(s, np.ones((2, 2, 2), FLOAT), 1), RuntimeError, "prob_dist must be 1 or 2 dim"),
    (lambda s: streams.multinomial(s, np.ones(2, LONG), 1), RuntimeError, "multinomial only supports floating-point dtypes for input, got: Long"),
    (lambda s: streams.multinomial(s, single(-1, 2), 1), RuntimeError, "probability tensor contains either `inf`, `nan` or element < 0"),
    (lambda s: streams.multinomial(s, single(-1, 2), 2, True), RuntimeError, "invalid multinomial distribution (encountering probability entry < 0)"),
    (lambda s: streams.multinomial(s, single(math.inf, 2), 2, True), RuntimeError, "invalid multinomial distribution (encountering probability entry = infinity or NaN)"),
    (lambda s: streams.multinomial(s, single(0, 0), 2, True), RuntimeError, "invalid multinomial distribution (sum of probabilities <= 0)"),
    (lambda s: streams.poisson(s, single(-1)), RuntimeError, "invalid Poisson rate, expected rate to be non-negative"),
    (lambda s: streams.binomial(s, single(1), double(0.5)), RuntimeError, "Found dtype Double but expected Float"),
    (lambda s: streams.standard_gamma(s, np.ones(2, HALF)), NotImplementedError, "\"gamma_cpu\" not implemented for 'Half'"),
]


@pytest.mark.parametrize(("call", "kind", "text"), ERRORS)
def test_errors(call, kind, text):
    with pytest.raises(kind) as caught:
        call(Stream())
    assert type(caught.value) is kind and str(caught.value) == text


def test_range_beyond_precision_warns():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        streams.randint(Stream(), FEW, HALF, -5000, 5000)
    assert [str(warning.message)[:48] for warning in caught] == [
        "from is out of bounds [-(2^11), 2^11]. Due to pr", "to - 1 is out of bounds [-(2^11), 2^11]. Due to "]


# -- order -------------------------------------------------------------------------------------------------------------


def test_fill_follows_memory():
    target = np.empty((3, 4), FLOAT).T
    streams.fill(target, lambda shape, contiguous: streams.uniform(Stream(2), shape, FLOAT))
    np.testing.assert_array_equal(target.T.reshape(-1), Stream(2).floats(12))
    assert streams.memory_order((2, 3, 4, 5), (60, 1, 15, 3)) == ((0, 2, 3, 1), (0, 3, 1, 2))
    assert streams.memory_order((2, 3), (0, 1)) == ((0, 1), (0, 1))


TIED = np.array([(7 * i) % 5 for i in range(40)])


def test_topk_of_equal_values():
    assert streams.topk_indices(TIED, 12).tolist() == [17, 2, 37, 22, 7, 32, 27, 12, 9, 24, 14, 34]
    assert streams.topk_indices(TIED, 12, largest=False).tolist() == [10, 20, 25, 15, 30, 35, 0, 5, 38, 13, 3, 18]
    assert streams.topk_indices(np.tile(TIED, 5).astype(FLOAT), 3).tolist() == [12, 7, 2]
    assert streams.topk_indices(single(1, math.nan, 3, 3, math.nan, 0), 5).tolist() == [1, 4, 3, 2, 0]
    assert streams.topk_indices(single([3, 1, 2], [5, 9, 7]), 2).tolist() == [[0, 2], [1, 2]]
    assert streams.multinomial(Stream(1), single(0, 1, 0, 0), 4).shape == (4,)


def test_long_permutation_is_the_loop():
    from rushlight.ops import streams_integer

    steps = Stream(4).bits32(4999) % np.arange(5000, 1, -1, dtype=np.uint32)
    one_by_one = streams_integer._swap_one_by_one(steps)
    np.testing.assert_array_equal(streams_integer._swap_all(steps), one_by_one)
    np.testing.assert_array_equal(streams.randperm(Stream(4), 5000, LONG), one_by_one)
    assert sorted(one_by_one.tolist()) == list(range(5000))


def test_bernoulli_of_tensor_follows_the_target():
    p = single(0.1, 0.5, 0.9)
    strides = np.empty((4, 3), FLOAT).T.strides
    result = streams.bernoulli_of_tensor(Stream(2), np.broadcast_to(p[:, None], (3, 4)), (3, 4), LONG, strides)
    assert result.dtype == LONG
    np.testing.assert_array_equal(result.T.reshape(-1), Stream(2).floats(12) < np.tile(p, 4))


def test_copies_and_pickles():
    stream = Stream(9)
    streams.normal(stream, (3,), FLOAT)
    for twin in (copy.deepcopy(stream), pickle.loads(pickle.dumps(stream))):
        assert twin.get_state().tobytes() == stream.get_state().tobytes()
