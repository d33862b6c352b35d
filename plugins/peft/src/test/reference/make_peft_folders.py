"""Folders as PEFT and the tools around it save them, for two tiny language models, and what PEFT computes with them.

    OMP_NUM_THREADS=1 python make_peft_folders.py

folders/llama, folders/gpt2: the bases, random. folders/<base>-<case>: the adapters, trained by nobody but random.
folders/niter: an adapter whose start PEFT drew at random and took off the base, before and after training.
folders/logits.safetensors: for each base and adapter the scores (6, 32) that transformers and PEFT give the tokens
TOKENS, the adapter read with PeftModel.from_pretrained on a base that was read anew. The script insists that PEFT gives
the same before saving, and after merging.
"""

import json
import shutil
from pathlib import Path

import torch
from peft import EvaConfig, LoHaConfig, LoKrConfig, LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, GPT2Config, LlamaConfig

FOLDERS = Path(__file__).resolve().parent.parent / "resources" / "folders"
TOKENS = torch.tensor([[3, 17, 30, 4, 9, 21]])
BASES = {
    "llama": LlamaConfig(vocab_size=32, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=2,
                         num_key_value_heads=1, max_position_embeddings=16, bos_token_id=1, eos_token_id=2),
    "gpt2": GPT2Config(vocab_size=32, n_positions=16, n_embd=16, n_layer=2, n_head=2, bos_token_id=1, eos_token_id=2),
}


def lora(targets=("q_proj", "v_proj"), **more):
    given = dict(r=2, lora_alpha=3, task_type="CAUSAL_LM", lora_dropout=0.1,
                 target_modules=targets if isinstance(targets, str) else list(targets))
    return LoraConfig(**{**given, **more})


CASES = {
    "llama-plain": lora(),
    "llama-rslora": lora(use_rslora=True, r=3),
    "llama-rank-pattern": lora(rank_pattern={r"layers\.1\.self_attn\.q_proj": 4, "v_proj": 1}),
    "llama-alpha-pattern": lora(alpha_pattern={r"^model\.layers\.0\..*": 7, "v_proj": 1}),
    "llama-both-patterns": lora(use_rslora=True, rank_pattern={"q_proj": 3}, alpha_pattern={r".*\.1\..*": 2}),
    "llama-regex": lora(r".*\.(?P<n>[01])\.(self_attn\.o_proj|mlp\.(up|down)_proj)"),
    "llama-all-linear": lora("all-linear", r=1),
    "llama-layer": lora(layers_to_transform=1),
    "llama-layers": lora(layers_to_transform=[0], layers_pattern=["layers"]),
    "llama-exclude": lora(exclude_modules=["layers.0.self_attn.v_proj"]),
    "llama-exclude-regex": lora(exclude_modules=r".*\.1\.self_attn\.q_proj"),
    "llama-whole-norm": lora(modules_to_save=["norm"]),
    "llama-dora": lora(use_dora=True),
    "llama-dora-rslora": lora(use_dora=True, use_rslora=True, rank_pattern={"v_proj": 1}),
    "llama-gaussian": lora(init_lora_weights="gaussian"),
    "llama-false": lora(init_lora_weights=False),
    "llama-eva": lora(init_lora_weights="eva", eva_config=EvaConfig(rho=1.5)),
    "llama-orthogonal": lora(init_lora_weights="orthogonal"),
    "llama-mica": lora(init_lora_weights="mica"),
    "llama-pissa": lora(init_lora_weights="pissa"),
    "llama-pissa-patterns": lora(init_lora_weights="pissa", use_rslora=True, rank_pattern={"v_proj": 3}),
    "llama-pissa-dora": lora(init_lora_weights="pissa", use_dora=True),
    "llama-olora": lora(init_lora_weights="olora"),
    "llama-olora-scaled": lora(init_lora_weights="olora", lora_alpha=8, rank_pattern={"q_proj": 4}),
    "llama-loha": LoHaConfig(r=2, alpha=3, target_modules=["q_proj", "up_proj"], task_type="CAUSAL_LM"),
    "llama-lokr": LoKrConfig(r=1, alpha=3, target_modules=["q_proj"], decompose_both=True, task_type="CAUSAL_LM"),
    "llama-half": lora(),
    "llama-bin": lora(),
    "llama-sharded": lora(),
    "llama-sharded-bin": lora(),
    "llama-named": lora(),
    "llama-unprefixed": lora(),
    "llama-wrapped": lora(),
    "llama-unsloth": lora(),
    "llama-swift": lora(),
    "gpt2-conv1d": lora(["c_attn", "c_proj"], fan_in_fan_out=True),
    "gpt2-untold": lora(["c_attn", "c_fc"]),
    "gpt2-bias-all": lora(["c_attn"], fan_in_fan_out=True, bias="all"),
    "gpt2-bias-lora": lora(["c_attn", "c_proj"], fan_in_fan_out=True, bias="lora_only"),
    "gpt2-lora-bias": lora(["c_attn", "c_fc"], fan_in_fan_out=True, lora_bias=True, use_rslora=True),
    "llama-lora-bias": lora(lora_bias=True),
    "gpt2-pissa": lora(["c_attn", "c_proj"], fan_in_fan_out=True, init_lora_weights="pissa"),
}
# What other tools write beside PEFT's own keys, and switches of PEFT's that are off.
MORE_KEYS = {
    "llama-unsloth": {"unsloth_fixed": True, "auto_mapping": {"base_model_class": "LlamaForCausalLM",
                                                              "parent_library": "transformers"}},
    "llama-swift": {"swift_version": "3.1", "model_id_or_path": "x/y", "lora_dtype": None, "lorap_lr_ratio": None,
                    "peft_version": "0.99.0", "megatron_core": "megatron.core", "runtime_config": {"ephemeral": True}},
}
# PEFT takes no tensors from these as they lie there: what it computes is that of the plain file.
RESAVED = ("sharded", "wrapped", "unprefixed", "named")


# PEFT cannot merge what has a bias into a layer that has none.
UNMERGED = RESAVED + ("llama-lora-bias",)


def base(name):
    return AutoModelForCausalLM.from_pretrained(FOLDERS / name, dtype=torch.float32).eval()


def randomise(model):
    for name, parameter in model.named_parameters():
        if parameter.requires_grad or "lora_" in name:
            nudge = torch.randn_like(parameter) * 0.3
            parameter.data = parameter.data * (1 + nudge) if "magnitude" in name else parameter.data + nudge


def scores(model):
    with torch.no_grad():
        return model(TOKENS).logits[0].clone()


def resave(folder, case):
    """Saves the tensors as some other tool would have."""
    file = folder / "adapter_model.safetensors"
    tensors = load_file(file) if file.exists() else {}
    if case.endswith("half"):
        save_file({key: value.bfloat16() for key, value in tensors.items()}, file, {"format": "pt"})
    if case.endswith("named"):
        tensors = {key.replace("_A.", "_A.default.").replace("_B.", "_B.default."): value for key, value in tensors.items()}
        save_file(tensors, file)
    if case.endswith("unprefixed"):
        save_file({key.removeprefix("base_model.model."): value for key, value in tensors.items()}, file)
    if case.endswith("wrapped"):
        wrap = lambda key: "module._orig_mod.base_model.model." + key.replace(".layers.", "._fsdp_wrapped_module.layers.") \
            .replace(".self_attn.", "._checkpoint_wrapped_module.self_attn.")
        save_file({wrap(key): value for key, value in tensors.items()}, file)
    if "sharded" in case:
        file.unlink()
        kind, save = ("bin", torch.save) if case.endswith("bin") else ("safetensors", save_file)
        keys, index = sorted(tensors), {}
        for part, some in enumerate((keys[:3], keys[3:]), 1):
            name = f"adapter_model-0000{part}-of-00002.{kind}"
            save({key: tensors[key] for key in some}, folder / name)
            index.update({key: name for key in some})
        (folder / f"adapter_model.{kind}.index.json").write_text(json.dumps({"metadata": {}, "weight_map": index}))
    if case in MORE_KEYS:
        config = json.loads((folder / "adapter_config.json").read_text())
        (folder / "adapter_config.json").write_text(json.dumps({**config, **MORE_KEYS[case]}, indent=2))


def converted():
    """A start drawn at random, saved before and after training, each as if it were a plain LoRA."""
    torch.manual_seed(7)
    config = lora(init_lora_weights="pissa_niter_4")
    model = get_peft_model(base("llama"), config).eval()
    config.init_lora_weights = True
    model.save_pretrained(FOLDERS / "niter" / "before")
    randomise(model)
    model.save_pretrained(FOLDERS / "niter" / "trained")
    for folder in ("before", "trained"):
        (FOLDERS / "niter" / folder / "README.md").unlink(missing_ok=True)
        config = FOLDERS / "niter" / folder / "adapter_config.json"
        config.write_text(json.dumps({**json.loads(config.read_text()), "base_model_name_or_path": "llama"}, indent=2))
    return scores(model)


def main():
    shutil.rmtree(FOLDERS, ignore_errors=True)
    logits = {}
    for name, config in BASES.items():
        torch.manual_seed(1)
        model = AutoModelForCausalLM.from_config(config).eval()
        for parameter in model.parameters():
            parameter.data = torch.randn_like(parameter) * (0.2 if parameter.ndim == 1 else 0.4) + (parameter.ndim == 1)
        model.save_pretrained(FOLDERS / name)
        logits[name] = scores(base(name))
    for seed, (case, config) in enumerate(CASES.items()):
        torch.manual_seed(seed)
        name = case.split("-")[0]
        config.base_model_name_or_path = None
        model = get_peft_model(base(name), config).eval()
        randomise(model)
        folder = FOLDERS / case
        model.save_pretrained(folder, safe_serialization=case != "llama-bin")
        (folder / "README.md").unlink(missing_ok=True)
        config = json.loads((folder / "adapter_config.json").read_text())
        targets = config["target_modules"] if isinstance(config["target_modules"], str) else sorted(config["target_modules"])
        (folder / "adapter_config.json").write_text(
            json.dumps({**config, "base_model_name_or_path": name, "target_modules": targets}, indent=2))
        plain = scores(PeftModel.from_pretrained(base(name), folder))
        resave(folder, case)
        loaded = plain if any(each in case for each in RESAVED) else scores(PeftModel.from_pretrained(base(name), folder))
        merged = loaded if any(each in case for each in UNMERGED) else \
            scores(PeftModel.from_pretrained(base(name), folder).merge_and_unload())
        for what, other, bound in (("trained", scores(model), 0.05 if case.endswith("half") else 1e-4), ("merged", merged, 1e-4)):
            off = (other - loaded).abs().max().item()
            assert off < bound, (case, what, off)
        change = (loaded - logits[name]).abs().max().item()
        assert change > 0.05, (case, change)
        print(f"{case:24} changes {change:.3f}")
        logits[case] = loaded
    logits["niter"] = converted()
    save_file(logits, FOLDERS / "logits.safetensors")


if __name__ == "__main__":
    main()
