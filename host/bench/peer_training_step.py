"""Times training steps of the Python peer (diffusers, PEFT, torch) and prints one line of JSON.

The same work and the same protocol as TrainingStepBenchmark.java, with the same configuration file.
"""
import argparse
import json
import pathlib
import statistics
import time

import torch
from diffusers import UNet2DConditionModel
from peft import LoraConfig

CONFIGS = pathlib.Path(__file__).parent / "src/main/resources/dev/kasane/bench"
LATENT_SIDE = {"full": 32, "tiny": 16}
CONTEXT_TOKENS = 77
TARGETS = ["to_q", "to_k", "to_v", "to_out.0"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=LATENT_SIDE, default="full")
    parser.add_argument("--warm-up", type=int, default=2)
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--threads", type=int, default=0, help="0: torch's choice")
    parser.add_argument("--gradient-checkpointing", action="store_true")
    return parser.parse_args()


def peak_resident_bytes():
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise SystemExit("/proc/self/status has no line VmHWM; this benchmark needs Linux")


def build(size, checkpointing):
    config = json.loads((CONFIGS / f"unet-{size}.json").read_text())
    unet = UNet2DConditionModel.from_config(config)
    unet.requires_grad_(False)
    unet.add_adapter(LoraConfig(r=8, lora_alpha=8, target_modules=TARGETS))
    unet.train()
    if checkpointing:
        unet.enable_gradient_checkpointing()
    return unet


def main():
    options = arguments()
    if options.threads > 0:
        torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    unet = build(options.size, options.gradient_checkpointing)
    parameters = [each for each in unet.parameters() if each.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=1e-4, weight_decay=1e-2)
    side = LATENT_SIDE[options.size]
    latents, target = torch.randn(1, 4, side, side), torch.randn(1, 4, side, side)
    context = torch.randn(1, CONTEXT_TOKENS, unet.config.cross_attention_dim)
    timesteps = torch.tensor([500])

    def step():
        loss = torch.nn.functional.mse_loss(unet(latents, timesteps, context).sample, target)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        return loss.item()

    seconds = []
    for number in range(options.warm_up + options.steps):
        start = time.perf_counter()
        loss = step()
        if number >= options.warm_up:
            seconds.append(time.perf_counter() - start)
    print(json.dumps({
        "side": "python",
        "engine": f"torch {torch.__version__}",
        "size": options.size,
        "gradient_checkpointing": options.gradient_checkpointing,
        "threads": torch.get_num_threads(),
        "warm_up_steps": options.warm_up,
        "seconds": seconds,
        "median_seconds": statistics.median(seconds),
        "peak_resident_bytes": peak_resident_bytes(),
        "trained_parameters": sum(each.numel() for each in parameters),
        "loss": loss,
    }))


if __name__ == "__main__":
    main()
