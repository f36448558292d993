"""Tensors as a user meets them: what they are made of and from, sizes, types, printing, memory shared with NumPy, random states."""

import copy
import io
import pickle
import warnings

import numpy

LINES_FROM = """
torch.tensor([])
torch.tensor(())
torch.tensor([[], []])
torch.tensor([1, 2.5])
torch.tensor([1, True])
torch.tensor([True, False])
torch.tensor([1, 2j])
torch.tensor(3)
torch.tensor(2**40)
torch.tensor(2**63)
torch.tensor(-2**63)
torch.tensor([2**63])
torch.tensor(2**64, dtype=torch.uint64)
torch.tensor(2**63, dtype=torch.uint64)
torch.tensor(300, dtype=torch.uint8)
torch.tensor(-1, dtype=torch.uint8)
torch.tensor([1.5, 2.7], dtype=torch.int32)
torch.tensor([1, 2], dtype=torch.bool)
torch.tensor(1e400)
torch.tensor([1e40])
torch.tensor(1j, dtype=torch.float32)
torch.tensor([[1, 2], [3]])
torch.tensor([[1, 2], 3])
torch.tensor([1, [2]])
torch.tensor([1, None])
torch.tensor(None)
torch.tensor('abc')
torch.tensor(['a'])
torch.tensor({})
torch.tensor({1: 2})
torch.tensor({1, 2})
torch.tensor(range(3))
torch.tensor(x for x in [1])
torch.tensor(object())
torch.tensor(np.arange(3))
torch.tensor(np.float32(2.5))
torch.tensor(np.int16(2))
torch.tensor(np.bool_(True))
torch.tensor([np.float32(1.5), np.float64(2)])
torch.tensor(np.arange(3)[::-1])
torch.tensor(np.array(['a']))
torch.tensor(np.array([1, 2], dtype=object))
torch.tensor(np.arange(3, dtype='>i4'))
torch.tensor(np.datetime64('2020'))
torch.tensor(np.float16([1, 2]))
torch.tensor(np.uint16([1, 2]))
torch.tensor(torch.ones(2))
torch.tensor([torch.ones(()), torch.tensor(2)])
torch.tensor([torch.ones(1), torch.ones(1)])
torch.tensor([torch.ones(2), torch.ones(2)])
torch.tensor(torch.ones(2), dtype=torch.float64)
torch.tensor([1, 2], device='cpu')
torch.tensor([1, 2], device='cuda')
torch.tensor([1, 2], device='meta')
torch.tensor([1, 2], dtype=float)
torch.tensor([1, 2], dtype=int)
torch.tensor([1, 2], dtype=bool)
torch.tensor([1, 2], dtype='float32')
torch.tensor([1, 2], dtype=np.float32)
torch.tensor([1.], requires_grad=True)
torch.tensor([1.], pin_memory=False)
torch.tensor()
torch.tensor(1, 2)
torch.tensor(data=[1])
torch.tensor(b'ab')
torch.tensor(bytearray(b'ab'))
torch.tensor(memoryview(b'ab'))
torch.tensor([b'a'])
torch.tensor([[1.0, 2], [3, 4]]).dtype
torch.as_tensor([1, 2])
torch.as_tensor(np.arange(3))
a = np.arange(3.); t = torch.as_tensor(a); a[0] = 9; t
a = np.arange(3.); t = torch.as_tensor(a, dtype=torch.float32); a[0] = 9; t
t = torch.ones(2); torch.as_tensor(t) is t
t = torch.ones(2); torch.as_tensor(t, dtype=torch.float64) is t
torch.asarray([1, 2])
a = np.arange(3.); t = torch.asarray(a, copy=True); a[0] = 9; t
torch.asarray(np.arange(3), requires_grad=True)
torch.from_numpy([1])
torch.from_numpy(np.array(['a']))
torch.from_numpy(np.float32(2))
torch.from_numpy(np.arange(4)[::-1])
torch.from_numpy(np.arange(3, dtype='>i4'))
torch.from_numpy(np.array(5))
torch.from_numpy(np.arange(6).reshape(2, 3).T)
a = np.arange(3.); a.flags.writeable = False; torch.from_numpy(a)
torch.from_numpy(np.arange(3, dtype=np.uint32))
torch.frombuffer(b'abcd', dtype=torch.uint8)
torch.frombuffer(bytearray(b'abcdefgh'), dtype=torch.int32)
torch.frombuffer(bytearray(b'abcdefgh'), dtype=torch.int16, offset=2, count=2)
torch.frombuffer(bytearray(b'abc'), dtype=torch.int32)
torch.frombuffer(bytearray(b''), dtype=torch.int32)
torch.Tensor([1, 2])
torch.Tensor(2, 3).shape
torch.Tensor()
torch.Tensor(torch.ones(2))
torch.Tensor(5).shape
torch.Tensor(2.5)
torch.Tensor(torch.Size([2])).shape
torch.FloatTensor([1, 2])
torch.LongTensor([1, 2])
torch.IntTensor([1.5])
torch.BoolTensor([1, 0])
torch.DoubleTensor(2).shape
torch.HalfTensor([1])
torch.ByteTensor([255])
torch.FloatTensor(torch.ones(2, dtype=torch.float64))
torch.scalar_tensor(3)
torch.tensor([1, 2]).new_tensor([1.5])
torch.ones(2).new_tensor([1, 2])
torch.ones(2).new(3).shape
"""

LINES_TYPES = """
torch.Size([2, 3])
torch.Size((2, 3)) + (4,)
(4,) + torch.Size((2, 3))
torch.Size([2, 3]) * 2
torch.Size([2, 3])[1:]
torch.Size([2, 3])[0]
torch.Size([2, 3]).numel()
torch.Size([]).numel()
torch.Size([2, 3]) == (2, 3)
torch.Size([2.5])
torch.Size('ab')
torch.Size([torch.tensor(2)])
torch.Size(3)
torch.Size()
torch.Size(range(3))
torch.Size(iter([1, 2]))
hash(torch.Size([2])) == hash((2,))
torch.ones(2, 3).size()
torch.ones(2, 3).size(1)
torch.ones(2, 3).size(-1)
torch.ones(2, 3).size(2)
torch.ones(2, 3).size(dim=0)
torch.ones(2, 3).shape[0]
torch.ones(2, 3).stride()
torch.ones(2, 3).stride(0)
torch.ones(2, 3).dim()
torch.ones(2, 3).ndimension()
torch.ones(2, 3).nelement()
torch.ones(2, 3).element_size()
len(torch.ones(2, 3))
len(torch.ones(()))
list(torch.ones(2, 2))
iter(torch.ones(()))
bool(torch.ones(2))
bool(torch.ones(0))
bool(torch.tensor(0))
int(torch.tensor(2.7))
float(torch.tensor([[3]]))
complex(torch.tensor(3.))
int(torch.ones(2))
torch.ones(2).item()
[1, 2, 3][torch.tensor(1)]
[1, 2, 3][torch.tensor(1.)]
range(torch.tensor(3))
'%d' % torch.tensor(3)
f'{torch.tensor(3.14159):.2f}'
f'{torch.ones(2)}'
f'{torch.ones(2):.2f}'
round(torch.tensor(2.567), 1)
torch.tensor(5) in torch.arange(6)
7 in torch.arange(6)
'a' in torch.arange(6)
None in torch.arange(6)
torch.ones(2) == None
torch.ones(2) != None
torch.ones(2) == 'a'
torch.ones(2) < 'a'
torch.ones(2) + None
torch.ones(2) + 'a'
torch.ones(2) + [1, 2]
torch.ones(2) + (1, 2)
torch.ones(2) @ 3
3 @ torch.ones(2)
not torch.tensor(0)
torch.FloatTensor(torch.ones(2))
torch.LongTensor(torch.ones(2))
torch.BFloat16Tensor(torch.ones(2))
torch.ones(2).new(torch.ones(2, dtype=torch.int64))
torch.Tensor(torch.ones(2, dtype=torch.int32))
torch.ones(2).__hash__() is None
reversed(torch.arange(3))
torch.arange(3).__reversed__()
abs(torch.tensor(-1.))
-torch.tensor(True)
~torch.tensor([True])
~torch.tensor([1.])
divmod(torch.tensor(7), 2)
torch.tensor(7) // 2
7 // torch.tensor(2)
2 ** torch.tensor(3)
torch.tensor(3) ** -1
torch.tensor(3.) % 2
torch.tensor(1) << 2
1 << torch.tensor(2)
torch.tensor([1]) and 3
torch.finfo(torch.float32)
torch.finfo(torch.float16)
torch.finfo(torch.bfloat16)
torch.finfo(torch.float64)
torch.finfo(torch.complex64)
torch.finfo(torch.int32)
torch.finfo()
torch.finfo(torch.float32).eps
torch.finfo(torch.float32).tiny
torch.finfo(torch.float32).smallest_normal
torch.finfo(torch.float32).resolution
torch.finfo(torch.float32).dtype
torch.finfo(torch.float64).bits
torch.iinfo(torch.int32)
torch.iinfo(torch.uint8).max
torch.iinfo(torch.uint64).max
torch.iinfo(torch.bool)
torch.iinfo(torch.float32)
torch.iinfo(torch.int8).bits
torch.iinfo(torch.int64).dtype
torch.finfo('float32')
torch.float32
torch.float32.itemsize
torch.float32.is_floating_point
torch.complex64.is_complex
torch.int8.is_signed
torch.uint8.is_signed
torch.float32 is torch.float
torch.dtype
torch.float32.to_complex()
torch.complex64.to_real()
torch.int32.to_complex()
str(torch.bool)
torch.device('cpu')
torch.device('cpu:0')
torch.device('cpu', 0)
torch.device('cuda:1')
torch.device('cuda', 1).index
torch.device('cpu').type
torch.device('nope')
torch.device('cpu:-1')
torch.device(0)
torch.device('cpu') == torch.device('cpu', 0)
torch.device('cpu') == 'cpu'
torch.device(type='cpu')
torch.device(torch.device('cpu'))
torch.contiguous_format
torch.strided
torch.preserve_format
torch.channels_last
torch.result_type(torch.ones(1), 1j)
torch.result_type(torch.ones((), dtype=torch.float64), torch.ones(1))
torch.can_cast(torch.float64, torch.int32)
torch.can_cast(torch.int32, torch.float16)
torch.promote_types(torch.uint8, torch.int8)
torch.promote_types(torch.float16, torch.bfloat16)
torch.promote_types(torch.uint16, torch.int8)
torch.promote_types(torch.int8, 3)
torch.get_default_dtype()
torch.set_default_dtype(torch.int32)
torch.set_default_dtype(torch.float64); torch.tensor(1.5)
torch.set_default_dtype(torch.float16); torch.ones(2) + 1.5
torch.set_default_dtype('float32')
torch.is_tensor(torch.ones(1)), torch.is_tensor(3)
torch.is_floating_point(torch.ones(1)), torch.is_complex(torch.ones(1))
torch.is_nonzero(torch.ones(2))
torch.is_nonzero(torch.tensor([0.]))
torch.numel(torch.ones(2, 3))
torch.typename(torch.ones(1)), torch.typename(3), torch.typename(torch.float32)
torch.ones(2).type()
torch.ones(2).type(torch.int32)
torch.ones(2).type('torch.DoubleTensor')
torch.ones(2).type(torch.LongTensor)
torch.ones(2).type('nope')
torch.ones(2).type(3)
isinstance(torch.ones(2), torch.FloatTensor)
isinstance(torch.ones(2), torch.DoubleTensor)
type(torch.ones(2))
type(torch.ones(2)).__mro__[-1]
torch.Tensor.__module__, torch.Tensor.__name__
torch.ones(2).to(torch.float64)
torch.ones(2).to('cpu') is not None
x = torch.ones(2); x.to(torch.float32) is x
x = torch.ones(2); x.to(torch.float32, copy=True) is x
x = torch.ones(2); x.to(x) is x
torch.ones(2).to('cuda')
torch.ones(2).to('nope')
torch.ones(2).to()
torch.ones(2).to(3)
torch.ones(2).to(device='cpu', dtype=torch.int32)
torch.ones(2).cuda()
torch.ones(2).cpu()
torch.ones(2).double().half().float().int().long().short().char().byte().bool()
torch.ones(2).bfloat16()
torch.ones(2).is_cuda, torch.ones(2).is_sparse, torch.ones(2).is_quantized, torch.ones(2).is_meta, torch.ones(2).is_cpu
torch.ones(2).get_device()
torch.ones(2).layout
torch.ones(2, device='meta')
torch.ones(2).names
torch.ones(2).is_contiguous(), torch.ones(2, 3).t().is_contiguous()
torch.ones(1, 2, 3, 4).to(memory_format=torch.channels_last).stride()
torch.ones(1, 2, 3, 4).contiguous(memory_format=torch.channels_last).is_contiguous(memory_format=torch.channels_last)
torch.ones(2, 3).contiguous(memory_format=torch.channels_last)
torch.tensor([1.5, -2.5]).tolist()
torch.tensor(3).tolist()
torch.tensor([[1, 2]]).tolist()
torch.ones(2, 0).tolist()
torch.tensor([True]).tolist()
torch.tensor([1j]).tolist()
torch.tensor([1.1], dtype=torch.bfloat16).tolist()
torch.tensor([1.1], dtype=torch.bfloat16).numpy()
torch.tensor([1.1], dtype=torch.float16).numpy()
torch.ones(2).numpy(force=True)
torch.ones(2, requires_grad=True).numpy(force=True)
torch.ones(2, device='meta').numpy()
np.asarray(torch.ones(2)).dtype
np.array(torch.ones(2), dtype=np.float64)
np.add(torch.ones(2), 1)
np.ones(2) + torch.ones(2)
torch.ones(2) + np.ones(2)
torch.ones(2) * np.float64(2)
np.float64(2) * torch.ones(2)
np.float32(2) * torch.ones(2, dtype=torch.int64)
torch.ones(2) == np.ones(2)
np.ones(2) == torch.ones(2)
np.sum(torch.ones(3))
np.sin(torch.ones(2))
np.stack([torch.ones(2), torch.ones(2)])
torch.ones(3)[np.array([0, 1])]
torch.ones(3)[np.int64(1)]
np.arange(3)[torch.tensor([0, 1])]
np.arange(3)[torch.tensor(1)]
torch.sin(np.ones(2))
torch.add(np.ones(2), 1)
torch.add(1, 2)
torch.add(1, torch.ones(2))
torch.sin(1.0)
torch.nosuchthing
torch.ones(2).nosuchthing
torch.ones(2).foo()
x = torch.ones(2); x.foo = 3; x.foo
torch.ones(2).data_ptr() == torch.ones(2).data_ptr() + 1
torch.is_storage(torch.ones(2).untyped_storage())
torch.ones(2).untyped_storage().nbytes()
torch.ones(2).storage_offset(), torch.ones(3)[1:].storage_offset()
torch.ones(3).untyped_storage()
torch.ones(2).storage()
torch.ones(2).is_shared()
torch.ones(2).is_pinned()
torch.ones(2).share_memory_().is_shared()
torch.ones(2).is_set_to(torch.ones(2))
x = torch.ones(2); x.is_set_to(x.view(2))
torch.zeros(3).set_(torch.arange(3.))
torch.zeros(3).set_(torch.arange(3))
x = torch.arange(6.); y = torch.zeros(1); y.set_(x.untyped_storage(), 1, (2, 2), (2, 1)); y
torch.ones(2).resize_(3).shape
torch.ones(2).resize_((1, 2))
torch.ones(4).as_strided((2, 2), (1, 1))
torch.ones(4).as_strided((2, 2), (3, 3))
torch.ones(2).view(torch.int32)
torch.ones(2).view(torch.float64)
torch.ones(3).view(torch.float64)
torch.ones(2, 3).view(-1, 4)
torch.ones(2, 3).t().view(6)
torch.ones(2).expand(3, 2).is_contiguous()
torch.empty(2, 0).numel()
torch.get_num_threads() > 0
torch.__version__ >= '2.0'
torch.__version__.split('.')[0]
isinstance(torch.__version__, str)
tuple(torch.__version__.split('.')[:2])
torch.version.cuda
torch.cuda.is_available()
torch.cuda.device_count()
torch.compiled_with_cxx11_abi()
"""


def printing(torch, log):
    x = torch.tensor([1.0, 1e-5, 123456.789, float("nan"), float("inf")])
    for options in ({"precision": 2}, {"sci_mode": False}, {"sci_mode": True}, {"linewidth": 30}, {"profile": "short"},
                    {"profile": "full"}, {"threshold": 3, "edgeitems": 1}, {"profile": "default"}):  # fmt: skip
        torch.set_printoptions(**options)
        log.show(x, torch.arange(20.0) / 7, torch.tensor([1 + 2j, 3.123456]))
        torch.set_printoptions(profile="default", sci_mode=None)
    log.show(torch.arange(2000), torch.zeros(2, 0), torch.ones(2, 2, 2), torch.tensor(1.0), torch.tensor([], dtype=torch.int8))
    log.show(torch.tensor([True, False]), torch.tensor([-1.5, 100]), torch.tensor([1e10, 1.0]), torch.tensor([0.1, 1000000.0]))
    log(str(torch.ones(2, requires_grad=True) * 2), repr(torch.ones(2).double()), torch.ones(2).__repr__())
    log.error(lambda: torch.set_printoptions(profile="x"))
    log.error(lambda: torch.set_printoptions(nonsense=3))


def numpy_memory(torch, log):
    array = numpy.arange(4.0)
    tensor = torch.from_numpy(array)
    array[0] = 10
    log(tensor)
    tensor[1] = 20
    log(array)
    tensor.add_(1)
    log(array, tensor.numpy() is array, tensor.numpy().__array_interface__["data"][0] == tensor.data_ptr())
    view = torch.from_numpy(array[::2])
    view.zero_()
    log(array, view.stride(), view.is_contiguous())
    out = torch.ones(2, 3).t().numpy()
    log(out.strides, out.flags.c_contiguous)
    back = numpy.ones((2, 3), dtype=numpy.int16)
    log(torch.from_numpy(back).dtype, torch.from_numpy(back)._version)
    x = torch.ones(2)
    n = x.numpy()
    x.mul_(3)
    log(n)
    n[0] = 7
    log(x, x._version)
    x = x * 2
    log(n)


def user_error_state(torch, log):
    zero = torch.zeros(2)
    with numpy.errstate(all="raise"):
        log(1 / zero, zero.log(), torch.tensor([1e38]) * 10, torch.tensor([-1.0]).sqrt(), torch.tensor([1e300]).double().exp())
        log(torch.tensor([1e-300], dtype=torch.float64) * 1e-300, (zero / zero).sum(), torch.tensor([float("inf")]) - float("inf"))
        x = torch.zeros(2, requires_grad=True)
        (1 / x).sum().backward()
        log(x.grad, torch.tensor([1e10]).to(torch.float16), torch.tensor([3e9]).sum(), torch.ones(2).div(0))
        (first,) = torch.autograd.grad((x.sqrt()).sum(), x, create_graph=True)
        log(first)
        log.error(lambda: numpy.float64(1) / numpy.float64(0))
        log(torch.randn(2).shape, torch.full((2,), 1e30).prod(), torch.arange(3.0).softmax(0), torch.zeros(2))
        log(numpy.geterr())
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        numpy.log(numpy.array([-1.0]))
        torch.tensor([-1.0]).log()
        x = torch.tensor([0.0], requires_grad=True)
        x.log().backward()
    log([str(item.message) for item in caught])


def dlpack(torch, log):
    array = numpy.arange(3.0)
    t = torch.from_dlpack(array)
    array[0] = 5
    log(t)
    n = numpy.from_dlpack(t)
    t[1] = 9
    log(n)
    log(torch.utils.dlpack.from_dlpack(torch.utils.dlpack.to_dlpack(torch.ones(2))), torch.ones(2).__dlpack_device__()[1])
    log(torch.from_dlpack(torch.arange(6).reshape(2, 3).t()).stride())
    log.error(lambda: torch.ones(2, requires_grad=True).__dlpack__())
    log.error(lambda: torch.from_dlpack(3))
    t = torch.ones(2)
    log(torch.from_dlpack(t).data_ptr() == t.data_ptr(), numpy.from_dlpack(torch.ones(2, dtype=torch.bool)).dtype.name)


def copies_and_pickles(torch, log):
    x = torch.arange(6.0).reshape(2, 3).t()
    x.note = [1]
    for made in (copy.copy(x), copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
        log(made, getattr(made, "note", None), made.data_ptr() == x.data_ptr(), made.stride())
    leaf = torch.ones(2, requires_grad=True)
    (leaf * 3).sum().backward()
    made = copy.deepcopy(leaf)
    log(made, made.grad, pickle.loads(pickle.dumps(leaf)).requires_grad, pickle.loads(pickle.dumps(leaf)).grad)
    base = torch.zeros(4)
    pair = copy.deepcopy([base, base[1:]])
    pair[0].add_(1)
    log(pair[1])
    for value in (torch.float32, torch.Size([2, 3]), torch.device("cpu"), torch.strided, torch.contiguous_format, torch.bfloat16):
        twin = pickle.loads(pickle.dumps(value))
        log(twin == value, copy.deepcopy(value) == value, type(twin).__name__)
    log.error(lambda: copy.deepcopy(leaf * 2))
    log(copy.copy(leaf * 2).grad_fn)
    stream = io.BytesIO()
    pickle.dump({"a": torch.tensor([1 + 1j]), "b": torch.tensor(True)}, stream)
    stream.seek(0)
    log(pickle.load(stream))


def random_states(torch, log):
    torch.manual_seed(3)
    first = torch.rand(3)
    state = torch.get_rng_state()
    second = torch.rand(3)
    torch.set_rng_state(state)
    log(first, second, torch.rand(3).equal(second), state.dtype, state.shape, torch.initial_seed())
    g = torch.Generator()
    log(g.initial_seed(), str(g.device), torch.rand(2, generator=g), g.manual_seed(5) is g, torch.rand(2, generator=g))
    kept = g.get_state()
    log(torch.randn(3, generator=g))
    g.set_state(kept)
    log(torch.randn(3, generator=g), g.initial_seed())
    clone = g.clone_state()
    log(torch.randn(1, generator=g), torch.randn(1, generator=clone))
    log(torch.default_generator.initial_seed(), torch.random.initial_seed(), torch.random.get_rng_state().shape)
    with torch.random.fork_rng():
        torch.rand(5)
        torch.manual_seed(9)
    log(torch.rand(1))
    log(type(torch.manual_seed(2)).__name__, torch.manual_seed(-1).initial_seed(), torch.manual_seed(2**64 - 1).initial_seed())
    log.error(lambda: torch.manual_seed(2**64))
    log.error(lambda: torch.manual_seed("a"))
    log.error(lambda: torch.set_rng_state(torch.zeros(3)))
    log.error(lambda: torch.rand(2, generator=3))
    torch.manual_seed(0)
    log(torch.rand(2), torch.randn(17), torch.randint(10, (5,)), torch.randperm(6), torch.normal(0.0, 1.0, (3,)))
    log(torch.bernoulli(torch.full((4,), 0.5)), torch.multinomial(torch.ones(4), 2), torch.rand_like(torch.ones(2)))
    log(torch.randn_like(torch.ones(2, dtype=torch.float64)), torch.randint_like(torch.ones(3), 5), torch.randn(2, dtype=torch.complex64))
    log(torch.empty(3).uniform_(-1, 1), torch.empty(3).normal_(), torch.empty(2).exponential_(), torch.empty(3).random_(5))
    log(torch.empty(2).cauchy_(), torch.empty(2).log_normal_(), torch.empty(2).geometric_(0.5), torch.empty(4).bernoulli_(0.3))
    log(torch.poisson(torch.full((3,), 2.0)), torch.nn.functional.dropout(torch.ones(4)), torch.rand(2, dtype=torch.float16))
    log(torch.normal(torch.zeros(2), torch.ones(2)), torch.normal(torch.zeros(2), 2.0), torch.rand(3, dtype=torch.bfloat16))
    log(torch.randint(-5, 5, (3,), dtype=torch.int8), torch.randperm(3, dtype=torch.int32), torch.rand(()))
    log.error(lambda: torch.multinomial(torch.ones(2), 3))
    log.error(lambda: torch.bernoulli(torch.tensor([2.0])))
    log.error(lambda: torch.randint(5, 5, (2,)))
    log.error(lambda: torch.rand(2, dtype=torch.int32))
    log.error(lambda: torch.randn(-1))
