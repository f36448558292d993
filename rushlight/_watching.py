"""Which functions written in Python look for a __torch_function__, see NOTE [ Functions that watch ] in autograd/overriding.py."""

from __future__ import annotations

import types
from keyword import iskeyword
from types import SimpleNamespace
from typing import Any

from rushlight._core.calls import METHODS
from rushlight._core.function import Function
from rushlight._core.tensor import TYPES
from rushlight.autograd.overriding import ALIASES, BuiltIn, Equality, WatchedOperator, watch_function

# Methods of Tensor that PyTorch lets nobody override, and those that are its own Python functions (handlers see all arguments).
UNWATCHED = frozenset((
    "__init__", "__iter__", "__hash__", "__delitem__", "as_subclass", "_typed_storage", "__init_subclass__",
    "__getstate__", "_make_wrapper_subclass",
))  # fmt: skip
PYTHON = frozenset((
    "__deepcopy__", "__reduce_ex__", "storage", "__setstate__", "__repr__", "backward", "register_hook",
    "register_post_accumulate_grad_hook", "is_shared", "share_memory_", "__reversed__", "norm", "lu", "stft", "istft", "resize",
    "resize_as", "split", "unique", "unique_consecutive", "__format__", "__len__", "__dir__", "__array__", "__array_wrap__",
    "__contains__", "storage_type", "unflatten", "dim_order", "__dlpack__", "__dlpack_device__", "module_load",
))  # fmt: skip
OPERATORS = frozenset((
    "__rsub__", "__rdiv__", "__rtruediv__", "__pow__", "__ipow__", "__rmod__", "__rpow__", "__floordiv__", "__rfloordiv__",
    "__rlshift__", "__rrshift__", "__rmatmul__",
))  # fmt: skip
# Functions of modules that PyTorch lets nobody override.
IGNORED = frozenset((
    "are_deterministic_algorithms_enabled", "broadcast_shapes", "can_cast", "compile", "compiled_with_cxx11_abi", "einsum_path",
    "from_dlpack", "from_file", "from_numpy", "get_default_device", "get_default_dtype", "get_deterministic_debug_mode",
    "get_float32_matmul_precision", "get_num_interop_threads", "get_num_threads", "get_rng_state", "initial_seed", "install",
    "is_anomaly_check_nan_enabled", "is_anomaly_enabled", "is_deterministic_algorithms_warn_only_enabled", "is_grad_enabled",
    "is_inference_mode_enabled", "is_storage", "is_tensor", "is_warn_always_enabled", "load", "manual_seed", "save", "seed",
    "set_anomaly_enabled", "set_default_device", "set_default_dtype", "set_default_tensor_type", "set_deterministic_debug_mode",
    "set_float32_matmul_precision", "set_num_interop_threads", "set_num_threads", "set_printoptions", "set_rng_state",
    "set_warn_always", "to_dlpack", "typename", "uninstall", "elsewhere", "use_deterministic_algorithms", "explain", "vmap",
    "boolean_dispatch", "handle_torch_function", "has_torch_function", "has_torch_function_unary", "has_torch_function_variadic",
    "assert_int_or_pair", "available", "fftfreq", "rfftfreq", "compute_dtype", "operator",
    "public_function",
))  # fmt: skip
# Where functions that can be overridden are defined.
_HOMES = ("rushlight.ops", "rushlight.functional", "rushlight.nn", "rushlight.linalg", "rushlight.fft", "rushlight.special", "torch.")
IGNORED_IN_NN = frozenset(("hardsigmoid", "hardswish", "sigmoid", "tanh", "upsample", "upsample_bilinear", "upsample_nearest"))
IN_INIT = ("uniform_", "normal_", "constant_", "kaiming_uniform_")
# Functions of torch that are known as torch.functional's.
FUNCTIONAL = frozenset((
    "atleast_1d", "atleast_2d", "atleast_3d", "align_tensors", "broadcast_tensors", "block_diag", "cdist", "chain_matmul", "einsum",
    "istft", "lu", "norm", "meshgrid", "split", "stft", "tensordot", "unique", "unique_consecutive", "unravel_index", "cartesian_prod",
))  # fmt: skip
# Functions of torch, most of which make tensors, that only function modes see.
NEVER_OF_TENSORS = (
    "arange as_strided as_tensor asarray bartlett_window blackman_window empty empty_permuted empty_strided eye fill from_numpy frombuffer "
    "full hamming_window hann_window kaiser_window linspace logspace normal ones promote_types rand rand_like randint randint_like randn "
    "randn_like randperm range scalar_tensor tensor tril_indices triu_indices vander zeros can_cast"
)

# What else PyTorch says nobody can override, though some of it is watched here.
SETTINGS = (
    "autocast_decrement_nesting autocast_increment_nesting clear_autocast_cache cond device dtype empty_quantized enable_grad finfo fork "
    "get_autocast_cpu_dtype get_autocast_dtype get_autocast_gpu_dtype get_autocast_ipu_dtype get_autocast_xla_dtype get_device_module "
    "iinfo inference_mode init_num_threads is_autocast_cache_enabled is_autocast_cpu_enabled is_autocast_enabled is_autocast_ipu_enabled "
    "is_autocast_xla_enabled is_vulkan_available layout memory_format merge_type_from_type_comment no_grad parse_ir parse_schema "
    "parse_type_comment qscheme result_type set_autocast_cache_enabled set_autocast_cpu_dtype set_autocast_cpu_enabled set_autocast_dtype "
    "set_autocast_enabled set_autocast_gpu_dtype set_autocast_ipu_dtype set_autocast_ipu_enabled set_autocast_xla_dtype "
    "set_autocast_xla_enabled set_flush_denormal set_grad_enabled sparse_bsc_tensor sparse_bsr_tensor sparse_compressed_tensor "
    "sparse_coo_tensor sparse_csc_tensor sparse_csr_tensor sym_constrain_range sym_constrain_range_for_size sym_fresh_size wait"
).split()
IGNORED_OF_TENSOR = (
    "__delattr__ __getattribute__ __new__ __setattr__ __subclasshook__ __torch_dispatch__ __torch_function__ _conj _conj_physical "
    "_is_all_true _is_any_true _make_subclass _neg_view eig lstsq new new_empty new_empty_strided new_full new_ones new_tensor new_zeros "
    "reinforce solve stride symeig to_padded_tensor to_sparse_bsc to_sparse_bsr to_sparse_coo to_sparse_csc to_sparse_csr unflatten"
).split()


def watch_tensor(cls: Any) -> None:
    """The methods and attributes of Tensor."""
    for name, member in list(vars(cls).items()):
        if isinstance(member, property) and name != "__dict__":
            _watch_property(cls, name, member)
            continue
        function = member.general if isinstance(member, METHODS) else member
        if not isinstance(function, types.FunctionType) or name in UNWATCHED:
            continue
        if name in OPERATORS:
            watch_function(function, member, f"torch._tensor.{name}", WatchedOperator)
        elif _operator_of(member) is not None:
            continue
        elif name in PYTHON:
            watch_function(member, member, f"torch._tensor.{name}")
        else:
            watch_function(function, member, f"torch.Tensor.{name}", BuiltIn)
        if member.__name__ not in vars(cls):
            member.__name__ = name
    watch_function(cls.__eq__, cls.__eq__, "torch.Tensor.__eq__", Equality)
    cls.__pow__.__name__ = "pow"
    cls.__ipow__.__name__ = "pow_"


def _watch_property(cls: Any, name: str, member: property) -> None:
    for function, access in ((member.fget, "__get__"), (member.fset, "__set__"), (member.fdel, "__delete__")):
        if function is not None and function.__name__ != "refuse":
            watch_function(function, getattr(member, access), f"torch.Tensor.{name}.{access}", BuiltIn)


def python_functions() -> list[tuple[str, str, Any]]:
    """(module, name, function) of every overridable function that is written in Python."""
    import rushlight
    from rushlight import fft, functional, linalg, special
    from rushlight.nn import functional as nn_functional, init

    found = []
    for module, label in (
        (rushlight, "torch.functional"), (functional, "torch.functional"), (nn_functional, "torch.nn.functional"),
        (linalg, "torch.linalg"), (fft, "torch.fft"), (special, "torch.special"),
    ):  # fmt: skip
        for name, value in vars(module).items():
            if isinstance(value, types.FunctionType) and value.__module__.startswith(_HOMES):
                if not name.startswith("_") and name not in _unseen(module):
                    found.append((label, name, value))
    found += [("torch.nn.init", name, getattr(init, name)) for name in IN_INIT if hasattr(init, name)]
    return [*found, ("torch.autograd", "grad", rushlight.autograd.grad)]


def install() -> None:
    """Make them look, those too that no program has asked for yet."""
    import rushlight
    from rushlight import ops

    for space, names in ((rushlight, ops.REARRANGING), (TYPES.tensor, ops.METHODS)):
        for name in names:
            getattr(space, name)
    watch_tensor(TYPES.tensor)
    for label, name, function in python_functions():
        function.__name__ = name
        watch_function(function, function, f"{label}.{name}")


# ---------------------------------------------------------------- lists of functions


def public(function: Function) -> Any:
    """The object that programs know a Function as."""
    name = function.name
    if function.namespace == "method":
        return getattr(TYPES.tensor, ALIASES.get(name, name))
    found = function.public
    if found is None:
        import rushlight

        if function.namespace == "torch":
            found = getattr(rushlight, name, function)
        elif function.namespace == "nn":
            found = getattr(rushlight.nn.functional, name, function)
        else:
            found = getattr(getattr(rushlight, function.namespace), name, function)
        function.public = found
    return found


def _unseen(space: Any) -> Any:
    """The names in a namespace that nobody can override."""
    if space is TYPES.tensor:
        return UNWATCHED
    if space.__name__ in ("rushlight", "torch"):
        return IGNORED | set(NEVER_OF_TENSORS.split())
    return IGNORED | IGNORED_IN_NN if space.__name__ == "rushlight.nn.functional" else IGNORED


def _members(space: Any) -> list[tuple[str, Any]]:
    found = []
    lazy = getattr(space, "_BUILTINS", ())
    for name in sorted({*dir(space), *lazy}):
        if name.startswith("_") and space is not TYPES.tensor:
            continue
        value = getattr(space, name, None)
        if name in _unseen(space):
            continue
        python = isinstance(value, (types.FunctionType, *METHODS)) and (space is TYPES.tensor or value.__module__.startswith(_HOMES))
        if python or isinstance(value, (Function, property)):
            found.append((name, value))
    return found


def overridable_functions() -> tuple[dict[Any, list[Any]], dict[Any, str]]:
    """The functions by namespace, and the name of each."""
    import rushlight
    from rushlight import fft, functional, linalg, special
    from rushlight.nn import functional as nn_functional

    spaces: dict[Any, list[Any]] = {}
    names: dict[Any, str] = {}
    for space, label in (
        (rushlight, "torch"), (functional, "torch.functional"), (nn_functional, "torch.nn.functional"), (TYPES.tensor, "torch.Tensor"),
        (linalg, "torch.linalg"), (fft, "torch.fft"), (special, "torch.special"),
    ):  # fmt: skip
        listed = spaces.setdefault(space, [])
        for name, value in _members(space):
            if isinstance(value, property):
                spaces[value] = [value.__get__]
                for access in ("__get__", "__set__"):
                    names[getattr(value, access)] = f"{label}.{name}.{access}"
                continue
            if not (name in IGNORED_OF_TENSOR if space is TYPES.tensor else name.endswith("_") or name in SETTINGS):
                listed.append(value)
            if name in ("__nonzero__", "__long__"):
                continue
            names[value] = f"{'torch.functional' if label == 'torch' and name in FUNCTIONAL else label}.{name}"
    for name in NEVER_OF_TENSORS.split():
        if isinstance(value := getattr(rushlight, name, None), Function):
            names[value] = f"torch.{name}"
    return spaces, names


def ignored_functions() -> set[Any]:
    """The public functions of these namespaces that nobody can override."""
    import rushlight
    from rushlight.nn import functional as nn_functional

    found = {getattr(TYPES.tensor, name) for name in (*UNWATCHED, *IGNORED_OF_TENSOR) if hasattr(TYPES.tensor, name)}
    found.update(value for name in SETTINGS if callable(value := getattr(rushlight, name, None)))
    for space in (rushlight, nn_functional):
        found.update(value for name in (*IGNORED, *NEVER_OF_TENSORS.split()) if callable(value := getattr(space, name, None)))
    return found


def dummy(function: Any) -> Any:
    """A function of the signature of another that returns -1."""
    import inspect

    if getattr(function, "__name__", "") in ("__get__", "__set__", "__delete__"):
        return lambda self, value=None: -1
    if isinstance(function, Function):
        parameters = _parameters_of(function)
    else:
        call = _operator_of(function)
        parameters = inspect.signature(function) if call is None else _parameters_of(call)
    spelled: list[str] = []
    starred = False
    for entry in parameters.parameters.values():
        if entry.kind == entry.KEYWORD_ONLY and not starred:
            spelled.append("*")
        starred = starred or entry.kind in (entry.KEYWORD_ONLY, entry.VAR_POSITIONAL)
        spelled.append(_spelled(entry))
    return eval(f"lambda {', '.join(spelled)}: -1")


def _operator_of(function: Any) -> Any:
    """The Function behind a method that is an operator."""
    cells = function.__closure__ or ()
    held = [getattr(cell.cell_contents, "__self__", cell.cell_contents) for cell in cells]  # the function, or a method of it
    return next((entry for entry in held if isinstance(entry, Function)), None)


def _parameters_of(function: Function) -> Any:
    """The parameters of an operator's first signature."""
    import inspect

    parser = function.parser or function.load()
    signature = next((entry for entry in parser.parse() if not entry.hidden), parser.parse()[0])
    kinds = inspect.Parameter
    found = [kinds("self", kinds.POSITIONAL_OR_KEYWORD)] if parser.method else []
    for entry in signature.params:
        kind = kinds.KEYWORD_ONLY if entry.keyword_only else kinds.POSITIONAL_OR_KEYWORD
        found.append(kinds(entry.name + ("_" if iskeyword(entry.name) else ""), kind, default=None if entry.optional else kinds.empty))
    return SimpleNamespace(parameters={entry.name: entry for entry in found})


def _spelled(parameter: Any) -> str:
    name = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "") + parameter.name
    name += "_" if iskeyword(name) else ""
    return name if parameter.default is parameter.empty else f"{name}=None"
