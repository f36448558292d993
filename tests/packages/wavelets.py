"""pytorch-wavelets and ptwt: transforms of several wavelets and borders, their inverses and gradients, packets, scattering"""

import ptwt
import pywt
import torch
from _show import show
from pytorch_wavelets import DTCWTForward, DTCWTInverse, DWTForward, DWTInverse, ScatLayer


def run():
    torch.manual_seed(0)
    x = torch.randn(2, 3, 32, 32, requires_grad=True)
    for wavelet in ("haar", "db3", "bior2.4"):
        for mode in ("zero", "symmetric", "periodization", "reflect"):
            low, high = DWTForward(J=2, wave=wavelet, mode=mode)(x)
            back = DWTInverse(wave=wavelet, mode=mode)((low, high))
            show(f"{wavelet} {mode}", low, *high, back, *torch.autograd.grad(back.pow(3).sum(), x))
    low, high = DTCWTForward(J=3, biort="near_sym_b", qshift="qshift_b")(x)
    back = DTCWTInverse(biort="near_sym_b", qshift="qshift_b")((low, high))
    show("dual tree", low, *high, back, *torch.autograd.grad(back.pow(3).sum(), x))
    scattered = ScatLayer()(x)
    show("scattering", scattered, *torch.autograd.grad(scattered.pow(2).sum(), x))

    line = torch.randn(2, 64, dtype=torch.float64, requires_grad=True)
    for name in ("haar", "db4", "sym5"):
        parts = ptwt.wavedec(line, pywt.Wavelet(name), mode="reflect", level=3)
        back = ptwt.waverec(parts, pywt.Wavelet(name))
        show(name, *parts, back, *torch.autograd.grad(back.pow(3).sum(), line))
    show("2-d", ptwt.waverec2(ptwt.wavedec2(torch.randn(2, 1, 32, 32), "db2", level=2), "db2"))
    show("3-d", ptwt.waverec3(ptwt.wavedec3(torch.randn(1, 16, 16, 16), "haar", level=1), "haar"))
    packets = ptwt.WaveletPacket(torch.randn(1, 32), "haar", mode="zero", maxlevel=2)
    show("packets", *(packets[node] for node in packets.get_level(2)))
    parts = ptwt.MatrixWavedec("db2", level=2)(torch.randn(2, 32))
    show("matrix", *parts, ptwt.MatrixWaverec("db2")(parts))
    show("continuous", ptwt.cwt(torch.randn(1, 64), torch.arange(1, 8), "mexh")[0])


if __name__ == "__main__":
    run()
