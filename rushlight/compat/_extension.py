"""Names of torch that stand for classes of PyTorch's C++: TorchScript's types and graphs, benchmarks, dispatch keys, futures.

Programs import them, ask isinstance() and annotate with them; of most there is nothing more.
"""

from __future__ import annotations

from enum import IntEnum
from types import ModuleType
from typing import Any

from rushlight._install import unsupported
from rushlight.compat import _class, _function

CLASSES = frozenset(
    """
    AliasDb AnyType Argument ArgumentSpec AwaitType BenchmarkConfig BenchmarkExecutionStats Block BoolType BufferDict CallStack Capsule
    ClassType Code CompilationUnit CompleteArgumentSpec ComplexType ConcreteModuleType ConcreteModuleTypeBuilder DeepCopyMemoTable
    DeserializationStorageContext DeviceObjType DictType EnumType ErrorReport Event ExecutionPlan FileCheck FloatType FunctionSchema
    FutureType Gradient Graph GraphExecutorState IODescriptor InferredType IntType InterfaceType ListType LiteScriptModule LockingLogger
    LoggerBase ModuleDict Node NoneType NoopLogger NumberType OperatorInfo OptionalType ParameterDict PyObjectType PyTorchFileReader
    PyTorchFileWriter RRefType ScriptClass ScriptClassFunction ScriptDict ScriptDictIterator ScriptDictKeyIterator ScriptFunction ScriptList
    ScriptListIterator ScriptMethod ScriptModule ScriptModuleSerializer ScriptObject ScriptObjectProperty SerializationStorageContext
    StaticModule Stream StreamObjType StringType SymBoolType SymIntType TensorType ThroughputBenchmark TracingState TupleType Type UnionType
    Use Value DispatchKeySet ExcludeDispatchKeyGuard
    """.split()
)
FUNCTIONS = frozenset(
    """
    batch_norm_backward_elemt batch_norm_backward_reduce batch_norm_update_stats cudnn_affine_grid_generator cudnn_batch_norm
    cudnn_convolution cudnn_convolution_add_relu cudnn_convolution_relu cudnn_convolution_transpose cudnn_grid_sampler get_device_module
    import_ir_module import_ir_module_from_buffer merge_type_from_type_comment miopen_batch_norm miopen_convolution
    miopen_convolution_add_relu miopen_convolution_relu miopen_convolution_transpose miopen_ctc_loss miopen_depthwise_convolution miopen_rnn
    mkldnn_adaptive_avg_pool2d mkldnn_convolution mkldnn_linear_backward_weights mkldnn_max_pool2d mkldnn_max_pool3d mkldnn_rnn_layer
    parse_ir parse_schema parse_type_comment profiler_allow_cudagraph_cupti_lazy_reinit_cuda12 sym_constrain_range
    sym_constrain_range_for_size unify_type_list
    """.split()
)
# Operators that PyTorch's tests list.
PRIVATE = frozenset(
    "_scaled_mm _scaled_mm_v2".split()
)
_TAGS = (
    "core cudagraph_unsafe data_dependent_output dynamic_output_shape flexible_layout generated inplace inplace_view "
    "maybe_aliasing_or_mutating needs_contiguous_strides needs_exact_strides needs_fixed_stride_order nondeterministic_bitwise "
    "nondeterministic_seeded out out_variant pointwise pt2_compliant_tag reduction view_copy"
)
_KEYS = (
    "Undefined CompositeExplicitAutogradNonFunctional CompositeExplicitAutograd CompositeImplicitAutogradNestedTensor "
    "CompositeImplicitAutograd AutogradNestedTensor AutogradOther Autograd Conjugate ZeroTensor Negative BackendSelect ADInplaceOrView "
    "PythonTLSSnapshot Python FuncTorchDynamicLayerFrontMode FuncTorchDynamicLayerBackMode FuncTorchBatchedDecomposition FuncTorchBatched "
    "FuncTorchVmapMode FuncTorchGradWrapper PythonDispatcher PreDispatch Functionalize AutocastCPU AutocastMPS AutocastXPU AutocastHPU "
    "AutocastIPU AutocastCUDA AutocastPrivateUse1"
)
_BACKENDS = "CPU CUDA HIP XLA MPS IPU XPU HPU VE Lazy MTIA MAIA PrivateUse1 PrivateUse2 PrivateUse3 Meta"


# Public names of torch that `from torch import *` leaves out, beside its modules.
_NOT_EXPORTED = frozenset(
    """
    Any BFloat16Storage BFloat16Tensor ComplexDoubleStorage ComplexFloatStorage HalfStorage HalfTensor LoggerBase PRIVATE_OPS QInt32Storage
    QInt8Storage QUInt2x4Storage QUInt4x2Storage QUInt8Storage StorageBase USE_GLOBAL_DEPS USE_RTLD_GLOBAL_WITH_LIBTORCH annotations bool_
    broadcast_shapes channels_last channels_last_3d classproperty compiled_with_cxx11_abi contiguous_format eig elsewhere explain
    from_dlpack get_file_path install jagged legacy_contiguous_format lstsq lu matrix_rank pca_lowrank per_channel_affine
    per_channel_affine_float_qparams per_channel_symmetric per_tensor_affine per_tensor_symmetric prepare_multiprocessing_environment
    preserve_format profiler_allow_cudagraph_cupti_lazy_reinit_cuda12 quantized_gru quantized_lstm segment_reduce set_default_dtype
    set_grad_enabled solve sparse_bsc sparse_bsr sparse_coo sparse_csc sparse_csr strided svd_lowrank symeig to_dlpack uninstall unique
    unique_dim while_loop
    """.split()
)


def exported(module: Any) -> list[str]:
    """torch.__all__."""
    modules = set(module._LATER).union(name for name, value in vars(module).items() if isinstance(value, ModuleType))
    names = {*dir(module), *CLASSES, *FUNCTIONS, *module._EXTENSION, "export"} - modules.difference(("export",))
    return sorted(name for name in names if not name.startswith("_") and name not in _NOT_EXPORTED)


class JITException(Exception):
    """The error of TorchScript, which does not run here."""


class _Named(IntEnum):
    """What PyTorch's enumerations look like: they print as their names."""

    def __str__(self) -> str:
        return f"{type(self).__name__}.{self.name}"

    @property
    def __members__(self) -> Any:
        return type(self).__members__


def _dispatch_keys() -> list[str]:
    found = _KEYS.split()
    for group in ("Dense", "Quantized", "Sparse", "SparseCsr", "NestedTensor", "AutogradFunctionality"):
        prefix = {"Dense": "", "AutogradFunctionality": "Autograd"}.get(group, group)
        found += [group, f"StartOf{group}Backends", *(prefix + backend for backend in _BACKENDS.split()), f"EndOf{group}Backends"]
    return found


AggregationType = _Named("AggregationType", ["SUM", "AVG"], module="torch", start=0)
SUM, AVG = AggregationType
Tag = _Named("Tag", _TAGS, module="torch", start=0)
DispatchKey = _Named("DispatchKey", _dispatch_keys(), module="torch", start=0)


def classproperty(func: Any) -> Any:
    """A property of the class itself."""

    class Getter:
        def __get__(self, instance: Any, owner: Any) -> Any:
            return func(owner)

    return Getter()


def is_vulkan_available() -> bool:
    """False."""
    return False


def cudnn_is_acceptable(tensor: Any) -> bool:
    """False."""
    return False


def __getattr__(name: str) -> Any:
    if name in CLASSES:
        made = _class("_C", name, "")
        made.__module__ = "torch"
        globals()[name] = made
        return made
    if name in FUNCTIONS or name in PRIVATE:
        globals()[name] = found = _function("_C", name)
        return found
    raise unsupported(name, __name__)
