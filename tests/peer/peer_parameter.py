"""torch.nn.Parameter and torch.autograd.Variable."""

import copy
import pickle

import numpy


def parameters(torch, log):
    p = torch.nn.Parameter(torch.ones(2))
    log.show(p, torch.nn.Parameter(torch.ones(2, 2), requires_grad=False), torch.nn.Parameter(), torch.nn.Parameter(p))
    log.show(p * 2, p.data, p.detach(), p.view(2), p.clone(), torch.add(p, 1), p[0])
    log(str(p), type(p).__name__, type(p).__module__, type(p.data) is torch.Tensor, type(p.grad))
    log(isinstance(p, torch.nn.Parameter), isinstance(torch.ones(1), torch.nn.Parameter), isinstance(p, torch.Tensor))
    log(torch.nn.parameter.Parameter is torch.nn.Parameter, torch.is_tensor(p))
    (p * p).sum().backward()
    log.show(p.grad)
    log(type(p.grad) is torch.Tensor)
    p.data.add_(1)
    log.show(p)
    with torch.no_grad():
        log.show(p.sub_(0.5), torch.nn.Parameter(torch.ones(1)))
    log.error(lambda: p.add_(1))
    log(torch.nn.Parameter(torch.ones(2, dtype=torch.float64) * 2), torch.nn.Parameter(p * 2).is_leaf)
    log.error(lambda: torch.nn.Parameter(torch.tensor([1])))
    log.error(lambda: torch.nn.Parameter([1.0]))
    log.error(lambda: torch.cat(p, "a"))
    log.show(torch.nn.Parameter(torch.tensor([1]), requires_grad=False))
    p.grad = None
    log(p.grad)


def memory_is_shared(torch, log):
    t = torch.ones(2)
    p = torch.nn.Parameter(t)
    p.data[0] = 5
    log(t, p, p.data_ptr() == t.data_ptr(), p._version, t._version)
    t.add_(1)
    log(p._version, t._version)
    with torch.inference_mode():
        log(torch.nn.Parameter(torch.ones(1)).is_inference())


def copies(torch, log):
    p = torch.nn.Parameter(torch.ones(2))
    p.note = 3
    twin = copy.deepcopy(p)
    log.show(twin)
    log(hasattr(twin, "note"), twin.data_ptr() == p.data_ptr())
    for made in (pickle.loads(pickle.dumps(p)), copy.copy(p)):
        log.show(made)
        log(made.note, type(made) is torch.nn.Parameter, made.requires_grad)
    frozen = pickle.loads(pickle.dumps(torch.nn.Parameter(torch.ones(1), False)))
    log.show(frozen)
    memo = {}
    log(copy.deepcopy(p, memo) is copy.deepcopy(p, memo))
    pair = copy.deepcopy([p, p])
    log(pair[0] is pair[1])


def subclasses(torch, log):
    own = type("OwnParameter", (torch.nn.Parameter,), {})
    q = own(torch.ones(2))
    log(type(q).__name__, isinstance(q, torch.nn.Parameter), repr(q), type(q * 2).__name__, q.requires_grad)


def buffers(torch, log):
    b = torch.nn.Buffer(torch.ones(1))
    log(type(b).__name__, b.persistent, isinstance(b, torch.nn.Buffer), isinstance(torch.ones(1), torch.nn.Buffer), b)


def variables(torch, log):
    Variable = torch.autograd.Variable
    t = torch.ones(2)
    v = Variable(t)
    log.show(v, Variable(), Variable(None), Variable(t, True), Variable(t, requires_grad=True), Variable(data=t))
    log(v is t, v.data_ptr() == t.data_ptr(), v._version, isinstance(t, Variable), issubclass(torch.Tensor, Variable))
    t.add_(1)
    log(v._version, v, Variable.__name__, type(Variable).__name__)
    x = torch.ones(2, requires_grad=True) * 2
    log.show(Variable(x), Variable(x, requires_grad=True))
    log(Variable(x).is_leaf, Variable(x).grad_fn, Variable(torch.ones(1), name="a").name)
    log.error(lambda: Variable([1]))
    log.error(lambda: Variable(numpy.ones(1)))
    log.error(lambda: Variable(torch.tensor([1]), requires_grad=True))
    log.warns(lambda: Variable(t, volatile=True))
    log.error(lambda: Variable(t, foo=1))
    v = Variable(torch.tensor([3.0]), requires_grad=True)
    (v * v).backward()
    log(v.grad)
