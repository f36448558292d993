"""torchrl: value estimates, PPO, DQN and SAC losses over tensordicts, a replay buffer, distributions of actors, a collector."""

import logging

import torch
from tensordict import TensorDict
from tensordict.nn import TensorDictModule
from torch import nn
from torchrl.data import LazyTensorStorage, TensorDictReplayBuffer
from torchrl.data.replay_buffers.samplers import SamplerWithoutReplacement
from torchrl.modules import MLP, NormalParamExtractor, ProbabilisticActor, QValueActor, TanhNormal, ValueOperator
from torchrl.objectives import ClipPPOLoss, DQNLoss, SoftUpdate
from torchrl.objectives.value import GAE, TDLambdaEstimator


def batch():
    data = TensorDict({"observation": torch.randn(4, 6, 3)}, [4, 6])
    data["next"] = TensorDict({
        "observation": torch.randn(4, 6, 3), "reward": torch.randn(4, 6, 1), "done": torch.rand(4, 6, 1) < 0.1,
        "terminated": torch.zeros(4, 6, 1, dtype=torch.bool),
    }, [4, 6])  # fmt: skip
    return data


def run():
    logging.getLogger("torchrl").setLevel(logging.WARNING)  # its lines have the time of day
    torch.manual_seed(0)
    net = nn.Sequential(MLP(in_features=3, out_features=4, num_cells=[16]), NormalParamExtractor())
    actor = ProbabilisticActor(
        TensorDictModule(net, ["observation"], ["loc", "scale"]), in_keys=["loc", "scale"], distribution_class=TanhNormal, return_log_prob=True
    )
    critic = ValueOperator(MLP(in_features=3, out_features=1, num_cells=[16]), in_keys=["observation"])
    data = batch()
    with torch.no_grad():
        actor(data)
        GAE(gamma=0.9, lmbda=0.8, value_network=critic)(data)
    print("advantage", data["advantage"].abs().sum().item(), data["value_target"].sum().item(), data["action"].sum().item())
    loss = ClipPPOLoss(actor, critic, clip_epsilon=0.2)
    optimizer = torch.optim.Adam(loss.parameters(), 1e-2)
    for _ in range(3):
        values = loss(data)
        total = values["loss_objective"] + values["loss_critic"] + values["loss_entropy"]
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        print("ppo", total.item(), values["ESS"].mean().item(), values["clip_fraction"].item())
    lambda_returns = TDLambdaEstimator(gamma=0.9, lmbda=0.7, value_network=critic)(batch())
    print("td", lambda_returns["value_target"].sum().item())
    q = QValueActor(MLP(in_features=3, out_features=3, num_cells=[8]), in_keys=["observation"], action_space="one-hot")
    dqn = DQNLoss(q, action_space="one-hot", delay_value=True)
    dqn.make_value_estimator(gamma=0.9)
    update = SoftUpdate(dqn, eps=0.9)
    buffer = TensorDictReplayBuffer(storage=LazyTensorStorage(50), sampler=SamplerWithoutReplacement(), batch_size=8)
    rows = batch().reshape(-1)
    with torch.no_grad():
        q(rows)
    buffer.extend(rows)
    optimizer = torch.optim.SGD(dqn.parameters(), 0.1)
    for _ in range(2):
        sample = buffer.sample()
        value = dqn(sample)["loss"]
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        update.step()
        print("dqn", value.item(), sample.batch_size, len(buffer))


if __name__ == "__main__":
    run()
