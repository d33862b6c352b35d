"""Makes the golden values of the scheduler tests with the diffusers library.

Run with OMP_NUM_THREADS=1; writes schedulers.json and the scheduler configurations it was made with into
../resources/dev/kasane/diffusion/scheduler. All float arrays are base64 of little-endian float32.
"""

import base64
import json
import math
import pathlib

import numpy as np
import torch
import diffusers
from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    LCMScheduler,
    PNDMScheduler,
)
from diffusers.training_utils import compute_snr

TARGET = pathlib.Path(__file__).parent / "../resources/dev/kasane/diffusion/scheduler"
SHAPE = (1, 4, 4, 4)
SIZE = 64
NOISE_SEED = 11

STABLE_DIFFUSION = {
    "_class_name": "PNDMScheduler",
    "_diffusers_version": "0.6.0",
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "beta_start": 0.00085,
    "num_train_timesteps": 1000,
    "set_alpha_to_one": False,
    "skip_prk_steps": True,
    "steps_offset": 1,
    "trained_betas": None,
    "clip_sample": False,
}
# What a file says that leaves nearly everything to the sampler.
BARE = {"_class_name": "DDPMScheduler", "num_train_timesteps": 1000}
ZERO_SNR = dict(
    STABLE_DIFFUSION,
    prediction_type="v_prediction",
    rescale_betas_zero_snr=True,
    timestep_spacing="trailing",
)

KINDS = {
    "ddim": (DDIMScheduler, {}),
    "euler": (EulerDiscreteScheduler, {}),
    "euler-karras": (EulerDiscreteScheduler, {"use_karras_sigmas": True}),
    "euler-ancestral": (EulerAncestralDiscreteScheduler, {}),
    "dpmpp-2m": (DPMSolverMultistepScheduler, {}),
    "dpmpp-2m-karras": (DPMSolverMultistepScheduler, {"use_karras_sigmas": True}),
    "pndm": (PNDMScheduler, {}),
    "lcm": (LCMScheduler, {}),
}


def packed(values):
    array = values.detach().numpy() if isinstance(values, torch.Tensor) else np.asarray(values)
    return base64.b64encode(np.ascontiguousarray(array, dtype="<f4").tobytes()).decode()


def noise_generator():
    return torch.Generator().manual_seed(NOISE_SEED)


def fake_model(latents, timestep):
    """0.3 cos(t / 500) x + 0.5 sin(0.37 i + t / 300), factors in double, the rest in float32."""
    timestep = float(timestep)
    factor = np.float32(0.3 * math.cos(timestep / 500))
    pattern = np.array(
        [0.5 * math.sin(0.37 * i + timestep / 300) for i in range(SIZE)], dtype=np.float32
    ).reshape(SHAPE)
    return torch.from_numpy(latents.numpy() * factor + pattern)


def set_begin_index(scheduler, index):
    """Without it, a run whose first two timesteps round to the same starts at the second and overruns."""
    if hasattr(scheduler, "set_begin_index"):
        scheduler.set_begin_index(index)


def trajectory(kind, settings, steps, config, start, strength=None, eta=None):
    cls, extra = KINDS[kind]
    scheduler = cls.from_config(dict(config, **extra))
    scheduler.set_timesteps(steps)
    timesteps = scheduler.timesteps
    generator = noise_generator()
    first = 0
    if strength is None:
        set_begin_index(scheduler, 0)
        latents = start * scheduler.init_noise_sigma
    else:
        # As the image-to-image pipeline does it.
        first = max(steps - min(int(steps * strength), steps), 0)
        set_begin_index(scheduler, first)
        noise = torch.randn(SHAPE, generator=generator)
        latents = scheduler.add_noise(start, noise, timesteps[first : first + 1])
    recorded = [latents]
    takes_generator = kind in ("ddim", "euler-ancestral", "lcm")
    for timestep in timesteps[first:]:
        output = fake_model(scheduler.scale_model_input(latents, timestep), timestep)
        options = {"generator": generator} if takes_generator else {}
        if eta is not None:
            options["eta"] = eta
        latents = scheduler.step(output, timestep, latents, **options).prev_sample
        recorded.append(latents)
    return {
        "kind": kind,
        "config": settings,
        "steps": steps,
        "strength": strength,
        "eta": eta,
        "first": first,
        "draws": draws_of(generator),
        "initNoiseSigma": float(scheduler.init_noise_sigma),
        "timesteps": [float(timestep) for timestep in timesteps],
        "latents": [packed(step) for step in recorded],
    }


def draws_of(generator):
    """How often SIZE normals were drawn from a generator since its seed."""
    fresh = noise_generator()
    for count in range(40):
        if torch.equal(fresh.get_state(), generator.get_state()):
            return count
        torch.randn(SHAPE, generator=fresh)
    raise AssertionError("noise was drawn in another shape")


def configs():
    result = {"sd-epsilon": STABLE_DIFFUSION, "bare": BARE, "zero-snr": ZERO_SNR}
    result["sd-v"] = dict(STABLE_DIFFUSION, prediction_type="v_prediction")
    result["sd-sample"] = dict(STABLE_DIFFUSION, prediction_type="sample")
    for spacing in ("leading", "trailing", "linspace"):
        result["sd-epsilon-" + spacing] = dict(STABLE_DIFFUSION, timestep_spacing=spacing)
        result["sd-v-" + spacing] = dict(result["sd-v"], timestep_spacing=spacing)
    result["cosine"] = dict(
        STABLE_DIFFUSION, beta_schedule="squaredcos_cap_v2", prediction_type="v_prediction"
    )
    result["runge-kutta"] = dict(STABLE_DIFFUSION, skip_prk_steps=False)
    return result


def cases(all_configs, start):
    def case(kind, settings, steps, **options):
        return trajectory(kind, settings, steps, all_configs[settings], start, **options)

    for kind in KINDS:
        for settings in ("sd-epsilon", "sd-v"):
            for steps in (4, 8) if kind == "lcm" else (1, 7, 20):
                yield case(kind, settings, steps)
        yield case(kind, "sd-epsilon", 7, strength=0.6)
        yield case(kind, "bare", 4)
    for kind in ("euler", "euler-karras", "ddim", "dpmpp-2m", "dpmpp-2m-karras"):
        unstated = "leading" if kind == "ddim" else "linspace"
        for spacing in sorted({"leading", "trailing", "linspace"} - {unstated}):
            for prediction in ("sd-epsilon-", "sd-v-"):
                yield case(kind, prediction + spacing, 7)
    for kind in KINDS:
        if kind not in ("pndm", "euler-karras"):
            yield case(kind, "zero-snr", 4)
    for kind in ("ddim", "euler", "dpmpp-2m", "lcm"):
        yield case(kind, "sd-sample", 4)
    for kind in ("euler-karras", "dpmpp-2m-karras", "pndm"):
        yield case(kind, "cosine", 4)
    yield case("pndm", "runge-kutta", 7)
    yield case("ddim", "sd-epsilon", 7, eta=0.7)
    yield case("ddim", "sd-v", 4, eta=1.0)


def timestep_grids(all_configs):
    """Timesteps alone, for many numbers of steps."""
    for kind, (cls, extra) in KINDS.items():
        for spacing in ("leading", "trailing", "linspace"):
            settings = "sd-epsilon-" + spacing
            for steps in (1, 2, 3, 13, 37, 49):
                scheduler = cls.from_config(dict(all_configs[settings], **extra))
                scheduler.set_timesteps(steps)
                yield {
                    "kind": kind,
                    "config": settings,
                    "steps": steps,
                    "timesteps": [round(float(t), 4) for t in scheduler.timesteps],
                }


def schedules(all_configs):
    clean = torch.randn((4, 2, 2, 2), generator=torch.Generator().manual_seed(3))
    noise = torch.randn((4, 2, 2, 2), generator=torch.Generator().manual_seed(4))
    timesteps = torch.tensor([0, 10, 500, 999])
    for settings in ("sd-epsilon", "bare", "cosine", "zero-snr"):
        scheduler = DDIMScheduler.from_config(all_configs[settings])
        yield {
            "config": settings,
            "alphasCumprod": packed(scheduler.alphas_cumprod),
            "clean": packed(clean),
            "noise": packed(noise),
            "timesteps": timesteps.tolist(),
            "noisy": packed(scheduler.add_noise(clean, noise, timesteps)),
            "velocity": packed(scheduler.get_velocity(clean, noise, timesteps)),
            "snr": packed(compute_snr(scheduler, timesteps)),
        }


def main():
    (TARGET / "configs").mkdir(parents=True, exist_ok=True)
    all_configs = configs()
    for name, config in all_configs.items():
        (TARGET / "configs" / (name + ".json")).write_text(json.dumps(config, indent=2) + "\n")
    start = torch.randn(SHAPE, generator=torch.Generator().manual_seed(1))
    generator = noise_generator()
    golden = {
        "diffusers": diffusers.__version__,
        "start": packed(start),
        "noise": [packed(torch.randn(SHAPE, generator=generator)) for _ in range(21)],
        "trajectories": list(cases(all_configs, start)),
        "grids": list(timestep_grids(all_configs)),
        "schedules": list(schedules(all_configs)),
    }
    lines = json.dumps(golden, separators=(",", ":")).replace('},{"kind"', '},\n{"kind"')
    (TARGET / "schedulers.json").write_text(lines + "\n")


main()
