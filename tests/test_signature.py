"""Argument parsing, held to what PyTorch 2.13 says: texts of errors, choices of overload, values."""

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from rushlight._core import signature, signature_types
from rushlight._core.signature import Parser
from rushlight.ops import signatures


class dtype:
    def __init__(self, kind: str) -> None:
        self.is_floating_point = kind == "f"
        self.is_complex = kind == "c"


class device:
    def __init__(self, text: object) -> None:
        self.text = text


class layout:
    pass


class memory_format:
    pass


class Generator:
    pass


class Size(tuple):
    pass


FLOAT, INT, BOOL, COMPLEX = dtype("f"), dtype("i"), dtype("b"), dtype("c")
PARSERS: dict[tuple[str, str], Parser] = {}


def parser(namespace: str, name: str) -> Parser:
    key = (namespace, name)
    if key not in PARSERS:
        PARSERS[key] = Parser(name, signatures.signatures(namespace, name), namespace == "method")
    return PARSERS[key]


class Namespace:
    """A call of a function of it binds the arguments."""

    def __init__(self, name: str, **members: object) -> None:
        self.name = name
        self.__dict__.update(members)

    def __getattr__(self, function: str) -> Any:
        return lambda *args, **kwargs: parser(self.name, function).bind(args, kwargs)


class Tensor:
    def __init__(self, *sizes: int, value: object = 1.0, kind: dtype = FLOAT, requires_grad: bool = False) -> None:
        self.sizes, self.value, self.dtype, self.requires_grad = sizes, value, kind, requires_grad

    def __getattr__(self, name: str) -> Any:
        if name not in signatures.table("method"):
            raise AttributeError(name)
        return lambda *args, **kwargs: parser("method", name).bind((self, *args), kwargs)

    def dim(self, *args: object) -> object:
        return parser("method", "dim").bind((self, *args)) if args else len(self.sizes)

    def numel(self, *args: object) -> object:
        return parser("method", "numel").bind((self, *args)) if args else int(np.prod(self.sizes))

    def item(self, *args: object, **kwargs: object) -> object:
        return parser("method", "item").bind((self, *args), kwargs) if args or kwargs else self.value


class Parameter(Tensor):
    pass


class Index:
    def __index__(self) -> int:
        return 1


class Overrider:
    @classmethod
    def __torch_function__(cls, function: object, types: object, args: object = (), kwargs: object = None) -> None:
        raise AssertionError("parsing calls nothing")


x, s, p = Tensor(2, 3), Tensor(value=1, kind=INT), Parameter(2, requires_grad=True)
torch = Namespace(
    "torch",
    float32=FLOAT,
    float64=FLOAT,
    _C=Namespace("", _nn=Namespace("nn")),
    fft=Namespace("fft"),
    linalg=Namespace("linalg"),
    special=Namespace("special"),
    Tensor=lambda *args, **kwargs: parser("class", "new").bind(args, kwargs),
    Generator=lambda *args, **kwargs: parser("class", "Generator").bind(args, kwargs),
    device=lambda *args, **kwargs: parser("class", "device").bind(args, kwargs),
    finfo=lambda *args, **kwargs: parser("class", "finfo").bind(args, kwargs),
    iinfo=lambda *args, **kwargs: parser("class", "iinfo").bind(args, kwargs),
)


@pytest.fixture(autouse=True)
def small_types() -> Iterator[None]:
    """Stand-ins for the classes that the parsers know, taken back afterwards."""
    before = signature_types.registered_types()
    signature.register_types(
        tensor=Tensor,
        dtype=dtype,
        device=device,
        layout=layout,
        memory_format=memory_format,
        generator=Generator,
        parameter=Parameter,
        size=Size,
        storage=(),
        scalar_types={float: FLOAT, int: INT, bool: BOOL, complex: COMPLEX},
        constants={"contiguous_format": "contiguous", "torch.strided": "strided"},
        is_number=lambda tensor: not tensor.requires_grad and tensor.dim() == 0,
    )
    yield
    signature.register_types(**before)


def described(value: object) -> object:
    """Values as they are compared: with their types, since 1, 1.0 and True are equal."""
    if isinstance(value, (tuple, list)):
        return type(value)(described(item) for item in value)
    return (type(value).__name__, value)


# The call, and what PyTorch says to it.
ERRORS = [
    ("torch.add(x,'a')", "add(): argument 'other' (position 2) must be Tensor, not str"),
    ("torch.add(x,'a',alpha=1)", "add(): argument 'other' (position 2) must be Tensor, not str"),
    ("torch.add(x,'a',alpha=1,out=x)", "add(): argument 'other' (position 2) must be Tensor, not str"),
    ("torch.add(x, 'a', 3, x, 4)", 'add() received an invalid combination of arguments - got (Tensor, !str!, !int!, !Tensor!, !int!), but expected (Tensor input, Tensor other, *, Number alpha = 1, Tensor out = None)'),
    ("torch.add(x, 'a', 3, 4)", 'add() takes 2 positional arguments but 4 were given'),
    ("torch.sum(x,'a')", 'sum() received an invalid combination of arguments - got (Tensor, str), but expected one of:\n * (Tensor input, *, torch.dtype dtype = None)\n * (Tensor input, tuple of ints dim, bool keepdim = False, *, torch.dtype dtype = None, Tensor out = None)\n'),
    ("x.sum('a')", 'sum() received an invalid combination of arguments - got (str), but expected one of:\n * (*, torch.dtype dtype = None)\n * (tuple of ints dim, bool keepdim = False, *, torch.dtype dtype = None)\n'),
    ("torch.sum(x,dim='a')", 'sum() received an invalid combination of arguments - got (Tensor, dim=str), but expected one of:\n * (Tensor input, *, torch.dtype dtype = None)\n * (Tensor input, tuple of ints dim, bool keepdim = False, *, torch.dtype dtype = None, Tensor out = None)\n'),
    ("torch.sum(x,dim='a',keepdim=True)", "sum(): argument 'dim' must be tuple of ints, not str"),
    ("torch.sum(x,dim='a',keepdim=True,dtype=3)", "sum(): argument 'dim' must be tuple of ints, not str"),
    ("torch.sum(dim='a',keepdim=True)", 'sum() received an invalid combination of arguments - got (keepdim=bool, dim=str, ), but expected one of:\n * (Tensor input, *, torch.dtype dtype = None)\n * (Tensor input, tuple of ints dim, bool keepdim = False, *, torch.dtype dtype = None, Tensor out = None)\n'),
    ("torch.sum(x,dim=(1,'a'))", 'sum(): argument \'dim\' failed to unpack the object at pos 2 with error "type must be tuple of ints,but got str"'),
    ("torch.sum(x,dim=('a',1))", 'sum() received an invalid combination of arguments - got (Tensor, dim=tuple), but expected one of:\n * (Tensor input, *, torch.dtype dtype = None)\n * (Tensor input, tuple of ints dim, bool keepdim = False, *, torch.dtype dtype = None, Tensor out = None)\n'),
    ("x.view('a',1)", 'view() received an invalid combination of arguments - got (str, int), but expected one of:\n * (torch.dtype dtype)\n * (tuple of ints size)\n'),
    ("x.view(1,'a')", 'view(): argument \'size\' failed to unpack the object at pos 2 with error "type must be tuple of ints,but got str"'),
    ("x.view((1,'a'))", 'view(): argument \'size\' failed to unpack the object at pos 2 with error "type must be tuple of ints,but got str"'),
    ("x.view(('a',1))", "view() received an invalid combination of arguments - got (tuple), but expected one of:\n * (torch.dtype dtype)\n      didn't match because some of the arguments have invalid types: (!tuple of (str, int)!)\n * (tuple of ints size)\n      didn't match because some of the arguments have invalid types: (!tuple of (str, int)!)\n"),
    ('x.view(6,1.5)', 'view(): argument \'size\' failed to unpack the object at pos 2 with error "type must be tuple of ints,but got float"'),
    ('x.permute(0,1,2,foo=1)', "permute() got an unexpected keyword argument 'foo'"),
    ('x.permute(0,1.5)', 'permute(): argument \'dims\' failed to unpack the object at pos 2 with error "type must be tuple of ints,but got float"'),
    ('x.reshape(1.5)', "reshape(): argument 'shape' (position 1) must be tuple of ints, not float"),
    ('x.cos(1)', 'TensorBase.cos() takes no arguments (1 given)'),
    ('torch.cos()', 'cos() missing 1 required positional arguments: "input"'),
    ('torch.cos(1)', "cos(): argument 'input' (position 1) must be Tensor, not int"),
    ('torch.cos(x,1)', 'cos() takes 1 positional argument but 2 were given'),
    ('torch.cos(x,foo=1)', "cos() got an unexpected keyword argument 'foo'"),
    ('torch.cos(x,input=x)', "cos() got multiple values for argument 'input'"),
    ('torch.addmm(x)', 'addmm() received an invalid combination of arguments - got (Tensor), but expected one of:\n * (Tensor input, Tensor mat1, Tensor mat2, *, Number beta = 1, Number alpha = 1, Tensor out = None)\n * (Tensor input, Tensor mat1, Tensor mat2, torch.dtype out_dtype, *, Number beta = 1, Number alpha = 1, Tensor out = None)\n'),
    ('torch.addmm()', 'addmm() received an invalid combination of arguments - got (), but expected one of:\n * (Tensor input, Tensor mat1, Tensor mat2, *, Number beta = 1, Number alpha = 1, Tensor out = None)\n * (Tensor input, Tensor mat1, Tensor mat2, torch.dtype out_dtype, *, Number beta = 1, Number alpha = 1, Tensor out = None)\n'),
    ('torch.cat([1])', 'expected Tensor as element 0 in argument 0, but got int'),
    ('torch.cat([x,1])', 'expected Tensor as element 1 in argument 0, but got int'),
    ('torch.cat(x)', "cat(): argument 'tensors' (position 1) must be tuple of Tensors, not Tensor"),
    ('torch.cat(1,2,3,4)', 'cat() takes from 1 to 2 positional arguments but 4 were given'),
    ('torch.stack((x,None))', 'expected Tensor as element 1 in argument 0, but got NoneType'),
    ('x.transpose(0,True)', "transpose(): argument 'dim1' (position 2) must be int, not bool"),
    ('x.transpose(0,np.float64(1))', "transpose(): argument 'dim1' (position 2) must be int, not numpy.float64"),
    ('x.unsqueeze(True)', "unsqueeze(): argument 'dim' (position 1) must be int, not bool"),
    ('torch.zeros(True)', "zeros(): argument 'size' (position 1) must be tuple of ints, not bool"),
    ('torch.zeros(2,1.5)', 'zeros(): argument \'size\' failed to unpack the object at pos 2 with error "type must be tuple of ints,but got float"'),
    ('torch.zeros((2,1.5))', 'zeros(): argument \'size\' failed to unpack the object at pos 2 with error "type must be tuple of ints,but got float"'),
    ('torch.zeros(1.5)', "zeros(): argument 'size' (position 1) must be tuple of ints, not float"),
    ('torch.zeros(2,3,dtype=np.float32)', "zeros(): argument 'dtype' must be torch.dtype, not type"),
    ("torch.zeros(2,3,names=['a','b'])", "zeros() got an unexpected keyword argument 'names'"),
    ("torch.full((2,),'a')", "full(): argument 'fill_value' (position 2) must be Number, not str"),
    ('torch.full((2,),x)', "full(): argument 'fill_value' (position 2) must be Number, not Tensor"),
    ("torch.clamp(x,'a')", 'clamp() received an invalid combination of arguments - got (Tensor, str), but expected one of:\n * (Tensor input, Tensor min = None, Tensor max = None, *, Tensor out = None)\n * (Tensor input, Number min = None, Number max = None, *, Tensor out = None)\n'),
    ("torch.clamp(x,'a','b')", 'clamp() received an invalid combination of arguments - got (Tensor, str, str), but expected one of:\n * (Tensor input, Tensor min = None, Tensor max = None, *, Tensor out = None)\n * (Tensor input, Number min = None, Number max = None, *, Tensor out = None)\n'),
    ('torch.dropout(x,True,1)', "dropout(): argument 'train' (position 3) must be bool, not int"),
    ('torch.dropout(x,1j,True)', "dropout(): argument 'p' (position 2) must be float, not complex"),
    ('torch.add(x,axis=2,othr=x,b=1,c=2,d=4,out=3)', 'add() received an invalid combination of arguments - got unrecognized keyword arguments: d, c, b, othr, out, axis'),
    ("torch.sum(dim='a',keepdim=True,dtype=3,out=3,input=3)", "sum(): argument 'input' must be Tensor, not int"),
    ("torch.clamp(dim='a',keepdim=True,dtype=3,out=3,input=3)", "clamp() received an invalid combination of arguments - got (out=int, dtype=int, keepdim=bool, input=int, dim=str, ), but expected one of:\n * (Tensor input, Tensor min = None, Tensor max = None, *, Tensor out = None)\n      didn't match because some of the keywords were incorrect: out, dtype, keepdim, dim\n * (Tensor input, Number min = None, Number max = None, *, Tensor out = None)\n      didn't match because some of the keywords were incorrect: out, dtype, keepdim, dim\n"),
    ("torch.clamp(x,dim='a',keepdim=True,dtype=3,out=3)", "clamp() received an invalid combination of arguments - got (Tensor, out=int, dtype=int, keepdim=bool, dim=str), but expected one of:\n * (Tensor input, Tensor min = None, Tensor max = None, *, Tensor out = None)\n      didn't match because some of the keywords were incorrect: out, dtype, keepdim, dim\n * (Tensor input, Number min = None, Number max = None, *, Tensor out = None)\n      didn't match because some of the keywords were incorrect: out, dtype, keepdim, dim\n"),
    ("torch.clamp(x,min='a',max=True,out=3)", 'clamp() received an invalid combination of arguments - got (Tensor, out=int, max=bool, min=str), but expected one of:\n * (Tensor input, Tensor min = None, Tensor max = None, *, Tensor out = None)\n * (Tensor input, Number min = None, Number max = None, *, Tensor out = None)\n'),
    ("torch.clamp(x,min=[1,'a'],max=(1,),out=(1,2))", 'clamp() received an invalid combination of arguments - got (Tensor, out=tuple, max=tuple, min=list), but expected one of:\n * (Tensor input, Tensor min = None, Tensor max = None, *, Tensor out = None)\n * (Tensor input, Number min = None, Number max = None, *, Tensor out = None)\n'),
    ('torch.clamp(x,x,x,x,x)', "clamp() received an invalid combination of arguments - got (Tensor, Tensor, Tensor, Tensor, Tensor), but expected one of:\n * (Tensor input, Tensor min = None, Tensor max = None, *, Tensor out = None)\n      didn't match because some of the arguments have invalid types: (Tensor, !Tensor!, !Tensor!, !Tensor!, !Tensor!)\n * (Tensor input, Number min = None, Number max = None, *, Tensor out = None)\n      didn't match because some of the arguments have invalid types: (Tensor, !Tensor!, !Tensor!, !Tensor!, !Tensor!)\n"),
    ('torch.clamp([],x,x,(),x)', "clamp() received an invalid combination of arguments - got (list, Tensor, Tensor, tuple, Tensor), but expected one of:\n * (Tensor input, Tensor min = None, Tensor max = None, *, Tensor out = None)\n      didn't match because some of the arguments have invalid types: (!list of []!, !Tensor!, !Tensor!, !tuple of ()!, !Tensor!)\n * (Tensor input, Number min = None, Number max = None, *, Tensor out = None)\n      didn't match because some of the arguments have invalid types: (!list of []!, !Tensor!, !Tensor!, !tuple of ()!, !Tensor!)\n"),
    ('torch.clamp([],x,x,(),out=x)', "clamp() received an invalid combination of arguments - got (list, Tensor, Tensor, tuple, out=Tensor), but expected one of:\n * (Tensor input, Tensor min = None, Tensor max = None, *, Tensor out = None)\n      didn't match because some of the keywords were incorrect: out\n * (Tensor input, Number min = None, Number max = None, *, Tensor out = None)\n      didn't match because some of the keywords were incorrect: out\n"),
    ('torch.clamp([],x,x,foo=(),out=x)', "clamp() received an invalid combination of arguments - got (list, Tensor, Tensor, out=Tensor, foo=tuple), but expected one of:\n * (Tensor input, Tensor min = None, Tensor max = None, *, Tensor out = None)\n      didn't match because some of the keywords were incorrect: out, foo\n * (Tensor input, Number min = None, Number max = None, *, Tensor out = None)\n      didn't match because some of the keywords were incorrect: out, foo\n"),
    ('torch.sum(x,axis=1,dim=1)', "sum() got an unexpected keyword argument 'axis'"),
    ("x.sum(axis='a',keepdims=True)", "sum(): argument 'dim' must be tuple of ints, not str"),
    ('x.sum(axis=1,keepdimz=True)', "sum() got an unexpected keyword argument 'axis'"),
    ('torch.add(x,None)', "add(): argument 'other' (position 2) must be Tensor, not NoneType"),
    ('torch.add(x,np.ones(3))', "add(): argument 'other' (position 2) must be Tensor, not numpy.ndarray"),
    ('torch.atan2(x,1)', "atan2(): argument 'other' (position 2) must be Tensor, not int"),
    ('torch.normal(1,2)', 'normal() received an invalid combination of arguments - got (int, int), but expected one of:\n * (Tensor mean, Tensor std, *, torch.Generator generator = None, Tensor out = None)\n * (Tensor mean, float std = 1, *, torch.Generator generator = None, Tensor out = None)\n * (float mean, Tensor std, *, torch.Generator generator = None, Tensor out = None)\n * (float mean, float std, tuple of ints size, *, torch.Generator generator = None, Tensor out = None, torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool requires_grad = False)\n'),
    ("torch.normal('a',2)", 'normal() received an invalid combination of arguments - got (str, int), but expected one of:\n * (Tensor mean, Tensor std, *, torch.Generator generator = None, Tensor out = None)\n * (Tensor mean, float std = 1, *, torch.Generator generator = None, Tensor out = None)\n * (float mean, Tensor std, *, torch.Generator generator = None, Tensor out = None)\n * (float mean, float std, tuple of ints size, *, torch.Generator generator = None, Tensor out = None, torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool requires_grad = False)\n'),
    ("torch.normal(1.,2,'a')", 'normal() received an invalid combination of arguments - got (float, int, str), but expected one of:\n * (Tensor mean, Tensor std, *, torch.Generator generator = None, Tensor out = None)\n * (Tensor mean, float std = 1, *, torch.Generator generator = None, Tensor out = None)\n * (float mean, Tensor std, *, torch.Generator generator = None, Tensor out = None)\n * (float mean, float std, tuple of ints size, *, torch.Generator generator = None, Tensor out = None, torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool requires_grad = False)\n'),
    ('torch.normal(1.,2,(2,),generator=3,out=3)', "normal(): argument 'generator' must be torch.Generator, not int"),
    ('torch.rand(2,3,generator=1)', 'rand() received an invalid combination of arguments - got (int, int, generator=int), but expected one of:\n * (tuple of ints size, *, torch.Generator generator, Tensor out = None, torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool requires_grad = False)\n * (tuple of ints size, *, Tensor out = None, torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool requires_grad = False)\n'),
    ('torch.rand((2,3),generator=1)', 'rand() received an invalid combination of arguments - got (tuple, generator=int), but expected one of:\n * (tuple of ints size, *, torch.Generator generator, Tensor out = None, torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool requires_grad = False)\n * (tuple of ints size, *, Tensor out = None, torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool requires_grad = False)\n'),
    ("torch.rand(2,3,generator='a')", 'rand() received an invalid combination of arguments - got (int, int, generator=str), but expected one of:\n * (tuple of ints size, *, torch.Generator generator, Tensor out = None, torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool requires_grad = False)\n * (tuple of ints size, *, Tensor out = None, torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool requires_grad = False)\n'),
    ('torch.randint(2)', 'randint() received an invalid combination of arguments - got (int), but expected one of:\n * (int high, tuple of ints size, *, torch.Generator generator, Tensor out = None, torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool requires_grad = False)\n * (int high, tuple of ints size, *, Tensor out = None, torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool requires_grad = False)\n * (int low, int high, tuple of ints size, *, torch.Generator generator, Tensor out = None, torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool requires_grad = False)\n * (int low, int high, tuple of ints size, *, Tensor out = None, torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool requires_grad = False)\n'),
    ("torch.randint('a',(2,))", "randint(): argument 'high' (position 1) must be int, not str"),
    ("torch.randint(2,'a')", "randint(): argument 'size' (position 2) must be tuple of ints, not str"),
    ("torch.randint(high=3,low='a',size=(2,))", 'randint() received an invalid combination of arguments - got (size=tuple, low=str, high=int, ), but expected one of:\n * (int high, tuple of ints size, *, torch.Generator generator, Tensor out = None, torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool requires_grad = False)\n * (int high, tuple of ints size, *, Tensor out = None, torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool requires_grad = False)\n * (int low, int high, tuple of ints size, *, torch.Generator generator, Tensor out = None, torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool requires_grad = False)\n * (int low, int high, tuple of ints size, *, Tensor out = None, torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool requires_grad = False)\n'),
    ("torch.arange('a')", "arange(): argument 'end' (position 1) must be Number, not str"),
    ('torch.arange()', 'arange() received an invalid combination of arguments - got (), but expected one of:\n * (Number end, *, Tensor out = None, torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool requires_grad = False)\n * (Number start, Number end, *, torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool requires_grad = False)\n * (Number start, Number end, Number step = 1, *, Tensor out = None, torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool requires_grad = False)\n'),
    ("torch.arange(1,'a')", 'arange() received an invalid combination of arguments - got (int, str), but expected one of:\n * (Number end, *, Tensor out = None, torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool requires_grad = False)\n * (Number start, Number end, *, torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool requires_grad = False)\n * (Number start, Number end, Number step = 1, *, Tensor out = None, torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool requires_grad = False)\n'),
    ('torch.arange(x)', "arange(): argument 'end' (position 1) must be Number, not Tensor"),
    ("torch.arange(end='a')", "arange(): argument 'end' must be Number, not str"),
    ('torch.as_tensor()', 'as_tensor() missing 1 required positional arguments: "data"'),
    ("torch.range(1,'a')", "range(): argument 'end' (position 2) must be Number, not str"),
    ('torch.nonzero(1)', "nonzero(): argument 'input' (position 1) must be Tensor, not int"),
    ("torch.nonzero(x,as_tuple='a')", "nonzero(): argument 'as_tuple' must be bool, not str"),
    ('torch.nonzero(x,1)', 'nonzero() takes 1 positional argument but 2 were given'),
    ("torch.eye('a')", "eye(): argument 'n' (position 1) must be int, not str"),
    ("torch.eye(2,'a')", 'eye() received an invalid combination of arguments - got (int, str), but expected one of:\n * (int n, *, Tensor out = None, torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool requires_grad = False)\n * (int n, int m, *, Tensor out = None, torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool requires_grad = False)\n'),
    ('x.add_()', 'add_() received an invalid combination of arguments - got (), but expected (Tensor other, *, Number alpha = 1)'),
    ('x.to(x,1)', 'to() received an invalid combination of arguments - got (Tensor, int), but expected one of:\n * (torch.device device = None, torch.dtype dtype = None, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None)\n * (torch.dtype dtype, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None)\n * (Tensor tensor, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None)\n'),
    ("x.to(torch.float64, 'a')", 'to() received an invalid combination of arguments - got (torch.dtype, str), but expected one of:\n * (torch.device device = None, torch.dtype dtype = None, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None)\n * (torch.dtype dtype, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None)\n * (Tensor tensor, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None)\n'),
    ('x.to(dtype=3)', 'to() received an invalid combination of arguments - got (dtype=int, ), but expected one of:\n * (torch.device device = None, torch.dtype dtype = None, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None)\n * (torch.dtype dtype, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None)\n * (Tensor tensor, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None)\n'),
    ("x.to('cpu','a')", 'to() received an invalid combination of arguments - got (str, str), but expected one of:\n * (torch.device device = None, torch.dtype dtype = None, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None)\n * (torch.dtype dtype, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None)\n * (Tensor tensor, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None)\n'),
    ("x.to('cpu',torch.float64,1,2,3)", 'to() takes from 0 to 4 positional arguments but 5 were given'),
    ('x.numpy(1)', 'numpy() takes 0 positional arguments but 1 was given'),
    ('x.numpy(force=1)', "numpy(): argument 'force' must be bool, not int"),
    ('x.item(1)', 'TensorBase.item() takes no arguments (1 given)'),
    ("x.size('a')", "size(): argument 'dim' (position 1) must be int, not str"),
    ('x.size(1,2)', 'size() takes from 0 to 1 positional arguments but 2 were given'),
    ("x.stride('a')", "stride(): argument 'dim' (position 1) must be int, not str"),
    ('x.dim(1)', 'TensorBase.dim() takes no arguments (1 given)'),
    ('x.requires_grad_(1)', "requires_grad_(): argument 'requires_grad' (position 1) must be bool, not int"),
    ("x.requires_grad_('a')", "requires_grad_(): argument 'requires_grad' (position 1) must be bool, not str"),
    ("x.copy_('a')", "copy_(): argument 'other' (position 1) must be Tensor, not str"),
    ('x.contiguous(1)', 'contiguous() takes 0 positional arguments but 1 was given'),
    ('x.contiguous(memory_format=1)', "contiguous(): argument 'memory_format' must be torch.memory_format, not int"),
    ("x.new_zeros('a')", "new_zeros(): argument 'size' (position 1) must be tuple of ints, not str"),
    ('x.new_ones()', 'new_ones() missing 1 required positional arguments: "size"'),
    ("x.new_full((2,),'a')", "new_full(): argument 'fill_value' (position 2) must be Number, not str"),
    ("x.new_empty(1,'a')", 'new_empty(): argument \'size\' failed to unpack the object at pos 2 with error "type must be tuple of ints,but got str"'),
    ('x.new_tensor()', 'new_tensor() missing 1 required positional arguments: "data"'),
    ('x.new_tensor(1,2)', 'new_tensor() takes 1 positional argument but 2 were given'),
    ('x.map_(1)', "map_(): argument 'other' (position 1) must be Tensor, not int"),
    ('x.apply_()', 'TensorBase.apply_() takes exactly one argument (0 given)'),
    ('x.float(1)', 'float() takes 0 positional arguments but 1 was given'),
    ('x.float(memory_format=1)', "float(): argument 'memory_format' must be torch.memory_format, not int"),
    ('x.nonzero(1)', 'nonzero() takes from 1 to 0 positional arguments but 1 were given'),
    ('x.nonzero(as_tuple=1)', "nonzero(): argument 'as_tuple' must be bool, not int"),
    ('x.tolist(1)', 'TensorBase.tolist() takes no arguments (1 given)'),
    ('x.data_ptr(1)', 'TensorBase.data_ptr() takes no arguments (1 given)'),
    ('x.is_contiguous(1)', 'is_contiguous() takes 0 positional arguments but 1 was given'),
    ('x.set_(1)', "set_() received an invalid combination of arguments - got (int), but expected one of:\n * ()\n      didn't match because some of the arguments have invalid types: (!int!)\n * (torch.Storage source)\n      didn't match because some of the arguments have invalid types: (!int!)\n * (torch.Storage source, int storage_offset, tuple of ints size, tuple of ints stride = None)\n * (Tensor source)\n      didn't match because some of the arguments have invalid types: (!int!)\n * (Tensor source, int storage_offset, tuple of ints size, tuple of ints stride = None)\n"),
    ('x.detach(1)', 'TensorBase.detach() takes no arguments (1 given)'),
    ('x.clone(1)', 'clone() takes 0 positional arguments but 1 was given'),
    ('x.clone(memory_format=1)', "clone(): argument 'memory_format' must be torch.memory_format, not int"),
    ('torch.clone(x,memory_format=1)', "clone(): argument 'memory_format' must be torch.memory_format, not int"),
    ("torch.empty('a')", "empty(): argument 'size' (position 1) must be tuple of ints, not str"),
    ('torch.empty()', 'empty() missing 1 required positional arguments: "size"'),
    ('torch.empty(1,memory_format=1)', "empty(): argument 'memory_format' must be torch.memory_format, not int"),
    ('torch.empty(1,layout=1)', "empty(): argument 'layout' must be torch.layout, not int"),
    ('torch.empty(1,pin_memory=1)', "empty(): argument 'pin_memory' must be bool, not int"),
    ('torch.empty(1,out=1)', "empty(): argument 'out' must be Tensor, not int"),
    ('torch.empty(1,size=1)', "empty() got multiple values for argument 'size'"),
    ('torch.empty(1,requires_grad=1)', "empty(): argument 'requires_grad' must be bool, not int"),
    ('torch._C._nn.gelu(x,approximate=1)', "gelu(): argument 'approximate' must be str, not int"),
    ("torch._C._nn.avg_pool2d(x,'a')", "avg_pool2d(): argument 'kernel_size' (position 2) must be tuple of ints, not str"),
    ("torch._C._nn.pad(x,'a')", "pad(): argument 'pad' (position 2) must be tuple of ints, not str"),
    ("torch.fft.fft(x,'a')", "fft_fft(): argument 'n' (position 2) must be int, not str"),
    ("torch.fft.fft(x,'a',1,2,3)", 'fft_fft() takes from 1 to 4 positional arguments but 5 were given'),
    ("torch.fft.fft2(x,s='a')", "fft_fft2(): argument 's' must be tuple of ints, not str"),
    ('torch.linalg.norm(x,[])', 'linalg_norm() received an invalid combination of arguments - got (Tensor, list), but expected one of:\n * (Tensor input, Number ord = None, tuple of ints dim = None, bool keepdim = False, *, torch.dtype dtype = None, Tensor out = None)\n * (Tensor input, str ord, tuple of ints dim = None, bool keepdim = False, *, torch.dtype dtype = None, Tensor out = None)\n'),
    ("torch.linalg.norm(x,1,'a')", 'linalg_norm() received an invalid combination of arguments - got (Tensor, int, str), but expected one of:\n * (Tensor input, Number ord = None, tuple of ints dim = None, bool keepdim = False, *, torch.dtype dtype = None, Tensor out = None)\n * (Tensor input, str ord, tuple of ints dim = None, bool keepdim = False, *, torch.dtype dtype = None, Tensor out = None)\n'),
    ('torch.linalg.det(1)', "linalg_det(): argument 'A' (position 1) must be Tensor, not int"),
    ('torch.special.exp2(1)', "special_exp2(): argument 'input' (position 1) must be Tensor, not int"),
    ("torch.special.xlogy('a',1)", 'special_xlogy() received an invalid combination of arguments - got (str, int), but expected one of:\n * (Tensor input, Tensor other, *, Tensor out = None)\n * (Number self, Tensor other, *, Tensor out = None)\n * (Tensor input, Number other, *, Tensor out = None)\n'),
    ('torch.special.xlogy(1,1)', 'special_xlogy() received an invalid combination of arguments - got (int, int), but expected one of:\n * (Tensor input, Tensor other, *, Tensor out = None)\n * (Number self, Tensor other, *, Tensor out = None)\n * (Tensor input, Number other, *, Tensor out = None)\n'),
    ('torch.Tensor(foo=1)', "new() received an invalid combination of arguments - got (foo=int, ), but expected one of:\n * (*, torch.device device = None)\n * (torch.Storage storage)\n      didn't match because some of the keywords were incorrect: foo\n * (Tensor other)\n      didn't match because some of the keywords were incorrect: foo\n * (tuple of ints size, *, torch.device device = None)\n * (object data, *, torch.device device = None)\n"),
    ("torch.Tensor('a','b')", "new() received an invalid combination of arguments - got (str, str), but expected one of:\n * (*, torch.device device = None)\n      didn't match because some of the arguments have invalid types: (!str!, !str!)\n * (torch.Storage storage)\n * (Tensor other)\n * (tuple of ints size, *, torch.device device = None)\n * (object data, *, torch.device device = None)\n"),
    ('torch.Tensor(2,device=1.5)', "new() received an invalid combination of arguments - got (int, device=float), but expected one of:\n * (*, torch.device device = None)\n      didn't match because some of the keywords were incorrect: device\n * (torch.Storage storage)\n * (Tensor other)\n * (tuple of ints size, *, torch.device device = None)\n * (object data, *, torch.device device = None)\n"),
    ('torch.Generator(1.5)', "Generator(): argument 'device' (position 1) must be torch.device, not float"),
    ('torch.Generator(1,2)', 'Generator() takes from 0 to 1 positional arguments but 2 were given'),
    ('torch.device(1.5)', "device() received an invalid combination of arguments - got (float), but expected one of:\n * (torch.device device)\n      didn't match because some of the arguments have invalid types: (!float!)\n * (str type, int index = -1)\n"),
    ("torch.device('a','b')", "device(): argument 'index' (position 2) must be int, not str"),
    ('torch.device()', 'device() received an invalid combination of arguments - got (), but expected one of:\n * (torch.device device)\n * (str type, int index = -1)\n'),
    ('torch.finfo(1)', "finfo(): argument 'type' (position 1) must be torch.dtype, not int"),
    ('torch.iinfo(1)', "iinfo(): argument 'type' (position 1) must be torch.dtype, not int"),
    ('torch.finfo(1,2)', 'finfo() received an invalid combination of arguments - got (int, int), but expected one of:\n * (torch.dtype type)\n * ()\n'),
    ('torch.iinfo()', 'iinfo() missing 1 required positional arguments: "type"'),
    ('x.apply_(1,2)', 'TensorBase.apply_() takes exactly one argument (2 given)'),
    ('x.cuda(1.5)', "cuda(): argument 'device' (position 1) must be torch.device, not float"),
    ('x.cpu(1)', 'cpu() takes 0 positional arguments but 1 was given'),
    ('x.type(1,2,3)', 'type() takes from 0 to 2 positional arguments but 3 were given'),
    ('torch.from_numpy()', 'torch._VariableFunctionsClass.from_numpy() takes exactly one argument (0 given)'),
    ('torch.from_numpy(1,2)', 'torch._VariableFunctionsClass.from_numpy() takes exactly one argument (2 given)'),
    ('torch.promote_types(1,2)', "promote_types(): argument 'type1' (position 1) must be torch.dtype, not int"),
    ('torch.can_cast(1,2)', "can_cast(): argument 'from_' (position 1) must be torch.dtype, not int"),
    ('torch.result_type(1)', 'result_type() received an invalid combination of arguments - got (int), but expected one of:\n * (Tensor tensor, Tensor other)\n * (Number scalar, Tensor tensor)\n * (Tensor tensor, Number other)\n * (Number scalar1, Number scalar2)\n'),
    ('torch.numel(1)', "numel(): argument 'input' (position 1) must be Tensor, not int"),
    ('torch.get_device(1)', "get_device(): argument 'input' (position 1) must be Tensor, not int"),
    ('torch.as_tensor(1,dtype=1)', "as_tensor(): argument 'dtype' must be torch.dtype, not int"),
    ('torch.frombuffer(1)', 'frombuffer() missing 1 required positional arguments: "dtype"'),
    ("torch.frombuffer(b'1')", 'frombuffer() missing 1 required positional arguments: "dtype"'),
    ('x.as_subclass()', 'as_subclass() missing 1 required positional arguments: "cls"'),
    ('x.reshape()', 'reshape() missing 1 required positional arguments: "shape"'),
    ('x.view()', 'view() received an invalid combination of arguments - got (), but expected one of:\n * (torch.dtype dtype)\n * (tuple of ints size)\n'),
    ('x.expand()', 'expand() missing 1 required positional arguments: "size"'),
    ('x.expand(foo=1)', 'expand() missing 1 required positional arguments: "size"'),
    ('x.repeat()', 'repeat() missing 1 required positional arguments: "repeats"'),
    ('x.numpy(foo=1)', "numpy() got an unexpected keyword argument 'foo'"),
    ('x.new_tensor(1,foo=2)', "new_tensor() got an unexpected keyword argument 'foo'"),
    ("x.is_contiguous(memory_format='a')", "is_contiguous(): argument 'memory_format' must be torch.memory_format, not str"),
    ('x.item(foo=1)', 'TensorBase.item() takes no keyword arguments'),
    ('x.nonzero(foo=1)', 'nonzero() missing 1 required positional arguments: "as_tuple"'),
    ('x.storage_offset(1)', 'TensorBase.storage_offset() takes no arguments (1 given)'),
    ('x.element_size(1)', 'TensorBase.element_size() takes no arguments (1 given)'),
    ('x.numel(1)', 'TensorBase.numel() takes no arguments (1 given)'),
    ('x.untyped_storage(1)', 'TensorBase.untyped_storage() takes no arguments (1 given)'),
    ('x.map_(x)', 'map_() missing 1 required positional arguments: "callable"'),
    ('x.map2_(x)', 'map2_() missing 2 required positional argument: "y", "callable"'),
    ('x.get_device(1)', 'TensorBase.get_device() takes no arguments (1 given)'),
    ('x.to(1,2,3)', 'to() received an invalid combination of arguments - got (int, int, int), but expected one of:\n * (torch.device device = None, torch.dtype dtype = None, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None)\n * (torch.dtype dtype, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None)\n * (Tensor tensor, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None)\n'),
    ('x.to(torch.float32,True,foo=1)', 'to() received an invalid combination of arguments - got (torch.dtype, bool, foo=int), but expected one of:\n * (torch.device device = None, torch.dtype dtype = None, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None)\n * (torch.dtype dtype, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None)\n * (Tensor tensor, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None)\n'),
    ('torch.is_floating_point()', 'is_floating_point() missing 1 required positional arguments: "input"'),
    ('torch.is_floating_point(1)', "is_floating_point(): argument 'input' (position 1) must be Tensor, not int"),
    ("x.flip('a', 'b')", 'flip() takes 1 positional argument but 2 were given'),
    ("x.flip(['a', 'b'])", "flip(): argument 'dims' (position 1) must be tuple of ints, but found element of type str at pos 0"),
    ("x.flip(dims=['a', 'b'])", "flip(): argument 'dims' must be tuple of ints, not list"),
    ('x.flip(1, dims=1)', "flip() got multiple values for argument 'dims'"),
    ('x.cos(foo=1)', 'TensorBase.cos() takes no keyword arguments'),
    ("x.flip((0,), 'a')", 'flip() takes 1 positional argument but 2 were given'),
    ("x.rot90('a', 'b', 'c')", 'rot90() takes from 0 to 2 positional arguments but 3 were given'),
    ('torch.isclose(x)', 'isclose() missing 1 required positional arguments: "other"'),
    ('torch.quantile(x)', 'quantile() received an invalid combination of arguments - got (Tensor), but expected one of:\n * (Tensor input, Tensor q, int dim = None, bool keepdim = False, *, str interpolation = "linear", Tensor out = None)\n * (Tensor input, float q, int dim = None, bool keepdim = False, *, str interpolation = "linear", Tensor out = None)\n'),
    ('torch.add(x, 1, foo=2, other=3)', "add() got an unexpected keyword argument 'foo'"),
    ('torch.add(other=x)', 'add() received an invalid combination of arguments - got unrecognized keyword arguments: other'),
    ('torch.add(np.ones(2), x)', "add(): argument 'input' (position 1) must be Tensor, not numpy.ndarray"),
    ('torch.add(x, torch.float32)', "add(): argument 'other' (position 2) must be Tensor, not torch.dtype"),
    ('torch.add(x, np.float64)', "add(): argument 'other' (position 2) must be Tensor, not type"),
    ('torch.add(x, range(2))', "add(): argument 'other' (position 2) must be Tensor, not range"),
    ('torch.clamp(min=1, max=2, out=3, input=4, dim=5, keepdim=6, axis=7, foo=8, bar=9, alpha=10, beta=11, size=12, dtype=13, device=14, other=15)', 'clamp() received an invalid combination of arguments - got (other=int, device=int, min=int, max=int, foo=int, out=int, dim=int, bar=int, input=int, alpha=int, keepdim=int, beta=int, axis=int, size=int, dtype=int, ), but expected one of:\n * (Tensor input, Tensor min = None, Tensor max = None, *, Tensor out = None)\n * (Tensor input, Number min = None, Number max = None, *, Tensor out = None)\n'),
    ('torch.max(x, 0, out=(x,))', 'expected tuple of 2 elements but got 1'),
    ('torch.max(x, 0, out=(x, 1))', 'expected Tensor as element 1 in argument 3, but got int'),
    ('x.select(0, True)', "select(): argument 'index' (position 2) must be int, not bool"),
    ('x.select(0, Index)', "select(): argument 'index' (position 2) must be int, not type"),
    ("x.sum((1, 2), ('a',), dtype=[3], foo=2)", "sum() received an invalid combination of arguments - got (tuple, tuple, foo=int, dtype=list), but expected one of:\n * (*, torch.dtype dtype = None)\n * (tuple of ints dim, bool keepdim = False, *, torch.dtype dtype = None)\n      didn't match because some of the keywords were incorrect: foo, dtype\n"),
    ('x.sum([1], True, True, dtype=[3])', "sum() received an invalid combination of arguments - got (list, bool, bool, dtype=list), but expected one of:\n * (*, torch.dtype dtype = None)\n * (tuple of ints dim, bool keepdim = False, *, torch.dtype dtype = None)\n      didn't match because some of the keywords were incorrect: dtype\n"),
    ('torch.dropout(p, p, True)', "dropout(): argument 'p' (position 2) must be float, not Parameter"),
    ('torch._foreach_add([x, 1], 2)', 'expected Tensor as element 1 in argument 0, but got int'),
    ("torch.histogram(x, 3, range=[1, 'a'])", "histogram(): argument 'range' must be tuple of floats, but found element of type str at pos 2"),
    ('x.index_put_([1], x)', 'expected Tensor as element 0 in argument 0, but got int'),
    ("torch.special.zeta('a', 1)", 'special_zeta() received an invalid combination of arguments - got (str, int), but expected one of:\n * (Tensor input, Tensor other, *, Tensor out = None)\n * (Number self, Tensor other, *, Tensor out = None)\n * (Tensor input, Number other, *, Tensor out = None)\n'),
]


@pytest.mark.parametrize(("call", "text"), ERRORS, ids=[call for call, _ in ERRORS])
def test_error_has_the_words_of_pytorch(call: str, text: str) -> None:
    for _ in range(2):  # what is remembered of the first call must not change the second
        with pytest.raises(TypeError) as caught:
            eval(call)
        assert str(caught.value) == text


# The call, the overload PyTorch takes, and the values it sees.
BINDINGS: list[tuple[str, str, str, str, list[object]]] = [
    ("torch", "add", "torch.add(x, x)", "add.Tensor", [x, x, 1, None]),
    ("torch", "add", "torch.add(x, 2.5)", "add.Tensor", [x, 2.5, 1, None]),
    ("torch", "add", "torch.add(x, True, alpha=s)", "add.Tensor", [x, True, 1, None]),
    ("torch", "add", "torch.add(x, np.float32(2))", "add.Tensor", [x, 2.0, 1, None]),
    ("torch", "add", "torch.add(x1=x, x2=x)", "add.Tensor", [x, x, 1, None]),
    ("torch", "full", "torch.full((2,), np.bool_(True))", "full", [(2,), 1.0, None, None, None, None, False, False]),
    ("torch", "full", "torch.full([2], s)", "full", [(2,), 1, None, None, None, None, False, False]),
    ("torch", "zeros", "torch.zeros(2, Index())", "zeros", [(2, 1), None, None, None, None, False, False]),
    ("torch", "zeros", "torch.zeros(Size((2, 3)), dtype=float)", "zeros", [(2, 3), None, FLOAT, None, None, False, False]),
    ("torch", "dropout", "torch.dropout(x, 1, True)", "dropout", [x, 1.0, True]),
    ("torch", "dropout", "torch.dropout(x, np.float32(0.5), True)", "dropout", [x, 0.5, True]),
    ("torch", "clamp", "torch.clamp(x, 0, 1)", "clamp", [x, 0, 1, None]),
    ("torch", "clamp", "torch.clamp(x, x, None)", "clamp.Tensor", [x, x, None, None]),
    ("torch", "clamp", "torch.clamp(x, s)", "clamp.Tensor", [x, s, None, None]),
    ("torch", "where", "torch.where(x, x, 1.0)", "where.ScalarOther", [x, x, 1.0]),
    ("torch", "normal", "torch.normal(1, 2, (3,))", "normal.float_float",
     [1.0, 2.0, (3,), None, None, None, None, None, False, False]),
    ("torch", "amax", "torch.amax(x)", "amax", [x, (), False, None]),
    ("torch", "amax", "torch.amax(x, None)", "amax", [x, (), False, None]),
    ("torch", "rot90", "torch.rot90(x)", "rot90", [x, 1, (0, 1)]),
    ("torch", "allclose", "torch.allclose(x, x)", "allclose", [x, x, 1e-05, 1e-08, False]),
    ("torch", "conv2d", "torch.conv2d(x, x, None, 2)", "conv2d", [x, x, None, (2, 2), (0, 0), (1, 1), 1]),
    ("torch", "conv2d", "torch.conv2d(x, x, padding='same')", "conv2d.padding", [x, x, None, (1, 1), "same", (1, 1), 1]),
    ("torch", "_foreach_add", "torch._foreach_add([x], [1.5])", "_foreach_add.ScalarList", [[x], (1.5,)]),
    ("torch", "_foreach_add", "torch._foreach_add([x], [x])", "_foreach_add.List", [[x], [x], 1]),
    ("method", "sum", "x.sum()", "sum", [x, None]),
    ("method", "sum", "x.sum(0)", "sum.dim_IntList", [x, (0,), False, None]),
    ("method", "sum", "x.sum(axis=[0, 1], keepdims=True)", "sum.dim_IntList", [x, (0, 1), True, None]),
    ("method", "sum", "x.sum(None)", "sum.dim_IntList", [x, None, False, None]),
    ("method", "sum", "x.sum(dtype=None)", "sum", [x, None]),
    ("method", "view", "x.view(3, -1)", "view", [x, (3, -1)]),
    ("method", "view", "x.view([3, 2])", "view", [x, (3, 2)]),
    ("method", "view", "x.view(s, np.int64(6))", "view", [x, (1, 6)]),
    ("method", "view", "x.view(FLOAT)", "view.dtype", [x, FLOAT]),
    ("method", "view", "x.view((1, True))", "view", [x, (1, 1)]),
    ("method", "max", "x.max(0)", "max.dim", [x, 0, False]),
    ("method", "max", "x.max(x)", "max.other", [x, x]),
    ("method", "transpose", "x.transpose(s, np.int8(1))", "transpose.int", [x, 1, 1]),
    ("method", "pow", "x.pow(2)", "pow.Tensor_Scalar", [x, 2]),
    ("method", "pow", "x.pow(s)", "pow.Tensor_Tensor", [x, s]),
    ("method", "select", "x.select(0, Index())", "select.int", [x, 0, 1]),
    ("method", "to", "x.to(FLOAT, copy=True)", "to", [x, FLOAT, False, True, None]),
    ("method", "to", "x.to(x)", "to", [x, x, False, False, None]),
    ("method", "contiguous", "x.contiguous()", "contiguous", [x, "contiguous"]),
    ("method", "cos", "x.cos()", "cos", [x]),
    ("method", "norm", "x.norm(2, 1)", "norm.ScalarOpt_dim", [x, 2, (1,), False]),
    ("linalg", "norm", "torch.linalg.norm(x, 'fro')", "linalg_norm.ord_str", [x, "fro", None, False, None, None]),
    ("fft", "fft", "torch.fft.fft(x, 3)", "fft_fft", [x, 3, -1, None, None]),
    ("nn", "gelu", "torch._C._nn.gelu(x)", "gelu", [x, "none", None]),
    ("special", "zeta", "torch.special.zeta(2, x)", "special_zeta.self_scalar", [2, x, None]),
]


@pytest.mark.parametrize(("namespace", "name", "call", "overload", "values"), BINDINGS, ids=[row[2] for row in BINDINGS])
def test_call_takes_the_overload_that_pytorch_takes(
    namespace: str, name: str, call: str, overload: str, values: list[object]
) -> None:
    for _ in range(2):
        index, found = eval(call)
        assert signatures.overloads(namespace, name)[index] == overload
        assert described(found) == described(values)
        assert len(parser(namespace, name).parameters(index)) == len(found)


def test_value_decides_where_the_type_cannot() -> None:
    """One remembered plan serves both calls; the second must not pass because the first did."""
    torch.full((2,), Tensor(value=3, kind=INT))
    with pytest.raises(TypeError, match=r"full\(\): argument 'fill_value' \(position 2\) must be Number, not Tensor"):
        torch.full((2,), Tensor(2, kind=INT))
    x.view((2, 3))
    with pytest.raises(TypeError, match="view\\(\\): argument 'size' failed to unpack the object at pos 2"):
        x.view((2, "a"))


def test_value_may_lead_to_a_later_overload() -> None:
    assert torch._foreach_add([x], [1])[0] != torch._foreach_add([x], [x])[0]
    index, _ = torch._foreach_add([x], [1])
    assert signatures.overloads("torch", "_foreach_add")[index] == "_foreach_add.ScalarList"


@pytest.mark.parametrize("call", ["x.transpose(0, 2**63)", "x.select(0, -(2**63) - 1)", "x.sum(2**70)"])
def test_int_that_does_not_fit_64_bits(call: str) -> None:
    for _ in range(2):
        with pytest.raises(ValueError, match=r"^Overflow when unpacking long long$"):
            eval(call)
    x.transpose(0, 2**63 - 1)


def test_complex_tensor_is_no_float() -> None:
    with pytest.raises(RuntimeError, match=r"^value cannot be converted to type double without overflow$"):
        torch.dropout(x, Tensor(value=1j, kind=COMPLEX), True)


@pytest.mark.parametrize(
    ("args", "text"),
    [
        ((), "unbound method TensorBase.add() needs an argument"),
        ((1, 2), "descriptor 'add' for 'torch._C.TensorBase' objects doesn't apply to a 'int' object"),
        ((x,), "add() received an invalid combination of arguments - got (), but expected (Tensor other, *, Number alpha = 1)"),
    ],
)
def test_method_called_on_the_class(args: tuple[object, ...], text: str) -> None:
    with pytest.raises(TypeError) as caught:
        parser("method", "add").bind(args)
    assert str(caught.value) == text


def test_tensor_that_is_no_int() -> None:
    for other in (Tensor(1, kind=INT), Tensor(value=1.0), Tensor(value=True, kind=BOOL)):
        with pytest.raises(TypeError, match=r"transpose\(\): argument 'dim1' \(position 2\) must be int, not Tensor"):
            x.transpose(0, other)


def test_object_with_torch_function_fits_everywhere() -> None:
    other = Overrider()
    assert torch.add(x, other)[1][1] is other
    assert x.transpose(other, 1)[1][1] is other
    assert torch.zeros(other)[1][0] is other


def test_deprecated_signature_warns_once_and_names_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (
        "This overload of add is deprecated:\n\tadd(Tensor input, Number alpha, Tensor other, *, Tensor out = None)\n"
        "Consider using one of the following signatures instead:\n"
        "\tadd(Tensor input, Tensor other, *, Number alpha = 1, Tensor out = None)"
        " (Triggered internally at /__w/pytorch/pytorch/torch/csrc/utils/python_arg_parser.cpp:1841.)"
    )
    monkeypatch.setattr(signature.WARNED, "done", False)
    monkeypatch.setattr(signature.WARNED, "always", False)
    with pytest.warns(UserWarning) as caught:
        torch.add(x, 2, x)
    assert [str(item.message) for item in caught] == [text]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        index, values = torch.add(x, 2, x)
    assert values == [x, 2, x, None]
    assert signatures.call_arguments("torch", "add", index) == ["self", "other", "alpha"]
    assert signatures.call_arguments("torch", "add", torch.add(x, x)[0]) is None


def test_every_signature_can_be_read() -> None:
    count = 0
    for namespace in ("torch", "method", "nn", "fft", "linalg", "special", "class"):
        for name in signatures.table(namespace):
            texts = signatures.signatures(namespace, name)
            for number, parsed in enumerate(Parser(name, texts, namespace == "method").parse()):
                listed = texts[number][: texts[number].rindex(")") + 1]
                assert listed.count(", ") + 1 >= len(parsed.params)
                assert parsed.min_args <= len(parsed.params)
                count += 1
    assert count > 2000


def test_registering_types_makes_old_plans_void() -> None:
    class Other(Tensor):
        pass

    assert torch.cos(x)[0] == 0
    signature.register_types(tensor=Other)
    with pytest.raises(TypeError, match="must be Tensor, not Tensor"):
        torch.cos(x)
