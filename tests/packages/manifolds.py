"""geoopt: Riemannian optimizers on the sphere, the Stiefel manifold and the Poincaré ball."""

import geoopt
import torch


def run():
    torch.manual_seed(0)
    target = torch.randn(5, 5)
    sphere = geoopt.ManifoldParameter(torch.nn.functional.normalize(torch.randn(5), dim=0), manifold=geoopt.Sphere())
    stiefel = geoopt.ManifoldParameter(torch.linalg.qr(torch.randn(5, 3))[0], manifold=geoopt.Stiefel())
    ball = geoopt.PoincareBall(c=1.0)
    point = geoopt.ManifoldParameter(ball.expmap0(0.3 * torch.randn(4, 3)), manifold=ball)
    print(sphere)
    for kind in (geoopt.optim.RiemannianAdam, geoopt.optim.RiemannianSGD):
        optimizer = kind([sphere, stiefel, point], lr=1e-2)
        for _ in range(4):
            optimizer.zero_grad()
            loss = sphere @ target @ sphere + (stiefel.T @ target @ stiefel).trace() + ball.dist(point[:2], point[2:]).sum()
            loss.backward()
            optimizer.step()
            print(kind.__name__, loss.item())
    print("on manifold", sphere.norm().item(), (stiefel.T @ stiefel).diagonal().tolist(), point.norm(dim=1).max().item() < 1)
    print("mobius", ball.mobius_add(point[0], point[1]).tolist(), ball.logmap(point[0], point[1]).tolist())
    print("transport", ball.transp(point[0], point[1], torch.ones(3)).tolist(), geoopt.Lorentz().origin(4).tolist())
    print("spd", geoopt.SymmetricPositiveDefinite().dist(torch.eye(3), 2 * torch.eye(3)).item())


if __name__ == "__main__":
    run()
