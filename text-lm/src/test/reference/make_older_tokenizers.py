"""Writes tokenisers in the files that came before tokenizer.json, and what transformers makes of the texts.

Run: python make_older_tokenizers.py ../resources/dev/kasane/text/tokenizer/older
Needs: tokenizers, transformers, sentencepiece, tiktoken.

Texts, folders and golden.json are as in make_tokenizer_corpus.py.
"""
import base64
import io
import json
import sys
import tempfile
from pathlib import Path

import sentencepiece
from tokenizers import normalizers, pre_tokenizers
from transformers import AutoTokenizer

from make_tokenizer_corpus import BYTES, ENDS, GPT4, PLAIN_BYTES, THREE, byte_bpe, golden, split, texts, token, write

QWEN2 = GPT4.replace("{1,3}", "")
OF_FILES = ("the lamp stands on the table by the window and the fox jumps over the lazy dog in 1234 of 56 streets\n"
            "If you're at the bridge, don't wait: it's we who'll read and write from morning to evening.\n"
            "def add(a, b):\n    return a + b\n\n\nfor (int i = 0; i < n; i++) {\n\tfoo_bar(a->b[i]);\n}\n").split("\n")


def vocabulary_and_merges(tokenizer, **extra):
    """The two files of a byte-level BPE tokeniser, without its added tokens where they stand at the end."""
    model = json.loads(tokenizer.to_str())["model"]
    merges = "".join(f"{left} {right}\n" for left, right in model["merges"])
    return {"vocab.json": model["vocab"], "merges.txt": "#version: 0.2\n" + merges} | extra


def qwen2_files(corpus):
    return vocabulary_and_merges(
        byte_bpe(corpus, [split(QWEN2), PLAIN_BYTES], [], normalizers.NFC()),
        **{"config.json": {"model_type": "qwen2"},
           "tokenizer_config.json": {
               "tokenizer_class": "Qwen2Tokenizer", "add_prefix_space": False, "bos_token": None,
               "eos_token": "<|im_end|>", "pad_token": "<|endoftext|>", "unk_token": None,
               "additional_special_tokens": ["<|im_start|>", "<|im_end|>"],
               "added_tokens_decoder": {"560": token("<|endoftext|>"), "561": token("<|im_start|>"),
                                        "562": token("<|im_end|>"), "563": token("<tool_call>", special=False)}}})


def qwen2_before(corpus):
    """As the first of them came: a list of added tokens, nothing else; the class goes by the model's type."""
    return vocabulary_and_merges(
        byte_bpe(corpus, [split(QWEN2), PLAIN_BYTES], [], normalizers.NFC()),
        **{"config.json": {"model_type": "qwen2"},
           "added_tokens.json": {"<|endoftext|>": 560, "<|im_start|>": 561, "<|im_end|>": 562},
           "special_tokens_map.json": {"additional_special_tokens": ["<|im_start|>", "<|im_end|>"],
                                       "eos_token": "<|endoftext|>", "pad_token": "<|endoftext|>"}})


def gpt2_files(corpus):
    return vocabulary_and_merges(byte_bpe(corpus, [BYTES], ["<|endoftext|>"]),
                                 **{"config.json": {"model_type": "gpt2"}})


def opt_files(corpus):
    def mark(text):
        return {"__type": "AddedToken"} | token(text, normalized=True)

    return vocabulary_and_merges(
        byte_bpe(corpus, [BYTES], ["<s>", "<pad>", "</s>", "<unk>"]),
        **{"config.json": {"model_type": "opt"},
           "tokenizer_config.json": {
               "tokenizer_class": "GPT2Tokenizer", "add_prefix_space": False, "add_bos_token": True, "errors": "replace",
               "bos_token": mark("</s>"), "eos_token": mark("</s>"), "unk_token": mark("</s>"),
               "pad_token": mark("<pad>")}})


def code_gen_files(corpus):
    return vocabulary_and_merges(
        byte_bpe(corpus, [BYTES], ["<|endoftext|>"]),
        **{"tokenizer_config.json": {"tokenizer_class": "CodeGenTokenizer", "add_prefix_space": True},
           "added_tokens.json": {" " * n: 600 - n for n in range(31, 1, -1)} | {"\t" * n: 610 - n for n in range(9, 1, -1)}
           | {"<extra>": 570 + 50}})


def gpt_neox_files(corpus):
    return vocabulary_and_merges(
        byte_bpe(corpus, [BYTES], ["<|endoftext|>", "<|padding|>"], normalizers.NFC()),
        **{"config.json": {"model_type": "gpt_neox"},
           "tokenizer_config.json": {"tokenizer_class": "GPTNeoXTokenizer", "add_bos_token": True,
                                     "add_eos_token": True}})


def command_r_files(corpus):
    return vocabulary_and_merges(
        byte_bpe(corpus, [pre_tokenizers.Digits(True), BYTES],
                 ["<PAD>", "<UNK>", "<CLS>", "<SEP>", "<MASK_TOKEN>", "<BOS_TOKEN>", "<|END_OF_TURN_TOKEN|>"],
                 normalizers.NFC()),
        **{"tokenizer_config.json": {"tokenizer_class": "CohereTokenizerFast", "add_bos_token": True}})


def roberta_files(corpus):
    return vocabulary_and_merges(
        byte_bpe(corpus, [BYTES], ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]),
        **{"config.json": {"model_type": "gpt2"}, "tokenizer_config.json": {"tokenizer_class": "RobertaTokenizer"}})


def pieces(corpus, **options):
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([line for text in corpus[:900] for line in text.split("\n")] + OF_FILES * 20),
        model_writer=model, minloglevel=2, num_threads=1, hard_vocab_limit=False, max_sentence_length=9999, **options)
    return model.getvalue()


LLAMA = {"model_type": "bpe", "vocab_size": 900, "byte_fallback": True, "normalization_rule_name": "identity",
         "remove_extra_whitespaces": False, "character_coverage": 0.98, "unk_id": 0, "bos_id": 1, "eos_id": 2,
         "pad_id": -1, "split_digits": True, "allow_whitespace_only_pieces": True}


def llama_pieces(corpus):
    """Llama 2 as Meta has it, with marks added after training."""
    return {"tokenizer.model": pieces(corpus, **LLAMA), "config.json": {"model_type": "llama"},
            "tokenizer_config.json": ENDS | {"tokenizer_class": "LlamaTokenizer", "add_bos_token": True,
                                             "pad_token": "<pad>"},
            "added_tokens.json": {"<pad>": 900, "<|im_start|>": 901, "<|im_end|>": 902}}


def llama_legacy_pieces(corpus):
    """Vicuna: the prefix goes before each part between marks."""
    return {"tokenizer.model": pieces(corpus, **LLAMA, user_defined_symbols=["[INST]", "<extra>"]),
            "config.json": {"model_type": "llama"},
            "tokenizer_config.json": ENDS | {"tokenizer_class": "LlamaTokenizer", "legacy": True, "add_bos_token": True,
                                             "add_eos_token": True, "pad_token": "<unk>"}}


def llama_plain_pieces(corpus):
    """No prefix, and no mark but where one is asked for."""
    return {"tokenizer.model": pieces(corpus, **LLAMA), "config.json": {"model_type": "llama"},
            "tokenizer_config.json": ENDS | {"tokenizer_class": "LlamaTokenizerFast", "legacy": False,
                                             "add_prefix_space": False, "added_tokens_decoder": {
                                                 "0": token("<unk>"), "1": token("<s>"), "2": token("</s>"),
                                                 "900": token("<|im_end|>", rstrip=True),
                                                 "901": token("lamp", False, normalized=True)}}}


def code_llama_pieces(corpus):
    return {"tokenizer.model": pieces(corpus, **LLAMA, user_defined_symbols=["▁<PRE>", "▁<MID>", "▁<SUF>", "▁<EOT>"]),
            "config.json": {"model_type": "llama"}, "tokenizer_config.json": {"tokenizer_class": "CodeLlamaTokenizer"}}


def gemma_pieces(corpus):
    return {"tokenizer.model": pieces(
        corpus, **(LLAMA | {"unk_id": 3, "bos_id": 2, "eos_id": 1, "pad_id": 0, "bos_piece": "<bos>",
                            "eos_piece": "<eos>", "add_dummy_prefix": False}),
        user_defined_symbols=["<mask>", "<start_of_turn>", "<end_of_turn>", "\n\n"]),
        "config.json": {"model_type": "gemma2"}, "tokenizer_config.json": {
            "tokenizer_class": "GemmaTokenizer", "add_bos_token": True}}


def mistral_pieces(corpus):
    """Whatever class it names, transformers takes what the model says of itself."""
    return {"tokenizer.model": pieces(corpus, **LLAMA, control_symbols=["[INST]", "[/INST]"],
                                      user_defined_symbols=["<extra>", "<tool_call>", "a.b?"]),
            "config.json": {"model_type": "mistral"},
            "tokenizer_config.json": ENDS | {"tokenizer_class": "LlamaTokenizer", "add_bos_token": True,
                                             "added_tokens_decoder": {"900": token("<|im_start|>"),
                                                                      "901": token("<|im_end|>", False)}}}


def bare_pieces(corpus):
    """No file beside the model: it tidies spaces, and replaces characters by its own table."""
    return {"tokenizer.model": pieces(corpus, **(LLAMA | {"remove_extra_whitespaces": True, "byte_fallback": False,
                                                          "normalization_rule_tsv": "rules.tsv"}))}


def unigram_pieces(corpus):
    return {"tokenizer.model": pieces(
        corpus, model_type="unigram", vocab_size=900, byte_fallback=True, character_coverage=0.98,
        normalization_rule_tsv="rules.tsv", user_defined_symbols=["<extra>", "<tool_call>"]),
        "tokenizer_config.json": ENDS | {"tokenizer_class": "PreTrainedTokenizerFast", "legacy": False,
                                         "add_eos_token": True, "pad_token": "<pad>"},
        "added_tokens.json": {"<pad>": 900}}


def t5_pieces(corpus):
    return {"spiece.model": pieces(
        corpus, model_type="unigram", vocab_size=700, character_coverage=0.98, normalization_rule_tsv="rules.tsv",
        pad_id=0, eos_id=1, unk_id=2, bos_id=-1),
        "config.json": {"model_type": "gpt2"}, "tokenizer_config.json": {"tokenizer_class": "T5Tokenizer",
                                                                         "extra_ids": 5}}


def llama3_tiktoken(corpus):
    """Ranks of bytes, under the name of a SentencePiece model."""
    tokenizer = byte_bpe(corpus, [split(GPT4), PLAIN_BYTES], [])
    vocabulary = json.loads(tokenizer.to_str())["model"]["vocab"]
    letters = {chr(code): byte for byte, code in bytes_to_characters().items()}
    lines = [(rank, bytes(letters[letter] for letter in text)) for text, rank in vocabulary.items()]
    return {"tokenizer.model": b"".join(base64.b64encode(text) + b" %d\n" % rank for rank, text in sorted(lines)),
            "config.json": {"model_type": "llama"},
            "tokenizer_config.json": {
                "tokenizer_class": "PreTrainedTokenizerFast", "add_bos_token": True, "bos_token": "<|begin_of_text|>",
                "eos_token": "<|eot_id|>", "added_tokens_decoder": {
                    "560": token("<|begin_of_text|>"), "561": token("<|end_of_text|>"), "562": token("<|eot_id|>")}}}


def bytes_to_characters():
    """The character that byte-level vocabularies write for a byte."""
    visible = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in visible]
    return {byte: byte for byte in visible} | {byte: 256 + place for place, byte in enumerate(others)}


def saved(folder):
    """The tokenizer.json that transformers makes of one of the others, with all beside it."""
    def setup(_):
        with tempfile.TemporaryDirectory() as target:
            AutoTokenizer.from_pretrained(folder).save_pretrained(target)
            files = {file.name: file.read_text(encoding="utf-8") for file in Path(target).iterdir()}
        return files | {"config.json": (folder / "config.json").read_text()}
    return setup


SETUPS = [qwen2_files, qwen2_before, gpt2_files, opt_files, code_gen_files, gpt_neox_files, command_r_files,
          roberta_files, llama_pieces, llama_legacy_pieces, llama_plain_pieces, code_llama_pieces, gemma_pieces,
          mistral_pieces, bare_pieces, unigram_pieces, t5_pieces, llama3_tiktoken]

# A small table of replacements in place of the usual one, which has 240 kB.
RULES = {"Ａ": "A", "ｂ": "b", "ｃ": "c", "　": " ", "ﬁ": "fi", "\t": " ", "\n": " ", "\r": " ", "\u00a0": " ",
         "\u200b": " ", "e\u0301": "é", "\u212b": "\u00c5", "½": "1/2", "ſ": "s"}


def main():
    target = Path(sys.argv[1])
    rules = Path("rules.tsv")
    rules.write_text("".join(" ".join(f"{ord(c):X}" for c in left) + "\t" + " ".join(f"{ord(c):X}" for c in right) + "\n"
                             for left, right in RULES.items()), encoding="utf-8")
    corpus = texts()
    setups = {setup.__name__.replace("_", "-"): setup for setup in SETUPS}
    setups |= {name + "-saved": saved(target / name) for name in ("roberta-files", "t5-pieces")}
    for name, setup in setups.items():
        folder = target / name
        folder.mkdir(parents=True, exist_ok=True)
        for name, value in setup(corpus).items():
            if isinstance(value, bytes):
                (folder / name).write_bytes(value)
            elif isinstance(value, str):
                (folder / name).write_text(value, encoding="utf-8")
            else:
                write(folder / name, value)
        expected = golden(folder, corpus)
        write(folder / "golden.json", expected)
        print(folder.name, expected["class"], len(expected["added"]), flush=True)
    rules.unlink()


if __name__ == "__main__":
    main()
