"""Opens every written layout with the reference libraries and compares all weights with their source.

    OMP_NUM_THREADS=1 HF_HUB_OFFLINE=1 python verify_models.py
"""

import shutil
import tempfile
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline
from transformers import CLIPTextModel

from make_models import GOLDEN, PAD
from tiny_models import build, vocabulary

PARTS = ("unet", "vae", "text_encoder")


def same(expected, actual, label):
    want, got = expected.state_dict(), actual.state_dict()
    assert want.keys() == got.keys(), (label, want.keys() ^ got.keys())
    wrong = [k for k in want if not torch.equal(want[k], got[k].float())]
    assert not wrong, (label, wrong)
    print(f"{label}: {len(want)} tensors equal")


def verify(name):
    models = dict(zip(PARTS, build(name)))
    folder = str(GOLDEN / name)
    options = dict(safety_checker=None, feature_extractor=None, local_files_only=True)
    pipes = {"folder": StableDiffusionPipeline.from_pretrained(folder, **options)}
    files = [f"{name}-original.safetensors"] + ["sd1-tiny-original.ckpt"] * (name == "sd1-tiny")
    with tempfile.TemporaryDirectory() as temporary:
        # Only the configurations: no weight can come from anywhere but the single file.
        bare = Path(temporary) / name
        shutil.copytree(folder, bare, ignore=shutil.ignore_patterns("*.safetensors"))
        for file in files:
            pipes[file] = StableDiffusionPipeline.from_single_file(str(GOLDEN / file), config=str(bare),
                                                                   **options)
    if name == "sd1-tiny":
        pipes["fp16"] = StableDiffusionPipeline.from_pretrained(f"{folder}-fp16", variant="fp16", **options)
    for label, pipe in pipes.items():
        for part, model in models.items():
            same(model, getattr(pipe, part), f"{name} {label} {part}")
        pad = pipe.tokenizer("a", padding="max_length", max_length=5).input_ids[-1]
        print(f"{name} {label} pads with {pad}")
        assert pad == vocabulary()[PAD[name]], pad
    if name == "sd1-tiny":
        sharded = CLIPTextModel.from_pretrained(f"{folder}-sharded/text_encoder", local_files_only=True)
        same(models["text_encoder"], sharded, f"{name} sharded text_encoder")


if __name__ == "__main__":
    for tiny in PAD:
        verify(tiny)
