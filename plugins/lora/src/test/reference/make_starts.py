"""DoRA, PiSSA and OLoRA on single layers, trained for ten steps of AdamW by PEFT.

    OMP_NUM_THREADS=1 python make_starts.py

golden/starts.safetensors: for each case `<case>.` + weight, bias, x, target, rank, alpha, and
  residual: the base's weight after the start was taken off it (PiSSA and OLoRA);
  A, B, magnitude: the parameters before training (DoRA, whose B is not zero here);
  y, delta, dx, dA, dB, dmagnitude: output, merged difference and gradients of mean((y - target)^2);
  losses, after: the losses of ten steps and the merged difference at their end.
"""

from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from torch import nn

GOLDEN = Path(__file__).resolve().parent.parent / "resources" / "golden"
CASES = {
    "dora": (lambda: nn.Linear(7, 9), (2, 3, 7), dict(use_dora=True)),
    "dora-no-bias": (lambda: nn.Linear(9, 5, bias=False), (4, 9), dict(use_dora=True, use_rslora=True)),
    "dora-conv": (lambda: nn.Conv2d(4, 6, 3, padding=1), (2, 4, 5, 7), dict(use_dora=True)),
    "dora-conv1": (lambda: nn.Conv2d(4, 6, 1), (2, 4, 3, 3), dict(use_dora=True)),
    "pissa": (lambda: nn.Linear(7, 9), (2, 3, 7), dict(init_lora_weights="pissa")),
    "pissa-wide": (lambda: nn.Linear(12, 5), (6, 12), dict(init_lora_weights="pissa", use_rslora=True)),
    "pissa-niter-16": (lambda: nn.Linear(24, 20), (30, 24), dict(init_lora_weights="pissa_niter_16")),
    "olora": (lambda: nn.Linear(7, 9), (2, 3, 7), dict(init_lora_weights="olora")),
    "olora-wide": (lambda: nn.Linear(12, 5), (6, 12), dict(init_lora_weights="olora")),
}
RANK, ALPHA = 3, 5


class Model(nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x)


def with_gap(layer):
    """Singular values that fall off fast, so that subspace iteration finds the same directions."""
    u, s, vh = torch.linalg.svd(layer.weight.data, full_matrices=False)
    layer.weight.data = u @ torch.diag(s * 0.5 ** torch.arange(len(s))) @ vh


def run(case, build, shape, settings):
    layer = build()
    if "niter" in case:
        with_gap(layer)
    out = {"weight": layer.weight.data.clone()}
    if layer.bias is not None:
        out["bias"] = layer.bias.data.clone()
    model = get_peft_model(Model(layer), LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=["layer"], **settings))
    adapted = model.base_model.model.layer
    a, b = adapted.lora_A["default"].weight, adapted.lora_B["default"].weight
    x = torch.randn(shape, requires_grad=True)
    if settings.get("use_dora"):
        magnitude = adapted.lora_magnitude_vector["default"].weight
        b.data = torch.randn_like(b) * 0.3
        magnitude.data *= 1 + 0.3 * torch.randn_like(magnitude)
        out |= {"A": a.data.clone(), "B": b.data.clone(), "magnitude": magnitude.data.clone()}
    else:
        out["residual"] = adapted.base_layer.weight.data.clone()
    y = model(x)
    target = torch.randn_like(y)
    out |= {"x": x.detach().clone(), "target": target, "y": y.detach().clone(), "delta": difference(adapted, out["weight"])}
    (y - target).square().mean().backward()
    if settings.get("use_dora"):
        out |= {"dx": x.grad, "dA": a.grad.clone(), "dB": b.grad.clone(), "dmagnitude": magnitude.grad.clone()}
    model.zero_grad()
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-2)
    losses = []
    for _ in range(10):
        loss = (model(x.detach()) - target).square().mean()
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    out |= {"losses": torch.tensor(losses), "after": difference(adapted, out["weight"]),
            "scale": torch.tensor(adapted.scaling["default"])}
    return {f"{case}.{key}": value.detach().contiguous() for key, value in out.items()}


def difference(adapted, weight):
    """The merged weight minus the weight before the adapter, without keeping the merge."""
    kept = adapted.base_layer.weight.data.clone()
    adapted.merge()
    delta = adapted.base_layer.weight.data - weight
    adapted.unmerge()
    adapted.base_layer.weight.data = kept
    return delta.clone()


def main():
    tensors = {}
    for seed, (case, (build, shape, settings)) in enumerate(CASES.items()):
        torch.manual_seed(seed)
        tensors |= run(case, build, shape, settings)
    save_file(tensors, GOLDEN / "starts.safetensors")


if __name__ == "__main__":
    main()
