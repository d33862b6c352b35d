"""Writes what transformers says the loss of a tiny model is when some tokens do not count.

Run: python make_losses.py ../resources/golden ../resources/dev/kasane/text/training
"""
import json
import sys
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM

rows = []
for name in ("llama", "gemma2", "gpt2"):
    model = AutoModelForCausalLM.from_pretrained(Path(sys.argv[1]) / name, dtype=torch.float32).eval()
    generator = torch.Generator().manual_seed(5)
    examples = []
    for length, answer in ((9, 4), (5, 2), (12, 1)):
        ids = torch.randint(3, model.config.vocab_size, (1, length), generator=generator)
        labels = ids.clone()
        labels[0, :answer] = -100
        with torch.no_grad():
            loss = model(input_ids=ids, labels=labels).loss
        examples.append({"ids": ids[0].tolist(), "answer": answer, "loss": loss.item()})
    rows.append({"model": name, "examples": examples})
target = Path(sys.argv[2])
target.mkdir(parents=True, exist_ok=True)
(target / "losses.json").write_text(json.dumps(rows, indent=1))
