"""What programs of this directory print of tensors."""

import torch


def show(name, *tensors):
    """The name, then of each tensor its shape, mean, mean size and first numbers."""
    for tensor in tensors:
        values = torch.view_as_real(tensor.detach()) if tensor.is_complex() else tensor.detach()
        values = values.double().flatten()
        print(name, tuple(tensor.shape), values.mean().item(), values.abs().mean().item(), values[:4].tolist())


def gradients(module):
    """The gradients of a module's parameters."""
    return [parameter.grad for parameter in module.parameters() if parameter.grad is not None]


def classification(count=32):
    """A small problem: features and classes."""
    generator = torch.Generator().manual_seed(7)
    return torch.randn(count, 4, generator=generator), torch.randint(0, 3, (count,), generator=generator)


def perceptron():
    """A network for it."""
    return torch.nn.Sequential(torch.nn.Linear(4, 16), torch.nn.Tanh(), torch.nn.Linear(16, 3))
