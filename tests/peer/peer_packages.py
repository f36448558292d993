"""What packages written for PyTorch rely on, found by running them."""

import sys
from importlib import import_module


def numpy_without_grad(torch, log):
    weight = torch.nn.Parameter(torch.ones(2))
    with torch.no_grad():
        array = weight.numpy()
        log(array, weight.view(-1).numpy())
    log.error(weight.numpy)


def repr_of_parameters(torch, log):
    class Own(torch.nn.Parameter):
        pass

    class Named(torch.nn.Parameter):
        def __repr__(self):
            return "Named:\n" + torch.Tensor.__repr__(self)

    for kind in (torch.nn.Parameter, Own, Named):
        parameter = kind(torch.ones(2))
        log(repr(parameter))
        log(torch.Tensor.__repr__(parameter))


def parts_of_repr(torch, log):
    _tensor_str = torch._tensor_str
    log(_tensor_str._tensor_str(torch.ones(2, 2), 7))
    log(_tensor_str._add_suffixes("tensor([1.", ["a=1", "b=2"], 7, False))
    log(_tensor_str._add_suffixes("tensor([1.", ["a=1", "b=2"], 7, True))
    log(_tensor_str._str(torch.ones(2)))


def sizes_of_storages(torch, log):
    log(sys.getsizeof(torch.ones(100).untyped_storage()) - sys.getsizeof(torch.ones(0).untyped_storage()))


def operands_of_einsum(torch, log):
    class Watching(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            log(func.__name__, len(args))
            return func(*args, **(kwargs or {}))

    a = torch.eye(2)
    with Watching():
        torch.einsum("ij,jk->ik", a, a)

    class Kind(torch.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            log(func.__name__, len(args))
            return super().__torch_function__(func, types, args, kwargs or {})

    b = a.as_subclass(Kind)
    torch.einsum("ij,jk->ik", (b, b))


def divergences_of_any_class(torch, log):
    register_kl = torch.distributions.register_kl

    class Other:
        pass

    log(callable(register_kl(Other, torch.distributions.Normal)))
    log.error(lambda: register_kl(1, torch.distributions.Normal))


def private_names(torch, log):
    tree = torch.utils._pytree
    log(tree._list_flatten([1, 2]), repr(tree._dict_flatten_with_keys({"a": 1})), tree._tuple_unflatten([1], None))
    log("Chi2" in vars(torch.distributions), "lr_scheduler" in vars(torch.optim))
    _DecoratorContextManager = import_module(f"{torch.__name__}.utils._contextlib")._DecoratorContextManager
    _group_tensors_by_device_and_dtype = import_module(f"{torch.__name__}.utils._foreach_utils")._group_tensors_by_device_and_dtype
    tensors = [torch.ones(1), torch.ones(2).double(), torch.ones(3)]
    groups = _group_tensors_by_device_and_dtype([tensors, [None, None, torch.ones(1)]], True)
    for key, value in sorted(groups.items(), key=str):
        log(key, value)

    class Manager(_DecoratorContextManager):
        def __enter__(self):
            log("in")

        def __exit__(self, *error):
            log("out")

    @Manager()
    def run():
        return 3

    log(run(), isinstance(torch.no_grad(), _DecoratorContextManager))


def asserted_tensors(torch, log):
    for values in ((torch.tensor(True),), (torch.tensor([[2.0]]),), (torch.tensor(0.0),), (torch.ones(2),), (torch.ones(0),), (torch.tensor(False), "so")):
        log.error(lambda values=values: torch._assert_async(*values))
    log(torch._assert_async(torch.tensor(1)))


def operators_for_export(torch, log):
    onnx = torch.onnx
    for name in ("a::b", "ab", "a::b::c", "::b", "a::", "a-b::c", "1a::_b", "a::1b", "a.b::c", "a b::c", ""):
        log(name)
        log.error(lambda name=name: onnx.register_custom_op_symbolic(name, print, 11))
        log.error(lambda name=name: onnx.unregister_custom_op_symbolic(name, 11))
    log([each.__name__ for each in onnx.OnnxExporterError.__mro__], onnx.OnnxExporterError.__module__)


def what_torchvision_imports(torch, log):
    supported = import_module(f"{torch.__name__}._dynamo.utils").is_compile_supported
    log([supported(device) for device in ("cpu", "cpu:0", "cuda", "meta")])
    annotations = import_module(f"{torch.__name__}.jit.annotations")
    log(annotations.BroadcastingList2[int], annotations.BroadcastingList1 is annotations.BroadcastingList2, repr(annotations.List[int]))
