"""Says whether diffusers loads a converted adapter completely and as its source means.

    OMP_NUM_THREADS=1 HF_HUB_OFFLINE=1 python check_loads_in_diffusers.py FILE BASE [--source FILE]

FILE is a file in the current diffusers form, BASE a diffusers folder. Every lora_A and lora_B must end up in
exactly one adapted layer, unchanged; the libraries must not have warned of a key; the output of each part must
change. With --source, a kohya file, every layer's update must be that file's alpha / rank * up * down.
Exit status 0 if all of that holds, 1 with the list of what does not.
"""

import argparse
import logging
import sys

import torch
from diffusers import StableDiffusionPipeline
from diffusers.utils import logging as diffusers_logging
from peft.tuners.lora import LoraLayer
from safetensors.torch import load_file

PARTS = ("unet", "text_encoder")


class Warnings(logging.Handler):
    def __init__(self):
        super().__init__(logging.WARNING)
        self.messages = []

    def emit(self, record):
        self.messages.append(record.getMessage())


def adapted_layers(pipe):
    found = {}
    for part in PARTS:
        for name, layer in getattr(pipe, part).named_modules():
            if isinstance(layer, LoraLayer) and layer.lora_A:
                found[part, name.removeprefix("text_model.")] = layer
    return found


def factor_faults(tensors, layers):
    faults, seen = [], set()
    for key, tensor in tensors.items():
        part, rest = key.split(".", 1)
        layer, parameter = rest.rsplit(".lora_", 1)
        name = (part, layer.removeprefix("text_model."))
        if name not in layers:
            faults.append(f"{key}: no layer was adapted")
            continue
        seen.add(name)
        if parameter.endswith(".weight"):
            loaded = getattr(layers[name], "lora_" + parameter[0])["checked"].weight.detach()
            if not torch.equal(loaded, tensor.to(loaded.dtype)):
                faults.append(f"{key}: differs after loading")
        elif parameter == "magnitude_vector":
            loaded = layers[name].lora_magnitude_vector["checked"].weight.detach()
            if not torch.equal(loaded.flatten(), tensor.flatten()):
                faults.append(f"{key}: differs after loading")
    return faults + [f"{name}: adapted, but not in the file" for name in layers.keys() - seen]


def source_faults(path, layers):
    modules = {}
    for key, tensor in load_file(path).items():
        root, parameter = key.split(".", 1)
        modules.setdefault(root, {})[parameter] = tensor.float()
    flat = {("lora_unet_" if part == "unet" else "lora_te_text_model_") + name.replace(".", "_"): layer
            for (part, name), layer in layers.items()}
    faults = []
    for root, module in modules.items():
        layer = flat.pop(root.replace("lora_te1_", "lora_te_"), None)
        if layer is None:
            faults.append(f"{root}: in the source, but no layer was adapted")
            continue
        down, up = module["lora_down.weight"], module["lora_up.weight"]
        wanted = float(module["alpha"]) / down.shape[0] * (up.flatten(1) @ down.flatten(1))
        delta = layer.get_delta_weight("checked").detach().float().flatten(1)
        if (delta - wanted).abs().max() > 1e-6 * max(1, wanted.abs().max()):
            faults.append(f"{root}: update differs by {(delta - wanted).abs().max():g}")
    return faults + [f"{name}: adapted, but not in the source" for name in flat]


@torch.no_grad()
def outputs(pipe):
    generator = torch.Generator().manual_seed(1)
    ids = torch.randint(pipe.text_encoder.config.vocab_size, (1, 77), generator=generator)
    states = torch.randn(1, 77, pipe.unet.config.cross_attention_dim, generator=generator)
    sample = torch.randn(1, 4, 16, 16, generator=generator)
    return {"text_encoder": pipe.text_encoder(ids).last_hidden_state,
            "unet": pipe.unet(sample, torch.tensor([500]), states).sample}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("base")
    parser.add_argument("--source")
    arguments = parser.parse_args()
    warnings = Warnings()
    for name in ("diffusers", "peft", "transformers"):
        logging.getLogger(name).addHandler(warnings)
    diffusers_logging.set_verbosity_warning()
    pipe = StableDiffusionPipeline.from_pretrained(arguments.base, safety_checker=None, feature_extractor=None,
                                                   local_files_only=True)
    before = outputs(pipe)
    warnings.messages.clear()
    pipe.load_lora_weights(arguments.file, adapter_name="checked")
    tensors, layers = load_file(arguments.file), adapted_layers(pipe)
    faults = factor_faults(tensors, layers) + [m for m in warnings.messages if "key" in m.lower()]
    if arguments.source:
        faults += source_faults(arguments.source, layers)
    after = outputs(pipe)
    for part in PARTS:
        count = sum(name[0] == part for name in layers)
        change = (after[part] - before[part]).abs().max().item()
        print(f"{part}: {count} layers, max abs output change {change:.6g}")
        if count and not change > 0:
            faults.append(f"{part}: the output did not change")
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
