"""Low-rank updates of single layers, computed by PEFT: outputs, merged difference, gradients.

    OMP_NUM_THREADS=1 python make_layers.py

golden/layers.safetensors: for each case `<case>.` + weight, bias, x, lora_A, lora_B, y (adapted
output), delta (the update in the weight's own layout, scale included), dy (the gradient from
behind), dx, dA, dB.
golden/layers.json: rank, alpha, the rule of the scale, and for convolutions stride and padding.
PEFT fails on dilated convolutions, so none is here.
"""

import json
from pathlib import Path

import torch
from peft import LoraConfig, inject_adapter_in_model
from safetensors.torch import save_file
from torch import nn

GOLDEN = Path(__file__).resolve().parent.parent / "resources" / "golden"
CASES = {
    "linear": (lambda: nn.Linear(7, 5), (2, 3, 7), dict(r=3, lora_alpha=6)),
    "linear-no-bias": (lambda: nn.Linear(7, 5, bias=False), (4, 7), dict(r=1, lora_alpha=1)),
    "linear-rslora": (lambda: nn.Linear(6, 9), (2, 6), dict(r=4, lora_alpha=6, use_rslora=True)),
    "linear-rank-above-width": (lambda: nn.Linear(4, 3), (2, 4), dict(r=8, lora_alpha=2)),
    "conv3": (lambda: nn.Conv2d(4, 6, 3, padding=1), (2, 4, 5, 7), dict(r=2, lora_alpha=3)),
    "conv3-stride": (lambda: nn.Conv2d(4, 6, 3, stride=2, padding=1), (1, 4, 8, 6), dict(r=2, lora_alpha=3)),
    "conv-tall": (lambda: nn.Conv2d(3, 4, (3, 1), padding=(1, 0)), (1, 3, 6, 5), dict(r=2, lora_alpha=2)),
    "conv1": (lambda: nn.Conv2d(5, 4, 1), (2, 5, 3, 4), dict(r=3, lora_alpha=5, use_rslora=True)),
}


def run(case, build, shape, settings):
    torch.manual_seed(sum(case.encode()))
    holder = nn.Sequential(build())
    frozen = holder[0]
    x = torch.randn(shape, requires_grad=True)
    inject_adapter_in_model(LoraConfig(target_modules=["0"], **settings), holder)
    layer = holder[0]
    a, b = layer.lora_A["default"].weight, layer.lora_B["default"].weight
    b.data.normal_()
    y = holder(x)
    base = frozen(x)
    assert (y - base).abs().max() > 0.1
    dy = torch.randn(y.shape)
    y.backward(dy)
    tensors = dict(weight=frozen.weight, x=x, lora_A=a, lora_B=b, y=y,
                   delta=layer.get_delta_weight("default"), dy=dy, dx=x.grad, dA=a.grad, dB=b.grad)
    if frozen.bias is not None:
        tensors["bias"] = frozen.bias
    return frozen, {f"{case}.{k}": v.detach().contiguous() for k, v in tensors.items()}


def main():
    GOLDEN.mkdir(parents=True, exist_ok=True)
    tensors, notes = {}, {}
    for case, (build, shape, settings) in CASES.items():
        layer, results = run(case, build, shape, settings)
        tensors |= results
        notes[case] = {"r": settings["r"], "lora_alpha": settings["lora_alpha"],
                       "use_rslora": settings.get("use_rslora", False)}
        if isinstance(layer, nn.Conv2d):
            notes[case] |= {"stride": layer.stride, "padding": layer.padding}
    save_file(tensors, GOLDEN / "layers.safetensors")
    (GOLDEN / "layers.json").write_text(json.dumps(notes, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
