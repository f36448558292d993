"""The printed forms are literal answers of PyTorch 2.13, given the same elements, dtype and options."""

from types import SimpleNamespace

import numpy as np
import pytest
from numpy import arange, full, inf, linspace, nan, zeros

from rushlight import _tensor_str
from rushlight._tensor_str import get_printoptions, printoptions, set_printoptions, tensor_str, wrapper_str

FLOATING = ("float16", "bfloat16", "float32", "float64")


class DType:
    def __init__(self, name):
        self.name = name
        self.is_floating_point = name in FLOATING
        self.is_complex = name.startswith("complex")

    def __str__(self):
        return f"torch.{self.name}"


class Device:
    def __init__(self, type):
        self.type = type

    def __str__(self):
        return self.type


class Tensor:
    """What printing reads of a tensor, and no more: the printed form must not depend on the rest of the package."""

    def __init__(self, values, dtype="float32", *, requires_grad=False, grad_fn=None, device="cpu", tangent=None):
        self._array = np.asarray(values, numpy_dtype(dtype))
        self._flags = 0
        self.dtype = DType(dtype)
        self.device = Device(device)
        self.requires_grad = requires_grad or grad_fn is not None
        self.grad_fn = SimpleNamespace(name=lambda: grad_fn) if grad_fn else None
        self._tangent = tangent

    def __repr__(self):
        return tensor_str(self)


class Parameter(Tensor):
    _is_param = True

    def __repr__(self):
        return "Parameter containing:\n" + tensor_str(self)


class MyTensor(Tensor):
    pass


class MyParameter(Parameter):
    pass


def numpy_dtype(name):
    if name == "bfloat16":
        import ml_dtypes

        return ml_dtypes.bfloat16
    return name


@pytest.fixture(autouse=True)
def stand_alone(monkeypatch):
    """Print the classes above as the package's own, under default options."""
    monkeypatch.setattr(_tensor_str, "tensor_classes", lambda: (Tensor, Parameter))
    monkeypatch.setattr(_tensor_str, "default_dtype_name", lambda: "torch.float32")
    with printoptions(profile="default"):
        yield


def case(name, values, dtype, *, expected, options=None, default="torch.float32", contents=None, **attributes):
    return pytest.param(values, dtype, attributes, options or {}, default, contents, expected, id=name)


# A dense table: one case, one row and its answer.
# fmt: off
CASES = [
    case("float_vector", [1.0, 2.5, -3.25], "float32", expected="tensor([ 1.0000,  2.5000, -3.2500])"),
    case("float_whole", [1.0, 2.0, 3.0], "float32", expected="tensor([1., 2., 3.])"),
    case("float_whole_negative", [-1.0, 20.0, 300.0], "float32", expected="tensor([ -1.,  20., 300.])"),
    case("float_zeros", [0.0, 0.0], "float32", expected="tensor([0., 0.])"),
    case("float_negative_zero", [0.0, -0.0], "float32", expected="tensor([0., -0.])"),
    case("negative_zero_sticks_out", [0.5, -0.0], "float32", expected="tensor([0.5000, -0.0000])"),
    case("float_scalar", 3.14159265, "float32", expected="tensor(3.1416)"),
    case("float_scalar_whole", 3.0, "float32", expected="tensor(3.)"),
    case("float_scalar_negative", -2.5, "float64", expected="tensor(-2.5000, dtype=torch.float64)"),
    case("float_scalar_tiny", 1e-10, "float32", expected="tensor(1.0000e-10)"),
    case("float_scalar_large", 123456789.0, "float64", expected="tensor(1.2346e+08, dtype=torch.float64)"),
    case("nan_only", [nan, nan], "float32", expected="tensor([nan, nan])"),
    case("nan_scalar", nan, "float32", expected="tensor(nan)"),
    case("inf_only", [inf, -inf], "float32", expected="tensor([inf, -inf])"),
    case("inf_among_whole", [1.0, inf, -inf, nan], "float32", expected="tensor([1., inf, -inf, nan])"),
    case("inf_among_fractions", [0.5, inf, -inf, nan], "float32", expected="tensor([0.5000,    inf,   -inf,    nan])"),
    case("inf_among_scientific", [1e-10, inf, -inf, nan, 0.0], "float32", expected="tensor([1.0000e-10,        inf,       -inf,        nan, 0.0000e+00])"),
    case("ratio_1000", [1.0, 1000.0], "float32", expected="tensor([   1., 1000.])"),
    case("ratio_over_1000", [1.0, 1001.0], "float32", expected="tensor([1.0000e+00, 1.0010e+03])"),
    case("ratio_over_1000_fractions", [0.5, 501.0], "float32", expected="tensor([5.0000e-01, 5.0100e+02])"),
    case("largest_1e8", [1e8, 1e8], "float64", expected="tensor([100000000., 100000000.], dtype=torch.float64)"),
    case("largest_over_1e8", [1e8, 100000001.0], "float64", expected="tensor([1.0000e+08, 1.0000e+08], dtype=torch.float64)"),
    case("smallest_1e_4", [0.0001, 0.0002], "float64", expected="tensor([0.0001, 0.0002], dtype=torch.float64)"),
    case("smallest_below_1e_4", [0.0000999, 0.0002], "float64", expected="tensor([9.9900e-05, 2.0000e-04], dtype=torch.float64)"),
    case("scientific_signs", [-1e-6, 1e6, 3.0], "float32", expected="tensor([-1.0000e-06,  1.0000e+06,  3.0000e+00])"),
    case("huge_ratio_overflows", [5e-324, 1e308], "float64", expected="tensor([4.9407e-324, 1.0000e+308], dtype=torch.float64)"),
    case("three_digit_exponent", [1e-200, 1e100], "float64", expected="tensor([1.0000e-200, 1.0000e+100], dtype=torch.float64)"),
    case("float16", [0.1, 65504.0, 6e-8], "float16", expected="tensor([9.9976e-02, 6.5504e+04, 5.9605e-08], dtype=torch.float16)"),
    case("float16_whole", [1.0, 2048.0], "float16", expected="tensor([1.0000e+00, 2.0480e+03], dtype=torch.float16)"),
    case("bfloat16", [0.1, 1.0, 3.0], "bfloat16", expected="tensor([0.1001, 1.0000, 3.0000], dtype=torch.bfloat16)"),
    case("bfloat16_nan", [nan, -inf, 1e-20], "bfloat16", expected="tensor([       nan,       -inf, 1.0006e-20], dtype=torch.bfloat16)"),
    case("float64", [[0.1, 0.2], [0.3, 0.4]], "float64", expected="""\
tensor([[0.1000, 0.2000],
        [0.3000, 0.4000]], dtype=torch.float64)"""),
    case("int64_vector", [1, -20, 300], "int64", expected="tensor([  1, -20, 300])"),
    case("int64_extremes", [-9223372036854775808, 9223372036854775807], "int64", expected="tensor([-9223372036854775808,  9223372036854775807])"),
    case("int32_matrix", [[1, 2], [3, 4]], "int32", expected="""\
tensor([[1, 2],
        [3, 4]], dtype=torch.int32)"""),
    case("int16", [-1, 32767], "int16", expected="tensor([   -1, 32767], dtype=torch.int16)"),
    case("int8_scalar", -128, "int8", expected="tensor(-128, dtype=torch.int8)"),
    case("uint8", [0, 255], "uint8", expected="tensor([  0, 255], dtype=torch.uint8)"),
    case("uint16", [0, 65535], "uint16", expected="tensor([    0, 65535], dtype=torch.uint16)"),
    case("uint32", [4294967295], "uint32", expected="tensor([4294967295], dtype=torch.uint32)"),
    case("uint64", [18446744073709551615, 1], "uint64", expected="tensor([18446744073709551615,                    1], dtype=torch.uint64)"),
    case("bool", [True, False], "bool", expected="tensor([ True, False])"),
    case("bool_scalar", False, "bool", expected="tensor(False)"),
    case("complex_whole", [1 + 2j, -3 - 4j], "complex64", expected="tensor([ 1.+2.j, -3.-4.j])"),
    case("complex_parts_have_own_style", [1 + 0.5j, 2 - 1e-5j], "complex64", expected="tensor([1.+5.0000e-01j, 2.-1.0000e-05j])"),
    case("complex_scalar", 1.5 - 2j, "complex64", expected="tensor(1.5000-2.j)"),
    case("complex128", [1.25 + 100j, -1000 + 0j], "complex128", expected="tensor([    1.2500+100.j, -1000.0000+0.j], dtype=torch.complex128)"),
    case("complex_nan", [complex(nan, inf), complex(-inf, -0.0), 1.5j], "complex64", expected="tensor([nan+infj, -inf-0.0000j, 0.+1.5000j])"),
    case("complex_matrix", [[1 + 2j, 3j], [-1j, 100 + 0.25j]], "complex64", expected="""\
tensor([[  1.+2.0000j,   0.+3.0000j],
        [ -0.-1.0000j, 100.+0.2500j]])"""),
    case("complex_wraps", [0.5 + 1j, 0.25 - 10j] * 4, "complex64", expected="""\
tensor([0.5000+1.j, 0.2500-10.j, 0.5000+1.j, 0.2500-10.j, 0.5000+1.j,
        0.2500-10.j, 0.5000+1.j, 0.2500-10.j])"""),
    case("three_axes", arange(8).reshape(2, 2, 2), "int64", expected="""\
tensor([[[0, 1],
         [2, 3]],

        [[4, 5],
         [6, 7]]])"""),
    case("four_axes", arange(4).reshape(2, 1, 2, 1), "int64", expected="""\
tensor([[[[0],
          [1]]],


        [[[2],
          [3]]]])"""),
    case("ones_of_five_axes", zeros((1, 2, 1, 1, 2)), "float32", expected="""\
tensor([[[[[0., 0.]]],


         [[[0., 0.]]]]])"""),
    case("transposed", arange(6).reshape(2, 3).T, "int64", expected="""\
tensor([[0, 3],
        [1, 4],
        [2, 5]])"""),
    case("strided_backwards_start", arange(10)[1::3], "int64", expected="tensor([1, 4, 7])"),
    case("wraps_at_80", arange(30), "int64", expected="""\
tensor([ 0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15, 16, 17,
        18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29])"""),
    case("wraps_in_matrix", linspace(-1, 1, 24).reshape(2, 12), "float32", expected="""\
tensor([[-1.0000, -0.9130, -0.8261, -0.7391, -0.6522, -0.5652, -0.4783, -0.3913,
         -0.3043, -0.2174, -0.1304, -0.0435],
        [ 0.0435,  0.1304,  0.2174,  0.3043,  0.3913,  0.4783,  0.5652,  0.6522,
          0.7391,  0.8261,  0.9130,  1.0000]])"""),
    case("wraps_wide_floats", full(9, 12345.678), "float64", expected="""\
tensor([12345.6780, 12345.6780, 12345.6780, 12345.6780, 12345.6780, 12345.6780,
        12345.6780, 12345.6780, 12345.6780], dtype=torch.float64)"""),
    case("threshold_itself_is_whole", arange(7), "int64", options={"threshold": 7, "edgeitems": 1}, expected="tensor([0, 1, 2, 3, 4, 5, 6])"),
    case("summary_vector", arange(1001), "int64", expected="tensor([   0,    1,    2,  ...,  998,  999, 1000])"),
    case("summary_matrix", arange(2000).reshape(40, 50), "float32", expected="""\
tensor([[0.0000e+00, 1.0000e+00, 2.0000e+00,  ..., 4.7000e+01, 4.8000e+01,
         4.9000e+01],
        [5.0000e+01, 5.1000e+01, 5.2000e+01,  ..., 9.7000e+01, 9.8000e+01,
         9.9000e+01],
        [1.0000e+02, 1.0100e+02, 1.0200e+02,  ..., 1.4700e+02, 1.4800e+02,
         1.4900e+02],
        ...,
        [1.8500e+03, 1.8510e+03, 1.8520e+03,  ..., 1.8970e+03, 1.8980e+03,
         1.8990e+03],
        [1.9000e+03, 1.9010e+03, 1.9020e+03,  ..., 1.9470e+03, 1.9480e+03,
         1.9490e+03],
        [1.9500e+03, 1.9510e+03, 1.9520e+03,  ..., 1.9970e+03, 1.9980e+03,
         1.9990e+03]])"""),
    case("summary_long_by_short", arange(3000).reshape(600, 5), "int32", expected="""\
tensor([[   0,    1,    2,    3,    4],
        [   5,    6,    7,    8,    9],
        [  10,   11,   12,   13,   14],
        ...,
        [2985, 2986, 2987, 2988, 2989],
        [2990, 2991, 2992, 2993, 2994],
        [2995, 2996, 2997, 2998, 2999]], dtype=torch.int32)"""),
    case("summary_three_axes", arange(4096).reshape(16, 16, 16), "int64", options={"edgeitems": 1}, expected="""\
tensor([[[   0,  ...,   15],
         ...,
         [ 240,  ...,  255]],

        ...,

        [[3840,  ..., 3855],
         ...,
         [4080,  ..., 4095]]])"""),
    case("summary_style_of_shown_only", [0.5] * 3 + [1e10] * 1000 + [0.25] * 3, "float32", expected="tensor([0.5000, 0.5000, 0.5000,  ..., 0.2500, 0.2500, 0.2500])"),
    case("summary_complex", arange(1200) * (1 + 0.5j), "complex64", expected="""\
tensor([0.0000e+00+0.0000e+00j, 1.0000e+00+5.0000e-01j, 2.0000e+00+1.0000e+00j,
         ..., 1.1970e+03+5.9850e+02j, 1.1980e+03+5.9900e+02j,
        1.1990e+03+5.9950e+02j])"""),
    case("summary_bool", arange(1001) % 2 == 0, "bool", expected="tensor([ True, False,  True,  ...,  True, False,  True])"),
    case("threshold_zero", [1.0, 2.0, 3.0], "float32", options={"threshold": 0, "edgeitems": 1}, expected="tensor([1.,  ..., 3.])"),
    case("edgeitems_zero_summary", arange(2000).reshape(40, 50), "float32", options={"edgeitems": 0}, expected="tensor([...], size=(40, 50))"),
    case("edgeitems_zero_shows_size", [[1, 2, 3]], "int32", options={"edgeitems": 0}, expected="tensor([[1, 2, 3]], size=(1, 3), dtype=torch.int32)"),
    case("edgeitems_zero_scalar", 1.5, "float32", options={"edgeitems": 0, "threshold": 0}, expected="tensor(1.5000, size=())"),
    case("edgeitems_zero_empty", zeros((0, 3)), "float32", options={"edgeitems": 0}, expected="tensor([], size=(0, 3))"),
    case("edgeitems_large", arange(12), "int64", options={"edgeitems": 6, "threshold": 5}, expected="tensor([ 0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11])"),
    case("precision_2", [1.125, 2.0], "float32", options={"precision": 2}, expected="tensor([1.12, 2.00])"),
    case("precision_0", [1.125, 2.75], "float32", options={"precision": 0}, expected="tensor([1, 3])"),
    case("precision_10", [[0.1, 1e-5]], "float64", options={"precision": 10}, expected="tensor([[1.0000000000e-01, 1.0000000000e-05]], dtype=torch.float64)"),
    case("linewidth_20", [0.5, 1.5, 2.5, 3.5], "float32", options={"linewidth": 20}, expected="""\
tensor([0.5000,
        1.5000,
        2.5000,
        3.5000])"""),
    case("linewidth_0", [[1, 2], [3, 4]], "int64", options={"linewidth": 0}, expected="""\
tensor([[1,
         2],
        [3,
         4]])"""),
    case("linewidth_120", arange(40), "int64", options={"linewidth": 120}, expected="""\
tensor([ 0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27,
        28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39])"""),
    case("profile_short", linspace(0, 1, 1001), "float32", options={"profile": "short"}, expected="tensor([0.00, 0.00,  ..., 1.00, 1.00])"),
    case("sci_mode_always", [1.5, -2.0, 0.0], "float32", options={"sci_mode": True}, expected="tensor([ 1.5000e+00, -2.0000e+00,  0.0000e+00])"),
    case("sci_mode_always_whole", [1.0, 20.0], "float32", options={"sci_mode": True}, expected="tensor([1.0000e+00, 2.0000e+01])"),
    case("sci_mode_always_zeros", [0.0, 0.0], "float32", options={"sci_mode": True}, expected="tensor([0., 0.])"),
    case("sci_mode_never", [1e-10, 1e10, 0.5], "float64", options={"sci_mode": False}, expected="""\
tensor([          0.0000, 10000000000.0000,           0.5000],
       dtype=torch.float64)"""),
    case("sci_mode_never_whole", [1.0, 1e10, nan], "float64", options={"sci_mode": False}, expected="tensor([          1., 10000000000.,          nan], dtype=torch.float64)"),
    case("empty", [], "float32", expected="tensor([])"),
    case("empty_two_axes", zeros((0, 3)), "float32", expected="tensor([], size=(0, 3))"),
    case("empty_int64", zeros((2, 0)), "int64", expected="tensor([], size=(2, 0), dtype=torch.int64)"),
    case("empty_bool", [], "bool", expected="tensor([], dtype=torch.bool)"),
    case("empty_complex", [], "complex64", expected="tensor([], dtype=torch.complex64)"),
    case("empty_float64", zeros((1, 0, 2)), "float64", expected="tensor([], size=(1, 0, 2), dtype=torch.float64)"),
    case("empty_requires_grad", [], "float32", requires_grad=True, expected="tensor([], requires_grad=True)"),
    case("default_float64", [1.5], "float64", default="torch.float64", expected="tensor([1.5000])"),
    case("default_float64_prints_float32", [1.5], "float32", default="torch.float64", expected="tensor([1.5000], dtype=torch.float32)"),
    case("default_float64_complex128", [1.5j], "complex128", default="torch.float64", expected="tensor([0.+1.5000j])"),
    case("default_float64_complex64", [1.5j], "complex64", default="torch.float64", expected="tensor([0.+1.5000j], dtype=torch.complex64)"),
    case("default_float16_complex64", [1.5j], "complex64", default="torch.float16", expected="tensor([0.+1.5000j])"),
    case("default_float64_empty_complex128", [], "complex128", default="torch.float64", expected="tensor([], dtype=torch.complex128)"),
    case("default_bfloat16", [1.5], "bfloat16", default="torch.bfloat16", expected="tensor([1.5000])"),
    case("requires_grad", [1.0, 2.0], "float32", requires_grad=True, expected="tensor([1., 2.], requires_grad=True)"),
    case("requires_grad_and_dtype", [[1.0, 2.0]], "float64", requires_grad=True, expected="tensor([[1., 2.]], dtype=torch.float64, requires_grad=True)"),
    case("grad_fn", [1.0, 2.0], "float32", grad_fn="MulBackward0", expected="tensor([1., 2.], grad_fn=<MulBackward0>)"),
    case("grad_fn_and_dtype", 1.5, "float64", grad_fn="SumBackward0", expected="tensor(1.5000, dtype=torch.float64, grad_fn=<SumBackward0>)"),
    case("grad_fn_after_matrix", [[1.0, 2.0], [3.0, 4.0]], "float32", grad_fn="MmBackward0", expected="""\
tensor([[1., 2.],
        [3., 4.]], grad_fn=<MmBackward0>)"""),
    case("suffix_on_new_line", linspace(0, 1, 8), "float32", grad_fn="AddBackward0", expected="""\
tensor([0.0000, 0.1429, 0.2857, 0.4286, 0.5714, 0.7143, 0.8571, 1.0000],
       grad_fn=<AddBackward0>)"""),
    case("suffixes_on_new_lines", [0.1, 0.2], "float64", grad_fn="SigmoidBackward0", options={"linewidth": 30}, expected="""\
tensor([0.1000, 0.2000],
       dtype=torch.float64,
       grad_fn=<SigmoidBackward0>)"""),
    case("suffix_just_fits", [1.0, 2.0], "float32", requires_grad=True, options={"linewidth": 37}, expected="tensor([1., 2.], requires_grad=True)"),
    case("suffix_just_too_long", [1.0, 2.0], "float32", requires_grad=True, options={"linewidth": 36}, expected="""\
tensor([1., 2.],
       requires_grad=True)"""),
    case("dtype_just_fits", [10.0] + [1.0] * 10, "float64", expected="""\
tensor([10.,  1.,  1.,  1.,  1.,  1.,  1.,  1.,  1.,  1.,  1.],
       dtype=torch.float64)"""),
    case("meta", zeros((2, 3)), "float32", device="meta", expected="tensor(..., device='meta', size=(2, 3))"),
    case("meta_int64", zeros(2), "int64", device="meta", expected="tensor(..., device='meta', size=(2,), dtype=torch.int64)"),
    case("meta_scalar_requires_grad", 0.0, "float32", device="meta", requires_grad=True, expected="tensor(..., device='meta', size=(), requires_grad=True)"),
    case("meta_empty", [], "bool", device="meta", expected="tensor(..., device='meta', size=(0,), dtype=torch.bool)"),
    case("contents_given", [1.0, 2.0], "float64", contents="xyz", expected="tensor(xyz, dtype=torch.float64)"),
    case("contents_given_empty", zeros((0, 3)), "float32", contents="xyz", expected="tensor(xyz, size=(0, 3))"),
    case("contents_given_meta", zeros(2), "float32", contents="xyz", device="meta", expected="tensor(xyz, device='meta', size=(2,))"),
    case("contents_of_two_lines", [1.0], "float32", contents="x\ny", requires_grad=True, expected="""\
tensor(x
y, requires_grad=True)"""),
]
# fmt: on


@pytest.mark.parametrize(("values", "dtype", "attributes", "options", "default", "contents", "expected"), CASES)
def test_printed_form(monkeypatch, values, dtype, attributes, options, default, contents, expected):
    monkeypatch.setattr(_tensor_str, "default_dtype_name", lambda: default)
    t = Tensor(values, dtype, **attributes)
    with printoptions(**options):
        assert tensor_str(t, tensor_contents=contents) == expected


def test_subclass_prints_its_name_and_indents_by_it():
    assert repr(MyTensor([[1, 2], [3, 4]])) == "MyTensor([[1., 2.],\n          [3., 4.]])"
    set_printoptions(linewidth=50)
    assert repr(MyTensor([[1, 2], [3, 4]], "float64", grad_fn="AliasBackward0")) == (
        "MyTensor([[1., 2.],\n          [3., 4.]], dtype=torch.float64,\n         grad_fn=<AliasBackward0>)"
    )


def test_parameter():
    assert repr(Parameter([1, 1], requires_grad=True)) == "Parameter containing:\ntensor([1., 1.], requires_grad=True)"
    assert repr(Parameter([1, 1])) == "Parameter containing:\ntensor([1., 1.])"
    assert repr(Parameter([0, 0], device="meta")) == "Parameter containing:\ntensor(..., device='meta', size=(2,))"


def test_subclass_of_parameter_names_both():
    printed = repr(MyParameter([[1, 1], [1, 1]], requires_grad=True))
    assert (
        printed
        == "Parameter containing:\nParameter(MyParameter([[1., 1.],\n             [1., 1.]], requires_grad=True))"
    )


def test_subclass_flagged_as_parameter():
    t = MyTensor([1, 1])
    t._is_param = True
    assert repr(t) == "Parameter(MyTensor([1., 1.]))"


def test_view_without_readable_grad_fn_still_prints():
    class Refused(Tensor):
        @property
        def grad_fn(self):
            raise RuntimeError("This view is the output of a function that returns multiple views")

        @grad_fn.setter
        def grad_fn(self, value):
            pass

    Refused.__name__ = "View"
    assert repr(Refused([2, 2], requires_grad=True)) == "View([2., 2.], grad_fn=<Invalid>)"


def test_namespace_of_a_node_is_dropped():
    assert repr(Tensor([1], grad_fn="torch::autograd::Function")) == "tensor([1.], grad_fn=<Function>)"


def test_tangent_comes_last_and_counts_as_one_long_suffix():
    assert repr(Tensor([1, 1], tangent=Tensor([1, 1]))) == "tensor([1., 1.], tangent=tensor([1., 1.]))"
    matrix = Tensor([[1, 1], [1, 1]], grad_fn="MulBackward0", tangent=Tensor([[1, 1], [1, 1]], grad_fn="AddBackward0"))
    assert repr(matrix) == (
        "tensor([[1., 1.],\n        [1., 1.]], grad_fn=<MulBackward0>,\n"
        "       tangent=tensor([[1., 1.],\n        [1., 1.]], grad_fn=<AddBackward0>))"
    )


def test_scalar_tangent_is_formatted_as_its_number():
    class Scalar(Tensor):
        def __format__(self, specification):
            return format(self._array.item(), specification)

    assert repr(Tensor(1, tangent=Scalar(2))) == "tensor(1., tangent=2.0)"


def test_wrapper_indents_its_value_and_keeps_blank_lines_blank():
    inner = wrapper_str("BatchedTensor", 1, Tensor([1, 1]), bdim=0)
    assert inner == "BatchedTensor(lvl=1, bdim=0, value=\n    tensor([1., 1.])\n)"
    outer = wrapper_str("GradTrackingTensor", 2, Tensor(np.zeros((2, 1, 1))))
    assert outer == "GradTrackingTensor(lvl=2, value=\n    tensor([[[0.]],\n\n            [[0.]]])\n)"


DEFAULTS = {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80, "sci_mode": None}


@pytest.mark.parametrize(
    ("arguments", "changed"),
    [
        ({}, {}),
        ({"precision": 7, "linewidth": 10}, {"precision": 7, "linewidth": 10}),
        ({"sci_mode": False}, {"sci_mode": False}),
        ({"profile": "short"}, {"precision": 2, "edgeitems": 2}),
        ({"profile": "full"}, {"threshold": inf}),
        ({"profile": "short", "precision": 9}, {"precision": 9, "edgeitems": 2}),
        ({"profile": "Short"}, {}),
        ({"profile": 3}, {}),
        ({"profile": []}, {}),
    ],
)
def test_set_printoptions(arguments, changed):
    set_printoptions(**arguments)
    assert get_printoptions() == DEFAULTS | changed


def test_each_call_resets_sci_mode():
    set_printoptions(sci_mode=True, precision=2)
    set_printoptions(edgeitems=5)
    assert get_printoptions() == DEFAULTS | {"precision": 2, "edgeitems": 5}


def test_printoptions_restores_after_an_error():
    set_printoptions(precision=3, sci_mode=False)
    before = get_printoptions()
    with pytest.raises(ZeroDivisionError), printoptions(precision=1, sci_mode=True):
        assert repr(Tensor([1.5])) == "tensor([1.5e+00])"
        raise ZeroDivisionError
    assert get_printoptions() == before


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"precision": -1}, ValueError, "Format specifier missing precision"),
        ({"precision": 2.5}, ValueError, "Invalid format specifier '.2.5f' for object of type 'float'"),
        ({"threshold": "x"}, TypeError, "'>' not supported between instances of 'int' and 'str'"),
        ({"linewidth": inf}, OverflowError, "cannot convert float infinity to integer"),
        ({"linewidth": "a"}, TypeError, "unsupported operand type(s) for -: 'str' and 'int'"),
        ({"edgeitems": 1.5, "threshold": 1}, TypeError, "'float' object cannot be interpreted as an integer"),
    ],
)
def test_bad_options_fail_when_printing(options, error, message):
    set_printoptions(**options)
    with pytest.raises(error) as caught:
        repr(Tensor([[1.5, 2.25, 3], [4, 5, 6], [7, 8, 9], [1, 2, 3]]))
    assert str(caught.value) == message


def test_unknown_option():
    with pytest.raises(TypeError, match=r"set_printoptions\(\) got an unexpected keyword argument 'foo'"):
        set_printoptions(foo=1)


def test_printing_neither_writes_nor_copies_the_whole_array():
    array = np.broadcast_to(np.float32(0.5), (10**6, 10**6))
    t = Tensor(0.0)
    t._array = array
    assert repr(t).startswith("tensor([[0.5000, 0.5000, 0.5000,  ..., 0.5000, 0.5000, 0.5000],\n")
