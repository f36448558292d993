"""Names that few programs use: rare dtypes and 8-bit floats, settings, relics."""

import copy
import io
import warnings

FLOAT8 = ("float8_e4m3fn", "float8_e4m3fnuz", "float8_e5m2", "float8_e5m2fnuz", "float8_e8m0fnu")
RARE = (*FLOAT8, "float4_e2m1fn_x2", "complex32", "chalf", "uint1", "uint4", "uint7", "int1", "int4", "int7", "bit", "bits1x8", "bits8", "bits16",
        "quint8", "qint8", "qint32", "quint4x2", "quint2x4")  # fmt: skip


def rare_dtypes(torch, log):
    for name in RARE:
        dtype = getattr(torch, name)
        log(repr(dtype), dtype.itemsize, dtype.is_floating_point, dtype.is_complex, repr(dtype.to_real()))
        log.error(lambda dtype=dtype: dtype.is_signed)
        log.error(lambda dtype=dtype: repr(dtype.to_complex()))
        log.error(lambda dtype=dtype: repr(torch.finfo(dtype)))
        log.error(lambda dtype=dtype: repr(torch.iinfo(dtype)))
        log.error(lambda dtype=dtype: torch.set_default_dtype(dtype))
    for name in (*FLOAT8, "complex32", "bits8", "quint8", "uint4"):
        for other in (torch.bool, torch.int64, torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.complex64, torch.uint16):
            log.error(lambda name=name, other=other: repr(torch.promote_types(getattr(torch, name), other)))
    log(repr(torch.float16.to_complex()), repr(torch.result_type(torch.ones(1, dtype=torch.float16), 1j)))
    log(copy.deepcopy(torch.uint4) is torch.uint4)


def eight_bits_kept(torch, log):
    wide = torch.tensor([[1.0, 2.5, -3.0], [0.1, 1e6, -1e6]])
    special = torch.tensor([float("nan"), float("inf"), -float("inf"), 0.0, -0.0, 1e-9, 447.0, 464.0, 465.0, 57344.0, 61440.0])
    for name in FLOAT8:
        dtype = getattr(torch, name)
        x = wide.to(dtype)
        log(repr(x.float()), repr(special.to(dtype).float()), x.element_size(), x.type())
        log.show(x[0, 0], x.clone().fill_(2.0), torch.ones(2, dtype=dtype), torch.full((2,), 1.5, dtype=dtype), torch.tensor([1.0, 2], dtype=dtype))
        log(x.view(torch.uint8), x.half(), x[:, 1:].t().double(), x.isnan(), x == x, x[0].tolist(), float(x[0, 0]))
    x = wide.to(torch.float8_e5m2)
    log.show(torch.cat([x, x]), x[:, [0, 1]], x.flip(0), x[x == 1.0], torch.stack([x[0], x[0]]), x.expand(2, 2, 3)[1], x.abs(), copy.deepcopy(x))
    y = x.clone()
    y[0] = 4
    y[1, :2] = torch.tensor([1.0, 3.0])
    log.show(y, y * y, torch.where(x == 1.0, y, x))
    file = io.BytesIO()
    torch.save(y, file)
    file.seek(0)
    log.show(torch.load(file))
    leaf = torch.ones(2, requires_grad=True)
    (leaf.to(torch.float8_e4m3fn).float() * 3).sum().backward()
    log(leaf.grad)


def eight_bits_refused(torch, log):
    x, index = torch.ones(2, 2).to(torch.float8_e4m3fn), torch.tensor([[0, 1]])
    for name in ("sum", "neg", "exp", "sqrt", "tanh", "cos", "max", "amax", "argmax", "sort", "nonzero", "tril", "sign", "frac", "isclose"):
        log.error(lambda name=name: getattr(x, name)(*([x] if name == "isclose" else [])))
    log.error(lambda: x + x)
    log.error(lambda: x + 1)
    log.error(lambda: x * 2.0)
    log.error(lambda: x * torch.ones(2))
    log.error(lambda: x.gather(0, index))
    log.error(lambda: x.masked_fill(x == 1.0, 2.0))
    log.error(lambda: x.numpy())
    log.error(lambda: torch.arange(3, dtype=torch.float8_e4m3fn))
    log.error(lambda: torch.randn(3, dtype=torch.float8_e4m3fn))


def switches(torch, log):
    for mode in ("warn", 2, "default", 1, 0):
        torch.set_deterministic_debug_mode(mode)
        log(torch.get_deterministic_debug_mode(), torch.are_deterministic_algorithms_enabled())
        log(torch.is_deterministic_algorithms_warn_only_enabled())
    torch.set_deterministic_debug_mode(0)
    for mode in (3, "x", 1.0):
        log.error(lambda mode=mode: torch.set_deterministic_debug_mode(mode))
    log.error(lambda: torch.set_flush_denormal(1))
    for kind in ("gpu", "cpu", "xla", "ipu"):
        log(repr(log.warns(lambda kind=kind: getattr(torch, f"get_autocast_{kind}_dtype")())))
    log(log.warns(torch.is_autocast_cpu_enabled), log.warns(torch.is_autocast_ipu_enabled))
    log.warns(lambda: torch.set_autocast_cpu_enabled(False))
    log.warns(lambda: torch.set_autocast_xla_dtype(torch.bfloat16))
    torch.set_anomaly_enabled(True, False)
    log(torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled())
    torch.set_anomaly_enabled(False)
    log(torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled())
    log([cls.__mro__[1].__name__ for cls in (torch.OutOfMemoryError, torch.AcceleratorError, torch.FatalError)])
    log(torch.per_tensor_affine, torch.legacy_contiguous_format, torch.thread_safe_generator())


def removed(torch, log):
    x = torch.arange(4.0).view(2, 2)
    for name in ("eig", "symeig", "matrix_rank"):
        log.error(lambda name=name: getattr(torch, name)(x))
    for name in ("lstsq", "solve"):
        log.error(lambda name=name: getattr(torch, name)(x, x))
        log.error(lambda name=name: getattr(x, name)(x))
    log.error(lambda: x.reinforce(1))
    log(log.warns(lambda: x.resize(4)), log.warns(lambda: x.resize_as(torch.ones(4))))
    log(log.warns(lambda: x.lu(get_infos=True)))
    log(x.module_load(torch.ones(2, 2)), x.module_load(torch.zeros(2, 2), assign=True), x.const_data_ptr() == x.data_ptr())
    for name in ("coalesce", "indices", "values", "crow_indices", "ccol_indices", "row_indices"):
        log.error(lambda name=name: getattr(x, name)())
    log(x.sparse_dim(), x.dense_dim(), x.to_dense() is x, x.long().dequantize())
    log.error(lambda: torch.smm(x, x))
    log(torch.slice_inverse(torch.ones(5)[1:4], torch.zeros(5), 0, 1, 4))


def gradient_dtype(torch, log):
    x = torch.ones(2, requires_grad=True)
    log(repr(x.grad_dtype))
    x.grad_dtype = torch.float16
    (x * 2).sum().backward()
    (x * 3).sum().backward()
    log(x.grad, repr(x.grad_dtype))
    log.error(lambda: setattr(x, "grad_dtype", torch.float64))
    x.grad = None
    x.grad_dtype = None
    x.grad = torch.ones(2, dtype=torch.float64)
    log(x.grad)
    log.error(lambda: (x * 2).grad_dtype)
    log.error(lambda: setattr(x * 2, "grad_dtype", torch.float64))
    log.error(lambda: setattr(x, "grad_dtype", 3))


def storage_classes(torch, log):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        s = torch.ones(2).storage()
        log(isinstance(s, torch.FloatStorage), isinstance(s, torch.DoubleStorage), torch.Storage is torch.FloatStorage)
        log.show(torch.FloatStorage([1, 2]), torch.FloatStorage([1.5, 2]).int(), torch.TypedStorage([1, 2], dtype=torch.float64), s.bool())
        log(type(torch.FloatStorage(2)).__name__, repr(torch.IntStorage.dtype), s.pickle_storage_type(), s.resizable())
        log.error(lambda: torch.FloatStorage(2, dtype=torch.int32))
        log.error(lambda: torch.FloatStorage(2, 3))
        log.error(lambda: torch.TypedStorage(wrap_storage=torch.UntypedStorage(8)))
        log.show(torch.FloatStorage.from_buffer(b"\x00\x00\x80\x3f", byte_order="little"), torch.UntypedStorage([1, 2, 300]))
        log.error(lambda: torch.UntypedStorage(4).copy_(torch.UntypedStorage(3)))
        log.error(lambda: torch.UntypedStorage([1, 2, 3])[::2])


def segments(torch, log):
    d, lengths = torch.arange(12.0).view(6, 2), torch.tensor([1, 2, 0, 3])
    x = torch.tensor([[1.0, 0], [2, 2], [2, 3], [0, 0], [4, 1], [0, 2]], requires_grad=True)
    for reduce in ("sum", "mean", "max", "min", "prod"):
        for initial in (None, 1.5):
            x.grad = None
            found = torch.segment_reduce(x, reduce, lengths=lengths, initial=initial)
            (found.nan_to_num(0, 0, 0) * torch.arange(8.0).view(4, 2)).sum().backward()
            log(found, x.grad)
        log(torch.segment_reduce(d, reduce, offsets=torch.tensor([0, 1, 3, 6])))
    log(torch.segment_reduce(d, "sum", lengths=torch.tensor([[1, 1], [2, 0], [0, 2]] * 2), axis=1))
    log(torch.segment_reduce(d, "sum", lengths=torch.tensor([1, 2]), unsafe=True))
    for wrong in ({"lengths": torch.tensor([1, 2])}, {}, {"lengths": lengths.float()}, {"lengths": lengths, "axis": 1},
                  {"lengths": torch.tensor([-1, 7])}, {"indices": lengths}):  # fmt: skip
        log.error(lambda wrong=wrong: torch.segment_reduce(d, "sum", **wrong))
    log.error(lambda: torch.segment_reduce(d, "foo", lengths=lengths))
    log.error(lambda: torch.segment_reduce(d.long(), "sum", lengths=lengths))


def fake_quantization(torch, log):
    x = torch.tensor([0.05, -0.05, 0.15, 0.25, -3.0, 100.0, float("nan"), float("inf")], requires_grad=True)
    for args in ((0.1, 0, 0, 255), (0.1, 10, -128, 127), (torch.tensor(0.1), torch.tensor(3), 0, 255), (0.1, 0, 10, 5), (0.1, 300, 0, 255)):
        log.error(lambda args=args: torch.fake_quantize_per_tensor_affine(x, *args))
    torch.fake_quantize_per_tensor_affine(x, 0.1, 10, 0, 127).nan_to_num(0, 0, 0).sum().backward()
    log(x.grad)
    w, scale = torch.tensor([[0.05, 0.3, -1.0], [2.0, 0.15, 40.0]], requires_grad=True), torch.tensor([0.1, 0.2])
    zero = torch.tensor([0, 5], dtype=torch.int32)
    for args in ((scale, zero, 0, 0, 255), (torch.tensor([0.1, 0.2, 0.3]), torch.tensor([0.5, 5, 1]), 1, 0, 255), (scale, zero, 5, 0, 255),
                 (scale, zero * 100, 0, 0, 255), (scale, zero, 0, 9, 2), (scale.double(), zero, 0, 0, 2), (scale[None], zero, 0, 0, 2)):  # fmt: skip
        log.error(lambda args=args: torch.fake_quantize_per_channel_affine(w, *args))


def low_rank(torch, log):
    torch.manual_seed(0)
    A = torch.randn(8, 5, dtype=torch.float64) @ torch.randn(5, 6, dtype=torch.float64)
    for call in (lambda: torch.svd_lowrank(A, 3), lambda: torch.svd_lowrank(A.t(), 2, niter=0), lambda: torch.pca_lowrank(A, 3),
                 lambda: torch.svd_lowrank(A, 2, M=A.mean(0, keepdim=True)), lambda: torch.svd_lowrank(torch.stack([A, A * 2]), 2)):  # fmt: skip
        torch.manual_seed(1)
        U, S, V = call()
        log(S, U.abs(), V.abs(), torch.rand(1))
    log.error(lambda: torch.pca_lowrank(A, 9))
    log.error(lambda: torch.pca_lowrank(A, 2, niter=-1))
    B = A @ A.t() + torch.diag(torch.arange(8.0, dtype=torch.float64))
    log.tolerance(1e-6)
    for options in ({"k": 2}, {"k": 1, "largest": False}, {"k": 2, "B": torch.eye(8, dtype=torch.float64) * 2}, {"k": 3}):
        log.error(lambda options=options: torch.lobpcg(B, tol=1e-9, **options)[0].clone())
    leaf = B.clone().requires_grad_()
    E, X = torch.lobpcg(leaf, k=1, tol=1e-10)
    (E.sum() * 2 + X[0, 0] * X[1, 0]).backward()
    log(leaf.grad + leaf.grad.t())


def chunks_and_empty_norms(torch, log):
    a = torch.arange(6.0).view(1, 2, 3)
    for dim, count in ((0, 2), (1, 2), (-1, 4), (2, 1)):
        log(torch._chunk_cat([a, a + 10], dim, count))
    for tensors, dim, count in (([torch.ones(2, 3), torch.ones(3, 3)], 1, 2), ([], 0, 2), ([torch.ones(2)], 0, 0)):
        log.error(lambda tensors=tensors, dim=dim, count=count: torch._chunk_cat(tensors, dim, count))
    for shape in ((0, 0), (0, 3), (3, 0), (2, 3, 0)):
        for order in (float("inf"), -float("inf"), 1, -1, 2, -2):
            log.error(lambda shape=shape, order=order: torch.linalg.matrix_norm(torch.ones(shape), order).clone())


def results_in_out(torch, log):
    values, indices = torch.ones(2), torch.ones(2, dtype=torch.int64)
    found = torch.max(torch.ones(2, 2), 0, out=(values, indices))
    log(type(found).__name__, found.values is values, repr(found))
    log(type(torch.sort(torch.ones(2), out=(values, indices))).__name__, type(torch.linalg.eigh(torch.eye(2))).__name__)
    log(type(torch.linalg.slogdet(torch.eye(2), out=(torch.ones(()), torch.ones(())))).__name__)
    log(type(torch.frexp(torch.ones(2), out=(torch.ones(2), torch.ones(2, dtype=torch.int32)))).__name__)
    log(len({"max", "max_out", "sort_out", "topk_out"} & {cls.__name__ for cls in torch.return_types.all_return_types}))


def enumerations(torch, log):
    log(torch.Tag.core, str(torch.DispatchKey.CPU), int(torch.Tag.core))


def masks_of_results(torch, log):
    x, mask = torch.arange(6.0).view(2, 3), torch.tensor([[True, False, False], [False, False, False]])
    masked = torch.masked
    for op, args, options in ((masked.sum, (), {}), (masked.sum, (1,), {}), (masked.mean, (), {"dim": 0, "keepdim": True}),
                              (masked.norm, (2.0, 1), {}), (masked.softmax, (1,), {}), (masked.cumsum, (1,), {})):  # fmt: skip
        log(masked._output_mask(op, x, *args, mask=mask, **options).tolist())
