"""One layer of the tiny base under every spelling and in every shape that tools store it in, and its ΔW.

    python make_spellings.py

golden/spellings.safetensors: for each case `<case>!` + the keys of a file, and `<case>?<component>:<layer>` + the ΔW that
belongs to it: lycoris-lora's where it has the method (as a module restored from the folded tensors), else ComfyUI's
formulas in plain torch. `<case>?…#bias` is what is added to the bias.
"""

from pathlib import Path

import torch
from lycoris.modules.glora import GLoRAModule
from lycoris.modules.locon import LoConModule
from lycoris.modules.loha import LohaModule
from lycoris.modules.lokr import LokrModule
from safetensors.torch import load_file, save_file
from torch import nn

HERE = Path(__file__).resolve().parent.parent
BASE = HERE.parents[2].parent / "unet-attention" / "src" / "test" / "resources" / "golden" / "sd1-tiny"
UNET = load_file(BASE / "unet" / "diffusion_pytorch_model.safetensors")
TEXT = load_file(BASE / "text_encoder" / "model.safetensors")

KEY = ("unet", "down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k", "input_blocks.4.1.transformer_blocks.0.attn2.to_k")
QUERY = ("unet", "down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q", "input_blocks.4.1.transformer_blocks.0.attn1.to_q")
OUT = ("unet", "mid_block.attentions.0.transformer_blocks.0.attn1.to_out.0", "middle_block.1.transformer_blocks.0.attn1.to_out.0")
CONV = ("unet", "down_blocks.1.resnets.0.conv1", "input_blocks.4.0.in_layers.2")
SHORTCUT = ("unet", "down_blocks.1.resnets.0.conv_shortcut", "input_blocks.4.0.skip_connection")
NORM = ("unet", "down_blocks.1.resnets.0.norm1", "input_blocks.4.0.in_layers.0")
POSITIONS = ("text_encoder", "text_model.embeddings.position_embedding", None)
FC1 = ("text_encoder", "text_model.encoder.layers.0.mlp.fc1", None)

GOLDEN = {}


def weight(layer):
    return (UNET if layer[0] == "unet" else TEXT)[layer[1] + ".weight"].float()


def factors(layer, rank=2):
    w = weight(layer)
    down = torch.randn(rank, *w.shape[1:]) * 0.3
    up = torch.randn(w.shape[0], rank, *[1] * (w.dim() - 2)) * 0.3
    return up, down


def product(up, down, scale=1.0):
    return scale * (up.flatten(1) @ down.flatten(1)).reshape(up.shape[0], *down.shape[1:])


def case(name, tensors, layer, delta=None, bias=None):
    for key, tensor in tensors.items():
        GOLDEN[f"{name}!{key}"] = tensor
    place = f"{name}?{layer[0]}:{layer[1]}"
    if delta is not None:
        assert delta.shape == weight(layer).shape, (name, delta.shape)
        assert delta.abs().max() > 0.01, name
        GOLDEN[place] = delta
    if bias is not None:
        GOLDEN[place + "#bias"] = bias


def flat(name):
    return name.replace(".", "_")


def lora(name, prefix, layer, up_name="lora_up.weight", down_name="lora_down.weight", alpha=None, **extra):
    up, down = factors(layer)
    tensors = {f"{prefix}{up_name}": up, f"{prefix}{down_name}": down}
    if alpha is not None:
        tensors[f"{prefix}alpha"] = alpha
    for key, value in extra.items():
        tensors[f"{prefix}{key}"] = value
    scale = 1.0 if alpha is None else float(alpha) / down.shape[0]
    case(name, tensors, layer, product(up, down, scale))


def spellings():
    two = torch.tensor(1.0)
    lora("kohya", f"lora_unet_{flat(KEY[1])}.", KEY, alpha=two)
    lora("kohya-original", f"lora_unet_{flat(KEY[2])}.", KEY, alpha=two)
    lora("lycoris-wrapper", f"lycoris_{flat(KEY[1])}.", KEY, alpha=two)
    lora("a1111-ab", f"lora_unet_{flat(KEY[1])}.", KEY, "lora_B.weight", "lora_A.weight")
    lora("kohya-text", f"lora_te_{flat(FC1[1])}.", FC1, alpha=two)
    lora("kohya-text-1", f"lora_te1_{flat(FC1[1])}.", FC1, alpha=two)
    lora("comfy", f"diffusion_model.{KEY[2]}.", KEY)
    lora("comfy-out", f"diffusion_model.{OUT[2]}.", OUT)
    lora("comfy-ab", f"diffusion_model.{KEY[2]}.", KEY, "lora_B.weight", "lora_A.weight", alpha=two)
    lora("comfy-ab-default", f"diffusion_model.{KEY[2]}.", KEY, "lora_B.default.weight", "lora_A.default.weight")
    lora("comfy-ab-bare", f"diffusion_model.{KEY[2]}.", KEY, "lora_B", "lora_A")
    lora("comfy-layers", f"diffusion_model.{KEY[2]}.", KEY, "lora.up.weight", "lora.down.weight")
    lora("comfy-linear-layer", f"diffusion_model.{KEY[2]}.", KEY, "lora_linear_layer.up.weight",
         "lora_linear_layer.down.weight")
    lora("comfy-diffusers-names", f"diffusion_model.{KEY[1]}.", KEY)
    lora("comfy-conv", f"diffusion_model.{CONV[2]}.", CONV)
    lora("comfy-conv-1x1", f"diffusion_model.{SHORTCUT[2]}.", SHORTCUT)
    lora("comfy-text", f"text_encoders.clip_l.transformer.{FC1[1]}.", FC1)
    lora("comfy-text-h", f"text_encoders.clip_h.transformer.{FC1[1]}.", FC1)
    lora("clip-l", f"clip_l.{FC1[1]}.", FC1, alpha=two)
    lora("clip-l-transformer", f"clip_l.transformer.{FC1[1]}.", FC1, alpha=two)
    lora("onetrainer-original", f"unet.{KEY[2]}.", KEY, alpha=two)
    lora("onetrainer-original-bare", f"{KEY[2]}.", KEY, "lora_B.weight", "lora_A.weight", alpha=two)
    lora("onetrainer-internal", f"unet.{KEY[1]}.", KEY, alpha=two)
    lora("onetrainer-internal-text", f"text_encoder.{FC1[1]}.", FC1, alpha=two)
    lora("onetrainer-dotted-kohya", f"lora_unet.{KEY[1]}.", KEY, alpha=two)
    lora("onetrainer-dotted-kohya-text", f"lora_te.{FC1[1]}.", FC1, alpha=two)
    shape = torch.tensor([float(n) for n in weight(KEY).shape])
    lora("comfy-reshape", f"diffusion_model.{KEY[2]}.", KEY, reshape_weight=shape)
    for dims in (1, 2, 3):
        lora(f"alpha-of-{dims}-axes", f"lora_unet_{flat(KEY[1])}.", KEY, alpha=torch.full([1] * dims, 3.0))
    lora("comfy-positions", f"text_encoders.clip_l.transformer.{POSITIONS[1]}.", POSITIONS)
    lora("comfy-projection", f"text_encoders.clip_l.transformer.{FC1[1]}.", FC1)
    for name in ("lora_up", "lora_down"):
        GOLDEN[f"comfy-projection!text_encoders.clip_l.transformer.text_projection.{name}.weight"] = torch.ones(2, 2)
    lora("slider-notes", f"diffusion_model.{KEY[2]}.", KEY)
    GOLDEN["slider-notes!_aux.0a1b2c"] = torch.ones(3)


def differences():
    up, down = factors(CONV)
    shift = torch.randn(weight(CONV).shape[0])
    prefix = f"diffusion_model.{CONV[2]}."
    case("comfy-diff-b", {prefix + "lora_up.weight": up, prefix + "lora_down.weight": down, prefix + "diff_b": shift},
         CONV, product(up, down), shift)
    case("comfy-diff-b-alone", {prefix + "diff_b": shift}, CONV, None, shift)
    diff = torch.randn_like(weight(CONV))
    case("comfy-diff", {prefix + "diff": diff}, CONV, diff)
    scale = torch.randn_like(weight(NORM))
    case("comfy-norm-diff", {f"diffusion_model.{NORM[2]}.diff": scale, f"diffusion_model.{NORM[2]}.diff_b": -scale},
         NORM, scale, -scale)
    case("kohya-norm", {f"lora_unet_{flat(NORM[1])}.w_norm": scale, f"lora_unet_{flat(NORM[1])}.b_norm": -scale},
         NORM, scale, -scale)
    replaced = torch.randn_like(weight(KEY))
    case("comfy-set-weight", {f"diffusion_model.{KEY[2]}.set_weight": replaced}, KEY, replaced - weight(KEY))


def module(kind, layer, settings, prefix=None, transform=None):
    """A LyCORIS module with random values; its tensors as they are trained, scalar and all, and its live ΔW."""
    w = weight(layer)
    org = nn.Linear(w.shape[1], w.shape[0], bias=False) if w.dim() == 2 else nn.Conv2d(
        w.shape[1], w.shape[0], w.shape[2], padding=w.shape[2] // 2, bias=False)
    with torch.no_grad():
        org.weight.copy_(w)
    made = kind("layer", org, **settings)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.4)
        if isinstance(getattr(made, "scalar", None), nn.Parameter):
            made.scalar.fill_(0.375)
    made.eval()
    tensors = dict(nn.Module.state_dict(made))
    folded = made.custom_state_dict() if hasattr(made, "custom_state_dict") else tensors
    names = set(folded) | ({"scalar"} if isinstance(made.scalar, nn.Parameter) else set())
    raw = {}
    for name in names:
        raw[name] = tensors[name].detach().clone()
    with torch.no_grad():
        delta = live(made, org)
    return raw, delta


def live(made, org):
    """What the module's forward pass puts on top of the weight, read off by unit impulses."""
    w = org.weight
    if w.dim() == 2:
        x = torch.eye(w.shape[1])
        return (made(x) - org(x)).T.contiguous()
    size, inputs = w.shape[2], w.shape[1]
    x = torch.zeros(inputs, inputs, size, size)
    x[range(inputs), range(inputs), size // 2, size // 2] = 1
    return (made(x) - org(x)).transpose(0, 1).flip(-1, -2).contiguous()


def scalars_and_magnitudes():
    unet = lambda layer: f"lora_unet_{flat(layer[1])}."
    plain = dict(lora_dim=2, alpha=3, use_scalar=True)
    for label, kind, settings in (("locon", LoConModule, plain), ("loha", LohaModule, plain),
                                  ("lokr", LokrModule, dict(plain, lora_dim=1)),
                                  ("lokr-whole", LokrModule, dict(plain, full_matrix=True)),
                                  ("locon-rs", LoConModule, dict(plain, rs_lora=True)),
                                  ("locon-dora", LoConModule, dict(plain, weight_decompose=True)),
                                  ("glora", GLoRAModule, plain),
                                  ("locon-tucker", LoConModule, dict(plain, use_tucker=True))):
        for layer in (KEY, CONV):
            raw, delta = module(kind, layer, settings)
            case(f"scalar-{label}-{'linear' if layer is KEY else 'conv'}",
                 {unet(layer) + name: value for name, value in raw.items()}, layer, delta)
    raw, delta = module(LoConModule, KEY, plain)
    raw["scalar"] = raw["scalar"].reshape(1, 1)
    case("scalar-of-2-axes", {f"diffusion_model.{KEY[2]}." + name: value for name, value in raw.items()}, KEY, delta)
    for layer, label in ((KEY, "linear"), (CONV, "conv"), (QUERY, "square")):
        for per_output in (True, False):
            raw, delta = module(LoConModule, layer, dict(lora_dim=2, alpha=3, weight_decompose=True, wd_on_out=per_output))
            name = f"dora-{label}-{'out' if per_output else 'in'}"
            case(name, {unet(layer) + key: value for key, value in raw.items()}, layer, delta)
            if layer is not QUERY:
                raw["dora_scale"] = raw["dora_scale"].flatten()
                case(name + "-flat", {unet(layer) + key: value for key, value in raw.items()}, layer, delta)
                axes = [1, -1] if not per_output else [-1, 1]
                raw["dora_scale"] = raw["dora_scale"].reshape(axes)
                case(name + "-2-axes", {unet(layer) + key: value for key, value in raw.items()}, layer, delta)
            if per_output:
                magnitude = raw.pop("dora_scale").flatten()
                raw["lora_magnitude_vector.weight"] = magnitude.reshape(1, -1, 1, 1) if layer is CONV else magnitude
                original = f"diffusion_model.{layer[2]}."
                case(name + "-peft", {original + key: value for key, value in raw.items()}, layer, delta)


def main():
    torch.manual_seed(23)
    spellings()
    differences()
    scalars_and_magnitudes()
    save_file({key: value.detach().contiguous().clone() for key, value in GOLDEN.items()},
              HERE / "resources" / "golden" / "spellings.safetensors")
    print(len({key.split("!")[0] for key in GOLDEN if "!" in key}), "cases")


if __name__ == "__main__":
    main()
