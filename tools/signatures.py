"""Write rushlight/ops/signatures.py: the signatures of PyTorch's functions and methods, in its parser's order.

Needs PyTorch, whose own generator lists them; run it as `python tools/signatures.py` when the version changes.
`python tools/signatures.py check [seed] [calls per function]` calls every function of PyTorch with random arguments, good
and bad, and says where our parser, given PyTorch's own classes, accepts what PyTorch refuses or words it differently.
"""

import os
import re
import sys

import torchgen
from torchgen.gen import parse_native_yaml

PACKAGED = os.path.join(os.path.dirname(torchgen.__file__), "packaged")
sys.path.insert(0, PACKAGED)

from autograd import gen_python_functions as generator  # noqa: E402  (found through the line above)

TARGET = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "rushlight", "ops", "signatures.py")

NAMESPACES = {
    "torch": (generator.is_py_torch_function, False),
    "method": (generator.is_py_variable_method, True),
    "nn": (generator.is_py_nn_function, False),
    "fft": (generator.is_py_fft_function, False),
    "linalg": (generator.is_py_linalg_function, False),
    "special": (generator.is_py_special_function, False),
}

# Other devices, layouts and number formats than rushlight's, and what only PyTorch's own machinery calls.
UNWANTED = re.compile(
    "quantiz|qint|^q_|int_repr|fake_quant|fbgemm|mkldnn|cudnn|miopen|vulkan|_cufft|nnpack|cslt|sparse|csr|csc|bsr|bsc|"
    "coalesce|nested|hspmm|sspaddmm|_functional_|_test_(?!autograd|functorch)|_validate|_wrapped_|int[48]pack|_int_mm|_scaled(_grouped)?_mm|"
    "_convert_weight|_dyn_quant|flash|efficient|_mem_eff|_mps|_scaled_dot_product_cudnn|_cpu_fallback|_saturate|"
    "_mixed_dtypes|_triton|_transform_bias|_histogramdd|_assert_(scalar|tensor)|_print|_to_cpu|"
    "_make_per|_make_dep|_compute_linear|_lazy_clone|_fused_rms|_propagate_xla|batch_norm_backward|record_stream"
)

# Public names among them, which rushlight answers for, if only to refuse.
REFUSED = re.compile(
    "dequantize|int_repr|q_.*|fake_quantize_per.*affine|fused_moving_avg_obs_fake_quant|choose_qparams_optimized|quantize.*|empty_quantized|"
    "fbgemm.*|coalesce|is_coalesced|to_sparse.*|sparse_(mask|dim|resize.*)|hspmm|sspaddmm|resize_as_sparse_|to_mkldnn|_sparse_mm|"
    "_convert_indices_from_.*"
)

# ruff: noqa: E501
# The parsers that PyTorch writes by hand. Their texts can be read off the error messages and warnings of a build.
BY_HAND = """
torch
as_tensor(PyObject* data, *, ScalarType dtype=None, Device? device=None)
asarray(PyObject* obj, *, ScalarType? dtype=None, Device? device=None, bool? copy=None, bool? requires_grad=None)
from_numpy(PyObject* ndarray)|single
frombuffer(PyObject* buffer, *, ScalarType dtype, int64_t count=-1, int64_t offset=0, bool requires_grad=False)
get_device(Tensor input)
nonzero(Tensor input, *, bool as_tuple=False, Tensor out=None)
numel(Tensor input)
range(Scalar start, Scalar end, Scalar step=1, *, Tensor out=None, ScalarType dtype=None, Layout layout=torch.strided, Device device=None, bool requires_grad=False)
tensor(PyObject* data, *, ScalarType dtype=None, Device? device=None, bool pin_memory=False, bool requires_grad=False)
method
__eq__(PyObject* other)
apply_(PyObject* callable)|single
as_subclass(PyObject* cls)
bfloat16(*, MemoryFormat? memory_format=None)
bool(*, MemoryFormat? memory_format=None)
byte(*, MemoryFormat? memory_format=None)
cdouble(*, MemoryFormat? memory_format=None)
cfloat(*, MemoryFormat? memory_format=None)
char(*, MemoryFormat? memory_format=None)
contiguous(*, MemoryFormat memory_format=contiguous_format)
copy_(Tensor other, bool non_blocking=False)
copy_(Tensor other, bool async=False)|deprecated
cpu(*, MemoryFormat? memory_format=None)
cuda(Device? device=None, bool non_blocking=False, *, MemoryFormat? memory_format=None)
cuda(Device? device=None, bool async=False, *, MemoryFormat? memory_format=None)|deprecated
data_ptr()
dim()
double(*, MemoryFormat? memory_format=None)
element_size()
float(*, MemoryFormat? memory_format=None)
get_device()
half(*, MemoryFormat? memory_format=None)
int(*, MemoryFormat? memory_format=None)
ipu(Device? device=None, bool non_blocking=False, *, MemoryFormat? memory_format=None)
ipu(Device? device=None, bool async=False, *, MemoryFormat? memory_format=None)|deprecated
is_contiguous(*, MemoryFormat memory_format=contiguous_format)
item()
long(*, MemoryFormat? memory_format=None)
mtia(Device? device=None, bool non_blocking=False, *, MemoryFormat? memory_format=None)
mtia(Device? device=None, bool async=False, *, MemoryFormat? memory_format=None)|deprecated
map_(Tensor other, PyObject* callable)
map2_(Tensor x, Tensor y, PyObject* callable)
ndimension()
nelement()
new_tensor(PyObject* data, *, ScalarType dtype=None, Device? device=None, bool requires_grad=False)
nonzero()
nonzero(*, bool as_tuple)
numel()
numpy(*, bool force=False)
requires_grad_(bool requires_grad=True)
set_()
set_(Storage source)
set_(Storage source, SymInt storage_offset, SymIntArrayRef size, SymIntArrayRef stride=None)
set_(Tensor source)
set_(Tensor source, SymInt storage_offset, SymIntArrayRef size, SymIntArrayRef stride=None)
short(*, MemoryFormat? memory_format=None)
size(int64_t? dim=None)
storage_offset()
stride(int64_t? dim=None)
to(Device device=None, ScalarType dtype=None, bool non_blocking=False, bool copy=False, *, MemoryFormat? memory_format=None)
to(ScalarType dtype, bool non_blocking=False, bool copy=False, *, MemoryFormat? memory_format=None)
to(Tensor tensor, bool non_blocking=False, bool copy=False, *, MemoryFormat? memory_format=None)
tolist()
type(PyObject* dtype=None, bool non_blocking=False, *, MemoryFormat? memory_format=None)
type(PyObject* dtype=None, bool async=False, *, MemoryFormat? memory_format=None)|deprecated
untyped_storage()
xpu(Device? device=None, bool non_blocking=False, *, MemoryFormat? memory_format=None)
xpu(Device? device=None, bool async=False, *, MemoryFormat? memory_format=None)|deprecated
class
Generator(Device device=None)
device(Device device)
device(std::string_view type, int64_t? index=-1)
finfo(ScalarType type)
finfo()
iinfo(ScalarType type)
new(*, Device? device=None)
new(Storage storage)
new(Tensor other)
new(Tensor other, *, Device? device=None)|hidden
new(SymIntArrayRef size, *, Device? device=None)
new(PyObject* data, *, Device? device=None)
set_grad_enabled(bool enabled)
"""

HEAD = '''"""PyTorch's signatures, by namespace, in the order its parser tries them. Written by tools/signatures.py.

A record per signature, ended by a semicolon; in it, between tabs, its text, the overload it means and, where it is
deprecated, the arguments that overload is called with.
"""
# ruff: noqa: E501

from functools import cache

'''

TAIL = '''
_TEXTS = {"torch": TORCH, "method": METHOD, "nn": NN, "fft": FFT, "linalg": LINALG, "special": SPECIAL, "class": CLASS}
_tables: dict[str, dict[str, list[list[str]]]] = {}


def table(namespace: str) -> dict[str, list[list[str]]]:
    """The records (lists of their fields) of each function of a namespace: "torch", "method", "nn", "fft", "linalg", "special" or
    "class" (constructors; "new" is Tensor's)."""
    found = _tables.get(namespace)
    if found is None:
        found = {}
        # "fft_fft" is fft.fft: names are listed without the namespace.
        prefix = namespace + "_" if namespace in ("fft", "linalg", "special") else ""
        for line in _TEXTS[namespace].replace("\\n", " ").strip("; ").split("; "):
            fields = line.split("\\t")
            name = fields[0][: fields[0].index("(")].removeprefix(prefix)
            if name in found:
                found[name].append(fields)
            else:
                found[name] = [fields]
        _tables[namespace] = found
    return found


def signatures(namespace: str, name: str) -> list[str]:
    """The texts of a function's signatures, for Parser; KeyError where there is no such function."""
    return [fields[0] for fields in table(namespace)[name]]


@cache
def overloads(namespace: str, name: str) -> list[str]:
    """The overload each signature means, such as "add.Tensor"."""
    return [fields[1] for fields in table(namespace)[name]]


def call_arguments(namespace: str, name: str, index: int) -> list[str] | None:
    """For a deprecated signature, the names or constants its overload is called with, in order; None for others."""
    fields = table(namespace)[name][index]
    return fields[2].split(", ") if len(fields) > 2 else None
'''


def collect() -> dict[str, dict[str, list[str]]]:
    """The lines of every namespace and name."""
    folder = PACKAGED + "/ATen/native/"
    functions = parse_native_yaml(folder + "native_functions.yaml", folder + "tags.yaml").native_functions
    functions = [function for function in functions if generator.should_generate_py_binding(function)]
    result: dict[str, dict[str, list[str]]] = {}
    for namespace, (wanted, method) in NAMESPACES.items():
        pairs = generator.load_signatures(functions, PACKAGED + "/autograd/deprecated.yaml", method=method)
        groups = generator.group_filter_overloads(pairs, wanted)
        result[namespace] = {
            str(name): [line_of(overload) for overload in generator.group_overloads(groups[name])]
            for name in groups
            if not UNWANTED.search(str(name)) or REFUSED.fullmatch(str(name))
        }
    namespace = ""
    for line in BY_HAND.strip().split("\n"):
        if "(" not in line:
            namespace = line
            by_hand: set[str] = set()
            result.setdefault(namespace, {})
            continue
        name = line[: line.index("(")]
        if name not in by_hand:
            by_hand.add(name)
            result[namespace][name] = []
        result[namespace][name].append(f"{line}\t{name}")
    return result


def packed(groups: list[list[str]]) -> str:
    """All records, several to a line: two thousand lines would be more than anybody wants to scroll through."""
    lines = [""]
    for group in groups:
        text = "; ".join(group) + ";"
        if lines[-1] and len(lines[-1]) + len(text) > 480:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + text
    return "\n".join(lines)


def line_of(group: object) -> str:
    signature = group.signature
    fields = [signature.signature_str(symint=True), str(group.base.func.name)]
    if signature.deprecated:
        # The text is that of the variant with out=, whose call names it first.
        fields.append(", ".join(name for name in signature.deprecated_args_exprs if name != "out"))
    return "\t".join(fields)


def main() -> None:
    parts = [HEAD]
    for namespace, names in collect().items():
        parts.append(f'{namespace.upper()} = """\n' + packed([names[name] for name in sorted(names)]) + '\n"""\n\n')
    parts.append(TAIL.lstrip("\n"))
    with open(TARGET, "w") as file:
        file.write("".join(parts))


# ---------------------------------------------------------------------------------------------------------------------
# The comparison

# Names that change PyTorch's own state, read files, or crash on arbitrary arguments.
NOT_CALLED = re.compile("batch_dim|nesting|vmap|_dual|random|empty|lstm|gru|rnn|_cu|from_file|svd|_foobar|_functorch|^_stack$|^__")
NOT_CALLED_METHODS = {"as_subclass", "resize_", "resize_as_", "set_", "map_", "map2_", "as_strided_", "type", "cuda"}
PARSING = re.compile(
    "received an invalid comb|must be .*, not |positional argument|unexpected keyword|multiple values|expected Tensor as|"
    "takes no |failed to unpack|found element of type|expected tuple of|invalid keyword arg|exactly one"
)
KEYWORDS = "dim axis keepdim keepdims out dtype other input alpha foo x x2 self size device requires_grad generator".split()


class Comparison:
    """Random calls of both parsers."""

    def __init__(self, seed: int) -> None:
        import random

        import numpy as np
        import torch

        sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        from rushlight._core import signature, signature_types
        from rushlight.ops import signatures

        self.torch, self.types, self.parser, self.table = torch, signature_types, signature.Parser, signatures
        self.random = random.Random(seed)
        self.counts = {"accepted by both": 0, "refused alike": 0, "different": 0}
        signature.register_types(
            tensor=torch.Tensor,
            dtype=torch.dtype,
            device=torch.device,
            layout=torch.layout,
            memory_format=torch.memory_format,
            generator=torch.Generator,
            storage=(torch.UntypedStorage, torch.TypedStorage),
            scalar_types={float: torch.float64, int: torch.int64, bool: torch.bool, complex: torch.complex128},
            constants={"contiguous_format": torch.contiguous_format, "torch.strided": torch.strided},
            disabled_torch_function=torch._C._disabled_torch_function_impl,
        )
        x = torch.ones(2, 3)
        self.any_value = [
            *(x, x, x, torch.tensor(1), torch.tensor(1.0), torch.tensor(1.0, requires_grad=True), torch.tensor([1])),
            *(torch.nn.Parameter(x), True, False, 0, 1, -1, 1.5, 1j, None, "a", "sum", "cpu", b"a", (1,), [1, 1]),
            *((0, 1), [1, "a"], (1, None), ("a",), [], (), [x], (x, x), [x, 1], [x, None], torch.Size([2, 3]), [True]),
            *(np.float32(1), np.float64(1), np.int64(1), np.bool_(1), np.ones(2), np.array(1), torch.float32, int, type),
            *(torch.strided, torch.contiguous_format, torch.Generator(), object(), {}, [1.0, 2.0], range(2)),
        ]
        types = self.types
        self.good_values = {
            types.TENSOR: [x, x, torch.ones(2, 2)], types.SCALAR: [1, 2.0, torch.tensor(1)], types.INT: [0, 1],
            types.SYM_INT: [0, 1], types.DOUBLE: [1.0, 0.5, 1], types.COMPLEX: [1], types.BOOL: [True, False],
            types.INT_LIST: [(1,), [0, 1], 1], types.TENSOR_LIST: [[x], (x, x)], types.FLOAT_LIST: [[1.0, 2.0]],
            types.SCALAR_LIST: [[1]], types.DTYPE: [torch.float32, None], types.DEVICE: ["cpu"],
            types.STRING: ["mean", "none"], types.INSTANCE: [None], types.ANYTHING: [1, "a"],
        }  # fmt: skip

    def arguments(self, parser: object) -> tuple[list[object], dict[str, object]]:
        """Arguments that are good for one of the signatures, or nearly so, or not at all."""
        chance, choice = self.random.random, self.random.choice
        if chance() < 0.15:
            return [choice(self.any_value) for _ in range(self.random.randrange(5))], {}
        args: list[object] = []
        kwargs: dict[str, object] = {}
        positional = True
        for param in choice(parser.signatures).params:
            if chance() < (0.55 if param.optional else 0.07):
                positional = positional and not param.optional
                continue
            value = choice(self.any_value if chance() < 0.25 else self.good_values[param.kind])
            positional = positional and not param.keyword_only and chance() < 0.85
            if positional:
                args.append(value)
            else:
                kwargs[choice(param.aliases) if param.aliases and chance() < 0.2 else param.name] = value
        if chance() < 0.12:
            args.append(choice(self.any_value))
        if chance() < 0.12:
            kwargs[choice(KEYWORDS)] = choice(self.any_value)
        return args, kwargs

    def function(self, namespace: str, name: str) -> object:
        binding = self.torch._C
        if namespace == "method":
            found = getattr(self.torch.Tensor, name)
            return found if type(found).__name__ == "method_descriptor" and name not in NOT_CALLED_METHODS else None
        modules = {"torch": binding._VariableFunctions, "nn": binding._nn, "class": None}
        module = modules[namespace] if namespace in modules else getattr(binding, "_" + namespace)
        return getattr(module, name, None) or getattr(module, f"{namespace}_{name}", None)

    def outcome(self, call: object, args: list[object], kwargs: dict[str, object]) -> str:
        try:
            call(*args, **kwargs)
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        return ""

    def compare(self, namespace: str, name: str, calls: int) -> None:
        function = self.function(namespace, name)
        if function is None or NOT_CALLED.search(name):
            return
        parser = self.parser(name, self.table.signatures(namespace, name), namespace == "method")
        parser.parse()
        for _ in range(calls):
            args, kwargs = self.arguments(parser)
            if namespace == "method":
                args.insert(0, self.torch.ones(2, 3))
            ours = self.outcome(lambda *args, **kwargs: parser.bind(args, kwargs), args, dict(kwargs))
            plain = self.torch.Tensor
            theirs = self.outcome(function, [v.clone() if type(v) is plain else v for v in args], kwargs)
            refused = theirs.startswith("TypeError") and PARSING.search(theirs)
            same = ours == theirs if ours or refused else True
            verdict = "different" if not same else "refused alike" if ours else "accepted by both"
            self.counts[verdict] += 1
            if not same:
                print(f"--- {namespace} {name} {args} {kwargs}\n  PyTorch: {theirs}\n  rushlight: {ours}")


def check(seed: int = 0, calls: int = 5) -> int:
    import warnings

    warnings.simplefilter("ignore")
    comparison = Comparison(seed)
    for namespace in ("torch", "method", "nn", "fft", "linalg", "special"):
        for name in comparison.table.table(namespace):
            comparison.compare(namespace, name, calls)
    print(comparison.counts)
    return int(comparison.counts["different"] > 0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["check"]:
        sys.exit(check(*map(int, sys.argv[2:])))
    main()
