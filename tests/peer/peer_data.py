"""torch.utils.data: datasets, samplers, collation, and the DataLoader with and without workers."""

import collections
import random
import warnings

import numpy

Point = collections.namedtuple("Point", "x y")


class Squares:
    def __init__(self, count):
        self.count = count

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        if index >= self.count:
            raise IndexError(index)
        return index * index


def loader(torch, *args, **options):
    return torch.utils.data.DataLoader(*args, **options)


def counting(torch, count, length=None):
    class Counting(torch.utils.data.IterableDataset):
        def __iter__(self):
            info = torch.utils.data.get_worker_info()
            start, step = (0, 1) if info is None else (info.id, info.num_workers)
            return iter(range(start, count, step))

    if length is not None:
        Counting.__len__ = lambda self: length
    return Counting()


def datasets(torch, log):
    data = torch.utils.data
    rows = data.TensorDataset(torch.arange(6).view(3, 2), torch.ones(3))
    log(rows[1], len(rows), rows[torch.tensor([0, 2])])
    log.error(lambda: data.TensorDataset(torch.ones(2), torch.ones(3)))
    both = data.ConcatDataset([Squares(3), Squares(2)])
    log([both[n] for n in range(-5, 5)], len(both), both.cumulative_sizes, len(rows + rows))
    log.error(lambda: both[-6])
    log.error(lambda: data.ConcatDataset([]))
    log.error(lambda: data.ConcatDataset([counting(torch, 3)]))
    log.warns(lambda: both.cummulative_sizes)
    chain = counting(torch, 3, 3) + counting(torch, 2, 2)
    log(list(chain), len(chain))
    log.error(lambda: list(data.ChainDataset([Squares(2)])))
    stacked = data.StackDataset(Squares(3), torch.arange(3))
    log(stacked[1], len(stacked), stacked.__getitems__([0, 2]))
    log(data.StackDataset(a=Squares(3), b=data.Subset(Squares(5), [4, 3, 2])).__getitems__([0, 2]))
    log.error(lambda: data.StackDataset(Squares(1), Squares(2)))
    log.error(lambda: data.StackDataset())
    log.error(lambda: data.StackDataset(Squares(1), a=Squares(1)))
    subset = data.Subset(torch.arange(5) * 2, [3, 1])
    log(subset[0], subset[[1, 0]], len(subset), subset.__getitems__([1]))

    def overriding():
        class Mine(data.Subset):
            def __getitem__(self, index):
                return 0

        return Mine(Squares(1), [0])

    log.error(overriding)
    log.error(lambda: data.Dataset()[0])


def splits(torch, log):
    split = torch.utils.data.random_split
    for lengths in ([3, 7], [0.3, 0.7], [0.33, 0.33, 0.34], [0.5, 0.25, 0.25]):
        torch.manual_seed(3)
        log([list(part.indices) for part in split(range(10), lengths)])
    log([part.indices for part in split(range(4), [2, 2], generator=torch.Generator().manual_seed(1))])
    log.error(lambda: split(range(4), [2, 3]))
    log.error(lambda: split(range(4), [-0.5, 1.5]))
    log.warns(lambda: split(range(2), [0.4, 0.3, 0.3]))


def samplers(torch, log):
    data = torch.utils.data
    torch.manual_seed(0)
    source = range(10)
    log(list(data.SequentialSampler(source)), list(data.RandomSampler(source)), list(data.RandomSampler(source, num_samples=13)))
    log(list(data.RandomSampler(source, replacement=True, num_samples=40)), list(data.SubsetRandomSampler([3, 5, 7])))
    log(list(data.WeightedRandomSampler([0.1, 0.5, 0.4], 6)), list(data.WeightedRandomSampler([0.1, 0.5, 0.4], 2, replacement=False)))
    log(list(data.RandomSampler(source, generator=torch.Generator().manual_seed(5))))
    for drop in (False, True):
        batches = data.BatchSampler(data.SequentialSampler(source), 4, drop)
        log(list(batches), len(batches))
    for rank in range(3):
        for options in ({}, {"shuffle": False}, {"drop_last": True, "seed": 4}):
            sampler = data.distributed.DistributedSampler(source, num_replicas=3, rank=rank, **options)
            sampler.set_epoch(2)
            log(list(sampler), len(sampler))
    for wrong in (
        lambda: data.RandomSampler(source, replacement=1), lambda: data.RandomSampler(source, num_samples=0), lambda: data.RandomSampler([]),
        lambda: data.BatchSampler(source, 0, False), lambda: data.BatchSampler(source, 2, 1), lambda: data.BatchSampler(source, True, False),
        lambda: data.WeightedRandomSampler([[1.0]], 1), lambda: data.WeightedRandomSampler([1.0], 0),
        lambda: data.WeightedRandomSampler([1.0], 1, 5), lambda: data.distributed.DistributedSampler(source, 2, 5), lambda: iter(data.Sampler()),
    ):  # fmt: skip
        log.error(wrong)


def collation(torch, log):
    collate, convert = torch.utils.data.default_collate, torch.utils.data.default_convert
    samples = [
        [1, 2], [1.5, 2.5], ["a", "b"], [b"a", b"b"], [True, False], [torch.ones(2), torch.zeros(2)], [numpy.ones(2), numpy.zeros(2)],
        [numpy.float32(1), numpy.float32(2)], [numpy.int64(1), numpy.int64(2)], [(1, 2.0), (3, 4.0)], [[1, 2], [3, 4]], [{"a": 1}, {"a": 2}],
        [Point(1, 2), Point(3, 4)], [collections.OrderedDict(a=1), collections.OrderedDict(a=2)], [{"a": {"b": (1, torch.ones(1))}}] * 2,
        [torch.tensor(1), torch.tensor(2)], [range(2), range(2)], [numpy.bool_(True), numpy.bool_(False)],
    ]  # fmt: skip
    for batch in samples:
        log.show(collate(batch))
    for batch in ([object()], [None], [(1, 2), (1,)], [torch.ones(1), torch.ones(2)], [numpy.array(["x"])], [{1, 2}]):
        log.error(lambda batch=batch: collate(batch))
    for value in (numpy.ones(2), 5, "a", [numpy.float64(1), "x"], (1, numpy.ones(1)), {"a": numpy.ones(1)}, Point(numpy.ones(1), 2), None,
                  numpy.array(["x"]), torch.ones(1)):  # fmt: skip
        log.show(convert(value))


def batches(torch, log):
    torch.manual_seed(0)
    rows = torch.utils.data.TensorDataset(torch.arange(7), torch.arange(7) * 2.0)
    for options in (
        {}, {"batch_size": 3}, {"batch_size": 3, "drop_last": True}, {"batch_size": 2, "shuffle": True}, {"batch_size": None},
        {"batch_size": 3, "sampler": [0, 2, 4, 6]}, {"batch_sampler": [[0, 1], [5]]}, {"batch_size": 4, "collate_fn": len},
        {"shuffle": True, "generator": None},
    ):  # fmt: skip
        made = loader(torch, rows, **options)
        log(list(made), len(made), made.batch_size, made.drop_last)
    shuffled = loader(torch, range(10), batch_size=4, shuffle=True, generator=torch.Generator().manual_seed(7))
    log(list(shuffled), list(shuffled), torch.rand(1))
    flow = loader(torch, counting(torch, 5, 5), batch_size=2)
    log(list(flow), len(flow), list(loader(torch, counting(torch, 5), batch_size=2, drop_last=True)), list(loader(torch, counting(torch, 3), None)))
    short = loader(torch, counting(torch, 3, 1))
    log(len(short))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        list(short)
    log([str(item.message).split("Counting object")[-1][20:] for item in caught])


def refused(torch, log):
    for options in (
        {"num_workers": -1}, {"timeout": -1}, {"prefetch_factor": 2}, {"prefetch_factor": -1, "num_workers": 1}, {"persistent_workers": True},
        {"sampler": [0], "shuffle": True}, {"batch_sampler": [[0]], "batch_size": 2}, {"batch_sampler": [[0]], "shuffle": True},
        {"batch_size": None, "drop_last": True}, {"multiprocessing_context": "fork"}, {"multiprocessing_context": "x", "num_workers": 1},
        {"multiprocessing_context": 5, "num_workers": 1}, {"batch_size": 0}, {"batch_size": 1.5},
    ):  # fmt: skip
        log.error(lambda options=options: loader(torch, range(3), **options) and None)
    log.error(lambda: loader(torch, counting(torch, 2), shuffle=True))
    log.error(lambda: loader(torch, counting(torch, 2), batch_sampler=[[1]]))
    made = loader(torch, range(3))
    for name in ("batch_size", "dataset", "sampler", "drop_last", "batch_sampler", "persistent_workers"):
        log.error(lambda name=name: setattr(made, name, 1))
    made.timeout = 0
    log.error(lambda: list(loader(torch, [object()])))
    log.warns(lambda: list(loader(torch, range(2), pin_memory=True)))
    log.warns(lambda: list(loader(torch, range(2), pin_memory=True, pin_memory_device="cuda")))


def random_numbers(torch):
    class Numbers(torch.utils.data.Dataset):
        def __len__(self):
            return 6

        def __getitem__(self, index):
            info = torch.utils.data.get_worker_info()
            drawn = (torch.rand(1).item(), random.random(), numpy.random.rand())
            return index, info.id, info.num_workers, info.seed % 1000, *drawn

    return Numbers()


def workers(torch, log):
    torch.manual_seed(0)
    options = {"num_workers": 2, "multiprocessing_context": "fork"}
    rows = torch.utils.data.TensorDataset(torch.arange(9), torch.arange(9) * 2.0)
    log(list(loader(torch, rows, 2, shuffle=True, **options)))
    log(list(loader(torch, random_numbers(torch), 2, **options)))
    kept = loader(torch, range(5), 2, persistent_workers=True, shuffle=True, prefetch_factor=1, **options)
    log(list(kept), list(kept), len(kept))
    log(list(loader(torch, counting(torch, 7), 2, **options)))
    flow = loader(torch, counting(torch, 5), None, persistent_workers=True, **options)
    log(list(flow), list(flow))
    log(sorted(loader(torch, range(6), None, in_order=False, **options)))
    started = loader(torch, random_numbers(torch), None, worker_init_fn=lambda number: torch.manual_seed(number), **options)
    log([sample[4] for sample in started])


class Failing:
    def __len__(self):
        return 3

    def __getitem__(self, index):
        if index == 1:
            raise (KeyError if index % 2 else ValueError)("bad sample")
        return index


def workers_fail(torch, log):
    options = {"num_workers": 1, "multiprocessing_context": "fork"}
    for dataset, more in ((Failing(), {}), (range(3), {"worker_init_fn": lambda number: 1 / 0}), ([None], {})):
        stream = iter(loader(torch, dataset, None if dataset != [None] else 1, **more, **options))
        try:
            while True:
                log(next(stream))
        except StopIteration:
            log("ended")
        except Exception as error:
            lines = str(error.args[0]).splitlines()
            log(type(error).__name__, lines[:2], lines[-1])
    stream = iter(loader(torch, range(3), None, **options))
    log(next(stream))
    processes = list(stream._workers)
    del stream
    log([process.is_alive() for process in processes])


def a_worker_is_killed(torch, log):
    class Killing(torch.utils.data.Dataset):
        def __len__(self):
            return 2

        def __getitem__(self, index):
            import os
            import signal

            os.kill(os.getpid(), signal.SIGKILL)

    try:
        list(loader(torch, Killing(), num_workers=1, multiprocessing_context="fork"))
    except RuntimeError as error:
        log(str(error).split("(")[0])


def a_worker_is_slow(torch, log):
    class Sleeping(torch.utils.data.Dataset):
        def __len__(self):
            return 2

        def __getitem__(self, index):
            import time

            time.sleep(30)

    try:
        list(loader(torch, Sleeping(), num_workers=1, timeout=0.5, multiprocessing_context="fork"))
    except RuntimeError as error:
        log(str(error).split("(")[0])
