"""transformers: GPT-2, BERT, Llama, T5 and Mamba from a configuration: loss, backward pass, a training step, generation."""

import torch
from transformers import (
    BertConfig, BertForMaskedLM, BertForSequenceClassification, GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM, MambaConfig,
    MambaForCausalLM, T5Config, T5ForConditionalGeneration, get_linear_schedule_with_warmup,
)  # fmt: skip


def train(name, model, batch, steps=3):
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    schedule = get_linear_schedule_with_warmup(optimizer, 1, steps)
    for _ in range(steps):
        loss = model(**batch).loss
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        print(name, "loss", loss.item(), "norm", norm.item())
    model.eval()


def run():
    torch.manual_seed(0)
    ids = torch.randint(5, 90, (2, 12))
    mask = torch.ones_like(ids)
    mask[1, 9:] = 0

    model = GPT2LMHeadModel(GPT2Config(vocab_size=97, n_positions=48, n_embd=32, n_layer=2, n_head=4, bos_token_id=1, eos_token_id=2, pad_token_id=0))
    train("gpt2", model, {"input_ids": ids, "attention_mask": mask, "labels": ids})
    print("gpt2 greedy", model.generate(ids, max_new_tokens=8, do_sample=False).tolist())
    print("gpt2 beams", model.generate(ids, max_new_tokens=6, num_beams=3, do_sample=False).tolist())
    torch.manual_seed(1)
    print("gpt2 sample", model.generate(ids, max_new_tokens=8, do_sample=True, top_k=10, top_p=0.9, temperature=0.8).tolist())

    config = BertConfig(vocab_size=97, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64, max_position_embeddings=48)
    train("bert lm", BertForMaskedLM(config), {"input_ids": ids, "attention_mask": mask, "labels": ids})
    train("bert class", BertForSequenceClassification(config), {"input_ids": ids, "attention_mask": mask, "labels": torch.tensor([0, 1])})

    model = LlamaForCausalLM(LlamaConfig(
        vocab_size=97, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
        max_position_embeddings=64, bos_token_id=1, eos_token_id=2, pad_token_id=0,
    ))  # fmt: skip
    train("llama", model, {"input_ids": ids, "attention_mask": mask, "labels": ids})
    print("llama greedy", model.generate(ids, attention_mask=mask, max_new_tokens=8, do_sample=False).tolist())

    model = T5ForConditionalGeneration(T5Config(
        vocab_size=97, d_model=32, d_kv=8, d_ff=64, num_layers=2, num_heads=4, decoder_start_token_id=0, eos_token_id=1, pad_token_id=0,
    ))  # fmt: skip
    train("t5", model, {"input_ids": ids, "attention_mask": mask, "labels": ids[:, :6].contiguous()})
    print("t5 greedy", model.generate(ids, max_new_tokens=6, do_sample=False).tolist())

    model = MambaForCausalLM(MambaConfig(vocab_size=97, hidden_size=32, state_size=4, num_hidden_layers=2, expand=2, bos_token_id=1, eos_token_id=2, pad_token_id=0))
    train("mamba", model, {"input_ids": ids, "labels": ids}, steps=2)
    print("mamba greedy", model.generate(ids, max_new_tokens=4, do_sample=False).tolist())


if __name__ == "__main__":
    run()
