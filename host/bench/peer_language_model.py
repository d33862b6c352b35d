"""Times the Python peer (transformers, PEFT, torch) on a language model and prints one line of JSON.

The same work and the same protocol as LanguageModelBenchmark.java, with the same configuration file.
"""
import argparse
import json
import pathlib
import tempfile
import time

import torch
from peft import LoraConfig, get_peft_model, prepare_model_for_kbit_training
from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM

CONFIGS = pathlib.Path(__file__).parent / "src/main/resources/dev/kasane/bench"
TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj"]
PROMPT_TOKENS = 64


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=["full", "1b", "tiny"], default="full")
    parser.add_argument("--base", type=pathlib.Path, help="folder of a stored model in place of random weights")
    parser.add_argument("--dtype", choices=["float32", "float16", "bfloat16"], default="float32")
    parser.add_argument("--base-type", choices=["nf4", "fp4"], help="quantise the base by bitsandbytes")
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--write", choices=["float32", "float16", "bfloat16"],
                        help="write a random model of that type to --base, and nothing else")
    for name, value in {"rows": 2, "length": 256, "warm-up": 2, "steps": 5, "new-tokens": 128, "texts": 3,
                        "threads": 0}.items():
        parser.add_argument("--" + name, type=int, default=value)
    options = parser.parse_args()
    if options.write and not options.base:
        parser.error("--write needs --base, the folder to write to")
    return options


def peak_resident_bytes():
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise SystemExit("/proc/self/status has no line VmHWM; this benchmark needs Linux")


def device_bytes(device):
    """What the whole GPU's memory is used for, as torch keeps what it once took; 0 without one."""
    if device == "cpu":
        return 0
    free, total = torch.cuda.mem_get_info()
    return total - free


def train(model, options):
    parameters = [each for each in model.parameters() if each.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=1e-4, weight_decay=1e-2)
    ids = torch.randint(model.config.vocab_size, (options.rows, options.length)).to(options.device)
    model.train()
    seconds = []
    for number in range(options.warm_up + options.steps):
        start = time.perf_counter()
        loss = model(input_ids=ids, labels=ids, use_cache=False).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        loss.item()
        if number >= options.warm_up:
            seconds.append(time.perf_counter() - start)
    return seconds


def generate(model, options):
    prompt = torch.randint(model.config.vocab_size, (1, PROMPT_TOKENS)).to(options.device)
    greedy = GenerationConfig(do_sample=False, min_new_tokens=options.new_tokens, max_new_tokens=options.new_tokens,
                              eos_token_id=None, pad_token_id=0)
    model.eval()
    seconds = []
    for text in range(options.texts + 1):
        start = time.perf_counter()
        with torch.inference_mode():
            found = model.generate(input_ids=prompt, attention_mask=torch.ones_like(prompt), generation_config=greedy)
        if found.shape[1] != PROMPT_TOKENS + options.new_tokens:
            raise SystemExit(f"{found.shape[1] - PROMPT_TOKENS} tokens instead of {options.new_tokens}")
        if text > 0:
            seconds.append(time.perf_counter() - start)
    return seconds


def random_model(size):
    config = json.loads((CONFIGS / f"llama-{size}.json").read_text())
    return LlamaForCausalLM(LlamaConfig.from_dict(config))


def quantised(folder, kind, dtype):
    from transformers import BitsAndBytesConfig
    base = LlamaForCausalLM.from_pretrained(folder, dtype=dtype, quantization_config=BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type=kind, bnb_4bit_compute_dtype=dtype))
    return prepare_model_for_kbit_training(base, gradient_checkpointing_kwargs={"use_reentrant": False})


def open_base(options, dtype):
    if not options.base_type:
        return (LlamaForCausalLM.from_pretrained(options.base, dtype=dtype) if options.base
                else random_model(options.size).to(dtype))
    if options.base:
        return quantised(options.base, options.base_type, dtype)
    with tempfile.TemporaryDirectory() as folder:
        random_model(options.size).to(dtype).save_pretrained(folder)
        return quantised(folder, options.base_type, dtype)


def main():
    options = arguments()
    if options.threads > 0:
        torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    if options.write:
        random_model(options.size).to(getattr(torch, options.write)).save_pretrained(options.base)
        return
    dtype = getattr(torch, options.dtype)
    base = open_base(options, dtype).to(options.device)
    weights = base.num_parameters()
    model = get_peft_model(base, LoraConfig(r=8, lora_alpha=8, target_modules=TARGETS, task_type="CAUSAL_LM"))
    found = {
        "side": "python",
        "engine": f"torch {torch.__version__}",
        "work": f"{options.device}, {options.base.name if options.base else options.size}, {options.rows}x{options.length} tokens, "
                f"{options.new_tokens} new, {options.dtype}"
                + (f", base in {options.base_type}" if options.base_type else "") + f", {options.threads or 'its choice of'} threads",
        "weights": weights,
        "trained_parameters": sum(each.numel() for each in model.parameters() if each.requires_grad),
    }
    if options.steps > 0:
        found["step_seconds"] = train(model, options)
        found["step_tokens"] = options.rows * options.length
        found["training_peak_bytes"] = peak_resident_bytes()
        found["training_device_bytes"] = device_bytes(options.device)
    found["text_seconds"] = generate(model, options)
    found["text_tokens"] = options.new_tokens
    found["peak_bytes"] = peak_resident_bytes()
    found["device_bytes"] = device_bytes(options.device)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
