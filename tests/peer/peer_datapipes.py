"""Data pipes: what each gives, in which words it refuses, and how a DataLoader shuffles and shares them."""

import copy
import os
import pickle
import tempfile
import warnings
from importlib import import_module


def plus(x, y=1):
    return x + y


def both(x, y):
    return x + y


def even(x):
    return x % 2 == 0


def third(x):
    return x % 3


def failing(x):
    raise ValueError("no")


def pipes(torch):
    return import_module(f"{torch.__name__}.utils.data.datapipes.iter"), import_module(f"{torch.__name__}.utils.data.datapipes.map")


def tried(log, make):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            found = make()
        except Exception as error:
            found = [type(error).__name__, *map(str, error.args)]
        log(found, [str(entry.message) for entry in caught])


def samples(torch, log):
    iters, _ = pipes(torch)
    wrap = iters.IterableWrapper
    n = wrap(range(7))
    for make in (
        lambda: list(n.map(plus)), lambda: list(n.batch(3)), lambda: len(n.batch(3, drop_last=True)), lambda: list(n.filter(even)),
        lambda: list(n.batch(2).batch(2).unbatch(2)), lambda: list(n.batch(2).unbatch(-1)), lambda: list(n.batch(2).unbatch(2)),
        lambda: list(n.batch(2).unbatch(-2)), lambda: list(n.groupby(third)), lambda: list(n.groupby(third, keep_key=True, group_size=2)),
        lambda: list(n.groupby(third, buffer_size=3)), lambda: list(n.groupby(third, buffer_size=3, group_size=3)),
        lambda: n.groupby(third, buffer_size=3, group_size=5), lambda: list(n.filter(third)), lambda: len(n.filter(even)),
        lambda: list(wrap([(1, 2)]).map(plus, input_col=0)), lambda: list(wrap([(1, 2)]).map(both, input_col=[0, 1])),
        lambda: list(wrap([{"a": 1}]).map(plus, input_col="a", output_col="b")), lambda: n.map(plus, output_col=1),
        lambda: n.map(both, input_col=0), lambda: n.map(plus, input_col=[0, 1, 2]), lambda: n.map(3), lambda: list(n.map(lambda x: x)),
        lambda: list(n.concat(wrap([9]))), lambda: list(n.zip(wrap([9, 8]))), lambda: list(n.mux(wrap([10, 20]))), lambda: n.zip([1]),
        lambda: n.concat([1]), lambda: iters.Concater(), lambda: len(n.mux(wrap([1]))), lambda: list(wrap(x for x in (1, 2))),
        lambda: list(n.map(failing)), lambda: n.nothing, lambda: (repr(n), str(n.map(plus)), "batch" in dir(n)),
        lambda: list(pickle.loads(pickle.dumps(n.map(plus).batch(2)))), lambda: list(copy.deepcopy(n.filter(even))),
        lambda: n.batch(0), lambda: list(n.batch(2).collate())[0], lambda: list(iters.Sampler(n)),
    ):  # fmt: skip
        tried(log, make)


def several_from_one(torch, log):
    iters, _ = pipes(torch)
    wrap = iters.IterableWrapper

    def forked(**options):
        first, second = wrap(range(5)).fork(2, **options)
        return list(first), list(second), list(second), list(first)

    def parted(function, **options):
        first, second = wrap(range(6)).demux(2, function, **options)
        return list(first), list(second)

    def in_turn():
        first, second = wrap(range(5)).fork(2)
        one = iter(first)
        found = [next(one), next(one)]
        two = iter(second)
        found.append(next(two))
        iter(first)
        return found, next(two)

    for make in (
        forked, lambda: forked(buffer_size=2), lambda: forked(buffer_size=-1), lambda: forked(copy="x"), lambda: wrap([1]).fork(0),
        lambda: str(wrap([1]).fork(1)), lambda: parted(third), lambda: parted(lambda x: x % 2), lambda: wrap([1]).demux(0, even),
        lambda: parted(lambda x: x % 2, buffer_size=1), lambda: parted(lambda x: None if x > 3 else x % 2, drop_none=True), in_turn,
    ):  # fmt: skip
        tried(log, make)


def one_iterator_at_a_time(torch, log):
    iters, _ = pipes(torch)
    base = torch.utils.data.IterDataPipe

    class Own(base):
        def __init__(self, size):
            self.size, self.at = size, 0

        def __iter__(self):
            return self

        def __next__(self):
            if self.at == self.size:
                raise StopIteration
            self.at += 1
            return self.at

        def reset(self):
            self.at = 0

    def stale(pipe):
        first = iter(pipe)
        next(first)
        next(iter(pipe))
        return next(first)

    def own():
        pipe = Own(3)
        first = iter(pipe)
        return next(first), next(pipe), list(first), list(pipe)

    for make in (lambda: stale(iters.IterableWrapper(range(3))), lambda: stale(iters.IterableWrapper(range(3)).map(plus)), own):
        tried(log, make)
    register = torch.utils.data.functional_datapipe
    log(issubclass(iters.Batcher, base), register("anything")(int) is int)
    tried(log, lambda: register("batch")(iters.Batcher))
    tried(log, lambda: register("batch")(3))


def by_index(torch, log):
    _, maps = pipes(torch)
    wrap = maps.SequenceWrapper
    for make in (
        lambda: [wrap("abc")[1], len(wrap("abc")), wrap({"a": 1})["a"]], lambda: wrap([1, 2]).map(plus)[1], lambda: wrap(range(5)).batch(2)[2],
        lambda: wrap(range(5)).batch(2)[3], lambda: len(wrap(range(5)).batch(2, drop_last=True)), lambda: wrap([1]).concat(wrap([2]))[1],
        lambda: wrap([1]).concat(wrap([2]))[2], lambda: wrap([1]).zip(wrap([2]))[0], lambda: wrap([1]).zip(wrap([2]))[1],
        lambda: wrap([1]).concat([2]), lambda: list(wrap(range(6)).shuffle().set_seed(1)), lambda: list(wrap("ab")),
        lambda: wrap([1]).what, lambda: maps.Concater(), lambda: repr(wrap([1]).map(plus)),
    ):  # fmt: skip
        tried(log, make)


def shuffled_and_shared(torch, log):
    iters, maps = pipes(torch)
    wrap, loader = iters.IterableWrapper, torch.utils.data.DataLoader
    torch.manual_seed(3)
    ten = wrap(range(10))

    def share(count, number):
        pipe = wrap(range(10)).sharding_filter()
        pipe.apply_sharding(count, number)
        return list(pipe), len(pipe)

    def batches(*args, **kwargs):
        return [batch.tolist() for batch in loader(*args, batch_size=5, **kwargs)]

    for make in (
        lambda: list(ten.shuffle()), lambda: list(ten.shuffle(buffer_size=3)), lambda: list(ten.shuffle().set_seed(5)),
        lambda: list(ten.shuffle().set_shuffle(False)), lambda: ten.shuffle(buffer_size=0), lambda: share(3, 0), lambda: share(3, 2),
        lambda: share(3, 3), lambda: batches(ten.shuffle()), lambda: batches(ten.shuffle(), shuffle=True),
        lambda: batches(ten.shuffle(), shuffle=False), lambda: batches(ten, shuffle=True), lambda: batches(maps.SequenceWrapper(range(6))),
        lambda: batches(ten.sharding_filter(), num_workers=2),
    ):  # fmt: skip
        tried(log, make)


def files(torch, log):
    iters, _ = pipes(torch)
    with tempfile.TemporaryDirectory() as place:
        for name in ("b.txt", "a.txt", "c.bin"):
            with open(os.path.join(place, name), "w") as file:
                file.write("text " + name)

        def relative(found):
            return [str(entry).replace(place, "T") for entry in found]

        for make in (
            lambda: relative(iters.FileLister(place)), lambda: relative(iters.FileLister(place, "*.txt", recursive=True)),
            lambda: relative(iters.FileOpener(iters.FileLister(place, "a*"), mode="b").read_from_stream()),
            lambda: relative(iters.FileOpener(iters.FileLister(place, "a*")).read_from_stream(3)), lambda: len(iters.FileLister(place)),
            lambda: len(iters.FileLister(place, length=3)), lambda: iters.FileOpener([place], mode="w"),
        ):  # fmt: skip
            tried(log, make)


def chains_of_pipes(torch, log):
    IterableWrapper = torch.utils.data.datapipes.iter.IterableWrapper

    numbers = IterableWrapper(range(7))
    pipe = numbers.map(str).batch(3)
    log(repr(pipe), list(pipe), len(pipe), len(numbers.batch(3, drop_last=True)), type(next(iter(pipe))).__name__)
    log(list(numbers.filter(even)), list(numbers.batch(2).batch(2).unbatch(2)), list(numbers.batch(2).batch(2).unbatch(-1)))
    others = IterableWrapper("abc")
    log(list(numbers.concat(others)), list(numbers.zip(others)), list(numbers.mux(others)))
    log(list(numbers.groupby(third)), list(numbers.groupby(third, group_size=2, keep_key=True)), list(numbers.batch(2).collate()))
    log([list(child) for child in numbers.demux(3, third)], [list(child) for child in numbers.fork(2)])
    pairs = IterableWrapper([(1, 2), (3, 4)])
    log(list(pairs.map(str, input_col=1)), list(pairs.map(max, input_col=[0, 1])), list(pairs.map(str, input_col=0, output_col=-1)))
    sharded = numbers.sharding_filter()
    sharded.apply_sharding(3, 1)
    log(list(sharded), len(sharded))
    log.error(lambda: len(numbers.filter(even)))
    log.error(lambda: numbers.batch(0))
    log.error(lambda: numbers.nothing)


def shuffled_pipes(torch, log):
    IterableWrapper = torch.utils.data.datapipes.iter.IterableWrapper
    SequenceWrapper = torch.utils.data.datapipes.map.SequenceWrapper

    torch.manual_seed(1)
    pipe = IterableWrapper(range(9)).shuffle(buffer_size=4)
    log(list(pipe), list(pipe), list(pipe.set_seed(3)), list(pipe.set_shuffle(False)))
    mapped = SequenceWrapper(range(5))
    log(list(mapped.shuffle()), list(mapped.shuffle().set_seed(2)), mapped.map(str)[2], list(mapped.batch(2)), len(mapped.batch(2)))
    log(list(mapped.concat(mapped)), list(mapped.zip(mapped.map(even))))
    log.error(lambda: mapped.batch(2)[3])
    log([batch.tolist() for batch in torch.utils.data.DataLoader(mapped, batch_size=2)])


def own_pipes(torch, log):
    IterDataPipe, functional_datapipe = torch.utils.data.IterDataPipe, torch.utils.data.functional_datapipe
    Batcher, IterableWrapper = torch.utils.data.datapipes.iter.Batcher, torch.utils.data.datapipes.iter.IterableWrapper

    @functional_datapipe("in_pairs_of_mine")
    class Pairs(Batcher):
        def __init__(self, source):
            super().__init__(source, batch_size=2, wrapper_class=tuple)

    log(list(IterableWrapper(range(5)).in_pairs_of_mine()), isinstance(Pairs(IterableWrapper([])), IterDataPipe))
    IterDataPipe.functions.pop("in_pairs_of_mine")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        IterableWrapper(range(2)).map(lambda number: number)
    log([str(each.message) for each in caught])
