"""Factory functions, conversion, sharing memory, random streams."""

LINES = """
torch.tensor(3)
torch.tensor(3.5)
torch.tensor(True)
torch.tensor(1 + 2j)
torch.tensor([])
torch.tensor([[]])
torch.tensor([[], []])
torch.tensor([1, 2.5])
torch.tensor([1, True])
torch.tensor([True, 1j])
torch.tensor([[1, 2], [3, 4]], dtype=torch.float32, requires_grad=True)
torch.tensor((1, (2)))
torch.tensor(range(3))
torch.tensor(np.float32(3))
torch.tensor(np.arange(3))
torch.tensor([np.float64(1.5), 2])
torch.tensor([np.arange(2), np.arange(2)][0])
torch.tensor([torch.tensor(1), torch.tensor(2)])
torch.tensor([torch.tensor(1.5), 2])
torch.tensor([2**40])
torch.tensor([-1], dtype=torch.int8)
torch.tensor("".encode() and [1.0], dtype=torch.bfloat16)
torch.Tensor([1, 2])
torch.Tensor(2, 3).shape
torch.Tensor()
torch.FloatTensor([1, 2])
torch.LongTensor([1, 2])
torch.as_tensor([1, 2])
torch.as_tensor(np.arange(3.0))
x = torch.ones(2); torch.as_tensor(x) is x
x = np.zeros(3); t = torch.from_numpy(x); t[0] = 5; x[0]
x = np.zeros((2, 3)); torch.from_numpy(x.T)
torch.from_numpy(np.array(3.0))
torch.from_numpy(np.zeros(2, dtype=np.uint16))
torch.from_numpy(np.zeros((0, 3))).shape
t = torch.zeros(3); n = t.numpy(); n[1] = 7; t
torch.ones(2, 3).t().numpy().strides
np.asarray(torch.arange(3))
np.asarray(torch.arange(3), dtype=np.float32)
np.array(torch.ones(2)) + 1
np.sin(torch.zeros(2))
torch.ones(2) + np.ones(2)
np.ones(2) + torch.ones(2)
torch.ones(2) * np.float64(2)
np.float64(2) * torch.ones(2)
torch.zeros(2, 3)
torch.zeros((2, 3))
torch.zeros([2, 0])
torch.zeros(())
torch.zeros(2, dtype=torch.complex64)
torch.zeros(size=(2,))
torch.ones(torch.Size([2]))
torch.ones(2, requires_grad=True)
torch.full((2, 2), 3)
torch.full((2, 2), 3.5)
torch.full((2,), True)
torch.full((2,), 1j)
torch.full((), 7, dtype=torch.float64)
torch.empty(2, 0)
torch.arange(5)
torch.arange(1, 5)
torch.arange(1, 10, 3)
torch.arange(5.0)
torch.arange(0, 1, 0.25)
torch.arange(0, 1, 0.1)
torch.arange(5, 0, -2)
torch.arange(0)
torch.arange(3, dtype=torch.float16)
torch.arange(2.5)
torch.arange(0.5, 3)
torch.arange(start=1, end=4)
torch.range(1, 3) if False else 0
torch.linspace(0, 1, 5)
torch.linspace(-3, 10, 7)
torch.linspace(0, 10, 1)
torch.linspace(0, 1, 0)
torch.linspace(0, 10, 4, dtype=torch.int64)
torch.linspace(0, 1, 3, dtype=torch.float64)
torch.logspace(0, 2, 3)
torch.logspace(0, 3, 4, base=2)
torch.eye(3)
torch.eye(2, 3)
torch.eye(2, dtype=torch.int64)
torch.zeros_like(torch.ones(2, 3).t())
torch.ones_like(torch.arange(3), dtype=torch.float32)
torch.full_like(torch.arange(3), 2)
torch.empty_like(torch.ones(2, 3).t()).stride()
torch.zeros_like(torch.ones(3)[::2].expand(2, 2)).stride()
torch.empty_like(torch.ones(4, 6)[:, ::2]).stride()
torch.ones(2, dtype=torch.float64).new_zeros(3)
torch.ones(2).new_ones((1, 2))
torch.ones(2).new_full((2,), 3)
torch.ones(2).new_tensor([1, 2])
torch.ones(2).new_empty(0)
torch.tril(torch.ones(3, 3))
torch.triu(torch.arange(9.).reshape(3, 3), 1)
torch.tril_indices(3, 3)
torch.diag(torch.arange(3.))
torch.diag(torch.arange(9.).reshape(3, 3), -1)
torch.complex(torch.ones(2), torch.zeros(2))
torch.polar(torch.ones(2), torch.zeros(2))
torch.meshgrid(torch.arange(2), torch.arange(3), indexing="ij")
torch.cartesian_prod(torch.arange(2), torch.arange(2))
torch.ones(2, 3).to(torch.float64)
x = torch.ones(2); x.to(torch.float32) is x
x = torch.ones(2); x.to(x.double())
x = torch.ones(2); x.to("cpu") is x
x = torch.ones(2); x.to("cpu", torch.int32)
x = torch.ones(2); x.to(dtype=torch.float16, copy=True)
x = torch.ones(2, 3).t(); x.to(torch.float64)
x = torch.ones(2); x.type()
x = torch.ones(2, dtype=torch.bool); x.type()
x = torch.ones(2); x.type(torch.int64)
x = torch.ones(2); x.type("torch.DoubleTensor")
x = torch.ones(2); x.type_as(torch.arange(2))
x = torch.ones(2, requires_grad=True); x.double()
x = torch.ones(2, requires_grad=True); x.float() is x
x = torch.ones(2, requires_grad=True); x.clone()
x = torch.ones(2, 3).t(); x.clone()
x = torch.ones(2, 3).t(); x.contiguous()
x = torch.ones(2, 3).t(); x.clone(memory_format=torch.contiguous_format)
torch.arange(4).tolist()
torch.tensor(2.5).tolist()
torch.ones(2, 0).tolist()
torch.tensor(7).item()
torch.tensor([[True]]).item()
torch.arange(4).numpy().dtype.name
torch.from_dlpack(torch.arange(3))
torch.from_dlpack(np.arange(3))
np.from_dlpack(torch.arange(3))
torch.frombuffer(bytearray(8), dtype=torch.float32)
import copy; x = torch.ones(2, requires_grad=True); y = copy.deepcopy(x); y
import copy; x = torch.ones(2); y = copy.copy(x); (y is x, y.data_ptr() == x.data_ptr())
import pickle; pickle.loads(pickle.dumps(torch.arange(6.).reshape(2, 3).t()))
import pickle; pickle.loads(pickle.dumps(torch.ones(2, requires_grad=True)))
x = torch.arange(6.); y = x[2:4]; (y.storage_offset(), y.untyped_storage().nbytes(), y.untyped_storage().data_ptr() == x.untyped_storage().data_ptr())
x = torch.arange(6.); y = x[2:4]; (y.data_ptr() - x.data_ptr(), y.element_size(), y.nbytes, y.itemsize)
x = torch.arange(6.); y = torch.empty(0); y.set_(x); y
x = torch.arange(6.); x.as_strided((2, 2), (1, 2), 1)
x = torch.arange(6.); x.resize_(2, 2); x
x = torch.arange(6.); x.is_contiguous()
x = torch.ones(2, 3); (x.size(), x.size(0), x.size(-1), x.dim(), x.ndim, x.numel(), x.nelement())
x = torch.ones(2, 3); (x.is_floating_point(), x.is_complex(), x.is_signed(), x.is_cpu, x.is_cuda, x.layout, x.device)
x = torch.ones(2, 3); isinstance(x.shape, tuple)
torch.Size([2, 3]).numel()
torch.Size([2, 3]) + (4,)
torch.Size([2, 3])[1:]
torch.Size([2, 3]) == (2, 3)
torch.device("cpu")
torch.device("cpu", 0)
torch.device("cpu:0").index
torch.device("meta").type
torch.device("cpu") == torch.device("cpu")
torch.ones(2, device="meta")
torch.ones(2, device="meta") + 1
torch.finfo(torch.float32)
torch.finfo(torch.float16).eps
torch.finfo(torch.bfloat16).max
torch.finfo().tiny
torch.iinfo(torch.int8)
torch.iinfo(torch.uint8).max
(torch.float32.is_floating_point, torch.float32.itemsize, torch.complex64.is_complex, torch.int8.is_signed)
(torch.float, torch.double, torch.half, torch.long, torch.int, torch.short, torch.cfloat)
torch.is_tensor(torch.ones(1)), torch.is_floating_point(torch.ones(1)), torch.numel(torch.ones(3))
torch.equal(torch.ones(2), torch.ones(2)), torch.equal(torch.ones(2), torch.ones(3))
torch.allclose(torch.ones(2), torch.ones(2) + 1e-9)
hash(torch.float32) == hash(torch.float32)
"""

LINES_RANDOM = """
torch.manual_seed(0); torch.rand(3)
torch.manual_seed(0); torch.rand(2, 3, dtype=torch.float64)
torch.manual_seed(0); torch.rand(3, dtype=torch.float16)
torch.manual_seed(0); torch.rand(3, dtype=torch.bfloat16)
torch.manual_seed(0); torch.randn(3)
torch.manual_seed(0); torch.randn(15)
torch.manual_seed(0); torch.randn(16)
torch.manual_seed(0); torch.randn(19)
torch.manual_seed(0); torch.randn(37)
torch.manual_seed(0); torch.randn(5, dtype=torch.float64)
torch.manual_seed(0); torch.randn(33, dtype=torch.float64)
torch.manual_seed(0); torch.randn(2, dtype=torch.complex64)
torch.manual_seed(0); torch.randn(16, dtype=torch.float16)
torch.manual_seed(0); (torch.randn(3), torch.randn(3), torch.rand(2))
torch.manual_seed(0); torch.randint(10, (5,))
torch.manual_seed(0); torch.randint(-5, 5, (2, 3))
torch.manual_seed(0); torch.randint(0, 2**40, (3,))
torch.manual_seed(0); torch.randint(3, (4,), dtype=torch.int32)
torch.manual_seed(0); torch.randint(3, (4,), dtype=torch.float32)
torch.manual_seed(0); torch.randperm(10)
torch.manual_seed(0); torch.randperm(0)
torch.manual_seed(0); torch.randperm(6, dtype=torch.int32)
torch.manual_seed(0); torch.normal(0.0, 1.0, (3,))
torch.manual_seed(0); torch.normal(torch.zeros(3), torch.ones(3))
torch.manual_seed(0); torch.normal(torch.zeros(20), 2.0)
torch.manual_seed(0); torch.bernoulli(torch.full((6,), 0.5))
torch.manual_seed(0); torch.ones(4).bernoulli_(0.3)
torch.manual_seed(0); torch.multinomial(torch.tensor([1., 2., 3.]), 5, replacement=True)
torch.manual_seed(0); torch.multinomial(torch.tensor([1., 2., 3.]), 2)
torch.manual_seed(0); torch.empty(5).uniform_(-1, 1)
torch.manual_seed(0); torch.empty(5).normal_(2, 3)
torch.manual_seed(0); torch.empty(20).normal_()
torch.manual_seed(0); torch.empty(5).exponential_()
torch.manual_seed(0); torch.empty(3).log_normal_()
torch.manual_seed(0); torch.empty(3).cauchy_()
torch.manual_seed(0); torch.empty(4).geometric_(0.3)
torch.manual_seed(0); torch.empty(4).random_(10)
torch.manual_seed(0); torch.empty(4, dtype=torch.int64).random_()
torch.manual_seed(0); torch.rand_like(torch.ones(2, 3).t())
torch.manual_seed(0); torch.randn_like(torch.ones(2, dtype=torch.float64))
torch.manual_seed(0); torch.randint_like(torch.ones(3), 7)
torch.manual_seed(0); torch.nn.functional.dropout(torch.ones(8), 0.5)
torch.manual_seed(7); torch.initial_seed()
g = torch.Generator(); g.manual_seed(5); torch.rand(2, generator=g)
g = torch.Generator().manual_seed(5); (g.initial_seed(), torch.randn(3, generator=g), torch.randperm(4, generator=g))
torch.manual_seed(1); s = torch.get_rng_state(); a = torch.rand(2); torch.set_rng_state(s); (a, torch.rand(2), s.dtype, s.shape)
torch.manual_seed(0); torch.rand(2, requires_grad=True)
torch.manual_seed(0); torch.randn(4, 4).t()
torch.manual_seed(-1); torch.rand(1)
torch.manual_seed(2**63); torch.rand(1)
"""


def what_factories_look_at_first(torch, log):
    x = torch.ones(2)
    for call in (
        lambda: x.new_zeros((2, "a"), device="cuda"), lambda: x.new_ones(10**20, device="cuda"), lambda: torch.zeros((2, "a"), device="cuda"),
        lambda: torch.full((2, "a"), 10**20), lambda: torch.full((2, "a"), 10**20, dtype=torch.int16), lambda: torch.full((2, "a"), 1),
        lambda: x.new_full((2, "a"), 10**20), lambda: torch.full((2, "a"), 2, device="cuda"), lambda: torch.ones(2, "a", device="cuda"),
        lambda: torch.empty((2, "a"), device="nowhere"), lambda: torch.zeros(-1), lambda: torch.zeros(-1, device="meta"),
        lambda: torch.zeros((-2, 3), device="meta"), lambda: torch.arange(torch.tensor(0.5 + 1j)), lambda: torch.arange(0, 1j),
        lambda: x.expand(-2, 2), lambda: x.sum().expand(2, -1), lambda: x.sum().expand(-1), lambda: x.view(1, 2).expand(-2, 2),
        lambda: x.view(1, 2).expand(3, -2), lambda: x.expand(-1, 2),
    ):  # fmt: skip
        log.error(call)
    log([torch.arange(3, 3, torch.tensor(0.5 + 0j), dtype=torch.float32), torch.arange(torch.tensor(2.0 + 0j))])
    for data in ([[1], 2], [1, [2]], [[1], [2, 3]]):
        log([torch.tensor(data, device="meta"), torch.asarray(data, device="meta", dtype=torch.float32), torch.as_tensor(data, device="meta")])
    log.error(lambda: torch.tensor([1, "a"], device="meta"))
    torch.set_default_dtype(torch.bfloat16)
    try:
        log.error(lambda: torch.tensor([1, 1j]))
        log(torch.ones(1) * 1j)
    finally:
        torch.set_default_dtype(torch.float32)


def lists_of_arrays_warn_for_each(torch, log):
    import warnings

    import numpy

    a, b = numpy.array([1, 2]), numpy.array([3, 4])
    torch.set_warn_always(True)
    try:
        for data in ([a, b], [[a, b], [a, b]], [[[a, b]]], [a] * 6, [[a, [1, 2]]], [numpy.array([])], [numpy.ones((2, 2))] * 2, [[1, 2]]):
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                log([torch.tensor(data), torch.asarray(data, dtype=torch.float64), len(caught)])
    finally:
        torch.set_warn_always(False)
