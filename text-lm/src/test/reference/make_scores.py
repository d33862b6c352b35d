"""What transformers' logits processors make of random scores.

    OMP_NUM_THREADS=1 python make_scores.py

golden/scores.json: a list of cases with options, the tokens seen, scores before and after (null for -inf).
"""

import json
from pathlib import Path

import torch
from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM

GOLDEN = Path(__file__).resolve().parent.parent / "resources" / "golden"
VOCABULARY = 40
OPTIONS = [
    dict(temperature=0.7),
    dict(temperature=1.0, top_k=5),
    dict(temperature=1.6, top_k=39),
    dict(temperature=1.0, top_p=0.6),
    dict(temperature=0.3, top_p=0.95),
    dict(temperature=1.0, top_p=0.01),
    dict(temperature=2.0, min_p=0.1),
    dict(temperature=1.0, min_p=0.9),
    dict(temperature=1.0, repetition_penalty=1.7),
    dict(temperature=0.8, repetition_penalty=0.6, top_k=12, top_p=0.8, min_p=0.15),
    dict(temperature=1.3, repetition_penalty=1.2, top_k=20, top_p=0.9, min_p=0.02),
]


def main():
    torch.manual_seed(5)
    model = LlamaForCausalLM(LlamaConfig(vocab_size=VOCABULARY, hidden_size=8, intermediate_size=8,
                                         num_hidden_layers=1, num_attention_heads=1))
    cases = []
    for options in OPTIONS:
        config = GenerationConfig(**{"do_sample": True, "top_k": 0, "top_p": 1.0, **options})
        # The list that generate() itself would build, with its order.
        processors = model._get_logits_processor(config, input_ids_seq_length=6, device="cpu")
        seen = torch.randint(0, VOCABULARY, (1, 6))
        before = torch.randn(1, VOCABULARY) * 2
        after = processors(seen, before.clone())
        cases.append(dict(options=options, seen=seen[0].tolist(), before=before[0].tolist(),
                          after=[None if v == float("-inf") else v for v in after[0].tolist()]))
    (GOLDEN / "scores.json").write_text(json.dumps(cases) + "\n")
    print([sum(v is not None for v in c["after"]) for c in cases])


main()
