"""Checkpoints keep less: the peak of what a forward and backward pass allocate falls."""

import tracemalloc

import pytest

import rushlight as torch
from rushlight.utils.checkpoint import checkpoint, checkpoint_sequential

LAYERS, SIZE = 24, 1 << 15


def layer(t):
    return (t * 1.01).sin().exp().tanh()


def peak(run):
    run()  # what is allocated once
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def train(wrap):
    x = torch.ones(SIZE, requires_grad=True)
    h = x
    for _ in range(LAYERS):
        h = wrap(h)
    h.sum().backward()
    return x.grad


@pytest.mark.parametrize("use_reentrant", [True, False])
def test_peak_falls(use_reentrant):
    plain = peak(lambda: train(layer))
    kept = peak(lambda: train(lambda h: checkpoint(layer, h, use_reentrant=use_reentrant)))
    assert kept < 0.55 * plain, (kept, plain)
    assert torch.equal(train(layer), train(lambda h: checkpoint(layer, h, use_reentrant=use_reentrant)))


def test_nested_checkpoints_keep_a_logarithm():
    def nested(h, depth):
        if depth == 0:
            return layer(h)
        half = lambda t: nested(t, depth - 1)
        return checkpoint(half, checkpoint(half, h, use_reentrant=False), use_reentrant=False)

    def run(function):
        x = torch.ones(SIZE, requires_grad=True)
        function(x).sum().backward()

    def chain(x):
        for _ in range(16):
            x = layer(x)
        return x

    assert peak(lambda: run(lambda x: nested(x, 4))) < 0.4 * peak(lambda: run(chain))


def test_sequential():
    def run(segments):
        x = torch.ones(SIZE, requires_grad=True)
        out = checkpoint_sequential([layer] * LAYERS, segments, x, use_reentrant=False) if segments else train(layer)
        if segments:
            out.sum().backward()

    assert peak(lambda: run(5)) < 0.6 * peak(lambda: run(0))
