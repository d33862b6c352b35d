"""Writes the tiny pipelines in every checkpoint layout that the loader must open.

    OMP_NUM_THREADS=1 python make_models.py

golden/<name>/                      diffusers folder, float32
golden/<name>-original.safetensors  single file, original names, float16
golden/sd1-tiny-original.ckpt       the same as a pickle
golden/sd1-tiny-fp16/               `fp16` variant, with the VAE attention names and the index buffer of 2022
golden/sd1-tiny-sharded/            the text encoder split over three files
"""

import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file

import original_layout
from tiny_models import MERGES, build, text_file_names, vocabulary

GOLDEN = Path(__file__).resolve().parent.parent / "resources" / "golden"
PREDICTION = {"sd1-tiny": "epsilon", "sd2-tiny": "v_prediction"}
PAD = {"sd1-tiny": "<|endoftext|>", "sd2-tiny": "!"}


def write_json(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def save(state, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({k: v.contiguous() for k, v in state.items()}, path, {"format": "pt"})


def half(state):
    return {k: v.half() if v.is_floating_point() else v for k, v in state.items()}


def special(content):
    return {"content": content, "lstrip": False, "normalized": True, "rstrip": False, "single_word": False}


def write_tokenizer(folder, pad):
    write_json(folder / "vocab.json", vocabulary())
    lines = ["#version: 0.2", *(" ".join(pair) for pair in MERGES)]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    start, end = special("<|startoftext|>"), special("<|endoftext|>")
    write_json(folder / "special_tokens_map.json",
               {"bos_token": start, "eos_token": end, "pad_token": pad, "unk_token": end})
    typed = lambda token: {"__type": "AddedToken", **token}
    write_json(folder / "tokenizer_config.json", {
        "add_prefix_space": False, "bos_token": typed(start), "do_lower_case": True, "eos_token": typed(end),
        "errors": "replace", "model_max_length": 77, "pad_token": "<|endoftext|>",
        "special_tokens_map_file": "./special_tokens_map.json", "tokenizer_class": "CLIPTokenizer",
        "unk_token": typed(end)})


def write_configs(folder, name, unet, vae, text):
    scheduler = {"_class_name": "PNDMScheduler" if name == "sd1-tiny" else "DDIMScheduler",
                 "_diffusers_version": "0.8.0", "beta_end": 0.012, "beta_schedule": "scaled_linear",
                 "beta_start": 0.00085, "clip_sample": False, "num_train_timesteps": 1000,
                 "set_alpha_to_one": False, "skip_prk_steps": True, "steps_offset": 1, "trained_betas": None}
    if name == "sd2-tiny":
        scheduler["prediction_type"] = PREDICTION[name]
    write_json(folder / "scheduler/scheduler_config.json", scheduler)
    for part, model in (("unet", unet), ("vae", vae)):
        write_json(folder / part / "config.json", json.loads(model.to_json_string()))
    text_config = text.config.to_diff_dict() | {
        "architectures": ["CLIPTextModel"], "layer_norm_eps": 1e-5, "max_position_embeddings": 77,
        "hidden_act": text.config.hidden_act, "eos_token_id": 2, "bos_token_id": 0, "pad_token_id": 1,
        "torch_dtype": "float32"}
    text_config.pop("dtype", None)
    write_json(folder / "text_encoder/config.json", text_config)
    write_json(folder / "model_index.json", {
        "_class_name": "StableDiffusionPipeline", "_diffusers_version": "0.8.0",
        "feature_extractor": [None, None], "requires_safety_checker": False, "safety_checker": [None, None],
        "scheduler": ["diffusers", scheduler["_class_name"]],
        "text_encoder": ["transformers", "CLIPTextModel"],
        "tokenizer": ["transformers", "CLIPTokenizer"], "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["diffusers", "AutoencoderKL"]})
    write_tokenizer(folder / "tokenizer", PAD[name])


def old_vae_names(state):
    """The attention names of the VAE files published with SD 1.x and 2.x."""
    pairs = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}
    renamed = {}
    for name, value in state.items():
        for new, old in pairs.items():
            name = name.replace(f"attentions.0.{new}.", f"attentions.0.{old}.")
        renamed[name] = value
    return renamed


def write_half_variant(name, unet, vae, text):
    folder = GOLDEN / f"{name}-fp16"
    write_configs(folder, name, unet, vae, text)
    save(half(unet.state_dict()), folder / "unet/diffusion_pytorch_model.fp16.safetensors")
    save(half(old_vae_names(vae.state_dict())), folder / "vae/diffusion_pytorch_model.fp16.safetensors")
    words = text_file_names(text.state_dict())
    words["text_model.embeddings.position_ids"] = torch.arange(77)[None]
    save(half(words), folder / "text_encoder/model.fp16.safetensors")


def write_shards(name, text, count=3):
    folder = GOLDEN / f"{name}-sharded/text_encoder"
    state = text_file_names(text.state_dict())
    names, where = sorted(state), {}
    for n in range(count):
        file = f"model-{n + 1:05d}-of-{count:05d}.safetensors"
        part = names[n::count]
        save({k: state[k] for k in part}, folder / file)
        where |= {k: file for k in part}
    total = sum(v.numel() * v.element_size() for v in state.values())
    write_json(folder / "model.safetensors.index.json",
               {"metadata": {"total_size": total}, "weight_map": where})
    shutil.copy(GOLDEN / name / "text_encoder/config.json", folder)


def write_original(name, unet, vae, text):
    words = text_file_names(text.state_dict())
    if name == "sd1-tiny":
        encoder = original_layout.clip_state(words)
    else:
        encoder = original_layout.open_clip_state(words, text.config.num_hidden_layers)
    state = half(original_layout.unet_state(unet.state_dict(), unet.config)
                 | original_layout.vae_state(vae.state_dict(), vae.config) | encoder)
    state |= original_layout.schedule_buffers()
    save(state, GOLDEN / f"{name}-original.safetensors")
    if name == "sd1-tiny":
        state = {k: v.contiguous() for k, v in state.items()}
        checkpoint = {"epoch": 3, "global_step": 470000, "pytorch-lightning_version": "1.4.2",
                      "state_dict": state, "callbacks": {}, "lr_schedulers": []}
        torch.save(checkpoint, GOLDEN / f"{name}-original.ckpt")


def main():
    for name in PREDICTION:
        unet, vae, text = build(name)
        folder = GOLDEN / name
        write_configs(folder, name, unet, vae, text)
        save(unet.state_dict(), folder / "unet/diffusion_pytorch_model.safetensors")
        save(vae.state_dict(), folder / "vae/diffusion_pytorch_model.safetensors")
        save(text_file_names(text.state_dict()), folder / "text_encoder/model.safetensors")
        write_original(name, unet, vae, text)
        if name == "sd1-tiny":
            write_half_variant(name, unet, vae, text)
            write_shards(name, text)


if __name__ == "__main__":
    main()
