"""higher, opacus, loralib, blitz, torchbnn and torch-pruning: differentiable training, private gradients, adapters, random and pruned weights"""

import higher
import loralib
import torch
import torch_pruning
import torchbnn
from _show import classification, gradients, perceptron, show
from blitz.losses import kl_divergence_from_nn
from blitz.modules import BayesianLinear, BayesianLSTM
from opacus import GradSampleModule, PrivacyEngine
from opacus.layers import DPLSTM
from torch.nn.functional import cross_entropy


def meta():
    (x, y), network = classification(), perceptron()
    inner = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
    outer = torch.optim.Adam(network.parameters(), lr=0.01)
    for _ in range(3):
        outer.zero_grad()
        with higher.innerloop_ctx(network, inner, copy_initial_weights=False) as (copy, optimizer):
            for _ in range(3):
                optimizer.step(cross_entropy(copy(x[:16]), y[:16]))
            loss = cross_entropy(copy(x[16:]), y[16:])
            loss.backward()
        outer.step()
        show("meta", loss, *gradients(network))


def private():
    x, y = classification(64)
    data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=16)
    for mode in ("hooks", "functorch"):
        network = perceptron()
        engine = PrivacyEngine(accountant="rdp")
        private_network, optimizer, batches = engine.make_private(
            module=network, optimizer=torch.optim.SGD(network.parameters(), lr=0.1), data_loader=data, noise_multiplier=1.0,
            max_grad_norm=1.0, grad_sample_mode=mode,
        )  # fmt: skip
        for some, classes in batches:
            optimizer.zero_grad()
            loss = cross_entropy(private_network(some), classes)
            loss.backward()
            optimizer.step()
            print(mode, len(some), loss.item())
        print(mode, engine.get_epsilon(1e-5))
    recurrent = GradSampleModule(DPLSTM(4, 5, batch_first=True))
    recurrent(torch.randn(3, 6, 4))[0].sum().backward()
    show("examples", *(parameter.grad_sample for parameter in recurrent.parameters()))


def adapted():
    x, y = classification()
    network = torch.nn.Sequential(
        loralib.Linear(4, 16, r=2), torch.nn.ReLU(), loralib.MergedLinear(16, 12, r=2, enable_lora=[True, False, True]),
        loralib.Linear(12, 3, r=1),
    )  # fmt: skip
    loralib.mark_only_lora_as_trainable(network)
    cross_entropy(network(x), y).backward()
    show("adapters", *gradients(network), network.eval()(x))
    print(list(loralib.lora_state_dict(network)))


def random_weights():
    x, y = classification()
    network = torch.nn.Sequential(BayesianLinear(4, 8), torch.nn.ReLU(), BayesianLinear(8, 3))
    (cross_entropy(network(x), y) + 0.01 * kl_divergence_from_nn(network)).backward()
    show("blitz", *gradients(network), BayesianLSTM(4, 5)(torch.randn(2, 3, 4))[0])
    layers = [torchbnn.BayesLinear(prior_mu=0, prior_sigma=0.1, in_features=a, out_features=b) for a, b in ((4, 8), (8, 3))]
    network = torch.nn.Sequential(layers[0], torch.nn.ReLU(), layers[1])
    (cross_entropy(network(x), y) + 0.1 * torchbnn.BKLLoss(reduction="mean", last_layer_only=False)(network)).backward()
    show("torchbnn", *gradients(network))


def pruned():
    x = torch.randn(2, 3, 8, 8)
    for importance in (torch_pruning.importance.GroupMagnitudeImportance(), torch_pruning.importance.LAMPImportance()):
        network = torch.nn.Sequential(
            torch.nn.Conv2d(3, 16, 3), torch.nn.BatchNorm2d(16), torch.nn.ReLU(), torch.nn.Conv2d(16, 12, 3), torch.nn.Flatten(),
            torch.nn.Linear(192, 5),
        )  # fmt: skip
        print(torch_pruning.utils.count_ops_and_params(network, x))
        pruner = torch_pruning.pruner.MetaPruner(
            network, x, importance=importance, pruning_ratio=0.5, ignored_layers=[network[-1]], iterative_steps=2
        )
        pruner.step()
        pruner.step()
        print(network)
        show("pruned", network.eval()(x))


def run():
    torch.manual_seed(0)
    meta()
    private()
    adapted()
    random_weights()
    pruned()


if __name__ == "__main__":
    run()
