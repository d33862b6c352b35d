"""Single layers and small files of the LyCORIS family, computed by lycoris-lora.

    OMP_NUM_THREADS=1 python make_lycoris.py

golden/<algorithm>.safetensors: for each case `<case>.` + weight, bias, x, `saved.<name>` (the module's state
dict), y and y-half (the layer's output at strength 1 and 0.5), delta and delta-half (what the live path adds
to the weight, read off by unit impulses), dy (the gradient from behind), dx, `grad.<name>`.
files/<algorithm>.safetensors: a tiny model's adapter under kohya's names, as `create_lycoris` makes it.

Every parameter is set to random numbers, so that none of its effects hides behind another's zero.
"""

import copy
from pathlib import Path

import torch
from lycoris import LycorisNetwork, create_lycoris
from lycoris.modules.boft import ButterflyOFTModule
from lycoris.modules.diag_oft import DiagOFTModule
from lycoris.modules.full import FullModule
from lycoris.modules.glora import GLoRAModule
from lycoris.modules.ia3 import IA3Module
from lycoris.modules.locon import LoConModule
from lycoris.modules.loha import LohaModule
from lycoris.modules.lokr import LokrModule
from lycoris.modules.norms import NormModule
from safetensors.torch import save_file
from torch import nn

RESOURCES = Path(__file__).resolve().parent.parent / "resources"

LAYERS = {
    "linear": (lambda: nn.Linear(6, 8), (2, 3, 6)),
    "conv1": (lambda: nn.Conv2d(6, 8, 1), (2, 6, 3, 2)),
    "conv3": (lambda: nn.Conv2d(4, 6, 3, padding=1), (1, 4, 5, 4)),
}
WIDE = {"linear": (lambda: nn.Linear(12, 16), (2, 12)), "conv3": (lambda: nn.Conv2d(8, 12, 3, padding=1), (1, 8, 3, 4))}


def each(settings, layers=("linear", "conv1", "conv3"), table=None, suffix=""):
    return {name + suffix: ((table or LAYERS)[name], settings) for name in layers}


CASES = {
    "loha": (LohaModule, {
        **each(dict(lora_dim=2, alpha=3)),
        **each(dict(lora_dim=2, alpha=1, use_tucker=True), ("conv3",), suffix="-tucker"),
        **each(dict(lora_dim=4, alpha=3, rs_lora=True), ("linear",), suffix="-rs"),
        **each(dict(lora_dim=2, alpha=1, weight_decompose=True), ("linear", "conv3"), suffix="-dora"),
        **each(dict(lora_dim=2, alpha=1, weight_decompose=True, wd_on_out=False), ("linear", "conv3"),
               suffix="-dora-in"),
    }),
    "lokr": (LokrModule, {
        **each(dict(lora_dim=1, alpha=2)),
        **each(dict(lora_dim=1, alpha=2, decompose_both=True), ("linear", "conv3"), WIDE, "-both"),
        **each(dict(lora_dim=1, alpha=3, use_tucker=True), ("conv3",), suffix="-tucker"),
        **each(dict(lora_dim=4, alpha=2, full_matrix=True), suffix="-full"),
        **each(dict(lora_dim=1, alpha=3, factor=2), ("linear",), WIDE, "-factor"),
        **each(dict(lora_dim=1, alpha=3, unbalanced_factorization=True), ("linear",), suffix="-unbalanced"),
        **each(dict(lora_dim=1, alpha=1, weight_decompose=True), ("linear", "conv3"), suffix="-dora"),
    }),
    "dora": (LoConModule, {
        **each(dict(lora_dim=2, alpha=3, weight_decompose=True)),
        **each(dict(lora_dim=2, alpha=1, weight_decompose=True, wd_on_out=False), suffix="-in"),
        **each(dict(lora_dim=2, alpha=1, weight_decompose=True, use_tucker=True), ("conv3",), suffix="-tucker"),
    }),
    "ia3": (IA3Module, {
        **each({}),
        **each(dict(train_on_input=True), suffix="-input"),
    }),
    "glora": (GLoRAModule, {
        **each(dict(lora_dim=2, alpha=3)),
    }),
    "diag-oft": (DiagOFTModule, {
        **each(dict(lora_dim=2)),
        **each(dict(lora_dim=4, constraint=0.05), suffix="-limit"),
        **each(dict(lora_dim=2, rescaled=True), suffix="-rescaled"),
    }),
    "boft": (ButterflyOFTModule, {
        **each(dict(lora_dim=2), ("linear", "conv1")),
        **each(dict(lora_dim=6), ("conv3",)),
        **each(dict(lora_dim=4, constraint=0.05), ("linear",), suffix="-limit"),
        **each(dict(lora_dim=2, rescaled=True), ("linear", "conv1"), suffix="-rescaled"),
        **each(dict(lora_dim=4), ("linear",), WIDE, "-wide"),
        **each(dict(lora_dim=6), ("conv3",), WIDE, "-wide"),
    }),
    "full": (FullModule, {**each({})}),
    "norm": (NormModule, {
        "group": ((lambda: nn.GroupNorm(2, 6), (2, 6, 3, 4)), {}),
        "layer": ((lambda: nn.LayerNorm(8), (2, 3, 8)), {}),
    }),
}
SAVED_AS = {"full": {"weight": "diff", "bias": "diff_b"}}


def randomise(module):
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.4)


def response(module, layer):
    """The weight that the live path puts on top of the layer's own, in the weight's layout."""
    weight = layer.weight
    if weight.dim() == 1:
        return module.get_diff_weight(module.multiplier)[0]
    if weight.dim() == 2:
        x = torch.eye(weight.shape[1])
        zero = torch.zeros_like(x)
        return ((module(x) - module(zero)) - (layer(x) - layer(zero))).T
    size, inputs = weight.shape[2], weight.shape[1]
    x = torch.zeros(inputs, inputs, size, size)
    x[range(inputs), range(inputs), size // 2, size // 2] = 1
    zero = torch.zeros_like(x)
    y = (module(x) - module(zero)) - (layer(x) - layer(zero))
    return y.transpose(0, 1).flip(-1, -2)


def run(algorithm, kind, case, build, shape, settings):
    torch.manual_seed(sum((algorithm + case).encode()))
    layer = build().requires_grad_(False)
    if layer.weight.dim() == 1:
        randomise(layer)
    module = kind("layer", copy.deepcopy(layer), **settings)
    if algorithm == "full":  # What it saves is only right once it has taken the layer's place.
        module.apply_to()
    randomise(module)
    module.eval()
    x = torch.randn(shape, requires_grad=True)
    saved = {name: value for name, value in module.state_dict().items()}
    results = dict(weight=layer.weight, bias=layer.bias, x=x)
    results |= {"saved." + name: value for name, value in saved.items()}
    y = module(x)
    assert (y - layer(x)).abs().max() > 0.05, case
    dy = torch.randn(y.shape)
    y.backward(dy)
    results |= dict(y=y, dy=dy, dx=x.grad)
    names = SAVED_AS.get(algorithm, {})
    results |= {"grad." + names.get(name, name): p.grad for name, p in module.named_parameters()}
    with torch.no_grad():
        results["delta"] = response(module, layer)
        module.multiplier = 0.5
        results["y-half"] = module(x)
        results["delta-half"] = response(module, layer)
    return {f"{case}.{k}": v.detach().contiguous().clone() for k, v in results.items()}


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.to_q = nn.Linear(8, 8, bias=False)
        self.to_k = nn.Linear(12, 8, bias=False)


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.proj_in = nn.Conv2d(8, 8, 1)
        self.attn1 = Attention()


class Resnet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(4, 8, 3, padding=1)


class Tiny(nn.Module):
    def __init__(self):
        super().__init__()
        self.mid_block = nn.ModuleDict({"attentions": nn.ModuleList([Transformer()]),
                                        "resnets": nn.ModuleList([Resnet()])})


FILES = {
    "loha": dict(algo="loha"), "loha-tucker-dora": dict(algo="loha", use_tucker=True, dora_wd=True),
    "lokr": dict(algo="lokr"), "lokr-full": dict(algo="lokr", full_matrix=True),
    "lokr-tucker-dora": dict(algo="lokr", use_tucker=True, dora_wd=True, wd_on_output=False),
    "dora": dict(algo="locon", dora_wd=True), "ia3": dict(algo="ia3"), "glora": dict(algo="glora"),
    "diag-oft": dict(algo="diag-oft", rescaled=True, constraint=0.1),
    "boft": dict(algo="boft", rescaled=True), "full": dict(algo="full"),
}


def file(name, settings):
    torch.manual_seed(sum(name.encode()))
    LycorisNetwork.apply_preset({"lora_prefix": "lora_unet"})
    dim = 1 if settings["algo"] == "lokr" else 2
    network = create_lycoris(Tiny(), 1.0, linear_dim=dim, linear_alpha=1.5, **settings)
    network.apply_to()
    with torch.no_grad():
        for key, parameter in sorted(network.named_parameters()):  # Modules are created in no fixed order.
            values = torch.randn_like(parameter) * 0.4
            starts = settings["algo"] == "full" or key.endswith(("dora_scale", "rescale"))
            parameter.copy_(parameter + values if starts else values)
    tensors = {key: value.detach().clone().contiguous() for key, value in network.state_dict().items()}
    assert len(network.loras) == 4, name
    save_file(tensors, RESOURCES / "files" / f"{name}.safetensors",
              {"ss_network_module": "lycoris.kohya"})


def main():
    for folder in ("golden", "files"):
        (RESOURCES / folder).mkdir(parents=True, exist_ok=True)
    for algorithm, (kind, cases) in CASES.items():
        tensors = {}
        for case, ((build, shape), settings) in cases.items():
            tensors |= run(algorithm, kind, case, build, shape, settings)
        save_file(tensors, RESOURCES / "golden" / f"{algorithm}.safetensors")
        print(algorithm, sorted(cases))
    for name, settings in FILES.items():
        file(name, settings)


if __name__ == "__main__":
    main()
