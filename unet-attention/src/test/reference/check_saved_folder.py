"""Opens the base models that DiffusersFolderTest saved with diffusers and holds them to the golden ones.

    OMP_NUM_THREADS=1 python check_saved_folder.py
"""

from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline

MODULE = Path(__file__).resolve().parents[3]
GOLDEN = MODULE / "src/test/resources/golden"


def load(folder):
    return StableDiffusionPipeline.from_pretrained(folder, local_files_only=True, torch_dtype=torch.float32)


def main():
    saved = sorted((MODULE / "target/saved-bases").iterdir())
    for folder in saved:
        found, expected = load(folder), load(GOLDEN / "-".join(folder.name.split("-")[:2]))
        for part in ("unet", "vae", "text_encoder"):
            states = getattr(found, part).state_dict(), getattr(expected, part).state_dict()
            assert states[0].keys() == states[1].keys(), (folder, part)
            assert all(torch.equal(states[0][k], states[1][k]) for k in states[1]), (folder, part)
        assert found.scheduler.config == expected.scheduler.config, folder
        prompt = "a photo of the red cat"
        assert found.tokenizer(prompt) == expected.tokenizer(prompt), folder
        draw = lambda pipe: pipe(prompt, num_inference_steps=2, width=64, height=64, output_type="np",
                                 generator=torch.Generator().manual_seed(1)).images
        assert (draw(found) == draw(expected)).all(), folder
        print(folder.name, "is the same")
    assert saved, "run DiffusersFolderTest first"


if __name__ == "__main__":
    main()
