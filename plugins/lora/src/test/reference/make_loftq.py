"""What PEFT's LoftQ makes of weights: the quantised weight and the product of the factors that make up for the loss.

    OMP_NUM_THREADS=1 python make_loftq.py

golden/loftq.safetensors: for each case `<case>.` + weight, quantised (dense again), product (B·A), rank.
"""

from pathlib import Path

import torch
from peft.utils import loftq_utils
from safetensors.torch import save_file
from torch.overrides import TorchFunctionMode

GOLDEN = Path(__file__).resolve().parent.parent / "resources" / "golden"
CASES = {"nf4": ((48, 64), 4, 5), "nf4-wide": ((32, 128), 4, 3), "nf4-blocks": ((30, 50), 4, 4)}


class OnCpu(TorchFunctionMode):
    """PEFT insists on a GPU for this; the arithmetic is the same without."""

    def __torch_function__(self, function, types, args=(), kwargs=None):
        def here(value):
            return "cpu" if isinstance(value, (str, torch.device)) and str(value).startswith("cuda") else value
        return function(*map(here, args), **{name: here(value) for name, value in (kwargs or {}).items()})


def main():
    out = {}
    for seed, (case, (shape, bits, rank)) in enumerate(CASES.items()):
        torch.manual_seed(seed)
        weight = torch.randn(shape) * 0.1
        with OnCpu():
            quantised, a, b = loftq_utils.loftq_init(weight, num_bits=bits, reduced_rank=rank)
        lost, left = (weight - quantised).norm(), (weight - quantised - b @ a).norm()
        assert left < lost
        print(case, lost.item(), left.item())
        out |= {f"{case}.weight": weight, f"{case}.quantised": quantised, f"{case}.product": b @ a,
                f"{case}.rank": torch.tensor(rank)}
    save_file({name: value.contiguous() for name, value in out.items()}, GOLDEN / "loftq.safetensors")


if __name__ == "__main__":
    main()
