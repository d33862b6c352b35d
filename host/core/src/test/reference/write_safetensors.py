"""Writes the golden files of the safetensors package with the reference libraries.

Run as: python write_safetensors.py ../resources/dev/kasane/core/safetensors
Made with torch 2.15, safetensors 0.8, numpy 2.4.
"""

import hashlib
import pathlib
import struct
import sys

import numpy
import safetensors.numpy
import safetensors.torch
import torch

out = pathlib.Path(sys.argv[1])

TYPES = {
    "U64": torch.uint64, "I64": torch.int64, "F64": torch.float64, "F32": torch.float32,
    "U32": torch.uint32, "I32": torch.int32, "BF16": torch.bfloat16, "F16": torch.float16,
    "U16": torch.uint16, "I16": torch.int16, "F8_E4M3": torch.float8_e4m3fn,
    "F8_E5M2": torch.float8_e5m2, "I8": torch.int8, "U8": torch.uint8, "BOOL": torch.bool,
}


def pattern(count):
    """Bytes 0, 7, 14, ... modulo 251: the same rule in the Java test."""
    return torch.tensor([i * 7 % 251 for i in range(count)], dtype=torch.uint8)


def every_type():
    tensors = {}
    for name, dtype in TYPES.items():
        size = torch.empty((), dtype=dtype).element_size()
        raw = pattern(6 * size) % 2 if name == "BOOL" else pattern(6 * size)
        tensors["tensor." + name.lower()] = raw.view(dtype).reshape(2, 3)
    safetensors.torch.save_file(tensors, out / "every-type.safetensors", metadata={"format": "pt"})


def odd_names():
    tensors = {
        'quote " backslash \\ slash /': torch.tensor([1.0]),
        "control \x01\x1f\x7f\n\t\b\f\r": torch.tensor([2.0]),
        "caf\u00e9 \u2028": torch.tensor([3.0]),
        "\uffee above the surrogates in UTF-16, below them in UTF-8": torch.tensor([4.0]),
        "\U0001f600": torch.tensor([5.0]),
        "scalar": torch.tensor(6.0),
        "empty": torch.zeros(0, 3),
        "": torch.tensor([7.0]),
        "half": torch.tensor([8.0], dtype=torch.float16),
    }
    safetensors.torch.save_file(tensors, out / "odd-names.safetensors", metadata={"note": 'tab\t"\u00e9\U0001f600'})


def plain():
    safetensors.numpy.save_file(
        {"b": numpy.arange(6, dtype=numpy.float32).reshape(2, 3), "a": numpy.array([-1, 2], dtype=numpy.int64)},
        out / "plain.safetensors")


def unaligned():
    """What old writers did: no padding, so that the data begins at an odd address."""
    header = b'{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'
    while (8 + len(header)) % 2 == 0:
        header = header[:-1] + b" }"
    (out / "unaligned.safetensors").write_bytes(
        struct.pack("<Q", len(header)) + header + struct.pack("<2f", 1.5, -2.25))


def conversions():
    """Digests of conversions too long to keep: all halves to float, many floats to halves."""
    lines = []
    for name, dtype in (("F16", torch.float16), ("BF16", torch.bfloat16)):
        bits = torch.arange(65536, dtype=torch.int32).to(torch.int16)
        values = bits.view(dtype).float()
        values[values.isnan()] = 0
        lines.append(f"{name}-to-F32 {digest(values)}")
        sample = (torch.arange(1 << 20, dtype=torch.int64) * 4099 % (1 << 32)).to(torch.int32).view(torch.float32)
        halves = sample.to(dtype)
        halves[halves.isnan()] = 0
        lines.append(f"F32-to-{name} {digest(halves.view(torch.int16))}")
    for name in ("F8_E4M3", "F8_E5M2"):
        values = torch.arange(256, dtype=torch.int16).to(torch.uint8).view(TYPES[name]).float()
        values[values.isnan()] = 0
        lines.append(f"{name}-to-F32 {digest(values)}")
    (out / "conversions.txt").write_text("\n".join(lines) + "\n")


def digest(tensor):
    return hashlib.sha256(tensor.numpy().tobytes()).hexdigest()


def expected_floats():
    """The elements of every-type.safetensors as torch converts them to float32."""
    lines = []
    for name, tensor in sorted(safetensors.torch.load_file(out / "every-type.safetensors").items()):
        bits = tensor.float().flatten().view(torch.int32).tolist()
        lines.append(name + " " + " ".join(str(b) for b in bits))
    (out / "every-type.txt").write_text("\n".join(lines) + "\n")


every_type()
odd_names()
plain()
unaligned()
conversions()
expected_floats()
