"""A small transformer that learns to continue text, character by character, from this project's own documentation."""

from pathlib import Path

import torch
from showing import progress, save_plot

DOCS = Path(__file__).resolve().parent.parent / "docs"
LENGTH = 48


class Transformer(torch.nn.Module):
    """Embeddings of characters and places, encoder layers that look back only, and logits of the next character."""

    def __init__(self, characters, width=64, heads=4, layers=2):
        super().__init__()
        self.characters = torch.nn.Embedding(characters, width)
        self.places = torch.nn.Embedding(LENGTH, width)
        layer = torch.nn.TransformerEncoderLayer(width, heads, 4 * width, dropout=0.0, activation="gelu", batch_first=True, norm_first=True)
        self.layers = torch.nn.TransformerEncoder(layer, layers, enable_nested_tensor=False)
        self.norm = torch.nn.LayerNorm(width)
        self.head = torch.nn.Linear(width, characters)
        self.register_buffer("mask", torch.nn.Transformer.generate_square_subsequent_mask(LENGTH), persistent=False)

    def forward(self, text):
        size = text.shape[1]
        x = self.characters(text) + self.places(torch.arange(size))
        x = self.layers(x, mask=self.mask[:size, :size], is_causal=True)
        return self.head(self.norm(x))


def encode(text):
    """The characters that occur, and the text as their numbers."""
    alphabet = sorted(set(text))
    numbers = {character: number for number, character in enumerate(alphabet)}
    return alphabet, torch.tensor([numbers[character] for character in text])


def train(model, codes, steps):
    """The loss of every step."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.01)
    losses = []
    for _ in progress(steps):
        starts = torch.randint(len(codes) - LENGTH, (16, 1))
        places = starts + torch.arange(LENGTH + 1)
        batch = codes[places]
        logits = model(batch[:, :-1])
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), batch[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
    return losses


@torch.no_grad()
def write(model, alphabet, start, length):
    """Continue a text, drawing one character after the other."""
    model.eval()
    text = torch.tensor([[alphabet.index(character) for character in start]])
    for _ in range(length):
        likely = torch.softmax(model(text[:, -LENGTH:])[:, -1] / 0.8, dim=-1)
        text = torch.cat([text, torch.multinomial(likely, 1)], dim=1)
    return "".join(alphabet[number] for number in text[0].tolist())


def main():
    torch.manual_seed(0)
    alphabet, codes = encode((DOCS / "architecture.md").read_text(encoding="utf-8"))
    model = Transformer(len(alphabet))
    losses = train(model, codes, steps=160)
    print(f"{len(codes)} characters, {len(alphabet)} different ones, {sum(p.numel() for p in model.parameters())} parameters")
    print(f"loss: {losses[0]:.4f} at the start, {sum(losses[-20:]) / 20:.4f} at the end")
    print(write(model, alphabet, "The ", 120))
    save_plot("character_transformer", lambda axes: axes.plot(losses))


if __name__ == "__main__":
    main()
