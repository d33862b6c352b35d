"""Whether PEFT opens the folders that the tests wrote, whole and as meant.

    OMP_NUM_THREADS=1 python check_loads_in_peft.py [../../../target/written]

WrittenFoldersTest must have run. Each folder is loaded with PeftModel on the base that make_peft.py
builds; keys that are missing or unexpected are failures, and so is an output of an adapted layer
that differs from the expected one by more than 1e-5 of the largest value.
"""

import sys
import warnings
from pathlib import Path

import torch
from peft import PeftModel
from safetensors import safe_open
from safetensors.torch import load_file

from make_peft import CASES, GOLDEN

# Known before: PEFT sets the flag for GPT-2's layers by itself, and cannot tell the embeddings of a bare module.
EXPECTED_WARNINGS = ("fan_in_fan_out", "embedding", "is_gradient_checkpointing")


def base_of(folder):
    expected = folder / "expected.safetensors"
    if not expected.exists():
        return folder.name
    with safe_open(expected, "pt") as file:
        return file.metadata()["base"]


def load(folder, case):
    torch.manual_seed(list(CASES).index(case))
    model = CASES[case][0]().eval()
    loaded = {}
    original = PeftModel.load_adapter

    def watching(self, *args, **kwargs):
        loaded["result"] = original(self, *args, **kwargs)
        return loaded["result"]

    PeftModel.load_adapter = watching
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            model = PeftModel.from_pretrained(model, folder).eval()
    finally:
        PeftModel.load_adapter = original
    said = [str(each.message) for each in caught if not any(known in str(each.message) for known in EXPECTED_WARNINGS)]
    missing = [key for key in loaded["result"].missing_keys if "lora_" in key or "hada_" in key or "modules_to_save" in key]
    return model, missing, list(loaded["result"].unexpected_keys), said


def main(root):
    worst, failures, folders = 0.0, 0, sorted(each for each in root.iterdir() if each.is_dir())
    for folder in folders:
        case = base_of(folder)
        model, missing, unexpected, said = load(folder, case)
        tensors = load_file(GOLDEN / case / "expected.safetensors")
        own = folder / "expected.safetensors"
        outputs = load_file(own) if own.exists() else {key: value for key, value in tensors.items() if key.endswith(".y")}
        error = 0.0
        for key, y in outputs.items():
            path = key[: -len(".y")]
            with torch.no_grad():
                actual = model.base_model.model.get_submodule(path)(tensors[path + ".x"])
            error = max(error, ((actual - y).abs().max() / y.abs().max()).item())
        good = not (missing or unexpected or said) and error < 1e-5
        failures += not good
        worst = max(worst, error)
        print(f"{'ok  ' if good else 'FAIL'} {folder.name}: {len(outputs)} outputs, largest error {error:.1e}, "
              f"missing {missing[:2]}, unexpected {unexpected[:2]}, warnings {said[:2]}")
    print(f"{len(folders)} folders, {failures} failures, largest error {worst:.1e}")
    return 1 if failures or not folders else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else GOLDEN.parents[3] / "target" / "written")))
