"""peft: LoRA, prefix tuning, IA3 and prompt tuning over a small GPT-2 and a classifier: losses, merging, saving, loading."""

import tempfile

import torch
from peft import IA3Config, LoraConfig, PeftModel, PrefixTuningConfig, PromptTuningConfig, get_peft_model
from torch import nn
from transformers import GPT2Config, GPT2LMHeadModel


def language_model():
    torch.manual_seed(0)
    return GPT2LMHeadModel(GPT2Config(vocab_size=40, n_positions=24, n_embd=16, n_layer=2, n_head=2, bos_token_id=0, eos_token_id=1))


def run():
    tokens = torch.arange(20).reshape(2, 10) * 7 % 40
    for config in (
        LoraConfig(r=4, lora_alpha=8, target_modules=["c_attn"], lora_dropout=0.1, task_type="CAUSAL_LM", fan_in_fan_out=True),
        LoraConfig(r=2, use_dora=True, target_modules=["c_attn", "c_proj"], task_type="CAUSAL_LM", fan_in_fan_out=True),
        IA3Config(target_modules=["c_attn", "mlp.c_proj"], feedforward_modules=["mlp.c_proj"], task_type="CAUSAL_LM", fan_in_fan_out=True),
        PromptTuningConfig(num_virtual_tokens=3, task_type="CAUSAL_LM"), PrefixTuningConfig(num_virtual_tokens=3, task_type="CAUSAL_LM"),
    ):  # fmt: skip
        model = get_peft_model(language_model(), config)
        optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=0.05)
        losses = []
        for _ in range(3):
            loss = model(input_ids=tokens, labels=tokens).loss
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        print(type(config).__name__, model.get_nb_trainable_parameters(), losses)
    model = get_peft_model(nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2)), LoraConfig(target_modules=["0"], modules_to_save=["2"]))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    x = torch.linspace(-1, 1, 12).reshape(3, 4)
    model(x).square().mean().backward()
    optimizer.step()
    before = model(x)
    with tempfile.TemporaryDirectory() as place:
        model.save_pretrained(place)
        torch.manual_seed(0)
        base = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
        base.load_state_dict({name.replace("base_layer.", ""): value for name, value in model.get_base_model().state_dict().items()
                              if "lora" not in name and "modules_to_save" not in name and "original_module" not in name}, strict=False)  # fmt: skip
        again = PeftModel.from_pretrained(base, place)
        print("loaded", (again(x) - before).abs().max().item() < 1e-6)
    print("merged", (model.merge_and_unload()(x) - before).abs().max().item() < 1e-6)


if __name__ == "__main__":
    run()
