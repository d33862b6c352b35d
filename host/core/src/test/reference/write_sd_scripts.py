"""Writes what kohya's sd-scripts make of small adapters: resized, merged, extracted.

    python write_sd_scripts.py SD_SCRIPTS_CHECKOUT ../resources/dev/kasane/core/algebra/sd-scripts.safetensors

SD_SCRIPTS_CHECKOUT is a checkout of github.com/kohya-ss/sd-scripts (made with 48d368f) whose requirements are
installed. Its scripts run as they are; only the loading of whole Stable Diffusion checkpoints is replaced by a
model of four layers.

Keys: base.<layer>, tuned.<layer> are weights, a.<layer>.* and b.<layer>.* the adapters' parameters;
resize.<rule>.<layer>.*, svd_merge.<layer>.*, concat.<layer>.* and extract.<layer>.* are adapters again,
merged.<layer> are weights.
"""
import argparse
import sys
import tempfile
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

PREFIX = "lora_unet_"
RATIOS = [0.7, -0.4]


class Transformer2DModel(torch.nn.Module):
    """A name that sd-scripts adapt the linear layers and 1x1 convolutions of."""

    def __init__(self):
        super().__init__()
        self.narrow = torch.nn.Linear(16, 24)
        self.wide = torch.nn.Linear(40, 12)
        self.proj = torch.nn.Conv2d(10, 12, 1)


class ResnetBlock2D(torch.nn.Module):
    """A name that sd-scripts adapt the 3x3 convolutions of."""

    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(8, 10, 3)


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.block = Transformer2DModel()
        self.resnet = ResnetBlock2D()


def layers(model):
    return {name.replace(".", "_"): module for name, module in model.named_modules() if hasattr(module, "weight")}


def adapter(model, rank, convolution_rank, alpha):
    """Singular values that fall, so that rules by share choose different ranks."""
    state = {}
    for name, module in layers(model).items():
        shape = module.weight.shape
        r = convolution_rank if shape[2:] == (3, 3) else rank
        falling = 0.6 ** torch.arange(r, dtype=torch.float32)
        up = torch.randn(shape[0], r) * falling
        state[f"{PREFIX}{name}.lora_down.weight"] = torch.randn(r, *shape[1:]) / shape[1:].numel() ** 0.5
        state[f"{PREFIX}{name}.lora_up.weight"] = up.reshape(shape[0], r, *(1 for _ in shape[2:]))
        state[f"{PREFIX}{name}.alpha"] = torch.tensor(alpha)
    return state


def resized(script, folder):
    """Every way of sd-scripts' resize_lora."""
    ways = {"fixed": ["--new_rank", "3", "--new_conv_rank", "2"]}
    for method, parameter in (("sv_ratio", 6.0), ("sv_cumulative", 0.7), ("sv_fro", 0.9)):
        ways[method] = ["--new_rank", "7", "--dynamic_method", method, "--dynamic_param", str(parameter)]
    ways["capped"] = ["--new_rank", "2", "--dynamic_method", "sv_fro", "--dynamic_param", "0.97"]
    results = {}
    for way, options in ways.items():
        target = folder / f"{way}.safetensors"
        script.resize(script.setup_parser().parse_args(
            ["--model", str(folder / "a.safetensors"), "--save_to", str(target), *options]))
        results[f"resize.{way}."] = load_file(target)
    return results


def extracted(script, models):
    """From the difference of two models, factors clamped at the quantile that the script takes by itself."""
    script.args = argparse.Namespace(device=None)
    script.model_util.load_models_from_stable_diffusion_checkpoint = (
        lambda v2, name: (torch.nn.Module(), None, models[name]))
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "out.safetensors"
        script.svd("base", "tuned", str(target), dim=3, conv_dim=2, v2=False, no_metadata=True)
        return load_file(target)


@torch.no_grad()
def main(checkout, path):
    sys.path[:0] = [checkout, checkout + "/networks"]
    from networks import extract_lora_from_models, merge_lora, resize_lora, svd_merge_lora

    torch.manual_seed(5)
    base = Net()
    a, b = adapter(base, 8, 6, 4.0), adapter(base, 4, 4, 6.0)
    a[PREFIX + "resnet_conv.lora_up.weight"] *= 1.7
    zero = {key: value.clone() for key, value in a.items() if "block_wide" in key}
    a |= {key.replace("wide", "untrained"): torch.zeros_like(value) if "lora_up" in key else value
          for key, value in zero.items()}
    out = {f"base.{name}": module.weight.clone() for name, module in layers(base).items()}
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        files = [str(folder / "a.safetensors"), str(folder / "b.safetensors")]
        save_file({key: value.contiguous() for key, value in a.items()}, files[0])
        save_file(b, files[1])
        adapters = {"a.": a, "b.": b} | resized(resize_lora, folder)
        adapters["svd_merge."] = svd_merge_lora.merge_lora_models(files, RATIOS, [], 5, 3, None, torch.float)[0]
        adapters["concat."] = merge_lora.merge_lora_models(files, RATIOS, torch.float, concat=True)[0]
        tuned = Net()
        tuned.load_state_dict(base.state_dict())
        merge_lora.merge_to_sd_model(torch.nn.Module(), tuned, files, RATIOS, torch.float)
    out |= {f"merged.{name}": module.weight.detach().clone() for name, module in layers(tuned).items()}
    adapters["extract."] = extracted(extract_lora_from_models, {"base": base, "tuned": tuned})
    for prefix, state in adapters.items():
        out |= {prefix + key.removeprefix(PREFIX): value for key, value in state.items()}
    save_file({key: value.float().contiguous() for key, value in out.items()}, path)


if __name__ == "__main__":
    main(*sys.argv[1:])
