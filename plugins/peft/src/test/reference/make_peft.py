"""Adapter folders as PEFT saves them, and what PEFT computes with them.

    OMP_NUM_THREADS=1 python make_peft.py

golden/<case>/adapter_config.json and adapter_model.*: what save_pretrained wrote.
golden/<case>/expected.safetensors: for each adapted layer `<path>.` + weight and bias of the bare
layer as (out, in[, k, k]), x, y (the adapted layer's output) and delta (merged weight minus bare
weight); `weight:<key>` for weights and biases that replace the base's.
Patterns stand in alphabetical order: PEFT sorts them when it saves, and the first that fits wins.
golden/layers.json: for each case all layers that the base has.
"""

import json
import shutil
from pathlib import Path

import torch
from peft import LoHaConfig, LoKrConfig, LoraConfig, get_peft_model
from safetensors.torch import save_file
from torch import nn
from transformers import GPT2Config, GPT2LMHeadModel
from transformers.pytorch_utils import Conv1D

GOLDEN = Path(__file__).resolve().parent.parent / "resources" / "golden"


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.q_proj = nn.Linear(8, 8, bias=False)
        self.k_proj = nn.Linear(8, 4, bias=False)
        self.v_proj = nn.Linear(8, 4)
        self.o_proj = nn.Linear(8, 8)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.self_attn = Attention()
        self.input_norm = nn.LayerNorm(8)
        self.conv = nn.Conv2d(3, 5, 3, padding=1)
        self.squeeze = nn.Conv2d(4, 6, 1)


class Inner(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed_tokens = nn.Embedding(11, 8)
        self.layers = nn.ModuleList(Block() for _ in range(3))


class Stack(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = Inner()
        self.lm_head = nn.Linear(8, 11)

    def forward(self, x):
        for block in self.model.layers:
            x = x + block.self_attn.o_proj(block.self_attn.q_proj(block.input_norm(x)))
        return self.lm_head(x)


def gpt2():
    return GPT2LMHeadModel(GPT2Config(vocab_size=11, n_positions=8, n_embd=8, n_layer=2, n_head=2))


ATTENTION = ["q_proj", "k_proj", "v_proj", "o_proj"]
CASES = {
    "plain": (Stack, lambda: LoraConfig(r=2, lora_alpha=3, target_modules=["q_proj", "v_proj"])),
    "gpt2": (gpt2, lambda: LoraConfig(r=3, lora_alpha=4, target_modules=["c_attn", "c_proj"], fan_in_fan_out=True,
                                      task_type="CAUSAL_LM")),
    "patterns": (Stack, lambda: LoraConfig(
        r=4, lora_alpha=6, target_modules=ATTENTION, use_rslora=True,
        rank_pattern={r"layers\.[12]\.self_attn\.q_proj": 2, "k_proj": 1, "model.layers.0.self_attn.k_proj": 3},
        alpha_pattern={r".*\.1\.self_attn\..*": 2.5, "v_proj": 5})),
    "dora": (Stack, lambda: LoraConfig(r=2, lora_alpha=3, target_modules=ATTENTION + ["conv", "squeeze"], use_dora=True)),
    "bias-all": (Stack, lambda: LoraConfig(r=2, lora_alpha=2, target_modules=["v_proj"], bias="all",
                                           modules_to_save=["lm_head"])),
    "bias-lora": (Stack, lambda: LoraConfig(r=2, lora_alpha=2, target_modules=["v_proj", "q_proj"], bias="lora_only")),
    "layers": (Stack, lambda: LoraConfig(r=2, lora_alpha=2, target_modules=["q_proj", "o_proj"],
                                         layers_to_transform=[0, 2], layers_pattern="layers")),
    "regex": (Stack, lambda: LoraConfig(r=2, lora_alpha=2, target_modules=r".*layers\.(?P<n>[01])\.self_attn\.[qk]_proj",
                                        exclude_modules=["layers.0.self_attn.k_proj"])),
    "all-linear": (gpt2, lambda: LoraConfig(r=1, lora_alpha=2, target_modules="all-linear")),
    "conv": (Stack, lambda: LoraConfig(r=2, lora_alpha=3, target_modules=["conv", "squeeze"])),
    "embedding": (Stack, lambda: LoraConfig(r=2, lora_alpha=3, target_modules=["embed_tokens", "q_proj"])),
    "loha": (Stack, lambda: LoHaConfig(r=2, alpha=3, target_modules=["q_proj", "conv"])),
    "lokr": (Stack, lambda: LoKrConfig(r=1, alpha=3, target_modules=["q_proj"], decompose_both=True)),
    "bin": (Stack, lambda: LoraConfig(r=2, lora_alpha=3, target_modules=["q_proj"])),
}


def standard(module, weight):
    return weight.T if isinstance(module, Conv1D) else weight


def sample(module):
    if isinstance(module, nn.Conv2d):
        return torch.randn(2, module.in_channels, 4, 3)
    return torch.randn(2, 3, module.weight.shape[0] if isinstance(module, Conv1D) else module.weight.shape[1])


def randomise(model):
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            nudge = torch.randn_like(parameter) * 0.3
            parameter.data = parameter.data * (1 + nudge) if "magnitude" in name else parameter.data + nudge


def main():
    layers = {}
    for seed, (name, (build, config)) in enumerate(CASES.items()):
        torch.manual_seed(seed)
        base = build().eval()
        bare = {path: module for path, module in base.named_modules()
                if isinstance(module, (nn.Linear, nn.Conv2d, Conv1D, nn.Embedding))}
        layers[name] = sorted(path for path, module in base.named_modules() if any(True for _ in module.parameters(recurse=False)))
        before = {path: (module.weight.detach().clone(), None if getattr(module, "bias", None) is None
                         else module.bias.detach().clone()) for path, module in bare.items()}
        model = get_peft_model(base, config()).eval()
        randomise(model)
        folder = GOLDEN / name
        shutil.rmtree(folder, ignore_errors=True)
        model.save_pretrained(folder, safe_serialization=name != "bin")
        (folder / "README.md").unlink(missing_ok=True)
        expected = {}
        wrapped = {path: model.base_model.model.get_submodule(path) for path in bare}
        adapted = [path for path, module in wrapped.items() if hasattr(module, "base_layer")]
        with torch.no_grad():
            for path in adapted:
                if isinstance(bare[path], nn.Embedding):
                    continue
                x = sample(bare[path])
                weight, bias = before[path]
                expected[path + ".weight"] = standard(bare[path], weight)
                base_bias = wrapped[path].base_layer.bias
                if base_bias is not None:
                    expected[path + ".bias"] = base_bias.detach().clone()
                expected[path + ".x"], expected[path + ".y"] = x, wrapped[path](x)
            if name in ("bias-all", "bias-lora"):
                for path, module in model.base_model.model.named_parameters():
                    if path.endswith("bias") and "lm_head" not in path and (name == "bias-all" or "base_layer" in path):
                        expected["weight:" + path.replace("base_layer.", "")] = module.detach().clone()
                if name == "bias-all":
                    head = model.base_model.model.lm_head.modules_to_save["default"]
                    expected["weight:lm_head.weight"], expected["weight:lm_head.bias"] = head.weight, head.bias
            merged = model.merge_and_unload()
            for path in adapted:
                if not isinstance(bare[path], nn.Embedding):
                    after = merged.get_submodule(path).weight
                    expected[path + ".delta"] = standard(bare[path], after - before[path][0])
        save_file({key: value.detach().contiguous().clone() for key, value in expected.items()}, folder / "expected.safetensors")
    (GOLDEN / "layers.json").write_text(json.dumps(layers, indent=1) + "\n")


if __name__ == "__main__":
    main()
