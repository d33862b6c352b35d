"""Low-rank adapters on the tiny SD 1.x model, computed by PEFT.

    OMP_NUM_THREADS=1 HF_HUB_OFFLINE=1 python make_lora.py

Every case writes two files under golden/lora/: `<case>.safetensors`, the adapter alone under kohya names, and
`<case>-expected.safetensors`, what it does. golden/lora/cases.json has the PEFT settings. The U-Net inputs
are `unet.*` and the token ids `text.ids` of golden/sd1-tiny/expected.safetensors.
"""

import torch
from peft import LoraConfig
from peft.tuners.lora import LoraLayer
from safetensors.torch import load_file, save_file

from make_expected import load
from make_models import GOLDEN, write_json

NAME = "sd1-tiny"
FOLDER = GOLDEN / "lora"
ATTENTION = ["to_q", "to_k", "to_v", "to_out.0"]
TEXT_ATTENTION = ["q_proj", "k_proj", "v_proj", "out_proj"]
SHOWN_DELTAS = ("mid_block.resnets.0.conv1", "up_blocks.2.resnets.0.conv1",
                "down_blocks.1.attentions.0.proj_in",
                "mid_block.attentions.0.transformer_blocks.0.attn1.to_q",
                "mid_block.attentions.0.transformer_blocks.0.attn2.to_k")


def lora_layers(model):
    return {name: module for name, module in model.named_modules() if isinstance(module, LoraLayer)}


def randomise(layers, seed):
    """A of variance 1/fan-in, B of deviation 0.3: an update that is felt, and no factor that is zero."""
    generator = torch.Generator().manual_seed(seed)
    for _, layer in sorted(layers.items()):
        a, b = layer.lora_A["default"].weight, layer.lora_B["default"].weight
        a.data.copy_(torch.randn(a.shape, generator=generator) / a[0].numel() ** 0.5)
        b.data.copy_(0.3 * torch.randn(b.shape, generator=generator))


def kohya_root(module, part):
    """`part` is `unet` or `te`; text-encoder files keep the root that newer libraries drop in memory."""
    if part == "te" and not module.startswith("text_model."):
        module = "text_model." + module
    return f"lora_{part}_" + module.replace(".", "_")


def per_factor(layers, part, pick):
    """`pick(weight)` of both factors of every layer, under the kohya names of the weights."""
    values = {}
    for name, layer in layers.items():
        root = kohya_root(name, part)
        values[f"{root}.lora_down.weight"] = pick(layer.lora_A["default"].weight).detach().clone()
        values[f"{root}.lora_up.weight"] = pick(layer.lora_B["default"].weight).detach().clone()
    return values


def adapter_file(layers, part):
    """alpha is written so that alpha / rank is the factor in use, whatever rule PEFT took it from."""
    tensors = per_factor(layers, part, lambda weight: weight)
    for name, layer in layers.items():
        alpha = layer.scaling["default"] * layer.r["default"]
        tensors[f"{kohya_root(name, part)}.alpha"] = torch.tensor(float(alpha))
    return tensors


def attach(model, seed, **settings):
    model.requires_grad_(False)
    model.add_adapter(LoraConfig(**settings))
    layers = lora_layers(model)
    randomise(layers, seed)
    return layers


def train(forward, layers, part, target, steps=10):
    """Gradients of the first step, then the losses of `steps` AdamW steps and the factors they end at."""
    parameters = [p for layer in layers.values() for p in layer.parameters() if p.requires_grad]
    assert len(parameters) == 2 * len(layers)
    optimiser = torch.optim.AdamW(parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2)
    results, losses = {"target": target}, []
    for step in range(steps):
        optimiser.zero_grad()
        loss = ((forward() - target) ** 2).mean()
        loss.backward()
        if step == 0:
            results |= {"grad." + k: v for k, v in per_factor(layers, part, lambda w: w.grad).items()}
        losses.append(loss.item())
        optimiser.step()
    after = per_factor(layers, part, lambda weight: weight)
    return results | {"after." + k: v for k, v in after.items()} | {"losses": torch.tensor(losses)}


CASES = {
    "unet-attn": dict(seed=31, r=4, lora_alpha=6, target_modules=ATTENTION),
    "unet-rslora": dict(seed=32, r=4, lora_alpha=6, target_modules=ATTENTION, use_rslora=True),
    "unet-conv": dict(seed=33, r=3, lora_alpha=4, target_modules=["conv1", "proj_in"]),
    "unet-patterns": dict(seed=34, r=4, lora_alpha=6, target_modules=ATTENTION,
                          rank_pattern={"attn2.to_k": 2, "mid_block.*": 6}, alpha_pattern={"attn2.to_k": 1}),
    "te-attn": dict(seed=35, r=4, lora_alpha=6, target_modules=TEXT_ATTENTION),
}
TRAINED = ("unet-attn", "te-attn")


def run(case, inputs, dtype=torch.float32):
    settings = dict(CASES[case])
    pipe = load(NAME)
    part = case.split("-")[0]
    model = pipe.unet if part == "unet" else pipe.text_encoder
    layers = attach(model, settings.pop("seed"), **settings)
    adapter = adapter_file(layers, part)
    model.to(dtype)
    if part == "unet":
        sample, states = inputs["unet.sample"].to(dtype), inputs["unet.encoder_hidden_states"].to(dtype)
        forward = lambda: model(sample, inputs["unet.timesteps"], states).sample
    else:
        forward = lambda: model(inputs["text.ids"]).last_hidden_state
    with torch.no_grad():
        output = forward()
    results = {"output": output}
    for name, layer in layers.items():
        if name in SHOWN_DELTAS:
            results[f"delta.{kohya_root(name, part)}"] = layer.get_delta_weight("default")
    if case in TRAINED:
        target = torch.randn(output.shape, generator=torch.Generator().manual_seed(5)).to(dtype)
        results |= train(forward, layers, part, target)
    return adapter, {k: v.detach() for k, v in results.items()}


def relative(a, b):
    return ((a - b).norm() / b.norm()).item()


def report(case, results, inputs):
    """Rounding against a double-precision run, and how much the adapter changes the output."""
    exact = run(case, inputs, torch.float64)[1]
    base = inputs["unet.output" if case.startswith("unet") else "text.last_hidden_state"]
    worst = {}
    for key, value in results.items():
        kind = key.split(".")[0]
        worst[kind] = max(worst.get(kind, 0), relative(value, exact[key]))
    print(case, "effect %.3f" % relative(results["output"], base), {k: "%.1e" % v for k, v in worst.items()})


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    inputs = load_file(GOLDEN / NAME / "expected.safetensors")
    for case in CASES:
        adapter, results = run(case, inputs)
        save_file(adapter, FOLDER / f"{case}.safetensors")
        save_file({k: v.contiguous() for k, v in results.items()}, FOLDER / f"{case}-expected.safetensors")
        report(case, results, inputs)
    write_json(FOLDER / "cases.json", {"base": NAME, "cases": CASES})


if __name__ == "__main__":
    main()
