"""Small pickled files as the tools of their time wrote them.

    python make_pickles.py

golden/style.pt          AUTOMATIC1111's textual inversion, with the name inside
golden/learned_embeds.bin  diffusers' textual inversion
golden/list.text_encoder.pt  cloneofsimo's nameless list for a text encoder of one layer, width 4, rank 1
and in the kohya plugin golden/lora.pt, a kohya-style LoRA, half precision, alpha a whole number
"""

from pathlib import Path

import torch

GOLDEN = Path(__file__).resolve().parent.parent / "resources" / "golden"
KOHYA = Path(__file__).resolve().parents[4] / "kohya/src/test/resources/golden"


def main():
    GOLDEN.mkdir(parents=True, exist_ok=True)
    vectors = torch.arange(8, dtype=torch.float32).reshape(2, 4)
    torch.save({"string_to_token": {"*": 265}, "string_to_param": {"*": torch.nn.Parameter(vectors)},
                "name": "ink-style", "step": 499, "sd_checkpoint": "0123abcd",
                "sd_checkpoint_name": "tiny"}, GOLDEN / "style.pt")
    torch.save({"<brush>": vectors[1]}, GOLDEN / "learned_embeds.bin")
    pairs = [(torch.full((4, 1), 10.0 + i).half(), torch.full((1, 4), 20.0 + i).half()) for i in range(4)]
    torch.save([factor for pair in pairs for factor in pair], GOLDEN / "list.text_encoder.pt")
    name = "lora_te_text_model_encoder_layers_0_self_attn_q_proj"
    torch.save({f"{name}.lora_up.weight": torch.ones(4, 2).half(), f"{name}.alpha": torch.tensor(3),
                f"{name}.lora_down.weight": torch.ones(2, 4).half()}, KOHYA / "lora.pt")


if __name__ == "__main__":
    main()
