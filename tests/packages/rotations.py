"""pypose and roma: Lie groups with gradients, least squares over poses, a controller, integration of an IMU, Procrustes"""

import pypose
import roma
import torch
from _show import show


class Inverse(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.pose = pypose.Parameter(pypose.randn_se3(2, 2))

    def forward(self, poses):
        return (self.pose.Exp() @ poses).Log().tensor()


def groups():
    for name in ("so3", "se3", "sim3", "rxso3"):
        tangent = getattr(pypose, "randn_" + name)(2, sigma=0.3, requires_grad=True)
        element = tangent.Exp()
        (element * element).Log().pow(2).sum().backward()
        show(name, element.tensor(), element.Inv().tensor(), element.matrix(), tangent.grad)
    print(pypose.identity_SE3(2), pypose.so3(torch.zeros(1, 3)))
    show("cumulated", pypose.cumprod(pypose.randn_SO3(5), 0).tensor())


def optimizers():
    poses = pypose.randn_SE3(2, 2)
    for kind in (pypose.optim.LM, pypose.optim.GN):
        optimizer = kind(Inverse())
        print(kind.__name__, [optimizer.step(poses).item() < 1e-2 for _ in range(2)])  # what is left is rounding
    integrator = pypose.module.IMUPreintegrator(torch.zeros(3), pypose.identity_SO3(), torch.zeros(3))
    state = integrator(dt=torch.full((4, 1), 0.1), gyro=torch.randn(4, 3), acc=torch.randn(4, 3))
    show("imu", state["pos"], state["vel"])
    system = pypose.module.LTI(
        torch.eye(3)[None] + 0.1 * torch.randn(1, 3, 3), torch.randn(1, 3, 2), torch.eye(3)[None], torch.zeros(1, 3, 2)
    )
    controller = pypose.module.LQR(system, torch.tile(torch.eye(5), (1, 4, 1, 1)), torch.zeros(1, 4, 5), 4)
    show("controller", *controller(torch.ones(1, 3), dt=1))


def with_roma():
    quaternions = roma.random_unitquat(4)
    turns = roma.unitquat_to_rotmat(quaternions)
    show("turns", turns, roma.rotmat_to_rotvec(turns), roma.rotmat_to_euler("xyz", turns))
    matrices = torch.randn(4, 3, 3, requires_grad=True)
    nearest = roma.special_procrustes(matrices)
    show("nearest", nearest, *torch.autograd.grad((nearest * turns).sum(), matrices))
    show("between", roma.unitquat_slerp(quaternions[:2], quaternions[2:], torch.linspace(0, 1, 3)))
    show("registered", *roma.rigid_points_registration(torch.randn(5, 3), torch.randn(5, 3)))
    rigid = roma.Rigid(turns, torch.randn(4, 3))
    show("rigid", (rigid @ rigid).to_homogeneous())


def run():
    torch.manual_seed(0)
    groups()
    optimizers()
    with_roma()


if __name__ == "__main__":
    run()
