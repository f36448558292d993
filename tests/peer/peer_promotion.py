"""Result dtypes and values: every pair of dtypes, tensors of one dimension, of none, and Python scalars."""

DTYPES = "bool uint8 int8 int16 int32 int64 uint16 uint32 uint64 float16 bfloat16 float32 float64 complex64 complex128".split()
BINARY = "add sub mul true_divide floor_divide remainder pow eq lt maximum bitwise_and atan2".split()


def gives_half_complex(torch, left, right):
    """float16 with a complex number that does not decide the precision: PyTorch's complex32, which rushlight leaves out."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, torch.Tensor) and one.dtype == torch.float16:
            if isinstance(other, complex) or (isinstance(other, torch.Tensor) and other.is_complex() and other.dim() < one.dim()):
                return True
    return False


def answers(torch, operands, function):
    """One text per left operand: for each right operand the dtype and the value, or the error's type."""
    rows = []
    for left in operands:
        row = []
        for right in operands:
            if gives_half_complex(torch, left, right):
                row.append("-")
                continue
            try:
                result = function(left, right)
                row.append(f"{str(result.dtype)[6:]}={result.reshape(-1)[0].item():.3g}")
            except Exception as error:
                row.append(type(error).__name__)
        rows.append(" ".join(row))
    return rows


def operands(torch, shape):
    return [torch.full(shape, 1).to(getattr(torch, name)) * (1 if name == "bool" else 2) for name in DTYPES]


def pairs(torch, log, name):
    function = getattr(torch, name)
    flat, zero_d = operands(torch, (1,)), operands(torch, ())
    for row in answers(torch, flat, function):
        log(row)
    for row in answers(torch, zero_d + flat[-6:], function)[: len(zero_d)]:
        log(row)


def add(torch, log):
    pairs(torch, log, "add")


def sub(torch, log):
    pairs(torch, log, "sub")


def mul(torch, log):
    pairs(torch, log, "mul")


def true_divide(torch, log):
    pairs(torch, log, "true_divide")


def floor_divide(torch, log):
    pairs(torch, log, "floor_divide")


def remainder(torch, log):
    pairs(torch, log, "remainder")


def power(torch, log):
    pairs(torch, log, "pow")


def comparison(torch, log):
    for name in ("eq", "lt", "ge"):
        pairs(torch, log, name)


def maximum(torch, log):
    pairs(torch, log, "maximum")


def bitwise_and(torch, log):
    pairs(torch, log, "bitwise_and")


def where(torch, log):
    flat = operands(torch, (1,))
    for row in answers(torch, flat, lambda a, b: torch.where(torch.tensor([True]), a, b)):
        log(row)


def python_scalars(torch, log):
    import operator

    functions = [operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod,
                 operator.pow, operator.eq, operator.lt, operator.and_]  # fmt: skip
    for name in DTYPES:
        tensor = torch.ones(1).to(getattr(torch, name))
        for shape in ((1,), ()):
            operand = tensor.reshape(shape)
            row = []
            for function in functions:
                for scalar in (True, 3, 2.5, 1j):
                    for arguments in ((operand, scalar), (scalar, operand)):
                        if gives_half_complex(torch, operand, scalar) or (name == "float16" and scalar == 1j):
                            row.append("-")
                            continue
                        try:
                            result = function(*arguments)
                            row.append(f"{str(result.dtype)[6:]}={result.reshape(-1)[0].item():.3g}")
                        except Exception as error:
                            row.append(type(error).__name__)
            log(" ".join(row))


def result_type_and_promote_types(torch, log):
    dtypes = [getattr(torch, name) for name in DTYPES]
    for left in dtypes:
        log(" ".join(str(torch.promote_types(left, right))[6:] if not fails(torch, left, right) else "!" for right in dtypes))
        log(" ".join("01"[torch.can_cast(left, right)] for right in dtypes))
    flat, zero_d = operands(torch, (1,)), operands(torch, ())
    for tensor in flat[:2] + zero_d[-4:]:
        log([str(torch.result_type(tensor, scalar)) for scalar in (True, 1, 1.0, 1j)])
    for tensor in zero_d:
        log(" ".join(str(torch.result_type(tensor, other))[6:] for other in flat
                     if not gives_half_complex(torch, tensor, other) and not fails(torch, tensor.dtype, other.dtype)))


def fails(torch, left, right):
    try:
        torch.promote_types(left, right)
    except RuntimeError:
        return True
    return False


def default_dtype(torch, log):
    torch.set_default_dtype(torch.float64)
    log(torch.tensor([1.0]), torch.tensor([1]), torch.ones(2), torch.arange(2.0), torch.tensor(1j), torch.tensor([1]) / 2)
    log(torch.tensor([1]) * 2.5, torch.ones(2, dtype=torch.float32) * 2.5, torch.get_default_dtype())
    log(repr(torch.ones(1)), repr(torch.ones(1, dtype=torch.float32)), torch.tensor([1]).exp())
    torch.set_default_dtype(torch.float16)
    log(torch.tensor([1.0]), torch.tensor([True]) * 1.5)


def unary_on_every_dtype(torch, log):
    names = "exp log sqrt sin tanh sigmoid abs neg sign floor ceil round reciprocal square relu logical_not bitwise_not isnan positive".split()
    for name in DTYPES:
        tensor = torch.ones(2).to(getattr(torch, name))
        row = []
        for function in names:
            try:
                result = getattr(torch, function)(tensor)
                row.append(f"{function}:{str(result.dtype)[6:]}={result[0].item():.3g}")
            except Exception as error:
                row.append(f"{function}:{type(error).__name__}")
        log(" ".join(row))


def reductions_on_every_dtype(torch, log):
    names = "sum mean prod max min amax argmax any all std var norm cumsum cumprod logsumexp softmax median nansum count_nonzero".split()
    for name in DTYPES:
        tensor = torch.ones(2, 2).to(getattr(torch, name))
        row = []
        for function in names:
            arguments = (0,) if function in {"cumsum", "cumprod", "logsumexp", "softmax"} else ()
            try:
                result = getattr(torch, function)(tensor, *arguments)
                row.append(f"{function}:{str(result.dtype)[6:]}={result.reshape(-1)[0].item():.3g}")
            except Exception as error:
                row.append(f"{function}:{type(error).__name__}")
        log(" ".join(row))


def casts(torch, log):
    values = torch.tensor([0.0, 1.5, -1.5, 100.25, 3.999])
    for name in DTYPES:
        dtype = getattr(torch, name)
        if name.startswith("u"):
            log(values.abs().to(dtype))
        else:
            log(values.to(dtype))
    log(torch.tensor([300, -1, 128]).to(torch.uint8), torch.tensor([300, -129]).to(torch.int8))
    log(torch.tensor([0.1, 65504.0, 1e6]).half(), torch.tensor([0.1, 1e38]).bfloat16(), torch.tensor([0.0, 2.0]).bool())
    log(torch.ones(2).int(), torch.ones(2).long(), torch.ones(2).short(), torch.ones(2).char(), torch.ones(2).byte())


LINES_IN_PLACE = """
x = torch.ones(2, dtype=torch.int32); x += 1; x
x = torch.ones(2, dtype=torch.int32); x += 1.5; x
x = torch.ones(2, dtype=torch.float16); x *= torch.tensor(2.0, dtype=torch.float64); x
x = torch.ones(2, dtype=torch.float32); x *= torch.ones(2, dtype=torch.float64); x
x = torch.ones(2, dtype=torch.int64); x /= 2; x
x = torch.ones(2, dtype=torch.int64); x //= 2; x
x = torch.ones(2, dtype=torch.int64); x **= 2; x
x = torch.ones(2, dtype=torch.bool); x |= False; x
x = torch.ones(2, dtype=torch.bool); x += True; x
x = torch.ones(2, dtype=torch.uint8); x -= 2; x
x = torch.ones(2, dtype=torch.complex64); x *= 2j; x
torch.add(torch.ones(2), torch.ones(2, dtype=torch.int64), out=torch.ones(2, dtype=torch.float64))
torch.add(torch.ones(2), 1, out=torch.ones(2, dtype=torch.int64))
torch.ones(2).eq_(1)
torch.ones(2, dtype=torch.int64).clamp_(0, 0.5)
torch.ones(2).masked_fill_(torch.tensor([True, False]), 2**40)
torch.cat([torch.ones(1, dtype=torch.int8), torch.ones(1)])
torch.stack([torch.ones(1, dtype=torch.int8), torch.ones(1, dtype=torch.int32)])
torch.clamp(torch.tensor([1, 5]), 2.5, 3.5)
torch.clamp(torch.tensor([1.0, 5.0]), torch.tensor([2, 2]), torch.tensor([3, 3]))
torch.lerp(torch.tensor([1.0]), torch.tensor([2.0]), 1)
torch.lerp(torch.tensor([1]), torch.tensor([2]), 0.5)
torch.addcmul(torch.ones(2), torch.ones(2), torch.ones(2), value=3)
torch.tensor([1, 2]).sum(dtype=torch.float64)
torch.tensor([1, 2], dtype=torch.int8).sum()
torch.tensor([1, 2], dtype=torch.int8).prod()
torch.tensor([True, True]).sum()
torch.tensor([1.5, 2.5]).sum(dtype=torch.int32)
torch.tensor([1, 2], dtype=torch.int8).cumsum(0)
torch.tensor([1, 2]).mean(dtype=torch.float32)
"""
