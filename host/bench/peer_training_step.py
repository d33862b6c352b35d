"""Times training steps of the Python peer (diffusers, PEFT, torch) and prints one line of JSON.

The same work and the same protocol as TrainingStepBenchmark.java, with the same configuration file.
"""
import argparse
import contextlib
import json
import pathlib
import statistics
import tempfile
import time

import torch
from diffusers import UNet2DConditionModel
from diffusers.training_utils import cast_training_params
from peft import LoraConfig

CONFIGS = pathlib.Path(__file__).parent / "src/main/resources/dev/kasane/bench"
RESOLUTION = {"full": 256, "tiny": 128}
PIXELS_OF_A_LATENT = 8
CONTEXT_TOKENS = 77
TARGETS = ["to_q", "to_k", "to_v", "to_out.0"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=RESOLUTION, default="full")
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--resolution", type=int, default=0, help="pixels of a side; 0: the size's own")
    parser.add_argument("--dtype", choices=["float32", "bfloat16", "float16"], default="float32")
    parser.add_argument("--base-type", choices=["nf4", "fp4"], help="quantise the base by bitsandbytes")
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
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


def quantised(unet, kind, dtype):
    from diffusers import BitsAndBytesConfig
    with tempfile.TemporaryDirectory() as folder:
        unet.save_pretrained(folder)
        return UNet2DConditionModel.from_pretrained(folder, torch_dtype=dtype, quantization_config=BitsAndBytesConfig(
            load_in_4bit=True, bnb_4bit_quant_type=kind, bnb_4bit_compute_dtype=dtype))


def device_bytes(device):
    """What the whole GPU's memory is used for, as torch keeps what it once took; 0 without one."""
    if device == "cpu":
        return 0
    free, total = torch.cuda.mem_get_info()
    return total - free


def build(options, dtype):
    config = json.loads((CONFIGS / f"unet-{options.size}.json").read_text())
    unet = UNet2DConditionModel.from_config(config).to(dtype)
    if options.base_type:
        unet = quantised(unet, options.base_type, dtype)
    unet = unet.to(options.device)
    unet.requires_grad_(False)
    unet.add_adapter(LoraConfig(r=8, lora_alpha=8, target_modules=TARGETS))
    cast_training_params(unet, dtype=torch.float32)
    unet.train()
    if options.gradient_checkpointing or options.base_type:
        unet.enable_gradient_checkpointing()
    return unet


def main():
    options = arguments()
    if options.threads > 0:
        torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    dtype = getattr(torch, options.dtype)
    unet = build(options, dtype)
    parameters = [each for each in unet.parameters() if each.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=1e-4, weight_decay=1e-2)
    pixels = options.resolution or RESOLUTION[options.size]
    shape = (options.batch, 4, pixels // PIXELS_OF_A_LATENT, pixels // PIXELS_OF_A_LATENT)
    latents, target = torch.randn(shape).to(options.device, dtype), torch.randn(shape).to(options.device)
    context = torch.randn(options.batch, CONTEXT_TOKENS, unet.config.cross_attention_dim).to(options.device, dtype)
    timesteps = torch.full((options.batch,), 500, device=options.device)
    # As diffusers' own script for LoRA: frozen weights in the type, adapters in float32, operators by autocast.
    mixed = torch.autocast(options.device, dtype) if dtype != torch.float32 else contextlib.nullcontext()
    scaler = torch.amp.GradScaler(options.device, enabled=dtype == torch.float16)

    def step():
        with mixed:
            prediction = unet(latents, timesteps, context).sample
        loss = torch.nn.functional.mse_loss(prediction.float(), target)
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
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
        "work": f"{options.device}, {options.size}, {options.batch} of {pixels} pixels, {options.dtype}"
                + (f", base in {options.base_type}" if options.base_type else "")
                + (", gradient checkpointing" if options.gradient_checkpointing else "")
                + f", {options.threads or 'its choice of'} threads, {options.warm_up} steps before",
        "seconds": seconds,
        "median_seconds": statistics.median(seconds),
        "peak_resident_bytes": peak_resident_bytes(),
        "device_bytes": device_bytes(options.device),
        "trained_parameters": sum(each.numel() for each in parameters),
        "loss": loss,
    }))


if __name__ == "__main__":
    main()
