"""Checkpoints of random stacks of layers and of their optimizers, from each library into the other."""

import io

import numpy as np
import peer_stacks
import pytest

import rushlight

torch = pytest.importorskip("torch")
SEEDS = range(20)


def trained(library, seed):
    """A model that was trained for a step, and its optimizer."""
    library.manual_seed(seed)
    model = peer_stacks.stack(library, seed)
    optimizer = library.optim.Adam(model.parameters(), lr=0.01)
    model(library.randn(16, 8)).square().mean().backward()
    optimizer.step()
    return model, optimizer


def carried(source, target, seed):
    """A model and optimizer of `target`, with what a file of `source` gave them; and the originals."""
    model, optimizer = trained(source, seed)
    file = io.BytesIO()
    source.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, file)
    file.seek(0)
    saved = target.load(file, weights_only=True)
    target.manual_seed(seed + 100)
    copy = peer_stacks.stack(target, seed)
    stepping = target.optim.Adam(copy.parameters(), lr=0.5)
    assert str(copy.load_state_dict(saved["model"])) == "<All keys matched successfully>"
    stepping.load_state_dict(saved["optimizer"])
    return (model, optimizer), (copy, stepping)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("source, target", [(rushlight, torch), (torch, rushlight)], ids=["to_torch", "from_torch"])
def test_a_checkpoint_goes_on_in_the_other_library(source, target, seed):
    (model, optimizer), (copy, stepping) = carried(source, target, seed)
    inputs = np.linspace(-1, 1, 32, dtype=np.float32).reshape(4, 8)
    found = []
    for library, network, steps in ((source, model, optimizer), (target, copy, stepping)):
        network.eval()  # nothing random
        x = library.from_numpy(inputs.copy())
        steps.zero_grad()
        network(x).square().mean().backward()
        steps.step()
        found.append(network(x).detach().numpy())
    np.testing.assert_allclose(found[0], found[1], rtol=2e-3, atol=2e-4)
