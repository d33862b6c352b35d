"""LoRA on tiny decoders as PEFT trains it: gradients, and ten steps of AdamW.

    OMP_NUM_THREADS=1 python make_lora.py     (after make_decoders.py)

golden/lora/<case>.safetensors:
  ids, mask              three texts, padded right; the loss is over every real token but the first
  before.<key>           the factors at the start, PEFT's keys
  gradient.<key>         their gradients after the first batch
  after.<key>            the factors after ten steps, learning rate 5e-3, the rest PyTorch's defaults
  losses                 of the ten steps
"""

from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

GOLDEN = Path(__file__).resolve().parent.parent / "resources" / "golden"
CASES = {
    "llama": ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
    "gpt2": ["c_attn", "c_proj", "c_fc"],
    "gemma2": ["q_proj", "v_proj", "down_proj"],
    "gpt-neox": ["query_key_value", "dense_4h_to_h"],
    "llama-tied": ["embed_tokens", "q_proj"],
    "gpt2-by-layer": ["wte", "wpe", "c_attn"],
}
STEPS = 10


def key(name):
    return name.removeprefix("base_model.model.").replace(".default", "")


def run(case, targets):
    torch.manual_seed(sum(case.encode()))
    base = AutoModelForCausalLM.from_pretrained(GOLDEN / case, dtype=torch.float32, attn_implementation="eager")
    model = get_peft_model(base, LoraConfig(r=2, lora_alpha=5, target_modules=targets, lora_dropout=0.0,
                                            fan_in_fan_out=case.startswith("gpt2"))).eval()
    factors = {key(n): p for n, p in model.named_parameters() if p.requires_grad}
    with torch.no_grad():
        for name, factor in factors.items():
            if "lora_B" in name or "lora_embedding_A" in name:
                factor.copy_(0.1 * torch.randn_like(factor))
    given = load_file(GOLDEN / case / "expected.safetensors")
    ids, mask = given["right.ids"].long(), given["right.mask"].long()
    labels = torch.where(mask == 1, ids, -100)
    out = {"ids": ids.int(), "mask": mask.int()}
    out.update({f"before.{n}": p.detach().clone() for n, p in factors.items()})
    optimizer = torch.optim.AdamW(factors.values(), lr=5e-3)
    losses = []
    for step in range(STEPS):
        optimizer.zero_grad()
        loss = model(input_ids=ids, attention_mask=mask, labels=labels).loss
        loss.backward()
        if step == 0:
            out.update({f"gradient.{n}": p.grad.clone() for n, p in factors.items()})
        optimizer.step()
        losses.append(loss.item())
    out.update({f"after.{n}": p.detach().clone() for n, p in factors.items()})
    out["losses"] = torch.tensor(losses)
    (GOLDEN / "lora").mkdir(exist_ok=True)
    save_file(out, GOLDEN / "lora" / f"{case}.safetensors")
    print(case, losses[0], losses[-1], (GOLDEN / "lora" / f"{case}.safetensors").stat().st_size)


for case, targets in CASES.items():
    run(case, targets)
