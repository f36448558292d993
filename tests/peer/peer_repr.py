"""How tensors and other objects print."""

LINES = """
repr(torch.tensor(1.0))
repr(torch.tensor(1))
repr(torch.tensor(True))
repr(torch.tensor(1 + 2j))
repr(torch.tensor([]))
repr(torch.tensor([], dtype=torch.int64))
repr(torch.ones(0, 3))
repr(torch.ones(2, 0, dtype=torch.float64))
repr(torch.tensor([1.0, 2.0]))
repr(torch.tensor([1.5, 2.25]))
repr(torch.tensor([1.0, 2.5, 1000.0]))
repr(torch.tensor([1e-5, 1.0]))
repr(torch.tensor([1e10, 1.0]))
repr(torch.tensor([1e8, 2e8]))
repr(torch.tensor([123456789.0]))
repr(torch.tensor([0.00001]))
repr(torch.tensor([float("nan"), float("inf"), -float("inf")]))
repr(torch.tensor([float("nan"), 1.5]))
repr(torch.tensor([float("inf"), 1.0]))
repr(torch.tensor([-0.0, 0.0]))
repr(torch.tensor([-1.0, 2.0]))
repr(torch.tensor([1, -20, 300]))
repr(torch.tensor([True, False]))
repr(torch.tensor([1.0], dtype=torch.float64))
repr(torch.tensor([1.0], dtype=torch.float16))
repr(torch.tensor([1.0], dtype=torch.bfloat16))
repr(torch.tensor([1.1], dtype=torch.bfloat16))
repr(torch.tensor([1], dtype=torch.int32))
repr(torch.tensor([1], dtype=torch.uint8))
repr(torch.tensor([1], dtype=torch.uint16))
repr(torch.tensor([1 + 2j, 3.5 - 4j]))
repr(torch.tensor([1e-8 + 2j]))
repr(torch.tensor([complex(float("nan"), 1)]))
repr(torch.tensor([1j], dtype=torch.complex128))
repr(torch.arange(30))
repr(torch.arange(30.0))
repr(torch.arange(24.0).reshape(2, 3, 4))
repr(torch.arange(12).reshape(2, 2, 3))
repr(torch.zeros(2, 2, 2, 2))
repr(torch.arange(1001))
repr(torch.arange(1001.0))
repr(torch.arange(2000.0).reshape(1000, 2))
repr(torch.arange(10000.0).reshape(100, 100))
repr(torch.zeros(11, 11, 11))
repr(torch.ones(2, requires_grad=True))
repr(torch.ones(2, requires_grad=True) * 2)
repr(torch.ones(2, dtype=torch.float64, requires_grad=True) * 2)
repr(torch.ones(2, 2, requires_grad=True).sum())
repr(torch.ones(40, requires_grad=True) * 2)
repr(torch.ones(2, requires_grad=True)[0])
repr(torch.ones(2, requires_grad=True).view(2, 1))
repr(torch.ones(0, requires_grad=True) * 2)
repr(torch.ones(2, device="meta"))
repr(torch.ones(2, device="meta", dtype=torch.int64))
repr(torch.nn.Parameter(torch.ones(2)))
repr(torch.nn.Parameter(torch.ones(2, 2), requires_grad=False))
str(torch.tensor([1.0, 2.0]))
f"{torch.tensor(1.5)}"
f"{torch.tensor(1.5):.3f}"
f"{torch.tensor([1.5])}"
f"{torch.tensor([1.5]):.3f}"
format(torch.tensor(3), "d")
"%.2f" % torch.tensor(2.5)
repr(torch.Size([2, 3]))
repr(torch.Size([]))
repr(torch.float32)
str(torch.int64)
repr(torch.device("cpu"))
repr(torch.device("cpu", 0))
repr(torch.strided)
repr(torch.contiguous_format)
repr(torch.preserve_format)
repr((torch.ones(2, requires_grad=True) * 2).grad_fn)
repr(torch.ones(2, requires_grad=True).register_hook(print))
repr(torch.finfo(torch.float64))
repr(torch.iinfo(torch.int32))
repr(torch.Generator())[:30]
repr([torch.tensor(1.0), torch.tensor([2])])
repr(torch.tensor([0.1, 0.22, 0.333]))
repr(torch.tensor([0.12345678, 1234.5678]))
repr(torch.tensor([0.12345678, 12345.678]))
repr(torch.tensor([99999.0, 0.5]))
repr(torch.tensor([100000.0, 0.5]))
repr(torch.tensor([1e-4, 1.0]))
repr(torch.tensor([9.9e-5, 1.0]))
repr(torch.tensor([0.0, 1e-10]))
repr(torch.tensor([1e20]))
repr(torch.tensor([16777216.0]))
repr(torch.tensor(3.14159265, dtype=torch.float64))
repr(torch.tensor(1e-7))
repr(torch.tensor(-0.0))
repr(torch.tensor([2**62]))
repr(torch.tensor([-128], dtype=torch.int8))
torch.set_printoptions(precision=2); s = repr(torch.tensor([1.23456])); torch.set_printoptions(profile="default"); s
torch.set_printoptions(sci_mode=True); s = repr(torch.tensor([1.23456])); torch.set_printoptions(profile="default"); s
torch.set_printoptions(sci_mode=False); s = repr(torch.tensor([1e-7])); torch.set_printoptions(profile="default"); s
torch.set_printoptions(threshold=5); s = repr(torch.arange(10)); torch.set_printoptions(profile="default"); s
torch.set_printoptions(threshold=5, edgeitems=1); s = repr(torch.arange(10.)); torch.set_printoptions(profile="default"); s
torch.set_printoptions(linewidth=30); s = repr(torch.arange(20)); torch.set_printoptions(profile="default"); s
torch.set_printoptions(profile="short"); s = repr(torch.tensor([1.23456])); torch.set_printoptions(profile="default"); s
torch.set_printoptions(profile="full"); s = len(repr(torch.arange(1100))); torch.set_printoptions(profile="default"); s
"""


def printed_with_names_and_modes(torch, log):
    x = torch.ones(2, requires_grad=True)
    with torch.no_grad():
        log(repr(x), repr(x * 2), repr(x[:1]))
    y = x * 2
    z = y[:1]
    z.mul_(2)
    log(repr(y), repr(z))
    with torch.inference_mode():
        log(repr(torch.ones(1)), repr(x[0]))
    log.printed(lambda: print(x, y, z))


def random_numbers_print_the_same(torch, log):
    torch.manual_seed(0)
    for scale in (1e-6, 1e-3, 1.0, 1e3, 1e6):
        log(repr(torch.randn(3, 3) * scale), repr(torch.rand(4, dtype=torch.float64) * scale))
