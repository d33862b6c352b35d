"""Writes the tiny text encoder as the pickle that early diffusers folders have, float16.

    OMP_NUM_THREADS=1 python make_pickled_encoder.py
"""

from pathlib import Path

import torch
from safetensors.torch import load_file

GOLDEN = Path(__file__).resolve().parent.parent / "resources" / "golden"


def main():
    state = load_file(GOLDEN / "sd1-tiny/text_encoder/model.safetensors")
    words = {name: value.half() for name, value in state.items()}
    words["text_model.embeddings.position_ids"] = torch.arange(77)[None]
    target = GOLDEN / "sd1-tiny-pickled/text_encoder/pytorch_model.bin"
    target.parent.mkdir(parents=True, exist_ok=True)
    torch.save(words, target)


if __name__ == "__main__":
    main()
