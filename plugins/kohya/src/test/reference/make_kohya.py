"""Two kohya-format adapters for the tiny SD 1.x model, and what diffusers draws with them.

    OMP_NUM_THREADS=1 HF_HUB_OFFLINE=1 python make_kohya.py

golden/sd1-tiny-kohya.safetensors             as sd-scripts write it: float16, `lora_te_`, alpha not the rank
golden/sd1-tiny-diffusers-export.safetensors  through diffusers' own export: `lora_te1_`, integer alpha = rank
golden/<either>-expected.safetensors          outputs at weights 1.0 and 0.5
"""

import sys
from pathlib import Path

import torch
from diffusers.utils.state_dict_utils import convert_state_dict_to_kohya
from safetensors.torch import load_file, save_file

HERE = Path(__file__).resolve()
GOLDEN = HERE.parent.parent / "resources" / "golden"
REFERENCE = HERE.parents[5] / "unet-attention/src/test/reference"
sys.path.insert(0, str(REFERENCE))
import make_expected  # noqa: E402  (the tiny models are another module's)

from check_loads_in_diffusers import check  # noqa: E402

BASE = make_expected.GOLDEN / "sd1-tiny"
TRANSFORMER = ("to_q", "to_k", "to_v", "to_out.0", "ff.net.0.proj", "ff.net.2", "proj_in", "proj_out")
CONVOLUTION = ("conv1", "conv2", "conv_shortcut", "time_emb_proj", "downsamplers.0.conv", "upsamplers.0.conv")
TEXT = ("q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2")
METADATA = {"ss_v2": "False", "ss_base_model_version": "sd_v1", "ss_network_module": "networks.lora",
            "ss_network_dim": "4", "ss_network_alpha": "6", "ss_output_name": "tiny"}


def factors(model, endings, rank, generator):
    """Dotted module name -> (down, up) for every module whose name has one of the endings."""
    found = {}
    for name, module in model.named_modules():
        if not name.endswith(endings) or not hasattr(module, "weight"):
            continue
        shape = module.weight.shape
        down = torch.randn(rank, *shape[1:], generator=generator) / shape[1:].numel() ** 0.5
        up = torch.randn(shape[0], rank, *(1 for _ in shape[2:]), generator=generator)
        found[name] = (down, 0.15 * up)
    return found


def kohya_file(pipe):
    """Ranks 4 and 2 in the U-Net, 2 in the text encoder; one alpha a part, all that diffusers can read."""
    generator = torch.Generator().manual_seed(41)
    text = {"text_model." + k.removeprefix("text_model."): v
            for k, v in factors(pipe.text_encoder, TEXT, 2, generator).items()}
    parts = {"lora_unet_": (factors(pipe.unet, TRANSFORMER, 4, generator)
                            | factors(pipe.unet, CONVOLUTION, 2, generator), 6),
             "lora_te_": (text, 3)}
    tensors = {}
    for prefix, (modules, alpha) in parts.items():
        for name, (down, up) in modules.items():
            root = prefix + name.replace(".", "_")
            tensors |= {f"{root}.lora_down.weight": down.half(), f"{root}.lora_up.weight": up.half(),
                        f"{root}.alpha": torch.tensor(alpha, dtype=torch.float16)}
    return tensors


def exported_file(pipe):
    generator = torch.Generator().manual_seed(42)
    state = {}
    for part, endings in (("unet", TRANSFORMER[:4]), ("text_encoder", TEXT[:4])):
        for name, (down, up) in factors(getattr(pipe, part), endings, 3, generator).items():
            if part == "text_encoder":
                name = "text_model." + name.removeprefix("text_model.")
            state |= {f"{part}.{name}.lora_A.weight": down, f"{part}.{name}.lora_B.weight": up}
    return convert_state_dict_to_kohya(state)


@torch.no_grad()
def outputs(path, inputs):
    pipe = make_expected.load("sd1-tiny")
    kind, options = make_expected.SCHEDULERS["ddim"]
    pipe.scheduler = kind.from_config(pipe.scheduler.config, **options)
    pipe.load_lora_weights(str(path), adapter_name="tiny")
    results = {}
    for label, weight in (("full", 1.0), ("half", 0.5)):
        pipe.set_adapters("tiny", weight)
        unet = pipe.unet(inputs["unet.sample"], inputs["unet.timesteps"],
                         inputs["unet.encoder_hidden_states"])
        picture = make_expected.draw(pipe, height=64, width=64, num_inference_steps=make_expected.STEPS)
        results |= {f"{label}.text": pipe.text_encoder(inputs["text.ids"][:2]).last_hidden_state,
                    f"{label}.unet": unet.sample, f"{label}.latents": picture["latents"],
                    f"{label}.image": picture["image"]}
    return results


def main():
    GOLDEN.mkdir(parents=True, exist_ok=True)
    pipe = make_expected.load("sd1-tiny")
    inputs = load_file(BASE / "expected.safetensors")
    files = {"sd1-tiny-kohya": (kohya_file(pipe), METADATA),
             "sd1-tiny-diffusers-export": (exported_file(pipe), None)}
    for name, (tensors, metadata) in files.items():
        path = GOLDEN / f"{name}.safetensors"
        save_file(tensors, path, metadata)
        faults = check(str(path), str(BASE), 1.0)
        assert not faults, faults
        results = outputs(path, inputs)
        save_file({k: v.contiguous() for k, v in results.items()}, GOLDEN / f"{name}-expected.safetensors")
        print(name, {k: (tuple(v.shape), v.dtype) for k, v in results.items()}, path.stat().st_size)


if __name__ == "__main__":
    main()
