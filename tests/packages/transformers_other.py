"""transformers: ViT, CLIP, Whisper and wav2vec-like feature encoders from a configuration."""

import torch
from transformers import (
    CLIPConfig, CLIPModel, ViTConfig, ViTForImageClassification, Wav2Vec2Config, Wav2Vec2ForCTC, WhisperConfig,
    WhisperForConditionalGeneration,
)  # fmt: skip


def train(name, model, batch, steps=3):
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    for _ in range(steps):
        loss = model(**batch).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        print(name, loss.item())
    model.eval()


def run():
    torch.manual_seed(0)
    images = torch.randn(2, 3, 32, 32)
    config = ViTConfig(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64, image_size=32, patch_size=8, num_labels=4)
    model = ViTForImageClassification(config)
    train("vit", model, {"pixel_values": images, "labels": torch.tensor([1, 3])})
    print("vit logits", model(images).logits.tolist())

    size = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
    model = CLIPModel(CLIPConfig(
        text_config={**size, "vocab_size": 99, "max_position_embeddings": 16, "eos_token_id": 98, "bos_token_id": 97, "pad_token_id": 1},
        vision_config={**size, "image_size": 32, "patch_size": 8}, projection_dim=16,
    ))  # fmt: skip
    ids = torch.randint(2, 90, (2, 10))
    ids[:, -1] = 98
    train("clip", model, {"input_ids": ids, "pixel_values": images, "return_loss": True})
    print("clip similarity", model(input_ids=ids, pixel_values=images).logits_per_image.tolist())

    model = WhisperForConditionalGeneration(WhisperConfig(
        vocab_size=99, num_mel_bins=8, encoder_layers=2, encoder_attention_heads=4, decoder_layers=2, decoder_attention_heads=4,
        encoder_ffn_dim=64, decoder_ffn_dim=64, d_model=32, max_source_positions=20, max_target_positions=24, pad_token_id=0, bos_token_id=1,
        eos_token_id=2, decoder_start_token_id=3, suppress_tokens=None, begin_suppress_tokens=None,
    ))  # fmt: skip
    sound = torch.randn(2, 8, 40)
    train("whisper", model, {"input_features": sound, "labels": torch.randint(4, 90, (2, 7))})
    hidden = model.model.encoder(sound).last_hidden_state
    print("whisper encoder", hidden.mean().item(), hidden.std().item())

    model = Wav2Vec2ForCTC(Wav2Vec2Config(
        vocab_size=20, hidden_size=32, num_hidden_layers=1, num_attention_heads=4, intermediate_size=64, conv_dim=(16, 16), conv_kernel=(10, 3),
        conv_stride=(5, 2), num_feat_extract_layers=2, num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=4, mask_time_prob=0.0,
        ctc_loss_reduction="mean", layerdrop=0.0,
    ))  # fmt: skip
    train("wav2vec", model, {"input_values": torch.randn(2, 800), "labels": torch.randint(1, 20, (2, 6))}, steps=2)


if __name__ == "__main__":
    run()
