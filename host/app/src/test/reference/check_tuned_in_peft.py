"""Whether PEFT computes the same with what `kasane train text` leaves behind.

    OMP_NUM_THREADS=1 python check_tuned_in_peft.py [KIND ...]

Bases with random weights are made by transformers, with the demo model's tokeniser. On each the launcher tunes an
adapter of every kind for some steps; PEFT loads the folder. Failures are a key that is missing or unexpected, a tensor
that PEFT does not hold as it was written, an adapter that changes nothing, scores further than 1e-4 of the largest
apart, and greedy continuations that part where the best two scores are more than twice that distance apart.
AdapterScores.java computes Kasane's side.

GPT-NeoX's own head is not among the kinds: its files and older releases of transformers call it embed_out, release 5
calls it lm_head once it is loaded, and PEFT leaves out without a word what has another name there.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import torch
import transformers as t
from peft import PeftModel, get_peft_model_state_dict
from safetensors.torch import load_file

ROOT = Path(__file__).resolve().parents[5]
sys.path.insert(0, str(ROOT / "text-lm" / "src" / "test" / "reference"))
from make_decoders import randomise  # noqa: E402

DEMO = ROOT / "text-lm" / "src" / "main" / "base" / "demo"
SAMPLES = ROOT / "text-lm" / "src" / "main" / "samples" / "descriptions.jsonl"
HOME = ROOT / "host" / "app" / "target" / "kasane"
SCORES = ROOT / "host" / "app" / "src" / "test" / "java" / "dev" / "kasane" / "app" / "base" / "AdapterScores.java"
t.utils.logging.disable_progress_bar()
PROMPT, CONTINUED, TOLERANCE = "In the morning the old man", 48, 1e-4

COMMON = dict(vocab_size=1024, bos_token_id=None, eos_token_id=None, pad_token_id=None)
WIDE = dict(COMMON, hidden_size=64, intermediate_size=112, num_hidden_layers=3, num_attention_heads=4,
            max_position_embeddings=256)
BASES = {
    "llama": t.LlamaConfig(**WIDE, num_key_value_heads=2),
    "llama-tied": t.LlamaConfig(**WIDE, num_key_value_heads=2, tie_word_embeddings=True),
    "llama-biased": t.LlamaConfig(**WIDE, num_key_value_heads=2, attention_bias=True, mlp_bias=True),
    "gpt2": t.GPT2Config(**COMMON, n_embd=64, n_layer=3, n_head=4, n_positions=256),
    "gpt-neox": t.GPTNeoXConfig(**WIDE, tie_word_embeddings=False),
}


def lora(targets, *more):
    return ["--targets", targets, "--rank", "4", "--alpha", "8", *more]


def option(text):
    return ["--method-option", text]


# A kind's name begins with its base's.
KINDS = {
    "llama lora": lora("all-linear"),
    "llama rslora": lora("attn-mlp", *option("use-rslora=true")),
    "llama dora": lora("attn-mlp", *option("use-dora=true")),
    "llama loha": lora("attn", "--method", "loha"),
    "llama patterns": lora("attn-mlp", "--rank-pattern", "q_proj=8", "--rank-pattern", "layers.1.mlp.up_proj=2",
                           "--alpha-pattern", "v_proj=3"),
    "llama lm_head adapted": lora("attn,lm_head"),
    "llama lm_head saved": lora("attn", "--modules-to-save", "lm_head"),
    "llama layers": lora("attn-mlp", "--layers", "0,2"),
    "llama pissa": lora("attn-mlp", *option("init=pissa")),
    "llama pissa-niter-4": lora("attn-mlp", *option("init=pissa-niter-4")),
    "llama olora": lora("attn-mlp", *option("init=olora")),
    "llama gaussian": lora("attn-mlp", *option("init=gaussian")),
    "llama embeddings": lora("embed_tokens,attn"),
    "llama-tied lora": lora("all-linear"),
    "llama-tied embeddings": lora("embed_tokens,attn"),
    "llama-biased bias all": lora("attn", "--bias", "all"),
    "llama-biased bias lora_only": lora("attn", "--bias", "lora_only"),
    "gpt2 lora": lora("all-linear"),
    "gpt2 dora": lora("c_attn,c_proj", *option("use-dora=true")),
    "gpt2 pissa": lora("c_attn,c_fc", *option("init=pissa")),
    "gpt2 embeddings": lora("wte,c_attn"),
    "gpt2 bias all": lora("attn", "--bias", "all"),
    "gpt-neox lora": lora("all-linear"),
    "gpt-neox bias lora_only": lora("query_key_value", "--bias", "lora_only"),
}


def make_base(name, folder):
    torch.manual_seed(sum(name.encode()))
    model = t.AutoModelForCausalLM.from_config(BASES[name]).float()
    randomise(model)
    model.save_pretrained(folder)
    for file in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(DEMO / file, folder)


def tune(base, settings, out):
    command = [ROOT / "kasane", "train", "text", "--base", base, "--data", SAMPLES, "--out", out, "--steps", "20",
               "--learning-rate", "3e-3", "--max-length", "96", "--name", "tuned", "--no-samples", *settings]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stderr}")
    return Path(done.stdout.splitlines()[0])


def scores_of_kasane(base, adapter, file):
    java = Path(os.environ["JAVA_HOME"]) / "bin" / "java" if "JAVA_HOME" in os.environ else "java"
    subprocess.run([java, f"-Dkasane.home={HOME}", "-cp", HOME / "lib" / "kasane.jar", SCORES, base, adapter, PROMPT,
                    str(CONTINUED), file], check=True, env={**os.environ, "OPT_OUT_TRACKING": "true"})
    return load_file(file)


def load(base, adapter):
    """The model, and what is wrong with it."""
    model = t.AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = PeftModel.from_pretrained(model, adapter).eval()
    said = [str(each.message) for each in caught]
    wrong = [text for text in said if "missing" in text or "unexpected" in text]
    written = load_file(adapter / "adapter_model.safetensors")
    held = get_peft_model_state_dict(model, save_embedding_layers=False)
    wrong += [f"PEFT lacks {key}" for key in written.keys() - held.keys()]
    wrong += [f"the file lacks {key}" for key in held.keys() - written.keys()]
    wrong += [f"{key} differs" for key in written.keys() & held.keys() if not torch.equal(written[key], held[key])]
    return model, wrong, len(written)


def distance(a, b):
    return ((a - b).abs().max() / b.abs().max()).item()


def check(kind, folder):
    base = folder / kind.split()[0]
    if not base.exists():
        make_base(base.name, base)
    name = kind.replace(" ", "-")
    adapter = tune(base, KINDS[kind], folder / f"run-{name}")
    ours = scores_of_kasane(base, adapter, folder / f"{name}.safetensors")
    model, wrong, keys = load(base, adapter)
    tokens = ours["tokens"][None].long()
    prompt = tokens[:, :-CONTINUED]
    with torch.no_grad():
        logits = model(tokens).logits[0]
        bare = t.AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32).eval()(tokens).logits[0]
        theirs = model.generate(input_ids=prompt, attention_mask=torch.ones_like(prompt), do_sample=False,
                                max_new_tokens=CONTINUED)
    error, effect = distance(ours["logits"], logits), distance(bare, logits)
    if not error < TOLERANCE:
        wrong.append("other scores")
    if not effect > 100 * TOLERANCE:
        wrong.append("the adapter changes nothing")
    parted = (tokens[0] != theirs[0]).nonzero()
    text = "same"
    if len(parted):
        at = parted[0].item()
        best = logits[at - 1].topk(2).values
        margin = ((best[0] - best[1]) / logits.abs().max()).item()
        text = f"parts at token {at - prompt.shape[1]}, margin {margin:.1e}"
        if not margin < 2 * TOLERANCE:
            wrong.append("other text")
    distinct = len(set(tokens[0, prompt.shape[1]:].tolist()))
    print(f"{'FAIL' if wrong else 'ok  '} {kind:28} {keys:3} tensors, scores {error:.1e} apart, effect {effect:.2f}, "
          f"text {text} ({distinct} distinct){''.join(chr(10) + '     ' + each for each in wrong[:6])}", flush=True)
    return bool(wrong)


def main(kinds):
    with tempfile.TemporaryDirectory() as folder:
        failures = sum(check(kind, Path(folder)) for kind in kinds)
    print(f"{len(kinds)} kinds, {failures} failures")
    return 1 if failures or not kinds else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(KINDS)))
