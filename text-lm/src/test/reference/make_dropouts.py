"""The losses of tiny decoders in training, with the elements that a seed leaves out.

    OMP_NUM_THREADS=1 python make_dropouts.py > ../resources/dev/kasane/text/training/dropouts.json

(after make_decoders.py). The same seed draws the same in libtorch, whoever asks it, as long as the tensors that are
thinned have the same shapes and come in the same order.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

GOLDEN = Path(__file__).resolve().parent.parent / "resources" / "golden"
CASES = {
    "gpt2": {"embd_pdrop": 0.1, "attn_pdrop": 0.2, "resid_pdrop": 0.3},
    "opt": {"dropout": 0.3, "attention_dropout": 0.2},
    "opt-after": {"dropout": 0.3, "attention_dropout": 0.2},
    "gpt-neox": {"hidden_dropout": 0.2, "attention_dropout": 0.1},
    "gpt-neox-serial": {"hidden_dropout": 0.2, "attention_dropout": 0.1},
    "llama": {"attention_dropout": 0.3},
    "qwen2": {"attention_dropout": 0.3},
    "gemma2": {"attention_dropout": 0.3},
}
SEED = 7

rows = []
for case, rates in CASES.items():
    model = AutoModelForCausalLM.from_pretrained(GOLDEN / case, dtype=torch.float32, attn_implementation="eager",
                                                 **rates)
    ids = load_file(GOLDEN / case / "expected.safetensors")["right.ids"].long()[:, :8]
    losses = {}
    for phase in ("eval", "train"):
        getattr(model, phase)()
        torch.manual_seed(SEED)
        losses[phase] = model(input_ids=ids, labels=ids).loss.item()
    rows.append({"model": case, "rates": rates, "seed": SEED, "ids": ids.tolist(), **losses})
print("[" + ",\n".join(map(json.dumps, rows)) + "]")
