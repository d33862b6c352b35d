"""The peer of ChatDataBenchmark: transformers renders and tokenises the same chat records.

    PYTHON host/bench/peer_chat_data.py --write DIR     makes a tokeniser and 10,000 records
    PYTHON host/bench/peer_chat_data.py DIR [--masks]   reads and encodes them, five times

The text is that of Python's own help, the tokeniser is trained on it: byte-level BPE of 16,000 tokens that splits as
Qwen 2 does. --masks asks for which tokens the assistant says as well, which a training needs; without it the peer
makes ids only. Needs transformers, tokenizers and jinja2.
"""
import argparse
import json
import pathlib
import random
import time

RECORDS, ROUNDS, VOCABULARY = 10_000, 5, 16_000
SPLIT = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
         r"|\s+(?!\S)|\s+")
TEMPLATE = """{%- for message in messages %}
    {{- '<|im_start|>' + message.role + '\\n' }}
    {%- if message.role == 'assistant' %}
        {%- generation %}{{ message.content + '<|im_end|>' }}{% endgeneration %}{{ '\\n' }}
    {%- else %}
        {{- message.content + '<|im_end|>\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}
"""


def write(folder):
    from pydoc_data.topics import topics
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    texts = [topics[name] for name in sorted(topics)]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(SPLIT), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=VOCABULARY, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"], show_progress=False))
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps({
        "tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|im_end|>", "pad_token": "<|endoftext|>",
        "chat_template": TEMPLATE}))
    draw = random.Random(7)

    def said(longest):
        text = draw.choice(texts)
        begin = draw.randrange(max(1, len(text) - longest))
        return text[begin:begin + draw.randrange(20, longest)].strip() or "Yes."

    with open(folder / "records.jsonl", "w") as out:
        for _ in range(RECORDS):
            turns = [{"role": "system", "content": said(200)}]
            for _ in range(draw.randrange(1, 4)):
                turns += [{"role": "user", "content": said(400)}, {"role": "assistant", "content": said(800)}]
            out.write(json.dumps({"messages": turns}) + "\n")


def measure(folder, masks):
    from transformers import AutoTokenizer
    tokenizer = AutoTokenizer.from_pretrained(folder)
    for _ in range(ROUNDS):
        begun = time.time()
        talks = [json.loads(line)["messages"] for line in open(folder / "records.jsonl")]
        encoded = tokenizer.apply_chat_template(talks, tokenize=True, return_dict=True, return_assistant_tokens_mask=masks)
        tokens = sum(map(len, encoded["input_ids"]))
        learnt = sum(map(sum, encoded["assistant_masks"])) if masks else 0
        print(f"python {time.time() - begun:.2f} s, {tokens} tokens, {learnt} of the assistant")


options = argparse.ArgumentParser()
options.add_argument("folder", type=pathlib.Path)
options.add_argument("--write", action="store_true")
options.add_argument("--masks", action="store_true")
chosen = options.parse_args()
write(chosen.folder) if chosen.write else measure(chosen.folder, chosen.masks)
