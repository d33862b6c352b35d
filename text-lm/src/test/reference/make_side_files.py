"""Writes what transformers makes of the files beside one tokenizer.json, put together at random.

Run: python make_side_files.py ../resources/dev/kasane/text/tokenizer/side-files.json
Needs: tokenizers, transformers.
"""
import json
import logging
import random
import sys
import tempfile
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoTokenizer

CASES = 160
CLASSES = ["PreTrainedTokenizerFast", "PreTrainedTokenizer", "GPT2TokenizerFast", "GPT2Tokenizer", "Qwen2Tokenizer",
           "Qwen2TokenizerFast", "GPTNeoXTokenizerFast", "CohereTokenizerFast", "LlamaTokenizerFast", "SomeoneElsesTokenizer",
           "TokenizersBackend", "BloomTokenizerFast", None]
TYPES = [None, None, "llama", "mistral", "qwen2", "gpt2", "gpt_neox", "opt", "gemma2"]
ROLES = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"]
CONTENTS = ["<s>", "</s>", "<|endoftext|>", "<a>", "<b>", "<c>", "<d>", "the", "er", "<|im_end|>"]
TEXT = "<s>the <a>water <b> <c>\n<d></s>it's <e><|endoftext|> 2024 <|im_end|>x the<a>"


def tokenizer():
    """A byte-level BPE of a few joins."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    made.train_from_iterator(["the water is there, it's 2024 there"] * 9, trainers.BpeTrainer(
        vocab_size=275, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), special_tokens=["<|endoftext|>", "<s>"],
        show_progress=False))
    return json.loads(made.to_str())


def token(rng, content):
    special = rng.random() < 0.6
    return {"content": content, "lstrip": rng.random() < 0.2, "rstrip": rng.random() < 0.2, "single_word":
            rng.random() < 0.1, "normalized": rng.random() < 0.3, "special": special}


def named(rng, typed):
    """A mark as a configuration names it."""
    content = rng.choice(CONTENTS)
    kind = rng.random()
    if kind < 0.1:
        return None
    return content if kind < 0.75 else ({"__type": "AddedToken"} if typed else {}) | token(rng, content)


def some(rng, names, typed):
    return {name: named(rng, typed) for name in names if rng.random() < 0.35}


def files(rng, base):
    whole = json.loads(json.dumps(base))
    for content in rng.sample(CONTENTS, rng.choice([0, 0, 1, 3])):
        if content not in ("<|endoftext|>", "<s>"):
            whole["added_tokens"].append({"id": rng.randint(270, 300)} | token(rng, content))
    config = some(rng, ROLES + ["image_token", "tool_token"], True)
    if (name := rng.choice(CLASSES)) is not None:
        config["tokenizer_class"] = name
    if rng.random() < 0.3:
        config["additional_special_tokens"] = rng.sample(CONTENTS, rng.choice([0, 1, 2]))
    if rng.random() < 0.3:
        config["extra_special_tokens"] = rng.choice(
            [{}, [], {"image": "<d>"}, {"image": "<e>", "eoi_token": "<c>"}, ["<b>", "<e>"], ["<e>"]])
    if rng.random() < 0.3:
        config["added_tokens_decoder"] = {str(rng.randint(0, 290)): token(rng, content)
                                          for content in rng.sample(CONTENTS, rng.choice([0, 1, 3]))}
    if rng.random() < 0.3:
        config[rng.choice(["add_bos_token", "add_eos_token", "add_prefix_space"])] = rng.random() < 0.7
    found = {"tokenizer.json": whole, "tokenizer_config.json": config}
    if rng.random() < 0.4:
        found["special_tokens_map.json"] = {
            key: value for key, value in some(rng, ROLES, False).items() if value is not None}
        if rng.random() < 0.5:
            found["special_tokens_map.json"][rng.choice(["additional_special_tokens", "extra_special_tokens"])] = \
                rng.sample(CONTENTS, 2)
    if rng.random() < 0.4:
        found["added_tokens.json"] = dict(zip(rng.sample(CONTENTS, 3), rng.sample(range(274, 290), 3)))
    if (kind := rng.choice(TYPES)) is not None:
        found["config.json"] = {"model_type": kind}
    return found


def golden(found):
    with tempfile.TemporaryDirectory() as folder:
        for name, value in found.items():
            (Path(folder) / name).write_text(json.dumps(value))
        made = AutoTokenizer.from_pretrained(folder)
        ids = made.encode(TEXT)
        return {"class": type(made).__name__, "plain": made.encode(TEXT, add_special_tokens=False), "marked": ids,
                "skipped": made.decode(ids, skip_special_tokens=True),
                "named": {role: str(value) for role, value in made._special_tokens_map.items() if value is not None}}


def main():
    logging.disable(logging.WARNING)
    base = tokenizer()
    rng = random.Random(5)
    cases = []
    refused = 0
    while len(cases) < CASES:
        found = files(rng, base)
        try:
            expected = golden(found)
        except Exception as error:
            refused += 1
            print(len(cases), type(error).__name__, str(error)[:150])
            continue
        found["added_tokens"] = found.pop("tokenizer.json")["added_tokens"]
        cases.append({"files": found} | expected)
    print(refused, "put together so that transformers refuses them")
    whole = {"text": TEXT, "tokenizer": base, "cases": cases}
    Path(sys.argv[1]).write_text(json.dumps(whole, ensure_ascii=True, separators=(",", ":")) + "\n")


main()
