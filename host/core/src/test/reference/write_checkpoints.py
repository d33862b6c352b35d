"""Writes the golden files of the pickle package with PyTorch, numpy and Python's own pickle.

Run as: python write_checkpoints.py ../resources/dev/kasane/core/pickle
Made with torch 2.15, numpy 2.4, Python 3.11.

Each checkpoint has a text file beside it: a line "name dtype shape sha256" for each tensor, the digest taken
over the contiguous little-endian bytes.
"""

import collections
import hashlib
import os
import pathlib
import pickle
import sys
import types
import zipfile

import numpy
import torch

out = pathlib.Path(sys.argv[1])


def describe(name, state):
    lines = []
    for key, tensor in state.items():
        data = tensor.detach().contiguous()
        raw = data.reshape(-1).view(torch.uint8).numpy().tobytes() if data.numel() else b""
        dtype = str(data.dtype).removeprefix("torch.")
        shape = "x".join(str(size) for size in data.shape) or "scalar"
        lines.append(f"{key} {dtype} {shape} {hashlib.sha256(raw).hexdigest()}")
    (out / (name + ".txt")).write_text("\n".join(lines) + "\n")


def save(name, value, state, **options):
    torch.save(value, out / name, **options)
    describe(name, state)


def tensors(modern=True):
    generator = torch.Generator().manual_seed(7)
    base = torch.randn(4, 6, generator=generator)
    state = collections.OrderedDict()
    state["plain"] = base
    state["transposed"] = base.t()
    state["column"] = base[:, 2]
    state["tail"] = base[1:]
    state["permuted"] = torch.randn(2, 3, 4, generator=generator).permute(2, 0, 1)
    state["expanded"] = torch.randn(1, 5, generator=generator).expand(3, 5)
    state["half"] = base.half()
    state["half_transposed"] = base.half().t()
    state["bfloat16"] = base.bfloat16()
    state["double"] = base.double().t()
    state["scalar"] = torch.tensor(3.5)
    state["empty"] = torch.zeros(0, 3)
    for dtype in (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool):
        state[str(dtype).removeprefix("torch.")] = (base * 50).abs().to(dtype)
    state["parameter"] = torch.nn.Parameter(base.clone())
    if modern:
        for dtype in (torch.uint16, torch.uint32, torch.uint64, torch.float8_e4m3fn, torch.float8_e5m2):
            state[str(dtype).removeprefix("torch.")] = (base * 5).abs().to(dtype)
    return state


def lightning_classes():
    """Stand-ins with the module names that Lightning checkpoints mention; only their names are stored."""
    path = "pytorch_lightning.callbacks.model_checkpoint"
    parts = path.split(".")
    for i in range(len(parts)):
        name = ".".join(parts[: i + 1])
        sys.modules.setdefault(name, types.ModuleType(name))
    module = sys.modules[path]
    module.ModelCheckpoint = type("ModelCheckpoint", (), {"__module__": path})
    return module.ModelCheckpoint


def lightning():
    callback = lightning_classes()
    weights = collections.OrderedDict()
    weights["model.diffusion_model.out.0.weight"] = torch.arange(6.0).view(2, 3).half()
    weights["cond_stage_model.transformer.text_model.embeddings.position_ids"] = torch.arange(5).expand(1, -1)
    weights._metadata = collections.OrderedDict([("", {"version": 1})])
    instance = callback()
    instance.best = 0.25
    value = {
        "epoch": 3,
        "global_step": 470000,
        "pytorch-lightning_version": "1.4.2",
        "state_dict": weights,
        "callbacks": {callback: {"monitor": "val/loss", "best_model_score": torch.tensor(0.125), "obj": instance}},
        "optimizer_states": [{"state": {0: {"step": 10, "exp_avg": torch.ones(2)}}, "param_groups": [
            {"lr": 1e-4, "betas": (0.9, 0.999), "amsgrad": False, "initial": None}]}],
        "lr_schedulers": [{"best": numpy.float64(0.5), "count": numpy.int64(7), "array": numpy.arange(3)}],
        "big": 2**70,
        "negative": -(2**40),
        "tags": {"a", "b"},
        "raw": b"\x00\xff",
        "size": torch.Size([4, 5]),
        "dtype": torch.float16,
        "device": torch.device("cpu"),
    }
    save("lightning.ckpt", value, weights)
    torch.save(value, out / "lightning-legacy.ckpt", _use_new_zipfile_serialization=False)


def protocols():
    """The same plain value in every protocol, through Python's pickle alone."""
    value = {
        "text": "caf\u00e9 \u2028 \U0001f600 line\nbreak \\ 'quote'",
        "numbers": [0, 1, 255, 256, 65535, 65536, -1, 2**31, -(2**63), 2**63, 2**100, -(2**100)],
        "floats": (1.5, -0.0, 1e300, float("inf")),
        "flags": (True, False, None),
        "nested": {"list": [[], [1, [2]]], "tuples": ((), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4))},
        "bytes": b"\x00\x80\xff",
        7: "int key",
        ("a", 1): "tuple key",
        "sets": [{1}, frozenset(["x"])],
        "shared": ["again"] * 3,
        "many": list(range(300)),
    }
    for protocol in range(6):
        (out / f"plain-{protocol}.pkl").write_bytes(pickle.dumps(value, protocol))


class Malicious:
    def __reduce__(self):
        return os.system, ("touch kasane-was-here",)


def malicious():
    for protocol in (0, 2, 4, 5):
        (out / f"malicious-{protocol}.pkl").write_bytes(pickle.dumps({"w": Malicious()}, protocol))
    torch.save({"w": torch.zeros(2), "x": Malicious()}, out / "malicious.pt")
    torch.save({"w": torch.zeros(2), "x": Malicious()}, out / "malicious-legacy.pt",
               _use_new_zipfile_serialization=False)


def deflated():
    """An archive packed again by hand, compressed."""
    with zipfile.ZipFile(out / "tensors.pt") as source, zipfile.ZipFile(
            out / "deflated.pt", "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            target.writestr(zipfile.ZipInfo(entry.filename), source.read(entry), zipfile.ZIP_DEFLATED)
    describe("deflated.pt", tensors())


def embedding():
    """A textual inversion file: the tensors sit in a ParameterDict."""
    held = torch.nn.ParameterDict({"*": torch.nn.Parameter(torch.arange(4.0))})
    save("embedding.pt", {"string_to_token": {"*": 265}, "string_to_param": held}, dict(held.items()))


save("tensors.pt", tensors(), tensors())
for protocol in (1, 3, 4, 5):
    save(f"tensors-protocol-{protocol}.pt", tensors(), tensors(), pickle_protocol=protocol)
save("tensors-legacy.pt", tensors(), tensors(), _use_new_zipfile_serialization=False)
small = {"a": torch.arange(3.0), "b": torch.arange(4, dtype=torch.int64).view(2, 2).t()}
save("small.pt", small, small)
save("small-legacy.pt", small, small, _use_new_zipfile_serialization=False)
torch.save([torch.ones(2, 3), torch.zeros(1)], out / "list.pt")
torch.save(torch.nn.Linear(2, 2), out / "module.pt")
attributed = torch.arange(3.0)
attributed.note = "an attribute of its own"
save("attributed.pt", {"w": attributed}, {"w": attributed})
torch.save({"c": torch.zeros(2, dtype=torch.complex64)}, out / "complex.pt")
lightning()
protocols()
malicious()
deflated()
embedding()
