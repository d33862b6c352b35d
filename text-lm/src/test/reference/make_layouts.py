"""The weights of two tiny decoders in the other layouts that checkpoints come in.

    OMP_NUM_THREADS=1 python make_layouts.py     (after make_decoders.py)

golden/llama-sharded    safetensors in several files with an index
golden/gpt2-bare        a pickle of the bare decoder: names without "transformer.", with the masks that old
                        versions of transformers saved
"""

import shutil
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM

GOLDEN = Path(__file__).resolve().parent.parent / "resources" / "golden"


def main():
    model = AutoModelForCausalLM.from_pretrained(GOLDEN / "llama")
    shutil.rmtree(GOLDEN / "llama-sharded", ignore_errors=True)
    model.save_pretrained(GOLDEN / "llama-sharded", max_shard_size="20KB")
    (GOLDEN / "llama-sharded" / "generation_config.json").unlink(missing_ok=True)

    model = AutoModelForCausalLM.from_pretrained(GOLDEN / "gpt2")
    folder = GOLDEN / "gpt2-bare"
    folder.mkdir(exist_ok=True)
    weights = dict(model.transformer.state_dict())
    for layer in range(2):
        weights[f"h.{layer}.attn.bias"] = torch.tril(torch.ones(1, 1, 8, 8, dtype=torch.bool))
        weights[f"h.{layer}.attn.masked_bias"] = torch.tensor(-1e4)
    torch.save(weights, folder / "pytorch_model.bin")
    shutil.copy(GOLDEN / "gpt2" / "config.json", folder)


main()
