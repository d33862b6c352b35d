"""The two tiny Stable Diffusion pipelines that the golden files are made from.

`build(name)` gives the four trained parts with random weights from a fixed seed. Every weight is rounded to
float16 once, so a half-precision copy of a model holds exactly the numbers of the float32 one.
"""

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel

MERGES = [
    ("t", "h"), ("th", "e</w>"), ("i", "n"), ("in", "g</w>"), ("r", "e"), ("re", "d</w>"), ("c", "a"),
    ("ca", "t</w>"), ("b", "l"), ("u", "e</w>"), ("bl", "ue</w>"), ("o", "n</w>"), ("p", "h"), ("o", "t"),
    ("ph", "ot"), ("phot", "o</w>"), ("d", "o"), ("do", "g</w>"), ("o", "f</w>"), ("e", "r</w>"),
]


def byte_alphabet():
    """The 256 printable stand-ins for bytes, in the order in which CLIP numbers them."""
    spans = ("!~", "¡¬", "®ÿ")
    printable = [b for first, last in spans for b in range(ord(first), ord(last) + 1)]
    hidden = [b for b in range(256) if b not in printable]
    return [chr(b) for b in printable] + [chr(256 + n) for n in range(len(hidden))]


def vocabulary():
    letters = byte_alphabet()
    tokens = letters + [c + "</w>" for c in letters] + [a + b for a, b in MERGES]
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    assert len(set(tokens)) == len(tokens)
    return {token: index for index, token in enumerate(tokens)}


UNET = {
    "sd1-tiny": dict(
        block_out_channels=(8, 16, 16),
        down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
        layers_per_block=2, norm_num_groups=4, attention_head_dim=4, cross_attention_dim=32, sample_size=8,
    ),
    "sd2-tiny": dict(
        block_out_channels=(8, 8, 16, 16),
        down_block_types=("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",),
        up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 3,
        layers_per_block=2, norm_num_groups=4, attention_head_dim=[1, 2, 2, 2], cross_attention_dim=24,
        sample_size=8, use_linear_projection=True, upcast_attention=True,
    ),
}

VAE = dict(
    block_out_channels=(8, 16, 16, 16), down_block_types=("DownEncoderBlock2D",) * 4,
    up_block_types=("UpDecoderBlock2D",) * 4, layers_per_block=2, latent_channels=4, norm_num_groups=4,
    sample_size=64, scaling_factor=0.18215,
)

TEXT = {
    "sd1-tiny": dict(hidden_size=32, intermediate_size=64, num_hidden_layers=3, num_attention_heads=4,
                     hidden_act="quick_gelu"),
    "sd2-tiny": dict(hidden_size=24, intermediate_size=56, num_hidden_layers=3, num_attention_heads=3,
                     hidden_act="gelu"),
}

SEEDS = {"sd1-tiny": 101, "sd2-tiny": 202}


def randomise(module, seed):
    """Normal weights of variance 1/fan-in, norms near one, small biases: every layer matters."""
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in sorted(module.named_parameters()):
        noise = torch.randn(parameter.shape, generator=generator)
        if "norm" in name and name.endswith("weight"):
            value = 1 + 0.2 * noise
        elif name.endswith("bias"):
            value = 0.1 * noise
        elif "embedding.weight" in name:
            value = 0.5 * noise
        else:
            value = noise / parameter[0].numel() ** 0.5
        parameter.data.copy_(value.half().float())
    return module.eval().requires_grad_(False)


def build(name):
    """`unet`, `vae` and `text_encoder` of the tiny pipeline `name`."""
    size = len(vocabulary())
    text = CLIPTextConfig(vocab_size=size, max_position_embeddings=77, bos_token_id=size - 2,
                          eos_token_id=size - 1, pad_token_id=1, projection_dim=TEXT[name]["hidden_size"],
                          layer_norm_eps=1e-5, **TEXT[name])
    seed = SEEDS[name]
    unet = randomise(UNet2DConditionModel(**UNET[name]), seed)
    vae = randomise(AutoencoderKL(**VAE), seed + 1)
    # A smaller last layer keeps the pictures inside [-1, 1], so few pixels are clipped.
    last = vae.decoder.conv_out.weight.data
    last.copy_((last * 0.5).half().float())
    return unet, vae, randomise(CLIPTextModel(text), seed + 2)


def text_file_names(state):
    """Names as checkpoints on disk have them: some library versions drop the `text_model.` root in memory."""
    return {(k if k.startswith(("text_model.", "text_projection")) else "text_model." + k): v
            for k, v in state.items()}
