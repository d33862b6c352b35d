"""Makes the golden files of the CLIP tokeniser tests with transformers (5.23 when they were made).

    python clip_tokenizer.py SHARED     SHARED/data/models/sd15/tokenizer is SD 1.5's tokeniser folder

Writes into ../resources/clip-tokenizer:
  captions.txt   captions for the tiny vocabulary
  tiny/          the vocabulary learnt from them here; TinyVocabularyTrainer has to write the same
  tiny-single/   the same as transformers saves it today: tokenizer.json only
  prompts.json   the prompts
  ids.json       their ids by tokeniser (tiny; sd15; sd21: SD 1.5's vocabulary padded with "!"; styles: tiny
                 with an added token) and the decoded texts of tiny
  unicode.json   for every code point: its class, and what normalisation makes of it
"""
import collections
import itertools
import json
import pathlib
import random
import shutil
import sys
import tempfile

from transformers import CLIPTokenizer

OUT = pathlib.Path(__file__).resolve().parent.parent / "resources" / "clip-tokenizer"
BEGIN, END = "<|startoftext|>", "<|endoftext|>"


def captions():
    colours = ["red", "blue", "green", "yellow", "white", "black"]
    things = ["house", "tree", "boat", "lantern", "cat", "mountain", "bridge"]
    places = ["on a hill", "by the sea", "in the snow", "at night", "under a cloudy sky", "in the rain"]
    every = [f"{n} {c} {t}, {p}"
             for n, c, t, p in itertools.product(["a", "two", "three"], colours, things, places)]
    return random.Random(7).sample(every, 100) + [
        "it's a café in Kyoto, 1920", "a naïve drawing of a woman's face", "the cat's house",
        "重ね 重ね 重ね の 家",
        "we're in the rain", "aaaa aaaaa aaaaaaa", "snow, snow, snow!!! ...", "🌲🌲🌲 🌲🌲🌲"]


def byte_symbols():
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    moved = [b for b in range(256) if b not in shown]
    return {**{b: chr(b) for b in shown}, **{b: chr(256 + i) for i, b in enumerate(moved)}}


def learn(texts, words_of, merge_limit):
    """Byte-pair merges, most frequent first; ties: alphabetical."""
    symbol = byte_symbols()
    words = collections.Counter(w for t in texts for w in words_of(t))
    words = {tuple(w[:-1]) + (w[-1] + "</w>",): n for w, n in words.items()}
    merges = []
    while len(merges) < merge_limit:
        pairs = collections.Counter()
        for w, n in words.items():
            for pair in zip(w, w[1:]):
                pairs[pair] += n
        if not pairs:
            break
        best, count = min(pairs.items(), key=lambda item: (-item[1], item[0]))
        if count < 2:
            break
        merges.append(best)
        words = {joined(w, best): n for w, n in words.items()}
    vocabulary = list(symbol.values())
    vocabulary += [s + "</w>" for s in vocabulary]
    vocabulary = list(dict.fromkeys(vocabulary + [a + b for a, b in merges])) + [BEGIN, END]
    return {s: i for i, s in enumerate(vocabulary)}, merges


def joined(word, pair):
    out, i = [], 0
    while i < len(word):
        step = 2 if word[i:i + 2] == pair else 1
        out.append("".join(word[i:i + step]))
        i += step
    return tuple(out)


def write_tiny(folder, vocabulary, merges):
    folder.mkdir(parents=True, exist_ok=True)
    compact = json.dumps(vocabulary, ensure_ascii=False, separators=(",", ":"))
    (folder / "vocab.json").write_text(compact, "utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges), "utf-8")
    roles = {"bos_token": BEGIN, "eos_token": END, "pad_token": END, "unk_token": END}
    dump(roles, folder / "special_tokens_map.json")
    dump({**roles, "add_prefix_space": False, "do_lower_case": True, "errors": "replace",
          "model_max_length": 77, "tokenizer_class": "CLIPTokenizer"}, folder / "tokenizer_config.json")


def prompts():
    plain = """
a cat|a photo of an astronaut riding a horse on mars|portrait of a woman, oil painting
A Cat Sitting On A Mat
masterpiece, best quality, 1girl, solo, long hair, looking at viewer
cyberpunk city at night, neon, rain, 8k, hdr
an armchair in the shape of an avocado|studio ghibli style landscape
unreal engine 5, octane render, trending
low quality, worst quality, bad anatomy, bad hands, text, error|antidisestablishmentarianism
supercalifragilistic
it's|don't|we're they've I'm she'll he'd|IT'S DON'T WE'RE|it''s ' s 's's'street|rock'n'roll
o'clock 'tis ''''ll
1|12|123 4567|3.14159|1,000,000|50% off|2x4|x2|v1.5|1920x1080|ten10ten|²³¹⁄₄ ½ Ⅷ ① ៣ ٣٤|1girl2boys|007's
(red:1.3) [blue] {green}|((word))|\\(escaped\\)|a|b||AND BREAK|<lora:style:0.8>|masterpiece,,,,best
a--b __c__ d/e
hello!|hello!!|!|!!!|wow!!1!|! a ! b !|a!b|?!?!|...|…|a,b,c|, , ,|,|;:|~`@#$%^&*|"quoted"|'single'|[a](b)
&amp;|&lt;b&gt;|&#39;|&nbsp;x|&quot;a&quot;|&AMP;|&copy; 2024|<b>bold</b>
https://example.com/a?b=c&d=e#f|a@b.de
""".strip().replace("\n", "|").split("|")
    plain = [p for p in plain if p != ""] + ["a|b||c", "", " ", "   ", "\n", "\t\t"]
    spaces = ["  a   cat  ", "a\tcat", "a\ncat\r\n", "a\u00a0cat", "a\u3000cat", "a\u2003\u2009cat",
              "a\u0085b",
              "a\u2028b\u2029c", "a\u200bb", "a\u200db", "a\ufeffb", "a\u1680b", "a\u180eb",
              "a\x0bb\x0cc", "a\u202fb"]
    controls = ["a\x00b", "\x01\x02\x03", "a\x1cb\x1dc\x1ed\x1fe", "a\x7fb", "a\x80b\x9fc",
                "\x1b[31mred\x1b[0m",
                "a\u00adb", "\ufffd", "\ufffe\uffff", "a\u202eb", "\u2066x\u2069", "\U000e0041",
                "\ue000\uf8ff"]
    markers = [END, BEGIN, f"a {END} b", f"a{END}b", f"{BEGIN}a cat{END}", "<|ENDOFTEXT|>",
               "<|ENDOFTEXT|>!a",
               "x<|EndOfText|>,y", "<|STARTOFTEXT|>", "<|StartOfText|>!!", "<|endoftext", "|<|endoftext|>|",
               "<|<|endoftext|>|>", f"{END}{END}", "<|endoftext|>'s", "!<|ENDOFTEXT|>!", "<| endoftext |>",
               "e<|endoftext|>\u0301", "</w>", "a</w>b", "a </W>", "<pad>", "<|im_start|>"]
    scripts = ["猫", "中文 a", "一只可爱的猫坐在椅子上", "日本語のプロンプト、桜と富士山", "カタカナ ｶﾀｶﾅ ガ ガ", "한국어 프롬프트", "한국",
               "русский текст, кошка", "ЁЖИК В ТУМАНЕ", "ελληνικά ΑΘΗΝΑ", "العربية قطة",
               "עברית שָׁלוֹם", "हिन्दी क्षि", "ภาษาไทย",
               "தமிழ்", "ქართული ᲥᲐᲠᲗᲣᲚᲘ", "Հայերեն և", "Tiếng Việt", "Türkçe ığüşöç",
               "ÇA VA À L'ÉCOLE", "ﬀ ﬁ ﬂ ﬃ ﬅ", "ＦＵＬＬ ｗｉｄｔｈ １２３",
               "𝕳𝖊𝖑𝖑𝖔 𝒲𝑜𝓇𝓁𝒹", "𐐀𐐁 𐐨", "𠀀𠀁", "Ꭰꭰ ꮿ", "ᏸ Ᏸ"]
    casing = ["İstanbul", "ISPARTA ılık I i İ ı", "ΣΑΣ ΟΔΥΣΣΕΥΣ Σ", "Straße STRASSE ẞ ß",
              "ǅ Ǆ ǆ ǈ ǋ ǲ", "ŉ ǰ ΐ", "K Å Ω", "ſ ẛ",
              "Ⅷ ⓐ Ⓐ", "ᾈ ᾼ", "Ａ Ｚ", "Ÿ Ŵ", "MiXeD CaSe PrOmPt", "Ⱥ Ⱦ", "ϴ Ϗ"]
    marks = ["cafe\u0301", "café", "e\u0301\u0327", "e\u0327\u0301", "a\u0300\u0301\u0302\u0303",
             "\u0301", "\u0345", "ñ n\u0303",
             "A\u030a \u212b", "q\u0307\u0323", "q\u0323\u0307", "Z̸͈͋a̷͖̍l̵̰̓g̴̱̈o̶̘͌",
             "\u1100\u1161\u11a8", "\u0915\u093c", "\u0958",
             "\u2126", "\uf900", "\u0344", "o\u031b\u0323", "ệ", "\u0130\u0307", "i\u0307"]
    emoji = ["👍", "👍🏽", "👨‍👩‍👧", "👩🏻‍🚀 in space", "🏳️‍🌈", "🇯🇵🇩🇪", "❤️ ❤", "☀️", "😀😀😀", "a😀b",
             "1️⃣ #️⃣", "🧑‍🤝‍🧑", "👁️‍🗨️",
             "🐱‍👤", "✨ masterpiece ✨", "™️ © ®", "→ ⇒ ★ ☆ ♥ ♪", "┌─┐ ▓▒░", "€ £ ¥ ₿",
             "‘quoted’ “double” ‚low‘ «guillemets»", "a–b—c"]
    long = ["a very detailed painting of " + ", ".join(f"thing number {i}" for i in range(40)),
            "word " * 120, "a" * 300, "!" * 100, "ab" * 90 + " end", "猫" * 60, "aA1!" * 30, "'s" * 40]
    return plain + spaces + controls + markers + scripts + casing + marks + emoji + long + noise()


def noise():
    """Random strings from everything above, whatever stands next to whatever."""
    pool = list(
        "abcXYZ 019,.!'<|>&;\t\u00a0é\u0301\u0323ßİΣſǅKñ猫の한ガ\u3099👍🏽\u200d\ufe0f\x00\x1f\u00ad½²٣Ⅷ\u2028") + [
        "'s", "'ll", END, "<|ENDOFTEXT|>", BEGIN, " the ", "snow"]
    source = random.Random(20)
    return ["".join(source.choices(pool, k=source.randint(3, 24))) for _ in range(60)]


def unicode_table(tokenizer):
    split, normal = tokenizer.pre_tokenizer.pre_tokenize_str, tokenizer.normalizer.normalize_str

    def kind(c):
        if not split(c):
            return "S"
        return "L" if len(split("a" + c)) == 1 else "O" if len(split("!" + c)) == 1 else "N"

    runs, changed = [], {}
    for point in itertools.chain(range(0xD800), range(0xE000, 0x110000)):
        c = chr(point)
        k = kind(c)
        if runs and runs[-1][1] == k:
            runs[-1][2] = point
        else:
            runs.append([point, k, point])
        if normal(c) != c:
            changed[f"{point:x}"] = normal(c)
    return {"kinds": " ".join(f"{a:x}-{b:x}:{k}" for a, k, b in runs if k != "O"), "changed": changed}


def dump(value, file, indent=2):
    separators = None if indent else (",", ":")
    file.write_text(json.dumps(value, indent=indent, separators=separators) + "\n", "utf-8")


def dump_lists(lists, file):
    """One list a line, so that changes can be seen."""
    rows = (f"{json.dumps(k)}:[\n" + ",\n".join(json.dumps(v, separators=(",", ":")) for v in vs) + "]"
            for k, vs in lists.items())
    file.write_text("{" + ",\n".join(rows) + "}\n", "utf-8")


def opened(source, folder, **changed_files):
    folder.mkdir()
    for file in source.iterdir():
        shutil.copyfile(file, folder / file.name)
    for name, content in changed_files.items():
        dump(content, folder / f"{name}.json")
    return CLIPTokenizer.from_pretrained(folder)


def main(shared):
    OUT.mkdir(parents=True, exist_ok=True)
    sd15 = shared / "data" / "models" / "sd15" / "tokenizer"
    real = CLIPTokenizer.from_pretrained(sd15)
    backend = real.backend_tokenizer

    def words_of(text):
        return [w for w, _ in backend.pre_tokenizer.pre_tokenize_str(backend.normalizer.normalize_str(text))]

    texts = captions()
    (OUT / "captions.txt").write_text("\n".join(texts) + "\n", "utf-8")
    write_tiny(OUT / "tiny", *learn(texts, words_of, 160))
    tiny = CLIPTokenizer.from_pretrained(OUT / "tiny")
    assert tiny.pad_token_id == tiny.eos_token_id == len(tiny) - 1 and tiny.bos_token_id == len(tiny) - 2
    tiny.save_pretrained(OUT / "tiny-single")

    every = prompts()
    assert len(every) >= 200
    dump_lists({"prompts": every}, OUT / "prompts.json")
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        two = json.loads((shared / "data/models/sd21/tokenizer/special_tokens_map.json").read_text())
        sd21 = opened(sd15, scratch / "sd21", special_tokens_map=two)
        assert sd21.pad_token_id == 0
        added = {"<Snow-Style>": len(tiny), "snow!": len(tiny) + 1}
        styles = opened(OUT / "tiny", scratch / "styles", added_tokens=added)
        single = CLIPTokenizer.from_pretrained(OUT / "tiny-single")
        extra = ["a <snow-style> cat", "<SNOW-STYLE>snow! Snow!", "<snow-style", "snow !"]
        ids = lambda t, ps: [t(p, add_special_tokens=False).input_ids for p in ps]
        assert ids(single, every) == ids(tiny, every)
        dump_lists({"sd15": ids(real, every), "sd21": ids(sd21, every), "tiny": ids(tiny, every),
                    "decoded": [tiny.decode(tiny(p).input_ids, skip_special_tokens=True) for p in every],
                    "styles": ids(styles, extra), "stylePrompts": extra,
                    "rows": [t(p, padding="max_length", truncation=True, max_length=77).input_ids
                             for t in (real, sd21) for p in ("a cat", "", "word " * 120)]},
                   OUT / "ids.json")
    dump(unicode_table(backend), OUT / "unicode.json", indent=None)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
