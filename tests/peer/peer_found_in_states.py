"""What random programs about hooks, memory, dtypes and functions of the user's own found; see tools/fuzz_states.py."""

import copy
import functools
import warnings

ANSWERS = {
    "text": lambda grads: "g",
    "text in a tuple": lambda grads: tuple("g" for _ in grads),
    "list": lambda grads: list(grads),
    "tensor": lambda grads: grads[0],
    "too many": lambda grads: (*grads, *grads),
    "too few": lambda grads: (),
    "doubled size": lambda grads: tuple(None if grad is None else grad.repeat(2) for grad in grads),
    "other dtype": lambda grads: tuple(None if grad is None else grad.double() for grad in grads),
    "the first for all": lambda grads: tuple(grads[0] for _ in grads),
    "None for all": lambda grads: (None,) * len(grads),
    "as they are": tuple,
}


def answers_of_hooks_on_nodes(torch, log):
    for name, answer in ANSWERS.items():
        for ahead in (True, False):
            leaf = torch.ones(2, requires_grad=True)
            result = leaf * 2
            if ahead:
                result.grad_fn.register_prehook(answer)
            else:
                result.grad_fn.register_hook(lambda into, out, answer=answer: answer(into))
            log(name)
            log.error(lambda result=result: result.sum().backward())
            log(leaf.grad)
    result = torch.ones(2, requires_grad=True) * 2
    result.grad_fn.register_hook(functools.partial(lambda extra, into, out: (), 1))
    log.error(lambda: result.sum().backward())


def initial_gradients_of_another_dtype(torch, log):
    for dtype in (torch.float32, torch.float16, torch.complex64):
        for given in (torch.float64, torch.float16, torch.int64, torch.complex128):
            leaf = torch.ones(2, dtype=dtype, requires_grad=True)
            result = leaf * 1
            result.register_hook(lambda grad: log(grad.dtype))
            result.retain_grad()
            log.error(lambda leaf=leaf, given=given: leaf.backward(torch.ones(2, dtype=given)))
            log.error(lambda result=result, given=given: result.backward(torch.ones(2, dtype=given)))
            log.error(lambda leaf=leaf, given=given: torch.autograd.grad(leaf, leaf, torch.ones(2, dtype=given)))
            log(leaf.grad, result.grad)


def warnings_of_a_pass_that_fails(torch, log):
    leaf = torch.ones(2, requires_grad=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        log.error(lambda: (leaf * leaf).sum().backward(create_graph=True))
    log(leaf.grad.requires_grad)
    leaf.grad = None


def what_functions_keep(torch, log):
    class Kept(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.mark_dirty(x)
            y = x * 3
            ctx.mark_non_differentiable(y)
            ctx.save_for_forward(x)
            return x.mul_(2), y

        @staticmethod
        def backward(ctx, grad, _):
            return grad

    node = Kept.apply(torch.ones(2, requires_grad=True) * 1)[0].grad_fn
    log(node.dirty_tensors, node.non_differentiable, node.saved_for_forward, node.to_save)


def inputs_that_come_back(torch, log):
    class Same(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x

        @staticmethod
        def backward(ctx, grad):
            return grad

    for requires_grad in (False, True):
        value = torch.ones(1, 6, requires_grad=requires_grad).as_strided((1, 6), (1, 1))
        for mode in (torch.enable_grad(), torch.no_grad(), torch.inference_mode()):
            with mode:
                found = Same.apply(value)
            log(found.stride(), found._is_view(), found.requires_grad)


def bytes_of_storages(torch, log):
    value = torch.ones(2)
    storage = value.untyped_storage()
    for fill in (-1, 300, 0):
        storage.fill_(fill)
        log(storage.tolist())
    storage[0] = -1
    storage[2:4] = -3
    log(storage.tolist())
    log.error(lambda: storage.fill_(1.5))
    log.error(lambda: storage.__setitem__(0, 1.5))
    for arguments in ((0, (-1,), (2,)), (0, (-1,)), (1, (-1, 2)), (-1, (1,)), (0, (1, 1), (1,))):
        log.error(lambda arguments=arguments: torch.empty(0).set_(storage, *arguments))


def masks_of_bytes(torch, log):
    mask = torch.tensor([0, 1], dtype=torch.uint8)
    leaf = torch.ones(2, requires_grad=True)
    for value in (torch.ones(2), leaf, leaf.view(-1), torch.ones(2, 2), torch.ones(3)):
        log.error(lambda value=value: value.index_put((mask,), value.sum()))
        log.error(lambda value=value: value.index_put_((mask,), torch.tensor(2.0)))
        log.error(lambda value=value: value.__setitem__(mask, 0.5))


def small_shapes(torch, log):
    torch.manual_seed(0)
    for shape in ((), (1,)):
        value = torch.full(shape, -1.5, requires_grad=True)
        found = torch.nn.functional.rrelu(value, 0.1, 0.3, training=True)
        found.sum().backward()
        log(found, value.grad, torch.nn.functional.rrelu(value.detach(), 0.1, 0.3, training=True, inplace=True))
    log(torch.nn.functional.glu(torch.ones(3, 2, 4).transpose(0, 1), 0).stride())
    log.error(lambda: torch.normal(torch.zeros(2, 2), torch.ones(0, 3)))


def which_error_comes_first(torch, log):
    log.error(lambda: torch.nn.functional.nll_loss(torch.zeros(3), torch.zeros(2)))
    log.error(lambda: torch.nn.functional.nll_loss(torch.zeros(3), torch.zeros(2, dtype=torch.int64)))
    log.error(lambda: torch.mv(torch.tensor(1.0), torch.ones(2)))


def warnings_given(torch, log):
    value = torch.zeros(3)
    log.warns(lambda: value.scatter(0, torch.tensor([0]), torch.ones(1), reduce="add"))
    log.warns(lambda: torch.set_default_tensor_type(torch.FloatTensor))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        log.error(lambda: torch.set_default_tensor_type("torch.Missing"))
    parameter = torch.nn.Parameter(torch.ones(2))
    parameter.register_hook(lambda grad: grad)
    log.warns(lambda: copy.deepcopy(parameter))


def counts_of_data_made_in_inference_mode(torch, log):
    value = torch.ones(2)
    value.add_(1)
    with torch.inference_mode():
        value.data = torch.ones(2) * 1
        value.add_(1)
    log(value._version)
    value.mul_(2)
    log(value._version, value)


def parts_of_transforms(torch, log):
    transforms = torch.distributions.transforms
    value = torch.ones(1, 3, requires_grad=True)
    for whole in (
        transforms.CatTransform([transforms.ExpTransform(), transforms.ExpTransform()], 1, [1, 2]),
        transforms.StackTransform([transforms.ExpTransform()] * 3, 1),
    ):
        log(whole(value), whole.inv(whole(value)))
