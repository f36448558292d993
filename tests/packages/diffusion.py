"""diffusers and denoising-diffusion-pytorch: small U-Nets, an autoencoder, schedulers; a training step and a few sampling steps."""

import torch
from denoising_diffusion_pytorch import GaussianDiffusion, Unet
from diffusers import AutoencoderKL, DDIMScheduler, DDPMScheduler, DPMSolverMultistepScheduler, EulerDiscreteScheduler, UNet2DConditionModel
from diffusers import UNet2DModel


def run():
    torch.manual_seed(0)
    sizes = {"sample_size": 8, "block_out_channels": (8, 16), "norm_num_groups": 4, "layers_per_block": 1}
    net = UNet2DModel(
        in_channels=3, out_channels=3, down_block_types=("DownBlock2D", "AttnDownBlock2D"), up_block_types=("AttnUpBlock2D", "UpBlock2D"), **sizes
    )
    scheduler = DDPMScheduler(num_train_timesteps=50)
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3)
    images = torch.rand(4, 3, 8, 8) * 2 - 1
    for _ in range(2):
        noise, times = torch.randn_like(images), torch.randint(0, 50, (4,))
        loss = torch.nn.functional.mse_loss(net(scheduler.add_noise(images, noise, times), times).sample, noise)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        print("ddpm", loss.item())
    net.eval()
    for each in (scheduler, DDIMScheduler(50), EulerDiscreteScheduler(50), DPMSolverMultistepScheduler(50)):
        each.set_timesteps(3)
        sample = torch.randn(1, 3, 8, 8, generator=torch.Generator().manual_seed(1)) * each.init_noise_sigma
        with torch.no_grad():
            for time in each.timesteps:
                sample = each.step(net(each.scale_model_input(sample, time), time).sample, time, sample).prev_sample
        print(type(each).__name__, sample.abs().mean().item())
    conditional = UNet2DConditionModel(
        in_channels=4, out_channels=4, cross_attention_dim=12, attention_head_dim=4, down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"), **sizes,
    )  # fmt: skip
    out = conditional(torch.randn(2, 4, 8, 8), torch.tensor([3, 7]), torch.randn(2, 5, 12)).sample
    out.square().mean().backward()
    print("conditional", out.std().item(), sum(p.grad.abs().sum() for p in conditional.parameters() if p.grad is not None).item())
    coder = AutoencoderKL(block_out_channels=(8,), norm_num_groups=4, latent_channels=2)
    code = coder.encode(images).latent_dist
    print("autoencoder", code.kl().mean().item(), coder.decode(code.sample()).sample.std().item())
    diffusion = GaussianDiffusion(Unet(dim=8, dim_mults=(1, 2), flash_attn=False), image_size=8, timesteps=20, sampling_timesteps=2)
    loss = diffusion((images + 1) / 2)
    loss.backward()
    print("denoising", loss.item(), diffusion.sample(batch_size=2).mean().item())


if __name__ == "__main__":
    run()
