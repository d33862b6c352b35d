"""Writes 2000 texts, tokenisers of the kinds that are published, and what transformers makes of the texts.

Run: python make_tokenizer_corpus.py ../resources/dev/kasane/text/tokenizer/corpus
Needs: tokenizers, transformers.

A set-up is a folder with a tokeniser's files, trained here on the texts, and golden.json (see `golden`).
"""
import gzip
import json
import random
import sys
import unicodedata
import zlib
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer

COUNT = 2000
READABLE = 20
DECODED = 200

WORDS = ("the of a lamp kettle ferry garden street light heavy table window brown fox jumps over lazy dog train "
         "bridge morning evening walks reads writes into from with without because although number seven eleven "
         "Monday PARIS London NASA iPhone HTTPServer snake_case camelCase don't it's we'll they're I'd you've O'Neil "
         "L'été naïve café Ångström Über Brücke grün façade coöperate jalapeño mañana").split()
SCRIPTS = {
    "cyrillic": "Привет мир как дела хорошо спасибо поезд мост утро Ёлка ёж щётка".split(),
    "greek": "Καλημέρα κόσμε τι κάνεις ευχαριστώ Ὀδυσσεύς ᾠδή".split(),
    "han": list("重ねる層は薄い今日天気東京行中文字符測試語言模型你好世界𠮷𩸽"),
    "kana": "カタカナ ひらがな ﾊﾝｶｸ ガギグ が".split(),
    "hangul": "한국어 안녕하세요 세계 기차 다리 한글".split(),
    "arabic": "مرحبا بالعالم كيف حالك شكرا قِطَار ١٢٣٤".split(),
    "hebrew": "שלום עולם מה שלומך תודה רבה שָׁלוֹם".split(),
    "devanagari": "नमस्ते दुनिया आप कैसे हैं धन्यवाद १२३".split(),
    "thai": "สวัสดีชาวโลก รถไฟ สะพาน ๑๒๓".split(),
    "other": "ქართული հայերեն தமிழ் ភាសាខ្មែរ አማርኛ ᏣᎳᎩ ᠮᠣᠩᠭᠣᠯ བོད་སྐད 𝔉𝔯𝔞𝔨𝔱𝔲𝔯 ①②③ Ⅷ ½".split(),
}
EMOJI = ["🙂", "👨‍👩‍👧", "🇯🇵🇩🇪", "👍🏽", "❤️", "🏳️‍🌈", "1️⃣", "☕", "🧑🏿‍🚀", "✈"]
SPACES = [" ", "  ", "    ", "\t", "\n", "\n\n", "\r\n", " \n ", "\u00a0", "\u3000", "\u2003", "\u200b", "\ufeff", "\v",
          "\f", "\u2028", "\x85", "        ", "\n\n\n\n", "\t\t"]
MARKS = ["<s>", "</s>", "<unk>", "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<pad>", "<bos>", "<eos>", "[INST]",
         "[/INST]", "<|begin_of_text|>", "<|eot_id|>", "<tool_call>", "<extra>", "▁", "<0x0A>", "<|im_start", "im_end|>",
         "<BOS_TOKEN>", "[CLS]", "[SEP]", "[MASK]", "<mask>", "<start_of_turn>", "##ing", "Ġ", "Ċ", "<|user|>"]
PUNCTUATION = list(".,;:!?…-–—_'\"“”‘’()[]{}<>/\\|@#$%^&*+=~`§°€£¥«»¿¡、。，！？「」・،؛؟।")
COMBINING = ["e\u0301", "a\u0308\u0323", "n\u0303", "Å", "\u212b", "ﬁ", "ﷺ", "Ａｂｃ", "ｱｲｳ", "ſ", "İ", "ı", "ẞ", "ß",
             "q\u0307\u0323", "\u1100\u1161\u11a8", "x\u20dd", "Z\u0351\u036b\u0343"]
CODE = ["def add(a, b):\n    return a + b\n", "for (int i = 0; i < n; i++) {\n\tfoo_bar(a->b[i]);\n}\n\n",
        "x = [i ** 2 for i in range(10)]  # squares\n", "SELECT * FROM t WHERE a >= 1.5e-3;", "<div class=\"x\">&amp;</div>",
        "https://example.org/a_b?c=1&d=%20#e", "{\"key\": [1, 2.50, null, true]}", "C:\\\\dir\\\\file.txt", "a@b.c",
        "if __name__ == '__main__':\r\n    main()\r\n", "λ x → x ≠ ∅ ∧ ∀ y ∈ ℝ", "$\\frac{1}{2}\\sum_{i=0}^{n} x_i$"]
CONTROLS = ["\x00", "\x01", "\x07", "\x1b[31m", "\x7f", "\u0080", "\u202e", "\u200f", "\u2066", "\ufffd", "\ufffe", "\ue000",
            "\U000f0000", "\u0378"]


def number(rng):
    digits = "".join(rng.choice("0123456789") for _ in range(rng.randint(1, 14)))
    return rng.choice([digits, digits + "." + digits[:3], f"{int(digits):,}", "-" + digits, digits + "%", "0x" + digits])


def piece(rng):
    kind = rng.random()
    if kind < 0.42:
        word = rng.choice(WORDS)
        return rng.choice([word, word, word, word.upper(), word.capitalize(), word + rng.choice("sd,.")])
    if kind < 0.60:
        return rng.choice(SCRIPTS[rng.choice(list(SCRIPTS))])
    if kind < 0.68:
        return number(rng)
    if kind < 0.73:
        return rng.choice(EMOJI)
    if kind < 0.79:
        return rng.choice(MARKS)
    if kind < 0.86:
        return "".join(rng.choice(PUNCTUATION) for _ in range(rng.randint(1, 4)))
    if kind < 0.90:
        return rng.choice(COMBINING)
    if kind < 0.95:
        return rng.choice(CODE)
    if kind < 0.97:
        return rng.choice(CONTROLS)
    return anything(rng)


def anything(rng):
    """A few characters from anywhere in Unicode that Java and Python both know as characters of their own."""
    out = []
    while len(out) < 3:
        character = chr(rng.randrange(0x20, 0x30000))
        if unicodedata.category(character) not in ("Cs", "Cn"):
            out.append(character)
    return "".join(out)


def texts():
    rng = random.Random(20240)
    made = ["", " ", "\n", "a", "<s>", "Hello world", " leading and trailing ", "a" * 40, "\u0301", "  ", "\t\n"]
    while len(made) < COUNT:
        parts = []
        for _ in range(rng.choice([1, 2, 3, 5, 8, 13])):
            parts.append(piece(rng))
            parts.append(rng.choice([" ", " ", " ", " ", "", "", rng.choice(SPACES)]))
        made.append("".join(parts if rng.random() < 0.2 else parts[:-1]))
    return made


GPT4 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|"
        r"\s+(?!\S)|\s+")
O200K = (r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|"
         r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|"
         r"\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")
TEKKEN = (r"[^\r\n\p{L}\p{N}]?((?=[\p{L}])([^a-z]))*((?=[\p{L}])([^A-Z]))+|[^\r\n\p{L}\p{N}]?((?=[\p{L}])([^a-z]))+"
          r"((?=[\p{L}])([^A-Z]))*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")
BLOOM = r" ?[^(\s|[.,!?…。，、।۔،])]+"


def split(regex, behavior="isolated", invert=False):
    return pre_tokenizers.Split(Regex(regex), behavior=behavior, invert=invert)


def byte_bpe(corpus, splitters, specials, normalizer=None, vocab=560, **model):
    tokenizer = Tokenizer(models.BPE(**model))
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = splitters[0] if len(splitters) == 1 else pre_tokenizers.Sequence(splitters)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(corpus, trainers.BpeTrainer(
        vocab_size=vocab, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), special_tokens=specials,
        show_progress=False))
    return tokenizer


def piece_bpe(corpus, specials, vocab=760):
    """BPE over characters with words that begin with the mark of a space, and a token for each byte."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.train_from_iterator(corpus, trainers.BpeTrainer(
        vocab_size=vocab, special_tokens=specials + [f"<0x{byte:02X}>" for byte in range(256)],
        limit_alphabet=120, show_progress=False))
    data = json.loads(tokenizer.to_str())
    data["added_tokens"] = [token for token in data["added_tokens"] if token["content"] in specials]
    tokenizer = Tokenizer.from_str(json.dumps(data))
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(),
                                           decoders.Strip(" ", 1, 0)])
    return tokenizer


def begins_with(tokenizer, mark, end=None):
    marks = [(mark, tokenizer.token_to_id(mark))] + ([(end, tokenizer.token_to_id(end))] if end else [])
    single = f"{mark} $A" + (f" {end}" if end else "")
    tokenizer.post_processor = processors.TemplateProcessing(single=single, pair=single + " $B", special_tokens=marks)
    return tokenizer


def token(content, special=True, **properties):
    return {"content": content, "special": special, "lstrip": False, "rstrip": False, "normalized": False,
            "single_word": False} | properties


BYTES = pre_tokenizers.ByteLevel(add_prefix_space=False)
PLAIN_BYTES = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
ENDS = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
THREE = ["<unk>", "<s>", "</s>"]


def gpt2(corpus):
    return byte_bpe(corpus, [BYTES], ["<|endoftext|>"]), {
        "tokenizer_config.json": {"tokenizer_class": "GPT2Tokenizer", "add_bos_token": True}}


def gpt2_prefixed(corpus):
    """OPT: the class puts the space before a text, the file does not."""
    tokenizer = byte_bpe(corpus, [BYTES], ["<s>", "<pad>", "</s>", "<unk>"])
    return begins_with(tokenizer, "</s>"), {
        "config.json": {"model_type": "opt"},
        "tokenizer_config.json": {"tokenizer_class": "GPT2TokenizerFast", "add_prefix_space": True, "bos_token": "</s>",
                                  "eos_token": "</s>", "unk_token": "</s>", "pad_token": "<pad>"}}


def llama3(corpus):
    tokenizer = byte_bpe(corpus, [split(GPT4), PLAIN_BYTES], [], ignore_merges=True)
    tokenizer.add_special_tokens(["<|begin_of_text|>", "<|end_of_text|>", "<|eot_id|>"])
    return begins_with(tokenizer, "<|begin_of_text|>"), {
        "config.json": {"model_type": "llama"},
        "tokenizer_config.json": {"tokenizer_class": "LlamaTokenizerFast", "bos_token": "<|begin_of_text|>",
                                  "eos_token": "<|eot_id|>", "clean_up_tokenization_spaces": True}}


def llama2_file(corpus):
    tokenizer = piece_bpe(corpus, THREE)
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.pre_tokenizer = None
    return begins_with(tokenizer, "<s>")


def llama2(corpus):
    return llama2_file(corpus), {
        "config.json": {"model_type": "llama"},
        "tokenizer_config.json": ENDS | {"tokenizer_class": "LlamaTokenizer", "legacy": False}}


def llama2_legacy(corpus):
    return llama2_file(corpus), {
        "tokenizer_config.json": ENDS | {"tokenizer_class": "LlamaTokenizerFast", "legacy": True, "pad_token": "[PAD]"},
        "added_tokens.json": {"[PAD]": 760, "<tool_call>": 761}}


def mistral(corpus):
    return llama2_file(corpus), {
        "config.json": {"model_type": "mistral"},
        "tokenizer_config.json": ENDS | {"tokenizer_class": "LlamaTokenizer", "add_prefix_space": False,
                                         "additional_special_tokens": ["[INST]", "[/INST]"]}}


def code_llama(corpus):
    return llama2_file(corpus), {
        "config.json": {"model_type": "llama"},
        "tokenizer_config.json": ENDS | {"tokenizer_class": "CodeLlamaTokenizer", "fill_token": "<FILL_ME>"}}


def gemma(corpus):
    tokenizer = piece_bpe(corpus, ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>", "<start_of_turn>"])
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.pre_tokenizer = None
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    return begins_with(tokenizer, "<bos>"), {
        "config.json": {"model_type": "gemma2"},
        "tokenizer_config.json": {"tokenizer_class": "GemmaTokenizer", "bos_token": "<bos>", "eos_token": "<eos>",
                                  "unk_token": "<unk>", "pad_token": "<pad>",
                                  "additional_special_tokens": ["<start_of_turn>", "<end_of_turn>"]}}


def qwen2(corpus):
    tokenizer = byte_bpe(corpus, [split(GPT4.replace("{1,3}", "")), PLAIN_BYTES], [], normalizers.NFC())
    return tokenizer, {
        "config.json": {"model_type": "qwen2"},
        "tokenizer_config.json": {
            "tokenizer_class": "Qwen2Tokenizer", "eos_token": "<|im_end|>", "pad_token": "<|endoftext|>",
            "bos_token": None, "unk_token": None, "additional_special_tokens": ["<|im_start|>", "<|im_end|>"],
            "added_tokens_decoder": {"560": token("<|endoftext|>"), "561": token("<|im_start|>"),
                                     "562": token("<|im_end|>"), "563": token("<tool_call>", special=False)}}}


def gpt_neox(corpus):
    tokenizer = byte_bpe(corpus, [BYTES], ["<|endoftext|>", "<|padding|>"], normalizers.NFC())
    return begins_with(tokenizer, "<|endoftext|>"), {
        "config.json": {"model_type": "gpt_neox"},
        "tokenizer_config.json": {
            "tokenizer_class": "GPTNeoXTokenizer", "added_tokens_decoder":
                {"0": token("<|endoftext|>"), "1": token("<|padding|>")}
                | {str(600 + n): token(" " * n, False, normalized=True) for n in range(8, 1, -1)}}}


def bloom(corpus):
    tokenizer = byte_bpe(corpus, [split(BLOOM), PLAIN_BYTES], THREE + ["<pad>"])
    return tokenizer, {"tokenizer_config.json": ENDS | {"tokenizer_class": "BloomTokenizerFast", "pad_token": "<pad>"}}


def falcon(corpus):
    tokenizer = byte_bpe(corpus, [pre_tokenizers.Punctuation("contiguous"), BYTES, pre_tokenizers.Digits(False),
                                  split("[0-9][0-9][0-9]")], ["<|endoftext|>", ">>TITLE<<"])
    return tokenizer, {"tokenizer_config.json": {"tokenizer_class": "PreTrainedTokenizerFast",
                                                 "eos_token": "<|endoftext|>", "sep_token": "<sep>"}}


def starcoder2(corpus):
    tokenizer = byte_bpe(corpus, [pre_tokenizers.Digits(True), BYTES], ["<|endoftext|>", "<fim_prefix>"])
    return tokenizer, {"config.json": {"model_type": "starcoder2"},
                       "tokenizer_config.json": {"tokenizer_class": "GPT2Tokenizer",
                                                 "extra_special_tokens": {"fim_token": "<fim>"}}}


def deepseek(corpus):
    tokenizer = byte_bpe(corpus, [
        split(r"\p{N}{1,3}"), split("[一-龥぀-ゟ゠-ヿ]+"),
        split("[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+|"
              " ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+"), PLAIN_BYTES],
        ["<s>", "</s>"], normalizers.Sequence([]))
    return begins_with(tokenizer, "<s>"), {
        "tokenizer_config.json": {"tokenizer_class": "LlamaTokenizerFast", "add_bos_token": False, "bos_token":
            {"__type": "AddedToken"} | token("<s>", normalized=True), "eos_token": "</s>", "pad_token": "</s>"}}


def tekken(corpus):
    tokenizer = byte_bpe(corpus, [split(TEKKEN), PLAIN_BYTES], THREE + ["[INST]", "[/INST]"], ignore_merges=True)
    return begins_with(tokenizer, "<s>", "</s>"), {
        "config.json": {"model_type": "mistral"}, "tokenizer_config.json": ENDS | {"tokenizer_class":
                                                                                  "PreTrainedTokenizerFast"}}


def o200k(corpus):
    tokenizer = byte_bpe(corpus, [split(O200K, "removed", True), PLAIN_BYTES], ["<|endoftext|>"])
    return tokenizer, {
        "tokenizer_config.json": {"tokenizer_class": "TokenizersBackend"},
        "special_tokens_map.json": {"eos_token": token("<|endoftext|>"), "pad_token": "<|user|>",
                                    "additional_special_tokens": ["<|im_end|>"]},
        "added_tokens.json": {"<|user|>": 580, "<extra>": 570, "<|im_end|>": 575}}


def command_r(corpus):
    tokenizer = byte_bpe(corpus, [pre_tokenizers.Digits(True), BYTES], ["<PAD>", "<UNK>", "<CLS>", "<SEP>",
                                                                        "<MASK_TOKEN>", "<BOS_TOKEN>"],
                         normalizers.NFC())
    return begins_with(tokenizer, "<BOS_TOKEN>"), {
        "tokenizer_config.json": {"tokenizer_class": "CohereTokenizerFast", "bos_token": "<BOS_TOKEN>", "eos_token":
            "<|END_OF_TURN_TOKEN|>", "pad_token": "<PAD>", "unk_token": None}}


def phi3(corpus):
    """Marks that take the spaces after or before them, that stand alone, or that are found in the prepared text."""
    return llama2_file(corpus), {"tokenizer_config.json": ENDS | {
        "tokenizer_class": "PreTrainedTokenizerFast", "added_tokens_decoder": {
            "900": token("<|user|>", rstrip=True), "901": token("<|im_end|>", rstrip=True), "902": token(
                "<|im_start|>", lstrip=True), "903": token("Paris", False, normalized=True, single_word=True),
            "904": token("lamp", False, single_word=True), "2": token("</s>", rstrip=True)}}}


def unigram(corpus):
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " "),
                                                 normalizers.Replace(Regex(r"(?:\p{N}{6})+"), "6")])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.train_from_iterator([text for text in corpus if text.isascii()], trainers.UnigramTrainer(
        vocab_size=500, special_tokens=["<pad>", "</s>", "<unk>"], unk_token="<unk>", show_progress=False))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", tokenizer.token_to_id("</s>"))])
    return tokenizer, {"tokenizer_config.json": {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "</s>",
                                                 "unk_token": "<unk>", "pad_token": "<pad>",
                                                 "clean_up_tokenization_spaces": True}}


def wordpiece(corpus):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.train_from_iterator(corpus, trainers.WordPieceTrainer(
        vocab_size=700, limit_alphabet=200, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"],
        show_progress=False))
    return begins_with(tokenizer, "[CLS]", "[SEP]"), {"tokenizer_config.json": {
        "tokenizer_class": "PreTrainedTokenizerFast", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]",
        "mask_token": "[MASK]", "pad_token": "[PAD]", "clean_up_tokenization_spaces": True}}


SETUPS = [gpt2, gpt2_prefixed, llama3, llama2, llama2_legacy, mistral, code_llama, gemma, qwen2, gpt_neox, bloom, falcon,
          starcoder2, deepseek, tekken, o200k, command_r, phi3, unigram, wordpiece]


def checksum(data):
    return f"{zlib.crc32(data):08x}"


def of_ids(ids):
    return checksum(",".join(map(str, ids)).encode())


def golden(folder, corpus):
    """`plain` has a checksum for each text: CRC-32 of its ids with commas between, 8 hexadecimal digits, one after the
    other; `marked` one for all ids with the marks around the texts. `decoded` and `skipped` have those of the UTF-8
    texts that marked ids are decoded to, for the first texts. `readable` has some in full, `added` every added token.
    """
    tokenizer = AutoTokenizer.from_pretrained(folder)
    plain = [tokenizer.encode(text, add_special_tokens=False) for text in corpus]
    marked = [tokenizer.encode(text) for text in corpus]
    decoded = [tokenizer.decode(ids, skip_special_tokens=False) for ids in marked[:DECODED]]
    skipped = [tokenizer.decode(ids, skip_special_tokens=True) for ids in marked[:DECODED]]
    return {
        "class": type(tokenizer).__name__,
        "plain": "".join(map(of_ids, plain)), "marked": of_ids(sum(marked, [])),
        "decoded": "".join(checksum(text.encode()) for text in decoded),
        "skipped": "".join(checksum(text.encode()) for text in skipped),
        "added": {str(id): [added.content, added.special] for id, added in sorted(tokenizer.added_tokens_decoder.items())},
        "readable": [{"plain": plain[i], "marked": marked[i], "decoded": decoded[i], "skipped": skipped[i]}
                     for i in range(READABLE)],
    }


def write(path, value):
    path.write_text(json.dumps(value, ensure_ascii=True, separators=(",", ":")) + "\n")


def main():
    target = Path(sys.argv[1])
    corpus = texts()
    target.mkdir(parents=True, exist_ok=True)
    with gzip.GzipFile(target / "texts.json.gz", "wb", mtime=0) as out:
        out.write(json.dumps(corpus).encode())
    for setup in SETUPS:
        folder = target / setup.__name__.replace("_", "-")
        folder.mkdir(exist_ok=True)
        tokenizer, files = setup(corpus)
        write(folder / "tokenizer.json", json.loads(tokenizer.to_str()))
        for name, value in files.items():
            write(folder / name, value)
        expected = golden(folder, corpus)
        write(folder / "golden.json", expected)
        print(setup.__name__, expected["class"], len(expected["added"]), flush=True)


if __name__ == "__main__":
    main()
