"""Says whether diffusers loads a kohya-format adapter completely and as meant.

    OMP_NUM_THREADS=1 HF_HUB_OFFLINE=1 python check_loads_in_diffusers.py FILE BASE [--weight 1.0]

FILE is the adapter, BASE a diffusers folder of a Stable Diffusion 1.x or 2.x. Every
`<module>.lora_down.weight` must end up, with its partner, in exactly one adapted layer of the pipeline,
unchanged, scaled by alpha / rank; no layer may be adapted that the file does not name; and each part that the
file names must give another output.
Exit status 0 if all of that holds, 1 with the list of what does not, 2 if the file cannot be loaded at all.
"""

import argparse
import sys

import torch
from diffusers import StableDiffusionPipeline
from peft.tuners.lora import LoraLayer
from safetensors.torch import load_file

PREFIXES = {"lora_unet_": "unet", "lora_te_": "text_encoder", "lora_te1_": "text_encoder"}
PARAMETERS = ("lora_down.weight", "lora_up.weight", "alpha")


def read_modules(path):
    """{(part, flattened module name): {parameter: tensor}} and the keys that are not of this format."""
    modules, strange = {}, []
    for key, tensor in load_file(path).items():
        root, _, parameter = key.partition(".")
        prefix = next((p for p in PREFIXES if root.startswith(p)), None)
        if prefix is None or parameter not in PARAMETERS:
            strange.append(key)
            continue
        name = root.removeprefix(prefix)
        if PREFIXES[prefix] == "text_encoder":
            name = name.removeprefix("text_model_")
        modules.setdefault((PREFIXES[prefix], name), {})[parameter] = tensor
    return modules, strange


def adapted_layers(pipe):
    found = {}
    for part in ("unet", "text_encoder"):
        for name, layer in getattr(pipe, part).named_modules():
            if isinstance(layer, LoraLayer) and layer.lora_A:
                found[part, name.removeprefix("text_model.").replace(".", "_")] = layer
    return found


def same(stored, loaded):
    flat = lambda tensor: tensor.float().flatten()
    return stored.numel() == loaded.numel() and torch.equal(flat(stored), flat(loaded))


def module_faults(name, tensors, layer):
    """What is wrong with one module: text lines, none if it was loaded as meant."""
    label = f"{name[0]} {name[1]}"
    missing = [p for p in PARAMETERS[:2] if p not in tensors]
    if missing:
        return [f"{label}: the file lacks {', '.join(missing)}"]
    if layer is None:
        return [f"{label}: in the file, but no layer was adapted"]
    adapter = next(iter(layer.lora_A))
    faults = []
    for parameter, factor in ((PARAMETERS[0], layer.lora_A), (PARAMETERS[1], layer.lora_B)):
        if not same(tensors[parameter], factor[adapter].weight.detach()):
            faults.append(f"{label}: {parameter} differs after loading")
    rank = tensors["lora_down.weight"].shape[0]
    wanted = float(tensors.get("alpha", torch.tensor(rank))) / rank
    scaling = layer.scaling[adapter]
    if abs(scaling - wanted) > 1e-3 * abs(wanted):
        faults.append(f"{label}: scaled by {scaling:g}, the file says {wanted:g}")
    return faults


@torch.no_grad()
def outputs(pipe):
    """Text-encoder states of fixed tokens, and the U-Net's answer to fixed noise and fixed states."""
    config = pipe.text_encoder.config
    generator = torch.Generator().manual_seed(1)
    ids = torch.randint(config.vocab_size, (1, config.max_position_embeddings), generator=generator)
    states = torch.randn(1, 77, pipe.unet.config.cross_attention_dim, generator=generator)
    sample = torch.randn(1, pipe.unet.config.in_channels, 16, 16, generator=generator)
    return {"text_encoder": pipe.text_encoder(ids).last_hidden_state,
            "unet": pipe.unet(sample, torch.tensor([500]), states).sample}


def check(path, base, weight):
    modules, faults = read_modules(path)
    faults = [f"{key}: not a key of this format" for key in faults]
    if not modules:
        return faults + ["no LoRA module in the file"]
    pipe = StableDiffusionPipeline.from_pretrained(base, safety_checker=None, feature_extractor=None,
                                                   local_files_only=True)
    before = outputs(pipe)
    pipe.load_lora_weights(path, adapter_name="checked")
    layers = adapted_layers(pipe)
    for name, tensors in modules.items():
        faults += module_faults(name, tensors, layers.get(name))
    surplus = sorted(layers.keys() - modules.keys())
    faults += [f"{part} {name}: adapted, but not in the file" for part, name in surplus]
    pipe.set_adapters("checked", weight)
    after = outputs(pipe)
    for part in sorted({part for part, _ in modules}):
        change = (after[part] - before[part]).abs().max().item()
        count = sum(p == part for p, _ in modules)
        print(f"{part}: {count} modules, max abs output change {change:.6g}")
        if not change > 0:
            faults.append(f"{part}: the output did not change")
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("base")
    parser.add_argument("--weight", type=float, default=1.0)
    arguments = parser.parse_args()
    try:
        faults = check(arguments.file, arguments.base, arguments.weight)
    except Exception as error:  # whatever the libraries throw, the answer is: it does not load
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
