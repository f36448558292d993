"""Storages of old and of meta tensors, what is written over what is read, determinism, and other rules around tensors."""

import warnings


def typed_storages(torch, log):
    float_storage, typed, untyped = torch.FloatStorage, torch.TypedStorage, torch.UntypedStorage
    log.error(lambda: torch.storage._LegacyStorage(_internal=True))
    calls = (
        lambda: float_storage(device="cpu", _internal=True), lambda: float_storage(0, 0, _internal=True),
        lambda: float_storage("text", _internal=True), lambda: float_storage(torch.ones(2), _internal=True),
        lambda: float_storage(0, wrap_storage=untyped(), _internal=True), lambda: float_storage(wrap_storage=3, _internal=True),
        lambda: float_storage(wrap_storage=untyped(4, device="meta"), _internal=True),
        lambda: typed(wrap_storage=untyped(), _internal=True), lambda: typed(wrap_storage=untyped(), dtype=0, _internal=True),
        lambda: typed(wrap_storage=untyped(), dtype=torch.float, device="cpu", _internal=True),
        lambda: typed(dtype=torch.float, device="xla", _internal=True), lambda: typed(1.5, dtype=torch.float, _internal=True),
        lambda: typed([1, 2], dtype=torch.long, _internal=True)._getitem(1.5), lambda: untyped(2)[1.5],
        lambda: typed([1, 2], dtype=torch.long, _internal=True)._setitem(0, [3]),
    )  # fmt: skip
    for call in calls:
        log.error(call)
    torch.storage._reset_warn_typed_storage_removal()
    log.warns(lambda: float_storage([1, 2.5]) and None)
    log(float_storage._dtype)
    log(torch.QInt8Storage([1, -2], _internal=True)._getitem(1), len(torch._storage_classes))
    log.error(lambda: torch.cuda.FloatTensor())


def tensors_over_storages(torch, log):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of typed storages, once in a process
        x = torch.tensor([1.0, 2.0, 3.0])
        for dtype in (None, torch.float32):
            found = torch.tensor(x._typed_storage(), dtype=dtype)
            log(found, found.data_ptr() == x.data_ptr())
        log(torch.tensor(x.untyped_storage(), dtype=torch.int32))
        log.error(lambda: torch.tensor(x._typed_storage(), dtype=torch.long))
        log.error(lambda: torch.LongTensor(x._typed_storage()))
        log.error(lambda: torch.tensor([1]).set_(x._typed_storage()))
        log.error(lambda: torch.tensor([]).set_(torch.zeros(2, device="meta")))
        log(x.new([3, 4.5]), x.new(x._typed_storage()).data_ptr() == x.data_ptr())


def meta_storages(torch, log):
    storage = torch.zeros(2, 3, device="meta").untyped_storage()
    log(storage.nbytes(), storage.device.type, storage.data_ptr(), torch.zeros(2, 3, dtype=torch.half, device="meta").t().untyped_storage().size())
    for call in (lambda: storage[0], storage.cpu, storage.tolist, lambda: torch.UntypedStorage(24).copy_(storage)):
        log.error(call)
    log(storage.clone().nbytes(), torch.TypedStorage([1, 2], dtype=torch.long, device="meta", _internal=True)._size())
    log.error(lambda: torch.UntypedStorage(3).to(device="meta"))


def written_over_what_is_read(torch, log):
    index, mask = torch.tensor([2, 1, 0]), torch.tensor([True, False, True])
    x = torch.arange(6.0)
    calls = (
        lambda: x.index_add_(0, index, x[:3]), lambda: index.index_copy_(0, index, index.clone()), lambda: index.index_fill_(0, index, 0),
        lambda: x.put_(index, x[:3]), lambda: index.index_put_((index,), index.clone()), lambda: x.scatter_(0, index, x[:3]),
        lambda: index.scatter_(0, index, 1), lambda: x.scatter_add_(0, index, x[:3]), lambda: mask[1:].masked_fill_(mask[:-1], False),
        lambda: torch.gather(x, 0, index, out=x[:3]), lambda: torch.gather(index.clone(), 0, index[1:], out=index[:2]),
        lambda: torch.take(x, index, out=x[:3]), lambda: torch.index_select(x, 0, index, out=x[3:].detach()[:3]),
        lambda: torch.masked_select(x[:3], mask, out=x[:2]), lambda: torch.cumsum(x[:3], 0, out=x[1:4]),
        lambda: torch.sort(x[:3], 0, out=(x[1:4], torch.zeros(3, dtype=torch.long))), lambda: torch.clamp(x[:3], 0, 1, out=x[1:4]),
        lambda: torch.where(mask, x[:3], x[:3], out=x[1:4]), lambda: torch.lerp(x[:3], x[3:], 0.5, out=x[1:4]),
        lambda: torch.topk(x, 3, out=(x[:3], torch.zeros(3, dtype=torch.long))), lambda: torch.stack([x[:3], x[3:]], out=x.view(2, 3)),
    )  # fmt: skip
    for call in calls[:12] + calls[13:]:
        log.error(call)
    log(x, index, mask, torch.cumsum(x, 0, out=x), torch.clamp(x, 0, 4, out=x), torch.gather(index.clone(), 0, index, out=index))


def determinism(torch, log):
    import importlib

    setting = importlib.import_module(f"{torch.__name__}.utils.deterministic")
    log(setting.fill_uninitialized_memory)
    log.error(lambda: setattr(setting, "fill_uninitialized_memory", 1))
    log.error(lambda: torch.use_deterministic_algorithms(1))
    log.error(lambda: torch.use_deterministic_algorithms(True, warn_only="yes"))
    torch.use_deterministic_algorithms(True)
    try:
        for dtype in (torch.float32, torch.int16, torch.uint8, torch.bool, torch.bfloat16, torch.complex64):
            log(torch.empty(2, dtype=dtype).tolist(), torch.tensor([1]).to(dtype).resize_(3).tolist())
        log(torch.empty_like(torch.ones(2, 2).t()), torch.empty_strided((2, 2), (1, 3)), torch.ones(1).new_empty(2))
        log.error(lambda: torch.zeros(3).put(torch.tensor([0]), torch.tensor([1.0])))
        log(torch.zeros(3).put(torch.tensor([0]), torch.tensor([1.0]), accumulate=True))
        log.error(lambda: torch.nn.functional.max_unpool2d(torch.ones(1, 1, 1, 1), torch.zeros(1, 1, 1, 1, dtype=torch.long), 2))
        torch.use_deterministic_algorithms(True, warn_only=True)
        log(torch.get_deterministic_debug_mode())
        log.warns(lambda: torch.zeros(3).put_(torch.tensor([0]), torch.tensor([1.0])))
    finally:
        torch.use_deterministic_algorithms(False)


def checks(torch, log):
    text = "not so"
    for check in (torch._check, torch._check_index, torch._check_value, torch._check_type, torch._check_not_implemented):
        log(check(True))
        log.error(lambda check=check: check(False))
        log.error(lambda check=check: check(False, lambda: text))
        log.error(lambda check=check: check(1))
        log.error(lambda check=check: check(False, text))
    log(torch._check_tensor_all(torch.ones(2, dtype=torch.bool)))
    for given in (torch.tensor([True, False]), torch.ones(2), True):
        log.error(lambda given=given: torch._check_tensor_all(given))
    overlaps = (torch.ones(3), torch.ones(1).expand(3), torch.ones(5).unfold(0, 2, 1), torch.ones(10).as_strided((2, 1, 5), (1, 0, 2)))
    log(*[torch._debug_has_internal_overlap(x) for x in overlaps])


def swapped(torch, log):
    from importlib import import_module

    swap = import_module(f"{torch.__name__}.utils").swap_tensors
    parameter, other = torch.nn.Parameter(torch.ones(2)), torch.zeros(3, dtype=torch.long)
    parameter.mark = 1
    names = type(parameter).__name__, type(other).__name__
    swap(parameter, other)
    log(parameter, other.tolist(), other.requires_grad, other.mark, hasattr(parameter, "mark"))
    log((type(other).__name__, type(parameter).__name__) == names)

    class Slotted(torch.Tensor):
        __slots__ = ["more"]

    log.error(lambda: swap(Slotted(torch.ones(1)), torch.ones(1)))


def loss_scaling(torch, log):
    for grads in ([torch.full((2,), 4.0), torch.full((2, 2), 8.0).t()], [torch.ones(2), torch.tensor([float("nan")])]):
        found = torch.zeros(1)
        torch._amp_foreach_non_finite_check_and_unscale_(grads, found, torch.full((1,), 0.25))
        log(found, *grads)
    scale, tracker, found = torch.full((1,), 4.0), torch.zeros(1, dtype=torch.int32), torch.zeros(1)
    for value in (0, 0, 1, 0):
        found.fill_(value)
        torch._amp_update_scale_(scale, tracker, found, 2.0, 0.25, 2)
        log(scale, tracker)


def bits_and_pieces(torch, log):
    log.error(lambda: torch.ones(2, 3).diff(dim=0, prepend=torch.tensor([[0, 1]])))
    for shape in (torch.tensor([2, 3]), (2, 2.0), (2, -3)):
        log.error(lambda shape=shape: torch.unravel_index(torch.tensor(1), shape))
    log.error(lambda: torch.tensor(1.0).index_put([], torch.tensor([1.0]), True))
    for function in (lambda value: "text", lambda value: None):
        log.error(lambda function=function: torch.zeros(2).apply_(function))
    log.error(lambda: torch.zeros(2).map2_(torch.zeros(2), torch.zeros(2, requires_grad=True), lambda a, b, c: a))
    log(torch.return_types.max.__mro__[1] is tuple, torch.ones(2).max(0))
    x = torch.tensor([1.0, 2.5], dtype=torch.bfloat16)
    log(torch.from_dlpack(x), torch.utils.dlpack.from_dlpack(torch.utils.dlpack.to_dlpack(x)), torch.asarray(torch.utils.dlpack.to_dlpack(x)))

    class Odd:
        def __len__(self):
            return 2

        def __getitem__(self, index):
            raise TypeError

    log.error(lambda: torch.tensor(Odd()))
