"""Makes formats.tsv, dynamic-maps.tsv and checkpoint/*.safetensors from bitsandbytes' CPU path.

Run with a Python that has torch, bitsandbytes and safetensors:
    python cuda/src/test/reference/goldens.py cuda/src/test/resources/dev/kasane/quant
Inputs follow from a linear congruential generator that the Java tests repeat.
"""
import hashlib
import json
import math
import os
import sys

import bitsandbytes as bnb
import bitsandbytes.functional as F
import numpy as np
import torch
from safetensors.torch import save_file

torch.manual_seed(0)
SHAPES = [
    (1,), (2,), (3,), (31,), (32,), (33,), (63,), (64,), (65,), (127,), (128,), (1000,), (4095,), (4096,), (4097,),
    (1, 1), (1, 64), (3, 5), (7, 9), (8, 8), (16, 64), (17, 33), (20, 100), (32, 48), (64, 64), (5, 257), (64, 96),
    (100, 77), (128, 128), (33, 1024), (2, 8192), (160, 64), (4, 3, 3), (8, 4, 3, 3), (6, 5, 1, 1), (10, 7, 3, 3),
    (3, 32, 64), (2, 2, 2, 2), (12, 320), (40, 640),
]
BLOCKS = [64, 128, 256, 512, 1024, 2048, 4096]
DTYPES = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}


def values(seed, count):
    """float32: t * |t| / 4 for t uniform in [-1, 1), exact in every step; some seeds have runs of zeros."""
    state, mask = seed * 2654435761 + 12345, (1 << 64) - 1
    out = np.empty(count, dtype=np.float32)
    for i in range(count):
        state = (state * 6364136223846793005 + 1442695040888963407) & mask
        t = np.float32(((state >> 40) - (1 << 23)) * 2.0**-23)
        out[i] = t * abs(t) * np.float32(0.25)
    if seed % 5 == 3:
        out[count // 4: count // 2] = 0
    if seed % 7 == 4:
        out *= np.float32(2.0**-10)
    return torch.from_numpy(out)


def digest(tensor):
    data = tensor.detach().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()
    return hashlib.sha256(data).hexdigest()[:12]


def hexfloat(value):
    return format(np.float32(value).view(np.uint32), "08x")


def decoded(packed, state, dtype):
    """As one row: the AVX-512 kernel takes wrong scales where a block crosses rows. Adding 0 to -0 gives 0: the
    kernels disagree on the sign of FP4's second zero."""
    state.shape, state.dtype = (math.prod(state.shape),), dtype
    if packed.shape[0] == 1:
        packed = packed.reshape(-1)
    return F.dequantize_4bit(packed, state) + 0.0


def four_bit(kind, x, block, nested):
    packed, state = F.quantize_4bit(x.clone(), blocksize=block, compress_statistics=nested, quant_type=kind)
    same, wide = decoded(packed, state, x.dtype), decoded(packed, state, torch.float32)
    scales = [digest(state.absmax), "-", "-"]
    if nested:
        scales = [digest(state.absmax), digest(state.state2.absmax), hexfloat(state.offset.item())]
    return [digest(packed), *scales, digest(wide), digest(same)]


def eight_bit(x, block, signed):
    code = F.create_dynamic_map(signed=signed)
    source = x if signed else x.abs()
    q, state = F.quantize_blockwise(source, code=code, blocksize=block)
    same = F.dequantize_blockwise(q, state)
    state.dtype = torch.float32
    wide = F.dequantize_blockwise(q, state)
    return [digest(q), digest(state.absmax), "-", "-", digest(wide), digest(same)]


def rows(x):
    q, scale, _ = F.int8_vectorwise_quant(x.clone())
    wide = F.int8_vectorwise_dequant(q, scale)
    return [digest(q), digest(scale), "-", "-", digest(wide), digest(wide.to(x.dtype))]


def formats(folder):
    lines = []
    for i, shape in enumerate(SHAPES):
        for name, dtype in DTYPES.items():
            x = values(i, math.prod(shape)).to(dtype).reshape(shape)
            block = BLOCKS[i % len(BLOCKS)]
            head = [name, "x".join(map(str, shape)), str(i)]
            for kind in ("nf4", "fp4"):
                lines.append([kind, *head, str(block)] + four_bit(kind, x, block, False))
                lines.append([kind + "+dq", *head, "64"] + four_bit(kind, x, 64, True))
            lines.append(["dynamic", *head, str(block)] + eight_bit(x, block, True))
            lines.append(["dynamic-unsigned", *head, "256"] + eight_bit(x, 256, False))
            if len(shape) == 2:
                lines.append(["int8", *head, "0"] + rows(x))
    with open(os.path.join(folder, "formats.tsv"), "w") as out:
        for line in lines:
            out.write("\t".join(line) + "\n")


def maps(folder):
    with open(os.path.join(folder, "dynamic-maps.tsv"), "w") as out:
        for signed in (True, False):
            code = F.create_dynamic_map(signed=signed)
            out.write(("signed" if signed else "unsigned") + "\t" + " ".join(map(hexfloat, code)) + "\n")
        for kind in ("nf4", "fp4"):
            out.write(kind + "\t" + " ".join(map(hexfloat, F.get_4bit_type(kind, device="cpu"))) + "\n")


def checkpoint(folder):
    """Three linear layers as bitsandbytes' own modules serialise them, and what they decode to."""
    out = {}
    for index, (name, kind, nested, dtype) in enumerate([
            ("a", "nf4", False, torch.float32), ("b", "nf4", True, torch.bfloat16), ("c", "fp4", False, torch.float16)]):
        x = values(100 + index, 24 * 64).to(dtype).reshape(24, 64)
        packed, state = F.quantize_4bit(x, blocksize=64, compress_statistics=nested, quant_type=kind)
        out[name + ".weight"] = packed
        for key, value in state.as_dict(packed=True).items():
            out[name + ".weight." + key] = value.clone()
    q, scale, _ = F.int8_vectorwise_quant(values(103, 24 * 64).reshape(24, 64).to(torch.float16))
    out["d.weight"], out["d.SCB"] = q, scale
    out["d.weight_format"] = torch.tensor(0, dtype=torch.uint8)
    out["norm.weight"] = torch.ones(8)
    save_file(out, os.path.join(folder, "serialised.safetensors"))


def adam(folder):
    """Five steps: bitsandbytes' CPU update for the first, then its formula with nearest codes."""
    n = 4096 + 300
    lr, b1, b2, eps, wd = 1e-2, 0.9, 0.999, 1e-8, 0.01
    q1, q2 = F.create_dynamic_map(True), F.create_dynamic_map(False)
    p = values(200, n).clone()
    blocks = -(-n // 256)
    s1, s2 = torch.full((n,), 127, dtype=torch.uint8), torch.zeros(n, dtype=torch.uint8)
    a1, a2 = torch.zeros(blocks), torch.zeros(blocks)

    def decode(s, code, a):
        return code[s.long()] * a.repeat_interleave(256)[:n]

    def encode(x, code):
        pad = torch.nn.functional.pad(x, (0, blocks * 256 - n)).reshape(blocks, 256)
        a = pad.abs().amax(1)
        scaled = pad * torch.where(a > 0, 1 / a, torch.zeros_like(a))[:, None]
        return torch.bucketize(scaled, (code[:-1] + code[1:]) / 2).to(torch.uint8).reshape(-1)[:n], a

    first = p.clone()
    bnb.functional.optimizer_update_8bit_blockwise(
        "adam", values(201, n), first, s1.clone(), s2.clone(), b1, b2, 0.0, 0.0, eps, 1, lr, q1, q2,
        a1.clone(), a2.clone(), wd, 1.0)
    lines = [["bitsandbytes-step-1", *map(hexfloat, first[::37])]]
    for step in range(1, 6):
        g = values(200 + step, n)
        m = decode(s1, q1, a1) * b1 + g * (1 - b1)
        v = decode(s2, q2, a2) * b2 + g * g * (1 - b2)
        c1, c2 = 1 - b1**step, math.sqrt(1 - b2**step)
        p = p * (1 - lr * wd) - lr / c1 * (m / (v.sqrt() / c2 + eps))
        (s1, a1), (s2, a2) = encode(m, q1), encode(v, q2)
        lines.append([f"step-{step}", *map(hexfloat, p[::37])])
    with open(os.path.join(folder, "adamw8.tsv"), "w") as out:
        for line in lines:
            out.write("\t".join(line) + "\n")


if __name__ == "__main__":
    target = sys.argv[1]
    os.makedirs(target, exist_ok=True)
    formats(target)
    maps(target)
    checkpoint(target)
    adam(target)
    from bitsandbytes.backends.default.ops import _get_4bit_quantize_bounds
    print(_get_4bit_quantize_bounds("fp4", torch.device("cpu")))
