"""Names that few programs use: rare dtypes and 8-bit floats, settings, relics."""

import copy
import io

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
