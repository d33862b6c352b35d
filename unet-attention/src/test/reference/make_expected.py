"""Inputs and outputs of the tiny models: one call of each part, and whole pictures.

    OMP_NUM_THREADS=1 HF_HUB_OFFLINE=1 python make_expected.py

golden/<name>/expected.safetensors   text encoder, U-Net, VAE
golden/<name>/pipelines.safetensors  pictures, final latents, timesteps of whole runs
golden/<name>/pipelines.json         the settings of each run
"""

import numpy as np
import torch
from diffusers import (DDIMScheduler, DPMSolverMultistepScheduler, EulerAncestralDiscreteScheduler,
                       EulerDiscreteScheduler, LCMScheduler, PNDMScheduler, StableDiffusionImg2ImgPipeline,
                       StableDiffusionPipeline)
from PIL import Image
from safetensors.torch import save_file

from make_models import GOLDEN, PAD, write_json

PROMPTS = ["a photo of a red cat", "", "The BLUE dog, on   a thing; 42%", "über 猫 🐈 in\nthe re-red"]
NEGATIVE = "the blue thing"
SEED, STEPS, GUIDANCE = 7, 6, 7.5
SCHEDULERS = {
    "ddim": (DDIMScheduler, {}),
    "euler": (EulerDiscreteScheduler, {}),
    "euler-ancestral": (EulerAncestralDiscreteScheduler, {}),
    "dpmpp-2m": (DPMSolverMultistepScheduler, {}),
    "dpmpp-2m-karras": (DPMSolverMultistepScheduler, {"use_karras_sigmas": True}),
    "pndm": (PNDMScheduler, {}),
    "lcm": (LCMScheduler, {}),
}


def load(name):
    pipe = StableDiffusionPipeline.from_pretrained(str(GOLDEN / name), safety_checker=None,
                                                   feature_extractor=None, local_files_only=True)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def text_outputs(pipe):
    ids = pipe.tokenizer(PROMPTS, padding="max_length", max_length=77, truncation=True,
                         return_tensors="pt").input_ids
    out = pipe.text_encoder(ids, output_hidden_states=True)
    root = getattr(pipe.text_encoder, "text_model", pipe.text_encoder)
    return {"text.ids": ids, "text.last_hidden_state": out.last_hidden_state,
            "text.penultimate": out.hidden_states[-2],
            "text.penultimate_normed": root.final_layer_norm(out.hidden_states[-2])}


def unet_outputs(pipe, context, generator):
    """Square, wide, a size that no block halves evenly, and a fractional timestep as Euler uses them."""
    cases = {"unet": ((2, 4, 16, 16), torch.tensor([981, 7])),
             "unet_wide": ((1, 4, 8, 24), torch.tensor([500])),
             "unet_odd": ((1, 4, 9, 13), torch.tensor([250])),
             "unet_fraction": ((1, 4, 8, 8), torch.tensor([799.2]))}
    results = {}
    for case, (shape, timesteps) in cases.items():
        sample = torch.randn(shape, generator=generator)
        states = context[[0, 2][:shape[0]]]
        results |= {f"{case}.sample": sample, f"{case}.timesteps": timesteps,
                    f"{case}.encoder_hidden_states": states,
                    f"{case}.output": pipe.unet(sample, timesteps, states).sample}
    return results


def vae_outputs(pipe, generator):
    results = {}
    for case, (height, width) in {"vae": (64, 64), "vae_wide": (40, 72)}.items():
        picture = torch.rand(1, 3, height, width, generator=generator) * 2 - 1
        latent = torch.randn(1, 4, height // 8, width // 8, generator=generator) / 0.18215
        moments = pipe.vae.encode(picture).latent_dist
        results |= {f"{case}.picture": picture, f"{case}.mean": moments.mean,
                    f"{case}.logvar": moments.logvar, f"{case}.latent": latent,
                    f"{case}.decoded": pipe.vae.decode(latent).sample}
    return results


def init_image():
    """A smooth colour field with a hard-edged square, 64x64."""
    y, x = np.mgrid[0:64, 0:64]
    rgb = np.stack([4 * x, 4 * y, 128 + 100 * np.sin(x / 9)], -1)
    rgb[16:40, 20:44] = (230, 40, 90)
    return Image.fromarray(rgb.clip(0, 255).astype(np.uint8))


def draw(pipe, **settings):
    run = lambda kind: pipe(PROMPTS[0], negative_prompt=NEGATIVE, guidance_scale=GUIDANCE, output_type=kind,
                            generator=torch.Generator().manual_seed(SEED), **settings).images
    return {"latents": run("latent"), "image": torch.from_numpy(np.stack([np.array(i) for i in run("pil")]))}


def plain(config):
    return {k: v for k, v in sorted(config.items()) if not k.startswith("_")}


def pipeline_outputs(pipe):
    results, runs = {}, {}
    original = pipe.scheduler.config

    def add(run, target, scheduler, **settings):
        kind, options = SCHEDULERS[scheduler]
        target.scheduler = kind.from_config(original, **options)
        outputs = draw(target, **settings) | {"timesteps": torch.as_tensor(target.scheduler.timesteps)}
        results.update({f"{run}.{k}": v for k, v in outputs.items()})
        runs[run] = {"prompt": PROMPTS[0], "negative_prompt": NEGATIVE, "seed": SEED,
                     "guidance_scale": GUIDANCE, "scheduler": scheduler, "scheduler_class": kind.__name__,
                     **{k: v for k, v in settings.items() if k != "image"},
                     "scheduler_config": plain(target.scheduler.config)}

    for scheduler in SCHEDULERS:
        add(scheduler, pipe, scheduler, height=64, width=64, num_inference_steps=STEPS)
    add("ddim-wide", pipe, "ddim", height=64, width=96, num_inference_steps=STEPS)
    add("ddim-two", pipe, "ddim", height=64, width=64, num_inference_steps=STEPS, num_images_per_prompt=2)
    image = init_image()
    results["init_image"] = torch.from_numpy(np.array(image))
    img2img = StableDiffusionImg2ImgPipeline(**pipe.components, requires_safety_checker=False)
    img2img.set_progress_bar_config(disable=True)
    for scheduler in ("ddim", "euler-ancestral"):
        add(f"img2img-{scheduler}", img2img, scheduler, image=image, strength=0.6, num_inference_steps=10)
    results["first_noise"] = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(SEED))
    return results, runs


def save(results, path):
    save_file({k: v.detach().contiguous() for k, v in results.items()}, path)


@torch.no_grad()
def main():
    for name in PAD:
        pipe = load(name)
        generator = torch.Generator().manual_seed(11)
        results = text_outputs(pipe)
        results |= unet_outputs(pipe, results["text.last_hidden_state"], generator)
        results |= vae_outputs(pipe, generator)
        save(results, GOLDEN / name / "expected.safetensors")
        pictures, runs = pipeline_outputs(pipe)
        save(pictures, GOLDEN / name / "pipelines.safetensors")
        write_json(GOLDEN / name / "pipelines.json", {"prompts": PROMPTS, "runs": runs})


if __name__ == "__main__":
    main()
