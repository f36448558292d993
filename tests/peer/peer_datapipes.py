"""torch.utils.data.datapipes."""

import warnings


def even(number):
    return number % 2 == 0


def third(number):
    return number % 3


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
