"""A tiny U-Net and second text encoder of Stable Diffusion XL's structure, and what diffusers computes.

    OMP_NUM_THREADS=1 HF_HUB_OFFLINE=1 python make_xl.py

golden/xl-tiny/unet, text_encoder_2  config.json and float16 weights
golden/xl-tiny/expected.safetensors  inputs and outputs, float32
"""

import json

import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModelWithProjection

from make_models import GOLDEN, half, save, write_json
from tiny_models import randomise, text_file_names

UNET = dict(
    block_out_channels=(4, 8, 8), norm_num_groups=4, layers_per_block=2, sample_size=8,
    down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
    transformer_layers_per_block=[1, 2, 3], attention_head_dim=[1, 2, 2], cross_attention_dim=20,
    use_linear_projection=True, addition_embed_type="text_time", addition_time_embed_dim=6,
    projection_class_embeddings_input_dim=10 + 6 * 6,
)
TEXT = dict(vocab_size=40, hidden_size=12, intermediate_size=20, num_hidden_layers=2, num_attention_heads=3,
            max_position_embeddings=77, projection_dim=10, hidden_act="gelu", layer_norm_eps=1e-5,
            bos_token_id=38, eos_token_id=2, pad_token_id=1)


@torch.no_grad()
def main():
    folder = GOLDEN / "xl-tiny"
    unet = randomise(UNet2DConditionModel(**UNET), 303)
    text = randomise(CLIPTextModelWithProjection(CLIPTextConfig(**TEXT)), 304)
    write_json(folder / "unet/config.json", json.loads(unet.to_json_string()))
    write_json(folder / "text_encoder_2/config.json", TEXT)
    save(half(unet.state_dict()), folder / "unet/diffusion_pytorch_model.safetensors")
    save(half(text_file_names(text.state_dict())), folder / "text_encoder_2/model.safetensors")
    generator = torch.Generator().manual_seed(5)
    ids = torch.randint(0, 38, (2, 9), generator=generator)
    ids[0, 5] = ids[1, 8] = 39  # the end of each text is its largest id
    outputs = text(ids)
    sample = torch.randn(2, 4, 8, 12, generator=generator)
    timesteps = torch.tensor([981, 7])
    context = torch.randn(2, 9, 20, generator=generator)
    numbers = torch.tensor([[1024, 768, 0, 16, 1024, 1024], [512, 512, 64, 0, 1024, 768]]).float()
    added = {"text_embeds": outputs.text_embeds, "time_ids": numbers}
    tensors = {"text.ids": ids, "text.last_hidden_state": outputs.last_hidden_state,
               "text.pooled": outputs.text_embeds, "unet.sample": sample, "unet.timesteps": timesteps,
               "unet.encoder_hidden_states": context, "unet.numbers": numbers,
               "unet.output": unet(sample, timesteps, context, added_cond_kwargs=added).sample}
    save_file({k: v.contiguous() for k, v in tensors.items()}, folder / "expected.safetensors")
    print({k: tuple(v.shape) for k, v in tensors.items()})


if __name__ == "__main__":
    main()
