"""Tiny decoders of every family with random weights, and what transformers computes with them.

    OMP_NUM_THREADS=1 python make_decoders.py

golden/<case>/config.json, model.safetensors (weights in bfloat16)
and expected.safetensors:
  ids, mask                a batch of three texts, padded left; 1 where a token is real
  logits                   of the padded batch (rows, tokens, every fourth of the vocabulary)
  right.ids, right.mask, right.logits   the same texts padded on the right
  long.ids, long.logits    one text beyond the training window where the positions allow it
  step.logits              the long text read with a cache: 20 tokens, then one by one
  greedy.prompt, greedy.tokens          a greedy continuation of 64 tokens by generate()
Weights are rounded to bfloat16 and stored so: half the size, and exact in float32.
"""

import json
import shutil
import sys
from pathlib import Path

import torch
import transformers as t
from safetensors.torch import save_file

GOLDEN = Path(__file__).resolve().parent.parent / "resources" / "golden"
COMMON = dict(vocab_size=128, hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
              bos_token_id=None, eos_token_id=None, pad_token_id=None)
LLAMA = dict(COMMON, intermediate_size=56, num_key_value_heads=2, max_position_embeddings=32)


def scaled(**parameters):
    return dict(LLAMA, rope_scaling=dict(rope_theta=10000.0, **parameters))


CASES = {
    "llama": (t.LlamaConfig, LLAMA),
    "llama-tied": (t.LlamaConfig, dict(LLAMA, tie_word_embeddings=True, attention_bias=True, mlp_bias=True,
                                       num_key_value_heads=1, head_dim=12, rope_theta=500.0)),
    "llama-linear": (t.LlamaConfig, scaled(rope_type="linear", factor=3.0)),
    "llama-dynamic": (t.LlamaConfig, scaled(rope_type="dynamic", factor=2.0)),
    "llama-llama3": (t.LlamaConfig, scaled(rope_type="llama3", factor=8.0, low_freq_factor=1.0,
                                           high_freq_factor=4.0, original_max_position_embeddings=16)),
    "llama-yarn": (t.LlamaConfig, scaled(rope_type="yarn", factor=4.0, original_max_position_embeddings=16)),
    "mistral": (t.MistralConfig, dict(LLAMA, sliding_window=9)),
    "qwen2": (t.Qwen2Config, dict(LLAMA, tie_word_embeddings=True)),
    "qwen2-window": (t.Qwen2Config, dict(LLAMA, use_sliding_window=True, sliding_window=7, max_window_layers=1)),
    "gemma2": (t.Gemma2Config, dict(LLAMA, head_dim=12, sliding_window=8, query_pre_attn_scalar=20,
                                    attn_logit_softcapping=2.0, final_logit_softcapping=3.0)),
    "gpt-neox": (t.GPTNeoXConfig, dict(COMMON, intermediate_size=64, max_position_embeddings=32)),
    "gpt-neox-serial": (t.GPTNeoXConfig, dict(COMMON, intermediate_size=64, max_position_embeddings=32,
                                              use_parallel_residual=False, rotary_pct=0.5)),
    "gpt2": (t.GPT2Config, dict(vocab_size=128, n_embd=32, n_layer=2, n_head=4, n_positions=96,
                                bos_token_id=None, eos_token_id=None)),
    "gpt2-by-layer": (t.GPT2Config, dict(vocab_size=128, n_embd=32, n_layer=2, n_head=2, n_positions=96,
                                         n_inner=40, scale_attn_by_inverse_layer_idx=True,
                                         tie_word_embeddings=False, bos_token_id=None, eos_token_id=None)),
    "opt": (t.OPTConfig, dict(COMMON, ffn_dim=64, max_position_embeddings=96)),
    "opt-after": (t.OPTConfig, dict(COMMON, ffn_dim=64, max_position_embeddings=96, do_layer_norm_before=False,
                                    word_embed_proj_dim=16)),
}
# Where the usual seed gives a continuation that soon repeats one token.
SEEDS = {"gpt2": 20, "opt-after": 1, "opt": 2, "llama-tied": 18, "gpt-neox": 16, "gemma2": 13}
LENGTHS = [13, 5, 11]
LONG = 60


def randomise(model):
    """Larger than the library's own start, so that attention is not flat and biases count."""
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.dim() == 1:
                base = 0.0 if name.endswith("bias") or model.config.model_type == "gemma2" else 1.0
                values = base + 0.3 * torch.randn_like(weight)
            else:
                # Gemma scales its embedding, whose rows are the head's too: a large one echoes the last token.
                table = 0.06 if model.config.model_type == "gemma2" else 0.3
                values = torch.randn_like(weight) * (table if "embed" in name or "wte" in name else 0.25)
            weight.copy_(values.bfloat16().float())


def positions(mask):
    return (mask.cumsum(1) - 1).clamp(min=0)


def run(model, ids, mask=None, **more):
    mask = torch.ones_like(ids) if mask is None else mask
    return model(input_ids=ids, attention_mask=mask, position_ids=positions(mask), **more).logits


def pad(texts, left):
    width = max(map(len, texts))
    fill = [torch.zeros(width - len(text), dtype=torch.long) for text in texts]
    ids = [torch.cat([f, x] if left else [x, f]) for f, x in zip(fill, texts)]
    mask = [torch.cat([f, torch.ones_like(x)] if left else [torch.ones_like(x), f]) for f, x in zip(fill, texts)]
    return torch.stack(ids), torch.stack(mask)


def steps(model, ids, first):
    cache = t.DynamicCache(config=model.config)
    out = []
    for start, end in [(0, first)] + [(i, i + 1) for i in range(first, ids.shape[1])]:
        out.append(model(input_ids=ids[:, start:end], past_key_values=cache,
                         position_ids=torch.arange(start, end)[None], attention_mask=torch.ones(1, end)).logits)
    return torch.cat(out, 1)


def make(name):
    kind, settings = CASES[name]
    torch.manual_seed(SEEDS.get(name, sum(name.encode())))
    config = kind(**settings)
    model = t.AutoModelForCausalLM.from_config(config, attn_implementation="eager").float().eval()
    randomise(model)
    texts = [torch.randint(1, 128, (n,)) for n in LENGTHS]
    ids, mask = pad(texts, True)
    right_ids, right_mask = pad(texts, False)
    long_ids = torch.randint(1, 128, (1, LONG))
    prompt = torch.randint(1, 128, (1, 6))
    with torch.no_grad():
        expected = {
            "ids": ids, "mask": mask, "logits": run(model, ids, mask),
            "right.ids": right_ids, "right.mask": right_mask, "right.logits": run(model, right_ids, right_mask),
            "long.ids": long_ids, "long.logits": run(model, long_ids), "step.logits": steps(model, long_ids, 20),
            "greedy.prompt": prompt,
            "greedy.tokens": model.generate(prompt, attention_mask=torch.ones_like(prompt), do_sample=False,
                                            max_new_tokens=64)[:, prompt.shape[1]:],
        }
    folder = GOLDEN / name
    shutil.rmtree(folder, ignore_errors=True)
    model.bfloat16().save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    for key in ("logits", "right.logits", "long.logits", "step.logits"):
        expected[key] = expected[key][:, :, ::4]
    save_file({k: (v.int() if v.dtype == torch.long else v).contiguous() for k, v in expected.items()},
              folder / "expected.safetensors")
    print(name, f"{expected['logits'].std():.2f}", len(set(expected["greedy.tokens"][0].tolist())),
          {f.name: f.stat().st_size for f in folder.iterdir()})


if __name__ == "__main__":
    for case in sys.argv[1:] or CASES:
        make(case)
