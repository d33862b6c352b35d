"""Adapters with whole modules, biases, heads, embeddings and resized vocabularies, as PEFT saves and runs them.

    OMP_NUM_THREADS=1 python make_whole_modules.py

golden/whole/base, base-tied      tiny models with random weights, float32; the head of the second is its embedding
golden/whole/<case>               an adapter folder
golden/whole/cases.json           of each case the base, the rows of its tables and whether it leaves them tied
golden/whole/expected.safetensors ids (1, tokens); <case> (tokens, rows): the scores of the base with the adapter, which
                                  PEFT's own merge loses where LoRA is on one of two tied layers
                                  own-head.weight, own-head: a head that is stored beside the embedding that the
                                  configuration ties it to, and what transformers makes of it
"""

import json
import shutil
import warnings
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM

GOLDEN = Path(__file__).resolve().parent.parent / "resources" / "golden" / "whole"
ROWS = 64
MORE = 67
IDS = torch.tensor([[1, 9, 33, 60, 2, 63, 15, 5]])
BOTH = ["embed_tokens", "lm_head"]
CASES = {
    "head": ("base", ROWS, dict(target_modules=["q_proj", "lm_head"])),
    "embedding": ("base", ROWS, dict(target_modules=["q_proj", "embed_tokens"])),
    "whole": ("base", ROWS, dict(target_modules=["q_proj"], modules_to_save=BOTH + ["model.norm"])),
    "bias-all": ("base", ROWS, dict(target_modules=["q_proj"], bias="all")),
    "bias-lora-only": ("base", ROWS, dict(target_modules=["q_proj"], bias="lora_only")),
    "resized": ("base", MORE, dict(target_modules=["q_proj"], modules_to_save=BOTH)),
    "shrunk": ("base", ROWS - 4, dict(target_modules=["q_proj"])),
    "tied-head": ("base-tied", ROWS, dict(target_modules=["q_proj", "lm_head"])),
    "tied-embedding": ("base-tied", ROWS, dict(target_modules=["q_proj", "embed_tokens"])),
    "tied-along": ("base-tied", ROWS, dict(target_modules=["q_proj", "embed_tokens"], ensure_weight_tying=True)),
    "tied-whole-head": ("base-tied", ROWS, dict(target_modules=["q_proj"], modules_to_save=["lm_head"])),
    "tied-whole-embedding": ("base-tied", ROWS, dict(target_modules=["q_proj"], modules_to_save=["embed_tokens"])),
    "tied-whole": ("base-tied", ROWS, dict(target_modules=["q_proj"], modules_to_save=BOTH)),
    "tied-whole-along": ("base-tied", ROWS, dict(target_modules=["q_proj"], modules_to_save=["lm_head"],
                                                 ensure_weight_tying=True)),
    "tied-resized": ("base-tied", MORE, dict(target_modules=["q_proj"])),
    "tied-resized-head": ("base-tied", MORE, dict(target_modules=["q_proj", "lm_head"])),
}
# With these the two tables hold the same again.
STAY_TIED = {"tied-whole-along", "tied-resized"}


def base(name, rows):
    model = AutoModelForCausalLM.from_pretrained(GOLDEN / name, dtype=torch.float32).eval()
    if rows != ROWS:
        model.resize_token_embeddings(rows, mean_resizing=False)
    return model


def make_bases():
    for name in ("base", "base-tied"):
        torch.manual_seed(sum(name.encode()))
        model = LlamaForCausalLM(LlamaConfig(
            vocab_size=ROWS, hidden_size=16, intermediate_size=24, num_hidden_layers=1, num_attention_heads=2,
            max_position_embeddings=32, attention_bias=True, initializer_range=0.2, bos_token_id=None, eos_token_id=None,
            tie_word_embeddings=name == "base-tied"))
        model.save_pretrained(GOLDEN / name)
        (GOLDEN / name / "generation_config.json").unlink()


def scores(model, rows):
    with torch.no_grad():
        return model(input_ids=torch.clamp(IDS, max=rows - 1)).logits[0].clone()


def make(case, name, rows, settings):
    torch.manual_seed(sum(case.encode()))
    model = get_peft_model(base(name, rows), LoraConfig(r=2, lora_alpha=3, task_type="CAUSAL_LM", **settings))
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.add_(0.2 * torch.randn_like(parameter))
    live = scores(model.eval(), rows)
    model.save_pretrained(GOLDEN / case)
    torch.testing.assert_close(scores(PeftModel.from_pretrained(base(name, rows), GOLDEN / case).eval(), rows), live)
    (GOLDEN / case / "README.md").unlink()
    config = GOLDEN / case / "adapter_config.json"
    config.write_text(config.read_text().replace(str(GOLDEN / name), name))
    return live


def make_own_head(out):
    folder = GOLDEN / "scratch"
    shutil.copytree(GOLDEN / "base-tied", folder)
    tensors = load_file(folder / "model.safetensors")
    torch.manual_seed(10)
    tensors["lm_head.weight"] = torch.randn(ROWS, 16)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    out["own-head.weight"] = tensors["lm_head.weight"]
    out["own-head"] = scores(AutoModelForCausalLM.from_pretrained(folder).eval(), ROWS)
    shutil.rmtree(folder)


def main():
    warnings.simplefilter("ignore")
    shutil.rmtree(GOLDEN, ignore_errors=True)
    GOLDEN.mkdir(parents=True)
    make_bases()
    out = {"ids": IDS.int()}
    cases = {}
    for case, (name, rows, settings) in CASES.items():
        out[case] = make(case, name, rows, settings)
        cases[case] = {"base": name, "rows": rows, "tied": case in STAY_TIED}
    make_own_head(out)
    (GOLDEN / "cases.json").write_text(json.dumps(cases, indent=2) + "\n")
    save_file(out, GOLDEN / "expected.safetensors")


if __name__ == "__main__":
    main()
