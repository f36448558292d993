"""Futures, structures as text, models from directories, modes with a class method, numbers for lists: what PyTorch's own tests ask."""

import os
import tempfile
from collections import OrderedDict, defaultdict, deque
from importlib import import_module


def attempt(log, function):
    try:
        found = function()
    except Exception as error:
        log(type(error).__name__, str(error).split("\nException raised")[0].split("\n\nAt:")[0].split("\n\nInvoked with")[0])
    else:
        log(found)


def futures(torch, log):
    module = import_module(f"{torch.__name__}.futures")
    failed, good = module.Future(), module.Future()
    failed.set_exception(ValueError("reason"))
    chained = good.then(lambda done: done.wait() + 1).then(lambda done: done.value() * 2)
    log(chained.done())
    good.set_result(3)
    log(chained.wait(), good.done())
    attempt(log, lambda: failed.then(lambda done: done.value()).wait())
    attempt(log, lambda: good.then(lambda done: 1 / 0).value())
    attempt(log, lambda: good.then("no function"))
    attempt(log, lambda: good.add_done_callback(3))
    attempt(log, lambda: good.set_result(4))
    attempt(log, module.Future().value)
    attempt(log, lambda: module.Future(devices=["cuda:0"]))
    attempt(log, lambda: module.Future(devices=["cpu"]))
    attempt(log, lambda: module.collect_all([good, failed]).wait())
    attempt(log, lambda: module.wait_all([good, failed]))
    attempt(log, lambda: module.wait_all([good, chained]))
    attempt(log, lambda: module.collect_all([1]))


def structures_as_text(torch, log):
    tree = import_module(f"{torch.__name__}.utils._pytree")
    for value in (defaultdict(int, {"a": 1}), deque([1], maxlen=3), OrderedDict(b=1, a=(2, [None])), {"a": [1, (2,)]}, 3):
        spec = tree.tree_structure(value)
        text = tree.treespec_dumps(spec)
        log(text, tree.treespec_loads(text) == spec)

    class Held:
        pass

    tree.register_pytree_node(Held, lambda held: ([1], [object]), lambda values, context: Held(), serialized_type_name=f"{torch.__name__}.Held")
    attempt(log, lambda: tree.treespec_dumps(tree.tree_structure(Held())))


def models_from_directories(torch, log):
    hub = import_module(f"{torch.__name__}.hub")
    with tempfile.TemporaryDirectory() as place:
        file = os.path.join(place, "hubconf.py")
        with open(file, "w") as stream:
            stream.write("dependencies = ['numpy']\ndef model(n=1, *, m=2):\n    return n, m\n")
        attempt(log, lambda: hub.load(place, "model", 5, source="local", m=7))
        attempt(log, lambda: hub.load(place, "other", source="local"))
        attempt(log, lambda: hub.load(place, "model", source="elsewhere"))
        with open(file, "w") as stream:
            stream.write("dependencies = ['a_module_that_is_nowhere']\ndef model():\n    return 1  # longer than before\n")
        attempt(log, lambda: hub.load(place, "model", source="local"))


def a_mode_with_a_class_method(torch, log):
    class Wrong(torch.overrides.TorchFunctionMode):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            return func(*args, **(kwargs or {}))

    def use():
        with Wrong():
            return torch.ones(1) + 1

    attempt(log, use)
    log(torch.ones(1) + 1)


def numbers_for_lists(torch, log):
    back = torch.ops.aten.max_pool2d_with_indices_backward
    place = torch.zeros(1, 1, 1, dtype=torch.long)
    log(back.default(torch.ones(1, 1, 1), torch.ones(1, 2, 2), 2, 2, 0, 1, False, place))
    log(back(torch.ones(1, 1, 1), torch.ones(1, 2, 2), [2], [2, 2], 0, [1], False, place))


def custom_functions_that_broadcast_or_write(torch, log):
    class Product(torch.autograd.Function):
        generate_vmap_rule = True

        @staticmethod
        def forward(x, y):
            return x * y

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(*inputs)

        @staticmethod
        def backward(ctx, grad):
            x, y = ctx.saved_tensors
            return grad * y, grad * x

    x, y = torch.arange(8.0).reshape(4, 2), torch.arange(24.0).reshape(3, 4, 2)
    for shape in ((4, 2), (1, 2)):
        for dims in ((-1, -1), (-1, None), (None, -1)):
            first = x[: shape[0]]
            arguments = [value if dim == -1 else value[..., 0] for value, dim in zip((first, y), dims)]
            value, product = torch.func.vjp(torch.vmap(Product.apply, dims), *arguments)
            log(value.shape, product(torch.ones(2, 3, 4)))

    class Exp(torch.autograd.Function):
        @staticmethod
        def forward(x):
            return x.exp_()

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.mark_dirty(inputs[0])
            ctx.save_for_backward(output)

        @staticmethod
        def backward(ctx, grad):
            return grad * ctx.saved_tensors[0]

        @staticmethod
        def vmap(info, in_dims, x):
            return Exp.apply(x), in_dims[0]

    def pulled(x, v):
        return torch.func.vjp(lambda x: Exp.apply(x.clone()), x)[1](v)

    x = torch.arange(3.0)
    log(torch.vmap(pulled)(x, x), torch.vmap(pulled, (0, None))(x, x[1]), torch.vmap(lambda x: Exp.apply(x.clone()))(x))
