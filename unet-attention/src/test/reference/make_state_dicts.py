"""Names and shapes of every weight of the full-size SD 1.5, 2.1 and XL, from their published configurations.

    python make_state_dicts.py ../../../../../shared/data/models

golden/state-dicts/<sd15|sd21|sdxl>-<unet|vae|text_encoder|text_encoder_2>.txt.gz: a line per tensor, sorted, `name<TAB>2,3,4`.
No weights are created. Text-encoder names are those of the published files (root `text_model.`).
"""

import gzip
import json
import sys
from pathlib import Path

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

from make_models import GOLDEN
from tiny_models import text_file_names


def states(base):
    read = lambda part: json.loads((base / part / "config.json").read_text(encoding="utf-8"))
    with torch.device("meta"):
        yield "unet", UNet2DConditionModel.from_config(read("unet")).state_dict()
        yield "vae", AutoencoderKL.from_config(read("vae")).state_dict()
        text = CLIPTextModel(CLIPTextConfig(**read("text_encoder")))
        yield "text_encoder", text_file_names(text.state_dict())
        if (base / "text_encoder_2").exists():
            second = CLIPTextModelWithProjection(CLIPTextConfig(**read("text_encoder_2")))
            yield "text_encoder_2", text_file_names(second.state_dict())


def main(models):
    folder = GOLDEN / "state-dicts"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("sd15", "sd21", "sdxl"):
        for part, state in states(Path(models) / name):
            lines = [f"{key}\t{','.join(map(str, value.shape))}\n" for key, value in sorted(state.items())]
            path = folder / f"{name}-{part}.txt.gz"
            path.write_bytes(gzip.compress("".join(lines).encode(), 9, mtime=0))
            numbers = sum(value.numel() for value in state.values())
            print(f"{path.name}: {len(lines)} tensors, {numbers} numbers, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
