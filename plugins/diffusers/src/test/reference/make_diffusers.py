"""Adapter files of every generation of diffusers for the tiny SD models, and the updates they mean.

    OMP_NUM_THREADS=1 HF_HUB_OFFLINE=1 python make_diffusers.py

golden/<name>.safetensors           peft: written by diffusers itself, ranks and alphas that differ, settings in
                                    the metadata; peft-plain: the same without settings; dora: with magnitudes;
                                    sd2-peft: for the tiny SD 2.x model;
                                    layers, processors, bare: the same tensors under the names of earlier versions
golden/<name>-expected.safetensors  the update of each layer's weight after diffusers has loaded the file,
                                    `<part>.<layer>`
"""

import sys
import tempfile
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline
from peft import LoraConfig
from peft.tuners.lora import LoraLayer
from peft.utils import get_peft_model_state_dict
from safetensors.torch import load_file, save_file

HERE = Path(__file__).resolve()
GOLDEN = HERE.parent.parent / "resources" / "golden"
sys.path.insert(0, str(HERE.parents[5] / "unet-attention/src/test/reference"))
import make_expected  # noqa: E402  (the tiny models are another module's)

BLOCK = "mid_block.attentions.0.transformer_blocks.0"
ATTENTION = [f"{BLOCK}.{a}.{p}" for a in ("attn1", "attn2") for p in ("to_q", "to_k", "to_v", "to_out.0")]
OTHERS = [f"{BLOCK}.ff.net.0.proj", "mid_block.attentions.0.proj_in", "mid_block.resnets.0.conv1",
          "up_blocks.1.upsamplers.0.conv"]
TEXT = [f"layers.1.self_attn.{p}" for p in ("q_proj", "k_proj", "v_proj", "out_proj")]
MLP = ["layers.1.mlp.fc1"]


def adapted(unet_config, text_config, seed, base="sd1-tiny"):
    pipe = make_expected.load(base)
    pipe.unet.add_adapter(unet_config)
    pipe.text_encoder.add_adapter(text_config)
    generator = torch.Generator().manual_seed(seed)
    for part in (pipe.unet, pipe.text_encoder):
        for name, parameter in sorted(part.named_parameters()):
            if "lora_magnitude" in name:
                parameter.data *= 1 + 0.2 * torch.rand(parameter.shape, generator=generator)
            elif "lora_" in name:
                parameter.data = torch.randn(parameter.shape, generator=generator) / parameter[0].numel() ** 0.5
    return pipe


def save(name, pipe, settings=True):
    states = {p: get_peft_model_state_dict(getattr(pipe, p)) for p in ("unet", "text_encoder")}
    metadata = {p: getattr(pipe, p).peft_config["default"].to_dict() if settings else None for p in states}
    with tempfile.TemporaryDirectory() as folder:
        StableDiffusionPipeline.save_lora_weights(
            folder, unet_lora_layers=states["unet"], text_encoder_lora_layers=states["text_encoder"],
            unet_lora_adapter_metadata=metadata["unet"],
            text_encoder_lora_adapter_metadata=metadata["text_encoder"])
        written = Path(folder) / "pytorch_lora_weights.safetensors"
        (GOLDEN / f"{name}.safetensors").write_bytes(written.read_bytes())


def earlier(key, style):
    """A key as an earlier version wrote it."""
    part, name = key.split(".", 1)
    layer, factor = name.rsplit(".lora_", 1)
    role = {"A.weight": "down.weight", "B.weight": "up.weight"}[factor]
    attention = layer.rsplit(".", 1)[-1] if not layer.endswith("to_out.0") else "to_out"
    if part == "text_encoder":
        layer = "text_model.encoder." + layer.split("encoder.", 1)[-1]
        if style == "layers" or "mlp" in layer:
            return f"{part}.{layer}.lora_linear_layer.{role}"
        old = {"q_proj": "to_q", "k_proj": "to_k", "v_proj": "to_v", "out_proj": "to_out"}
        return f"{part}.{layer.rsplit('.', 1)[0]}.{old[attention]}_lora.{role}"
    if style == "layers" or ".attn" not in layer:
        return f"{part}.{layer}.lora.{role}"
    head = layer.removesuffix(".0").rsplit(".", 1)[0]
    return ("" if style == "bare" else part + ".") + f"{head}.processor.{attention}_lora.{role}"


def updates(path):
    pipe = make_expected.load("sd2-tiny" if path.stem.startswith("sd2") else "sd1-tiny")
    before = {p: {k: v.clone() for k, v in getattr(pipe, p).state_dict().items()} for p in ("unet", "text_encoder")}
    pipe.load_lora_weights(str(path), adapter_name="tiny")
    found = {}
    for part, weights in before.items():
        for name, layer in getattr(pipe, part).named_modules():
            if isinstance(layer, LoraLayer) and layer.lora_A:
                root = name if part == "unet" else "text_model." + name.removeprefix("text_model.")
                layer.merge()
                found[f"{part}.{root}"] = layer.get_base_layer().weight.data - weights[f"{name}.weight"]
    return found


@torch.no_grad()
def main():
    GOLDEN.mkdir(parents=True, exist_ok=True)
    ranks = {"rank_pattern": {"to_k": 3, "conv1": 1}, "alpha_pattern": {"attn2.to_q": 5, "conv1": 0.75}}
    unet = LoraConfig(r=2, lora_alpha=3, target_modules=ATTENTION + OTHERS, **ranks)
    text = LoraConfig(r=2, lora_alpha=2, use_rslora=True, target_modules=TEXT + MLP)
    save("peft", adapted(unet, text, 11))
    plain = adapted(LoraConfig(r=2, lora_alpha=2, target_modules=ATTENTION + OTHERS),
                    LoraConfig(r=2, lora_alpha=2, target_modules=TEXT + MLP), 12)
    save("peft-plain", plain, settings=False)
    save("dora", adapted(LoraConfig(r=2, lora_alpha=2, use_dora=True, target_modules=ATTENTION + OTHERS[2:]),
                         LoraConfig(r=2, lora_alpha=2, target_modules=TEXT), 13))
    # A linear proj_in, which version 1 has as a convolution.
    save("sd2-peft", adapted(LoraConfig(r=3, lora_alpha=1.5, target_modules=ATTENTION + OTHERS),
                             LoraConfig(r=2, lora_alpha=5, target_modules=TEXT + MLP), 14, "sd2-tiny"))
    tensors = load_file(GOLDEN / "peft-plain.safetensors")
    as_peft = {k.replace("lora_linear_layer.down", "lora_A").replace("lora_linear_layer.up", "lora_B"): v
               for k, v in tensors.items()}
    for style in ("layers", "processors"):
        renamed = {earlier(k, style): v for k, v in as_peft.items()}
        save_file(renamed, GOLDEN / f"{style}.safetensors", {"format": "pt"})
    bare = {earlier(k, "bare"): v for k, v in as_peft.items() if any(f"unet.{a}." in k for a in ATTENTION)}
    save_file(bare, GOLDEN / "bare.safetensors", {"format": "pt"})
    for name in ("peft", "peft-plain", "sd2-peft", "layers", "processors"):
        path = GOLDEN / f"{name}.safetensors"
        found = updates(path)
        if name in ("layers", "processors"):
            other = load_file(GOLDEN / "peft-plain-expected.safetensors")
            same = found.keys() == other.keys() and all(torch.equal(v, other[k]) for k, v in found.items())
            print(name, len(found), "layers; as peft-plain:", same)
        else:
            save_file(found, GOLDEN / f"{name}-expected.safetensors")
            print(name, len(found), "layers", sorted(load_file(path))[:2])


if __name__ == "__main__":
    main()
