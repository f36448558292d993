"""Public operators on sparse and quantized tensors and on other devices' libraries: dense tensors get the answers that PyTorch gives
them. What makes sparse tensors stands in rushlight/sparse."""

from __future__ import annotations

from typing import Any

from rushlight._core import dtypes
from rushlight.ops import signatures
from rushlight.ops.declare import REGISTRY, composite
from rushlight.ops.sparse_layer import NO_KERNEL, sparse_module

_LAYOUTS = {
    "indices": "sparse coordinate", "coalesce": "sparse coordinate", "is_coalesced": "sparse coordinate", "values": "sparse",
    "crow_indices": "sparse row compressed", "col_indices": "sparse row compressed",
    "ccol_indices": "sparse column compressed", "row_indices": "sparse column compressed",
}  # fmt: skip
# Operators that PyTorch has for other tensors than dense ones of the CPU only.
_ELSEWHERE = (
    "int_repr", "q_per_channel_axis", "q_per_channel_scales", "q_per_channel_zero_points", "q_scale", "q_zero_point", "qscheme",
    "resize_as_sparse_", "sparse_mask", "sparse_resize_", "sparse_resize_and_clear_", "to_padded_tensor", "hspmm", "native_norm",
    "native_norm.ScalarOpt_dim_dtype", "dequantize.tensors", "batch_norm_elemt", "batch_norm_stats", "batch_norm_gather_stats",
    "batch_norm_gather_stats_with_counts",
)  # fmt: skip


def _strided(name: str, kind: str) -> Any:
    def refuse(self: Any) -> Any:
        raise RuntimeError(f"{name} expected {kind} tensor layout but got Strided")

    return refuse


def _elsewhere(overload: str) -> Any:
    def refuse(*values: Any) -> Any:
        raise NotImplementedError(NO_KERNEL.format(overload, "CPU"))

    return refuse


def _absent(name: str, kind: str) -> Any:
    def refuse(*values: Any, **options: Any) -> Any:
        raise NotImplementedError(f"rushlight has no {kind} tensors, which {name}() needs")

    refuse.__name__ = name
    return refuse


for _name, _kind in _LAYOUTS.items():
    composite(_name)(_strided(_name, _kind))
    if _name not in ("coalesce", "is_coalesced"):
        composite(_name + "_copy")(_strided(_name, _kind))
for _name in _ELSEWHERE:
    composite(_name)(_elsewhere(_name))


@composite("sspaddmm", "smm", "saddmm")
def sspaddmm(*values: Any) -> Any:
    """Fails: dense tensors have no sparse sum of products."""
    raise RuntimeError("tensor.sspaddmm(...) can only be called on sparse tensors")


@composite("dequantize.self")
def dequantize(self: Any) -> Any:
    """A tensor in float32: it is not quantized."""
    return REGISTRY["to"](self, dtypes.float32, False, False, None)


@composite("sparse_dim")
def sparse_dim(self: Any) -> int:
    """0."""
    return 0


@composite("to_dense")
def to_dense(self: Any, dtype: Any = None, masked_grad: Any = None) -> Any:
    """The tensor itself (in a dtype): it is dense."""
    return self if dtype is None else REGISTRY["to"](self, dtype, False, False, None)


@composite("to_sparse")
def to_sparse(self: Any, layout: Any = None, blocksize: Any = None, dense_dim: Any = None) -> Any:
    """The tensor in a sparse layout, torch.sparse_coo by default."""
    return sparse_module("_coordinates").to_sparse(self, layout, blocksize, dense_dim)


@composite("to_sparse.sparse_dim")
def to_sparse_dim(self: Any, sparse_dim: Any) -> Any:
    """The tensor as torch.sparse_coo, with its first dimensions sparse."""
    return sparse_module("_coordinates").to_sparse_dim(self, sparse_dim)


def _compressing(name: str) -> Any:
    def convert(self: Any, *rest: Any) -> Any:
        return sparse_module("_compressed").CONVERSIONS[name](self, *rest)

    return convert


for _name in ("to_sparse_csr", "to_sparse_csc", "to_sparse_bsr", "to_sparse_bsc"):
    composite(_name)(_compressing(_name))


def _making(name: str) -> Any:
    def make(*values: Any, **options: Any) -> Any:
        return getattr(sparse_module("_creation"), name)(*values, **options)

    make.__name__ = make.__qualname__ = name
    return make


def _rest() -> None:
    """Every other such operator that has a signature says what it would need."""
    for namespace in ("torch", "method"):
        for name in signatures.table(namespace):
            kind = "mkldnn" if name == "to_mkldnn" else "quantized"
            if kind == "quantized" and not name.startswith(("quantize", "empty_quantized", "fbgemm", "fused_moving", "choose_q")):
                continue
            for overload in signatures.overloads(namespace, name):
                if overload not in REGISTRY:
                    composite(overload)(_absent(name, kind))


_rest()
# Functions of torch without signatures.
PUBLIC = {
    **{name: _making(name) for name in (
        "sparse_coo_tensor", "sparse_compressed_tensor", "sparse_csr_tensor", "sparse_csc_tensor", "sparse_bsr_tensor", "sparse_bsc_tensor",
    )},
    **{name: _absent(name, "quantized") for name in ("quantized_gru", "quantized_lstm", "quantized_max_pool1d")},
}  # fmt: skip
