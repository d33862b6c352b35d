"""Renames diffusers weights to the names of the original single-file Stable Diffusion checkpoints."""

import torch

RESNET = {"norm1": "in_layers.0", "conv1": "in_layers.2", "time_emb_proj": "emb_layers.1",
          "norm2": "out_layers.0", "conv2": "out_layers.3", "conv_shortcut": "skip_connection"}
UNET_ENDS = {"conv_in": "input_blocks.0.0", "conv_norm_out": "out.0", "conv_out": "out.2",
             "time_embedding.linear_1": "time_embed.0", "time_embedding.linear_2": "time_embed.2"}
VAE_ATTENTION = {"group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out"}


def _split(name):
    module, _, parameter = name.rpartition(".")
    return module, parameter



def unet_name(name, layers_per_block, attention_in_up_block):
    """`attention_in_up_block[i]` tells whether up block i has attention, which moves its upsampler by one."""
    module, parameter = _split(name)
    if module in UNET_ENDS:
        return f"{UNET_ENDS[module]}.{parameter}"
    parts = module.split(".")
    stride = layers_per_block + 1
    if parts[0] == "mid_block":
        slot = {"resnets.0": 0, "attentions.0": 1, "resnets.1": 2}[".".join(parts[1:3])]
        prefix, kind, rest = f"middle_block.{slot}", parts[1], parts[3:]
    else:
        block, kind, layer, rest = int(parts[1]), parts[2], int(parts[3]), parts[4:]
        if parts[0] == "down_blocks":
            base = stride * block + layer + 1
            if kind == "downsamplers":
                return f"input_blocks.{stride * (block + 1)}.0.op.{parameter}"
            prefix = f"input_blocks.{base}.{0 if kind == 'resnets' else 1}"
        else:
            if kind == "upsamplers":
                slot = 2 if attention_in_up_block[block] else 1
                return f"output_blocks.{stride * block + layers_per_block}.{slot}.conv.{parameter}"
            prefix = f"output_blocks.{stride * block + layer}.{0 if kind == 'resnets' else 1}"
    inner = [RESNET[rest[0]]] if kind == "resnets" else rest
    return ".".join([prefix, *inner, parameter])


def unet_state(state, config):
    attention = ["CrossAttn" in kind for kind in config["up_block_types"]]
    return {"model.diffusion_model." + unet_name(k, config["layers_per_block"], attention): v
            for k, v in state.items()}


def vae_name(name, blocks):
    module, parameter = _split(name)
    parts = module.split(".")
    if parts[0] not in ("encoder", "decoder") or len(parts) == 2:
        return name.replace("conv_norm_out", "norm_out")
    half, rest = parts[0], parts[1:]
    if rest[0] == "mid_block":
        if rest[1] == "resnets":
            inner = [f"mid.block_{int(rest[2]) + 1}", *rest[3:]]
        else:
            inner = ["mid.attn_1", VAE_ATTENTION[".".join(rest[3:])]]
    else:
        block = int(rest[1])
        side = "down" if half == "encoder" else "up"
        level = block if half == "encoder" else blocks - 1 - block
        if rest[2] == "resnets":
            inner = [side, str(level), "block", *rest[3:]]
        else:
            inner = [side, str(level), "downsample" if half == "encoder" else "upsample", "conv"]
    inner = ["nin_shortcut" if part == "conv_shortcut" else part for part in inner]
    return ".".join([half, *inner, parameter])


def vae_state(state, config):
    renamed = {}
    for name, value in state.items():
        new = vae_name(name, len(config["block_out_channels"]))
        if new.endswith((".q.weight", ".k.weight", ".v.weight", ".proj_out.weight")):
            value = value[:, :, None, None]
        renamed["first_stage_model." + new] = value
    return renamed


def clip_state(state):
    """SD 1.x: the Hugging Face names under another root, with the index buffer that old checkpoints keep."""
    renamed = {"cond_stage_model.transformer." + k: v for k, v in state.items()}
    renamed["cond_stage_model.transformer.text_model.embeddings.position_ids"] = torch.arange(77)[None]
    return renamed


def open_clip_state(state, layers):
    """SD 2.x: OpenCLIP names, query, key and value in one matrix, one more block than the U-Net ever sees."""
    root = "cond_stage_model.model."
    ends = {"embeddings.token_embedding.weight": "token_embedding.weight",
            "embeddings.position_embedding.weight": "positional_embedding",
            "final_layer_norm.weight": "ln_final.weight", "final_layer_norm.bias": "ln_final.bias"}
    inner = {"self_attn.out_proj": "attn.out_proj", "mlp.fc1": "mlp.c_fc", "mlp.fc2": "mlp.c_proj",
             "layer_norm1": "ln_1", "layer_norm2": "ln_2"}
    get = lambda key: state["text_model." + key]
    renamed = {root + new: get(old) for old, new in ends.items()}
    for n in range(layers):
        block, source = f"{root}transformer.resblocks.{n}.", f"encoder.layers.{n}."
        for parameter in ("weight", "bias"):
            fused = [get(f"{source}self_attn.{p}_proj.{parameter}") for p in "qkv"]
            renamed[f"{block}attn.in_proj_{parameter}"] = torch.cat(fused)
            for old, new in inner.items():
                renamed[f"{block}{new}.{parameter}"] = get(f"{source}{old}.{parameter}")
    last, extra = (f"{root}transformer.resblocks.{n}." for n in (layers - 1, layers))
    for key in [k for k in renamed if k.startswith(last)]:
        renamed[extra + key[len(last):]] = renamed[key].flip(0)
    width = get("final_layer_norm.weight").numel()
    renamed[root + "text_projection"] = torch.eye(width).roll(1, 0)
    renamed[root + "logit_scale"] = torch.tensor(4.6055)
    return renamed


def schedule_buffers(steps=1000):
    """The noise-schedule tables and averaging counters that every original checkpoint carries along."""
    betas = torch.linspace(0.00085 ** 0.5, 0.012 ** 0.5, steps) ** 2
    return {"betas": betas, "alphas_cumprod": torch.cumprod(1 - betas, 0),
            "model_ema.decay": torch.tensor(0.9999),
            "model_ema.num_updates": torch.tensor(1, dtype=torch.int32)}
