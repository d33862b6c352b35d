"""Trains three tiny tokenisers and writes what transformers makes of difficult texts.

Run: python make_tokenizers.py ../resources/dev/kasane/text/tokenizer
Needs: tokenizers, transformers, sentencepiece.
"""
import io
import json
import sys
from pathlib import Path

import sentencepiece
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoTokenizer, PreTrainedTokenizerFast

CORPUS = [
    "The quick brown fox jumps over the lazy dog, and the dog does not mind.",
    "A kettle is heavy; a lamp is light. The lamp stands on the table by the window.",
    "Wherever you go, there you are: in the garden, in the kitchen, in the street.",
    "Über die Brücke fährt ein grüner Zug. Äpfel, Öl und Übermut.",
    "重ねる層は薄い。今日は天気がいいですね。東京へ行きます。",
    "Привет, мир! Как дела? Хорошо, спасибо.",
    "def add(a, b):\n    return a + b\n\n\nprint(add(1, 2))",
    "3.14159, 2024-01-01, 100 %, $5.00, a@b.c",
    "It's we'll they're I'd you've don't",
    "The kettle boils, the lamp shines, the fox sleeps in the garden of the street.",
] * 4

TEXTS = [
    "",
    " ",
    "Hello world",
    " leading and trailing ",
    "two  spaces   three    four",
    "tab\tand\nnewline\r\n\r\nend",
    "The lamp is light.",
    "naïve café Ångström ﬁ Ａｂｃ　ｄ",
    "e\u0301 combining, zero\u200bwidth, nbsp\u00a0here",
    "emoji 🙂 family 👨‍👩‍👧 flag 🇯🇵",
    "重ねる 東京 한국어 עברית",
    "it's DON'T you'll",
    "1234567890 3.14 1,000",
    "<s>not special?</s> <|end|>",
    "<0x41> ▁ underline _ ⁇",
    "a" * 40,
    "\x00\x01 control",
    "x = [i for i in range(10)]\n\treturn x",
]


def byte_level(folder):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=400, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
                                  special_tokens=["<|end|>", "<|pad|>"], show_progress=False)
    tokenizer.train_from_iterator(CORPUS, trainer)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|end|>", pad_token="<|pad|>",
                                   clean_up_tokenization_spaces=False)
    fast.add_tokens([AddedToken("<tool>", special=False)])
    fast.save_pretrained(folder)
    return expected(fast)


def expected(tokenizer):
    rows = []
    for text in TEXTS:
        plain = tokenizer.encode(text, add_special_tokens=False)
        rows.append({"text": text, "ids": plain, "special": tokenizer.encode(text),
                     "decoded": tokenizer.decode(plain, skip_special_tokens=False),
                     "skipped": tokenizer.decode(plain, skip_special_tokens=True)})
    return rows


def sentence_piece(folder, **options):
    folder.mkdir(parents=True, exist_ok=True)
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(CORPUS), model_writer=model, minloglevel=2, num_threads=1, hard_vocab_limit=False,
        **options)
    (folder / "tokenizer.model").write_bytes(model.getvalue())


def llama_like(folder):
    sentence_piece(
        folder, model_type="bpe", vocab_size=460, byte_fallback=True, normalization_rule_name="identity",
        remove_extra_whitespaces=False, character_coverage=0.98, unk_id=0, bos_id=1, eos_id=2, pad_id=-1,
        split_digits=True, allow_whitespace_only_pieces=True)
    (folder / "tokenizer_config.json").write_text(json.dumps(
        {"add_bos_token": True, "add_eos_token": False, "bos_token": {"__type": "AddedToken", "content": "<s>"},
         "eos_token": "</s>", "unk_token": "<unk>", "pad_token": None, "tokenizer_class": "LlamaTokenizer", "legacy": False}, indent=1))
    (folder / "generation_config.json").write_text(json.dumps({"bos_token_id": 1, "eos_token_id": [2, 5]}))
    return expected(AutoTokenizer.from_pretrained(folder))


def unigram(folder, rules):
    # A small table of rules in place of the usual NFKC table, which has 240 kB.
    table = {"Ａ": "A", "ｂ": "b", "ｃ": "c", "ｄ": "d", "　": " ", "ﬁ": "fi", "\t": " ", "\n": " ", "\r": " ",
             "\u00a0": " ", "\u200b": " ", "e\u0301": "é"}
    rules.write_text("".join(
        " ".join(f"{ord(c):X}" for c in left) + "\t" + " ".join(f"{ord(c):X}" for c in right) + "\n"
        for left, right in table.items()), encoding="utf-8")
    sentence_piece(folder, model_type="unigram", vocab_size=260, normalization_rule_tsv=str(rules),
                   user_defined_symbols=["<tool>"], character_coverage=0.99)
    rules.unlink()
    return expected(AutoTokenizer.from_pretrained(folder))


def main():
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    goldens = {
        "byte-level": byte_level(target / "byte-level"),
        "llama": llama_like(target / "llama"),
        "unigram": unigram(target / "unigram", target / "rules.tsv"),
    }
    (target / "expected.json").write_text(json.dumps(goldens, ensure_ascii=True, indent=1))


main()
