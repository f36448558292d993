"""tensordict: nested dictionaries of tensors, modules over their keys, stacking, memory maps left out."""

import torch
from tensordict import TensorDict, tensorclass
from tensordict.nn import NormalParamExtractor, ProbabilisticTensorDictModule, TensorDictModule, TensorDictSequential


@tensorclass
class Sample:
    image: torch.Tensor
    label: torch.Tensor


def run():
    torch.manual_seed(0)
    data = TensorDict({"x": torch.randn(4, 3), "nested": {"y": torch.arange(8.0).reshape(4, 2)}}, batch_size=[4])
    print(data)
    print(data[1:3]["nested", "y"].tolist(), data.reshape(2, 2).batch_size, torch.stack([data, data]).shape, torch.cat([data, data]).shape)
    print(data.apply(lambda t: t * 2)["x"].sum().item(), data.flatten_keys(".").keys(), (data + 1)["x"].mean().item())
    policy = TensorDictSequential(
        TensorDictModule(torch.nn.Sequential(torch.nn.Linear(3, 4), NormalParamExtractor()), in_keys=["x"], out_keys=["loc", "scale"]),
        ProbabilisticTensorDictModule(in_keys=["loc", "scale"], out_keys=["action"], distribution_class=torch.distributions.Normal, return_log_prob=True),
    )
    optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2)
    for _ in range(4):
        policy(data)
        loss = data["loc"].square().mean() + data["scale"].mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        print("loss", loss.item())
    print(sorted(str(k) for k in data.keys()), data["action"].tolist())
    sample = Sample(image=torch.ones(5, 2, 2), label=torch.arange(5), batch_size=[5])
    print(sample[:2].label.tolist(), sample.image.shape, type(sample[0]).__name__)
    parameters = TensorDict.from_module(policy)
    with parameters.apply(lambda t: t.detach() * 0).to_module(policy):
        print("functional", policy(data.clone())["loc"].abs().sum().item())


if __name__ == "__main__":
    run()
