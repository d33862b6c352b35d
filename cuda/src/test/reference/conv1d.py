"""What transformers makes of GPT-2's transposed matrices when it quantises them; whether it opens what Kasane wrote.

    python conv1d.py GPT2                 prints the golden file conv1d.tsv: name, SHA-256 of codes and of scales
    python conv1d.py GPT2 QUANTISED       opens QUANTISED, made by `kasane quantize GPT2 QUANTISED --type nf4`, and
                                          compares its logits with those of a model that transformers has quantised

GPT2 is text-lm/src/test/resources/golden/gpt2. Written with transformers 5.24.0, bitsandbytes 0.50.2.
"""
import hashlib
import sys

import torch
from transformers import AutoModelForCausalLM, BitsAndBytesConfig


def digest(tensor):
    return hashlib.sha256(tensor.contiguous().numpy().tobytes()).hexdigest()


def quantised(folder):
    settings = BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4")
    return AutoModelForCausalLM.from_pretrained(folder, quantization_config=settings, dtype=torch.float32,
                                                device_map="cpu")


def main():
    theirs = quantised(sys.argv[1])
    if len(sys.argv) == 2:
        for name, tensor in sorted(theirs.state_dict().items()):
            if name + ".absmax" in theirs.state_dict():
                print(name, digest(tensor), digest(theirs.state_dict()[name + ".absmax"]), sep="\t")
        return
    ours = AutoModelForCausalLM.from_pretrained(sys.argv[2], dtype=torch.float32, device_map="cpu")
    ids = torch.arange(40)[None] % theirs.config.vocab_size
    with torch.no_grad():
        expected, found = theirs(ids).logits, ours(ids).logits
        dense = AutoModelForCausalLM.from_pretrained(sys.argv[1], dtype=torch.float32)(ids).logits
    print("largest difference", (expected - found).abs().max().item(), "from dense", (dense - found).abs().max().item())
    if not torch.equal(expected, found):
        sys.exit("the logits differ")


if __name__ == "__main__":
    main()
