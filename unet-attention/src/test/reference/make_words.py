"""Textual inversions for the tiny SD 1.x model, and what diffusers makes of prompts with them.

    OMP_NUM_THREADS=1 HF_HUB_OFFLINE=1 python make_words.py

golden/words/ink-style.pt                A1111's form, three vectors
golden/words/learned_embeds.safetensors  diffusers' form, the word <brush>, one vector
golden/words/expected.safetensors        word.<word>: the vectors; prompt.<n>: prompt embeddings
golden/words/prompts.json                these prompts
"""

import torch
from safetensors.torch import save_file

from make_expected import load
from make_models import GOLDEN, write_json

FOLDER = GOLDEN / "words"
PROMPTS = [
    "a photo of a red cat in the ink-style, <brush>",
    "ink-style",
    "the <brush> and the <brush>; ink-style ink-style dog",
    "a red cat without any of them",
]


@torch.no_grad()
def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    generator = torch.Generator().manual_seed(71)
    ink = 0.5 * torch.randn(3, 32, generator=generator)
    brush = 0.5 * torch.randn(1, 32, generator=generator)
    torch.save({"string_to_token": {"*": 265}, "string_to_param": {"*": torch.nn.Parameter(ink)},
                "name": "ink-style", "step": 499, "sd_checkpoint": None, "sd_checkpoint_name": None},
               FOLDER / "ink-style.pt")
    save_file({"<brush>": brush[0].clone()}, FOLDER / "learned_embeds.safetensors")
    pipe = load("sd1-tiny")
    pipe.load_textual_inversion(str(FOLDER), weight_name="ink-style.pt", use_safetensors=False)
    pipe.load_textual_inversion(str(FOLDER), weight_name="learned_embeds.safetensors")
    results = {"word.ink-style": ink, "word.<brush>": brush}
    for number, prompt in enumerate(PROMPTS):
        embeds, _ = pipe.encode_prompt(prompt, "cpu", 1, False)
        results[f"prompt.{number}"] = embeds.clone()
        print(pipe.tokenizer.tokenize(pipe.maybe_convert_prompt(prompt, pipe.tokenizer)))
    save_file(results, FOLDER / "expected.safetensors")
    write_json(FOLDER / "prompts.json", PROMPTS)


if __name__ == "__main__":
    main()
