"""rushlight: PyTorch's tensors and define-by-run autograd over NumPy."""

from __future__ import annotations

from math import e as e, inf as inf, nan as nan, pi as pi
from typing import Any

from rushlight import _tensor, autograd as autograd, ops as _operators
from rushlight._core.dtypes import (
    RARE as _rare,
    bfloat16 as bfloat16,
    bool_,
    complex64 as complex64,
    complex128 as complex128,
    dtype as dtype,
    float16 as float16,
    float32 as float32,
    float64 as float64,
    get_default_dtype as get_default_dtype,
    int8 as int8,
    int16 as int16,
    int32 as int32,
    int64 as int64,
    set_default_dtype as set_default_dtype,
    uint8 as uint8,
    uint16 as uint16,
    uint32 as uint32,
    uint64 as uint64,
)
from rushlight._generator import Generator as Generator, default_generator as default_generator
from rushlight._install import elsewhere, install as install, uninstall as uninstall
from rushlight._objects import (
    Size as Size,
    channels_last as channels_last,
    channels_last_3d as channels_last_3d,
    contiguous_format as contiguous_format,
    device as device,
    get_default_device as get_default_device,
    jagged as jagged,
    layout as layout,
    memory_format as memory_format,
    per_channel_affine as per_channel_affine,
    per_channel_affine_float_qparams as per_channel_affine_float_qparams,
    per_channel_symmetric as per_channel_symmetric,
    per_tensor_affine as per_tensor_affine,
    per_tensor_symmetric as per_tensor_symmetric,
    preserve_format as preserve_format,
    qscheme as qscheme,
    set_default_device as set_default_device,
    sparse_bsc as sparse_bsc,
    sparse_bsr as sparse_bsr,
    sparse_coo as sparse_coo,
    sparse_csc as sparse_csc,
    sparse_csr as sparse_csr,
    strided as strided,
)
from rushlight._settings import (
    are_deterministic_algorithms_enabled as are_deterministic_algorithms_enabled,
    compiled_with_cxx11_abi as compiled_with_cxx11_abi,
    get_deterministic_debug_mode as get_deterministic_debug_mode,
    get_float32_matmul_precision as get_float32_matmul_precision,
    get_num_interop_threads as get_num_interop_threads,
    get_num_threads as get_num_threads,
    is_deterministic_algorithms_warn_only_enabled as is_deterministic_algorithms_warn_only_enabled,
    is_storage as is_storage,
    is_tensor as is_tensor,
    set_deterministic_debug_mode as set_deterministic_debug_mode,
    set_float32_matmul_precision as set_float32_matmul_precision,
    set_num_interop_threads as set_num_interop_threads,
    set_num_threads as set_num_threads,
    typename as typename,
    use_deterministic_algorithms as use_deterministic_algorithms,
)
from rushlight._tensor import Tensor as Tensor
from rushlight._tensor_str import set_printoptions as set_printoptions
from rushlight._type_info import finfo as finfo, iinfo as iinfo
from rushlight.ops.dlpack import from_dlpack as from_dlpack, to_dlpack as to_dlpack

from rushlight import __config__ as __config__, functional as functional, random as random, storage as storage  # isort: skip
from rushlight._legacy import CLASSES as _classes, set_default_tensor_type as set_default_tensor_type
from rushlight.autograd.anomaly_mode import (
    is_anomaly_check_nan_enabled as is_anomaly_check_nan_enabled,
    is_anomaly_enabled as is_anomaly_enabled,
)
from rushlight.autograd.grad_mode import (
    enable_grad as enable_grad,
    inference_mode as inference_mode,
    is_grad_enabled as is_grad_enabled,
    is_inference_mode_enabled as is_inference_mode_enabled,
    no_grad as no_grad,
    set_grad_enabled as set_grad_enabled,
)
from rushlight.ops import hooks as _hooks
from rushlight.ops.contents import uncollected as _uncollected
from rushlight.ops.warn import is_warn_always_enabled as is_warn_always_enabled, set_warn_always as set_warn_always
from rushlight.random import (
    get_rng_state as get_rng_state,
    initial_seed as initial_seed,
    manual_seed as manual_seed,
    seed as seed,
    set_rng_state as set_rng_state,
)
from rushlight.storage import LEGACY as _storages, TypedStorage as TypedStorage, UntypedStorage as UntypedStorage
from rushlight.version import __version__ as __version__

bool = bool_
half, float, double, cfloat, cdouble = float16, float32, float64, complex64, complex128
globals().update({_dtype.name: _dtype for _dtype in _rare})
chalf, bit = globals()["complex32"], globals()["uint1"]
short, int, long = int16, int32, int64
newaxis = None
legacy_contiguous_format = contiguous_format
dtype.__module__ = "torch"
globals().update(_classes)
globals().update(_storages)

functional.export(globals())
with _uncollected():
    _tensor.attach_methods()

# Modules that are imported when a program first names them.
_LATER = (
    "_C", "_VF", "__future__", "_functorch", "_utils", "_weights_only_unpickler", "amp", "distributions", "fft", "func", "linalg", "masked",
    "multiprocessing", "nn", "optim", "overrides", "profiler", "serialization", "signal", "sparse", "special", "testing", "utils",
)  # fmt: skip
# Names that such modules define: name -> module.
_LATER_NAMES = {
    **dict.fromkeys((
        "AcceleratorError", "FatalError", "OutOfMemoryError", "PRIVATE_OPS", "USE_GLOBAL_DEPS", "USE_RTLD_GLOBAL_WITH_LIBTORCH", "eig",
        "get_file_path", "has_lapack", "has_mkl", "has_openmp", "has_spectral", "init_num_threads", "lstsq", "matrix_rank",
        "prepare_multiprocessing_environment", "set_flush_denormal", "solve", "symeig",
    ), "_relics"),
    "lobpcg": "_lobpcg", "pca_lowrank": "_lowrank", "svd_lowrank": "_lowrank", "thread_safe_generator": "random",
    "DisableTorchFunction": "_C", "DisableTorchFunctionSubclass": "_C", "set_anomaly_enabled": "autograd.anomaly_mode",
    "StorageBase": "storage", "explain": "autograd.explain", "load": "serialization", "save": "serialization", "vmap": "func",
    "GradScaler": "amp", "autocast": "amp", "_storage_classes": "_typed_storage", "_tensor_classes": "_legacy",
    **dict.fromkeys((
        "_check", "_check_index", "_check_is_size", "_check_not_implemented", "_check_tensor_all", "_check_tensor_all_with",
        "_check_type", "_check_value", "_check_with", "_debug_has_internal_overlap",
    ), "_checks"),
    **dict.fromkeys((
        "SymBool", "SymFloat", "SymInt", "_assert", "sym_float", "sym_fresh_size", "sym_int", "sym_ite", "sym_max", "sym_min", "sym_not",
        "sym_sqrt", "sym_sum",
    ), "_symbolic"),
    "compile": "_compile", "_disable_dynamo": "_compile", "cond": "_higher_order_ops.cond", "while_loop": "_higher_order_ops.while_loop",
    "Future": "futures",
    "ScriptModule": "jit", "ScriptFunction": "jit", "fork": "jit", "wait": "jit", "Stream": "_streams", "Event": "_streams",
    **dict.fromkeys((
        "autocast_decrement_nesting", "autocast_increment_nesting", "clear_autocast_cache", "get_autocast_cpu_dtype", "get_autocast_dtype",
        "is_autocast_cache_enabled", "is_autocast_cpu_enabled", "is_autocast_enabled", "set_autocast_cache_enabled",
        "set_autocast_cpu_dtype", "set_autocast_cpu_enabled", "set_autocast_dtype", "set_autocast_enabled", "get_autocast_gpu_dtype",
        "get_autocast_ipu_dtype", "get_autocast_xla_dtype", "is_autocast_ipu_enabled", "is_autocast_xla_enabled",
        "set_autocast_gpu_dtype", "set_autocast_ipu_dtype", "set_autocast_ipu_enabled", "set_autocast_xla_dtype",
        "set_autocast_xla_enabled",
    ), "amp.autocast_mode"),
}  # fmt: skip


_EXTENSION = frozenset((
    "AVG", "SUM", "AggregationType", "DispatchKey", "JITException", "Tag", "classproperty", "cudnn_is_acceptable",
    "is_vulkan_available",
))  # fmt: skip


def __getattr__(name: str) -> Any:
    function = _operators.function(name)
    if function is not None:
        globals()[name] = function
        return function
    if name.startswith("_foreach_"):
        from rushlight.ops import foreach

        foreach.export(globals())
        if name in globals():
            return globals()[name]
    if name in _LATER:
        from importlib import import_module

        return import_module(f"{__package__}.{name}")
    if name in _LATER_NAMES:
        from importlib import import_module

        return getattr(import_module(f"{__package__}.{_LATER_NAMES[name]}"), name)
    if name == "Storage":
        return globals()[f"{get_default_dtype().cpp}Storage"]
    if name == "torch":  # PyTorch's module has itself among its names
        from sys import modules

        return modules[__package__]
    if name[:2] != "__" or name == "__all__":
        from importlib import import_module
        from sys import modules

        extension = import_module(f"{__package__}._extension")
        if name == "__all__":
            return extension.exported(modules[__package__])
        if name in extension.CLASSES or name in extension.FUNCTIONS or name in _EXTENSION or name in extension.PRIVATE:
            return getattr(extension, name)
    return elsewhere(name, __package__)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER, *_LATER_NAMES, *_operators.names()})
