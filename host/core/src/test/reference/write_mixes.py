"""Writes golden mixes of small LoRAs, made by PEFT through its public interface.

    python write_mixes.py ../resources/dev/kasane/core/algebra/mixes.safetensors

Keys: <adapter>.<layer>.lora_down.weight / lora_up.weight / alpha are the inputs;
mix.<combination>.<layer> is what PEFT's add_weighted_adapter makes as a dense update;
dare.<combination>.<layer> likewise, each layer drawn from a seed of its own, see `seed`;
util.<function>.* are peft.utils.merge_utils on one tensor stack; svd.* is torch's own resize of one layer.
"""
import sys

import torch
from peft import LoraConfig, get_peft_model
from peft.utils import merge_utils
from safetensors.torch import save_file

WEIGHTS = [0.7, -0.4]
SEED = 100_000_000
ADAPTERS = {"a": (4, 8.0), "b": (4, 2.0), "c": (2, 3.0)}


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = torch.nn.Linear(12, 10)
        self.conv = torch.nn.Conv2d(5, 6, 3)


def config(rank, alpha, layers=("fc", "conv")):
    return LoraConfig(r=rank, lora_alpha=alpha, target_modules=list(layers))


def seed(layer):
    """The number from which Kasane draws for a layer when asked for SEED: 31 * SEED + its name's Java hash."""
    code = 0
    for letter in "unet." + layer:
        code = (31 * code + ord(letter)) & 0xFFFFFFFF
    return 31 * SEED + (code - (1 << 32) if code >> 31 else code)


def dare(kind, layer, out):
    """One layer by PEFT, whose generator is set behind the making of the new adapter, which draws as well."""
    model = get_peft_model(Net(), config(*ADAPTERS["a"], [layer]), adapter_name="a")
    model.add_adapter("c", config(*ADAPTERS["c"], [layer]))
    module = getattr(model.base_model.model, layer)
    for name in ("a", "c"):
        for part, factors in (("down", module.lora_A), ("up", module.lora_B)):
            factors[name].weight.data.copy_(out[f"{name}.{layer}.lora_{part}.weight"])
    inject = model.base_model.inject_adapter

    def seeded(*arguments, **options):
        inject(*arguments, **options)
        torch.manual_seed(seed(layer))

    model.base_model.inject_adapter = seeded
    model.add_weighted_adapter(["a", "c"], WEIGHTS, "mixed", combination_type=kind, density=0.5, svd_rank=4)
    return module.get_delta_weight("mixed").detach().clone()


def main(path):
    torch.manual_seed(3)
    out = {}
    model = get_peft_model(Net(), config(*ADAPTERS["a"]), adapter_name="a")
    for name in ("b", "c"):
        model.add_adapter(name, config(*ADAPTERS[name]))
    layers = {"fc": model.base_model.model.fc, "conv": model.base_model.model.conv}
    for name, (rank, alpha) in ADAPTERS.items():
        for layer, module in layers.items():
            down, up = module.lora_A[name].weight, module.lora_B[name].weight
            with torch.no_grad():
                down.copy_(torch.randn_like(down))
                up.copy_(torch.randn_like(up))
            out[f"{name}.{layer}.lora_down.weight"] = down.detach().clone()
            out[f"{name}.{layer}.lora_up.weight"] = up.detach().clone()
            out[f"{name}.{layer}.alpha"] = torch.tensor(alpha)

    def mix(kind, pair, label, **options):
        model.add_weighted_adapter(pair, WEIGHTS, label, combination_type=kind, **options)
        for layer, module in layers.items():
            out[f"mix.{label}.{layer}"] = module.get_delta_weight(label).detach().clone()

    mix("cat", ["a", "c"], "cat")
    mix("linear", ["a", "b"], "linear")
    mix("svd", ["a", "c"], "svd", svd_rank=3)
    mix("svd", ["a", "c"], "svd_clamped", svd_rank=3, svd_clamp=0.9)
    for sign in ("total", "frequency"):
        mix("ties", ["a", "b"], f"ties_{sign}", density=0.6, majority_sign_method=sign)
        mix("ties_svd", ["a", "c"], f"ties_svd_{sign}", density=0.6, majority_sign_method=sign, svd_rank=4)
    mix("magnitude_prune", ["a", "b"], "magnitude_prune", density=0.3)
    mix("magnitude_prune_svd", ["a", "c"], "magnitude_prune_svd", density=0.3, svd_rank=4)

    for kind in ("dare_linear_svd", "dare_ties_svd"):
        for layer in layers:
            out[f"dare.{kind}.{layer}"] = dare(kind, layer, out)

    tasks = [out["a.fc.lora_down.weight"], out["b.fc.lora_down.weight"]]
    torch.manual_seed(11)
    out["util.dare_linear"] = merge_utils.dare_linear(tasks, torch.tensor(WEIGHTS), 0.5)
    torch.manual_seed(11)
    out["util.dare_ties"] = merge_utils.dare_ties(tasks, torch.tensor(WEIGHTS), 0.5, "total")

    s = torch.linalg.svdvals(out["a.fc.lora_up.weight"] @ out["a.fc.lora_down.weight"])
    out["svd.values"] = s
    save_file({k: v.contiguous() for k, v in out.items()}, path)


if __name__ == "__main__":
    main(sys.argv[1])
