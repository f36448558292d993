"""e3nn: irreps, spherical harmonics, a tensor product layer, a gate, equivariance to rotations."""

import torch
from e3nn import o3
from e3nn.math import soft_one_hot_linspace
from e3nn.nn import FullyConnectedNet, Gate


def run():
    torch.manual_seed(0)
    irreps = o3.Irreps("4x0e + 2x1o")
    harmonics = o3.Irreps.spherical_harmonics(lmax=2)
    positions = torch.randn(10, 3)
    product = o3.FullyConnectedTensorProduct(irreps, harmonics, irreps, shared_weights=False)
    net = FullyConnectedNet([5, 16, product.weight_numel], torch.nn.functional.silu)
    gate = Gate("4x0e", [torch.tanh], "2x0e", [torch.sigmoid], "2x1o")
    linear = o3.Linear(irreps, gate.irreps_in)
    features = irreps.randn(10, -1)

    def layer(x, where):
        sh = o3.spherical_harmonics(harmonics, where, normalize=True, normalization="component")
        weights = net(soft_one_hot_linspace(where.norm(dim=1), 0.0, 3.0, 5, basis="gaussian", cutoff=False))
        return gate(linear(product(x, sh, weights)))

    rotation = o3.rand_matrix()
    turned = layer(features @ irreps.D_from_matrix(rotation).T, positions @ rotation.T)
    print("equivariant", (turned - layer(features, positions) @ gate.irreps_out.D_from_matrix(rotation).T).abs().max().item() < 1e-4)
    optimizer = torch.optim.Adam([*net.parameters(), *linear.parameters()], lr=1e-2)
    for _ in range(4):
        loss = (layer(features, positions) - 1).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        print("loss", loss.item())
    print(gate.irreps_out, product.weight_numel, o3.wigner_3j(1, 1, 2).abs().sum().item())
    print(layer(features, positions)[0].tolist())


if __name__ == "__main__":
    run()
