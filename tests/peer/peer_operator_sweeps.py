"""What sweeps over PyTorch's operator database found: `out=`, layouts, refused dtypes, nodes, rare gradients."""

LINES = """
x = torch.ones(3, 3).double(); torch.max(x, 1, out=(x.clone(), torch.ones(3, dtype=torch.int64)))
x = torch.ones(3, 3); torch.clamp(x, x, out=torch.ones(3, 3).double())
x = torch.ones(3, 3); torch.clamp(x, 0, out=torch.ones(3, 3).double())
x = torch.ones(3, 3); torch.mean(x, out=torch.ones(3, 3, dtype=torch.int32))
x = torch.ones(3, 3); torch.cumsum(x, 0, dtype=torch.float32, out=torch.ones(3, 3).double())
x = torch.arange(3.) + 0.6; torch.cumsum(x, 0, out=torch.ones(3, dtype=torch.int32))
x = torch.ones(3); torch.heaviside(x, x, out=torch.ones(3).double())
x = torch.ones(3); torch.float_power(x, 2, out=torch.ones(3))
x = torch.eye(2); torch.linalg.inv(x, out=torch.empty(0)).stride()
x = torch.eye(2); torch.linalg.eig(x, out=(torch.ones(2), torch.ones(2, 2)))
x = torch.eye(2); torch.linalg.inv(x, out=torch.ones(2, 2).double())
x = torch.ones(3, 3); torch.kthvalue(x, 1, out=(torch.ones(3), torch.ones(3)))
x = torch.ones(3); torch.linalg.cross(x, x, out=torch.ones(3, requires_grad=True))
x = torch.ones(3); torch.hstack([x, x], out=torch.ones(6, requires_grad=True))
torch.searchsorted(torch.ones(3), torch.ones(2), out=torch.ones(2))
torch.histc(torch.ones(3), 2, out=torch.ones(2).double())
torch.nansum(torch.ones(3), 0, out=torch.ones((), dtype=torch.int32))
torch.linalg.svd(torch.ones(0, 3, 3)).U.stride()
torch.linalg.solve(torch.ones(0, 3, 3), torch.ones(0, 3, 2)).stride()
torch.linalg.solve(torch.eye(3).expand(2, 3, 3), torch.ones(2, 3)).stride()
torch.linalg.matrix_norm(torch.ones(2, 0), 1, keepdim=True).tolist()
torch.linalg.matrix_norm(torch.ones(2, 2, requires_grad=True), 'nuc', keepdim=True).grad_fn.name()
torch.linalg.matrix_power(torch.ones(2, 2, requires_grad=True), 0)
torch.diff(torch.ones(3, requires_grad=True), n=0).grad_fn.name()
torch.trapz(torch.ones(3, requires_grad=True), torch.ones(3)).grad_fn.name()
torch.cat([torch.ones(2, 2, 2, 2).contiguous(memory_format=torch.channels_last)] * 2, 1).stride()
torch.ones(5, 1, 10).permute(2, 1, 0).pow(torch.ones(5, 10).t()).stride()
x = torch.ones(2, requires_grad=True); x.clone().acosh_().sum().backward()
torch.slice_scatter(torch.ones(3, 6)[:, ::2], torch.zeros(1, 3), 0, 1, 2).stride()
torch.tensor([-float('inf')]).pow(torch.tensor(0.5))
torch.ones(2, 1).addmm_(torch.ones(2, 2), torch.ones(2, 3))
torch.cdist(torch.ones(2, 2, dtype=torch.int64), torch.ones(2, 2, dtype=torch.int64))
torch.dist(torch.ones(2, dtype=torch.int64), torch.ones(2, dtype=torch.int64))
torch.linalg.cross(torch.ones(3, dtype=torch.bool), torch.ones(3, dtype=torch.bool))
torch.trapz(torch.ones(3, dtype=torch.bool))
torch.linalg.solve_triangular(torch.ones(2, 2, dtype=torch.int64), torch.ones(2, 1, dtype=torch.int64), upper=True)
torch.linalg.vecdot(torch.ones(2, dtype=torch.int64), torch.ones(2, dtype=torch.int64))
torch.linalg.norm(torch.ones(2, 2, dtype=torch.bfloat16), 2)
torch.index_reduce(torch.ones(3), 0, torch.ones(1), torch.ones(1), 'amax')
torch.linalg.cross(torch.ones(3).double(), torch.ones(3))
torch.cross(torch.ones(3), torch.ones(3, dtype=torch.int64), dim=0)
torch.geqrf(torch.eye(2).half())
torch.nn.functional.bilinear(torch.ones(2, 3).to(torch.complex64), torch.ones(2, 3), torch.ones(4, 3, 3), torch.ones(4))
torch.nansum(torch.ones(3), out=torch.ones((), dtype=torch.int64))
torch.nansum(torch.ones(3, dtype=torch.int64), out=torch.ones((), dtype=torch.int64))
torch.nanmean(torch.ones(3), out=torch.ones(()))._version
torch.linspace(0, 1, 4, out=torch.ones(2, 2))
torch.logspace(0, 1, 0, out=torch.ones(0, 2)).shape
torch.std(torch.ones(3).double(), out=torch.ones((), dtype=torch.complex128))
torch.var(torch.ones(3), 0, out=torch.ones((), dtype=torch.complex64))
torch.nn.functional.rrelu(torch.tensor(-1.), training=True).shape
torch.nn.functional.rrelu(torch.tensor(-1.)).shape
torch.nn.functional.rms_norm(torch.arange(6.).reshape(3, 2).t(), [3]).stride()
x = torch.arange(12.).reshape(2, 3, 2).transpose(0, 2); torch.cdist(x, x).stride()
x = torch.ones(8)[1::2]; y = torch.as_strided_scatter(x, torch.zeros(2), (2,), (2,)); (y, y.stride(), y.untyped_storage().nbytes())
x = torch.arange(16.).reshape(4, 4)[:, ::2]; y = torch.as_strided_scatter(x, torch.zeros(3), (3,), (1,), 2); (y, y.stride())
torch.as_strided_scatter(torch.ones(1, 4).expand(3, 4), torch.zeros(3), (3,), (1,), 0)
torch.ops.aten.native_dropout_backward(torch.ones(3, dtype=torch.int64), torch.ones(3, dtype=torch.bool), 2.0)
"""


def as_strided_gradients(torch):
    """The gradient of as_strided_scatter's self is zero where src was not written; as_strided reaches memory before its tensor."""
    x = torch.arange(9.0).reshape(3, 3).requires_grad_()
    source = torch.ones(2, 2, requires_grad=True)
    torch.as_strided_scatter(x, source, (2, 2), (1, 2), 1).backward(torch.arange(9.0).reshape(3, 3) + 1)
    yield x.grad, source.grad
    part = torch.arange(20.0)[10:].requires_grad_()
    part.as_strided((2, 2), (1, 2), 0).sum().backward()
    yield part.grad
    part.as_strided((2, 3), (1, 4), 4).sum().backward()
    yield part.grad


def layouts_of_gradients(torch):
    """Which operand decides how a gradient lies in memory."""
    weights = torch.arange(10.0).reshape(2, 5)
    for function in (torch.relu, torch.nn.functional.leaky_relu, torch.nn.functional.hardtanh, lambda x: torch.maximum(x, x * 2)):
        x = torch.ones(5, 2).t().requires_grad_()
        yield torch.autograd.grad(function(x), x, weights)[0].stride()
    x, other = torch.ones(5, 10, 5).transpose(0, 2).requires_grad_(), torch.ones(5, 10).t().requires_grad_()
    yield torch.autograd.grad(torch.maximum(x, other), other, torch.ones(5, 10, 5))[0].stride()
    x = torch.ones(2, 3, requires_grad=True)
    yield torch.autograd.grad(torch.fft.fft(x).real, x, torch.ones(2, 3))[0].stride()
