"""Opens a tokeniser folder that TinyVocabularyTrainer wrote with transformers and checks its layout.

    python check_clip_vocabulary.py FOLDER [PROMPT ...]     prints the ids of the prompts
"""
import json
import pathlib
import sys

from transformers import CLIPTokenizer


def main(folder, prompts):
    tokenizer = CLIPTokenizer.from_pretrained(folder)
    vocabulary = json.loads((pathlib.Path(folder) / "vocab.json").read_text("utf-8"))
    assert sorted(vocabulary.values()) == list(range(len(vocabulary))), "ids have gaps"
    assert tokenizer.get_vocab() == vocabulary, "transformers added tokens of its own"
    assert tokenizer.bos_token_id == len(vocabulary) - 2 and tokenizer.eos_token_id == len(vocabulary) - 1
    assert tokenizer.pad_token_id == tokenizer.unk_token_id == tokenizer.eos_token_id
    assert tokenizer.model_max_length == 77
    text = "quux ünï 猫 👍🏽 1 2"
    ids = tokenizer(text, add_special_tokens=False).input_ids
    assert tokenizer.eos_token_id not in ids
    assert tokenizer.decode(ids).replace(" ", "") == text.replace(" ", "")
    for prompt in prompts:
        print(json.dumps(tokenizer(prompt).input_ids), prompt)
    print(f"{folder}: {len(vocabulary)} symbols, opened by transformers")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
