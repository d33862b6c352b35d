"""Says what layers diffusers sees in a kohya file for SDXL with one module for every layer.

    OMP_NUM_THREADS=1 HF_HUB_OFFLINE=1 python check_xl_names.py FILE STATE_DICTS CONFIG

FILE is target/written/xl-names.safetensors, which XlNamesTest leaves; STATE_DICTS the folder of the golden names of
all weights (unet-attention); CONFIG the config.json of SDXL's U-Net. Every key must become that of a layer.
Exit status 0 if the two sets are equal, 1 with the difference.
"""

import gzip
import json
import sys
from pathlib import Path

import torch
from diffusers import UNet2DConditionModel
from diffusers.loaders import StableDiffusionXLLoraLoaderMixin
from diffusers.utils import (convert_state_dict_to_diffusers, convert_state_dict_to_peft,
                             convert_unet_state_dict_to_peft)


def wanted(folder):
    layers = set()
    for part in ("unet", "text_encoder", "text_encoder_2"):
        for line in gzip.open(folder / f"sdxl-{part}.txt.gz", "rt"):
            name, shape = line.rstrip("\n").split("\t")
            if name.endswith(".weight") and shape.count(",") in (1, 3) and "embedding.weight" not in name:
                layers.add(f"{part}.{name.removesuffix('.weight').removeprefix('text_model.')}")
    return layers


def main(file, folder, config):
    with torch.device("meta"):
        unet = UNet2DConditionModel.from_config(json.loads(Path(config).read_text()))
    state, _ = StableDiffusionXLLoraLoaderMixin.lora_state_dict(file, unet_config=unet.config)
    found = set()
    for part in ("unet", "text_encoder", "text_encoder_2"):
        own = {k: v for k, v in state.items() if k.startswith(part + ".")}
        own = convert_unet_state_dict_to_peft(own) if part == "unet" else convert_state_dict_to_peft(
            convert_state_dict_to_diffusers(own))
        found |= {key.split(".lora")[0].replace(".text_model.", ".") for key in own}
    expected = wanted(Path(folder))
    print(f"{len(found)} layers in the file, {len(expected)} in the model")
    for name in sorted(found ^ expected)[:20]:
        print(("not in the model: " if name in found else "not in the file: ") + name, file=sys.stderr)
    return 0 if found == expected else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
