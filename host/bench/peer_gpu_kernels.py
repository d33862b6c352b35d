"""The kernels of bitsandbytes, timed through its public interface as GpuKernels times ours: a line of JSON each.

Beside them stands the library's own product on dense weights ("library product"), for the sum of dequantising and
multiplying. A long copy runs ahead of every round, so that launches wait in the queue and the host's share is not
timed; each launch takes another copy of the weight, so that it comes from the GPU's memory.
"""
import argparse
import collections
import json
import statistics
import sys
import time

# How much is measured; GpuKernels has the same two scales.
Scale = collections.namedtuple(
    "Scale", "device shapes copied copies_ahead beyond_any_cache launches tensors count")
FULL = Scale("cuda", ((4096, 4096), (11008, 4096)), 1 << 30, 16, 512 << 20, 256, 224, 4096 * 16)
DRY = Scale("cpu", ((64, 256), (128, 256)), 1 << 16, 1, 1 << 14, 2, 3, 4096)


class Clock:
    def __init__(self, torch, scale, rounds):
        self.torch = torch
        self.scale = scale
        self.rounds = rounds
        self.source = torch.empty(scale.copied, dtype=torch.uint8, device=scale.device)
        self.target = torch.empty_like(self.source)
        self.copy_rate = 2 * scale.copied / self.seconds(8, lambda launch: self.target.copy_(self.source))

    def seconds(self, launches, launch):
        """Seconds of one launch: the median of the rounds after one to warm up."""
        found = []
        for _ in range(self.rounds + 1):
            for _ in range(self.scale.copies_ahead):
                self.target.copy_(self.source)
            found.append(self.round(launches, launch) / launches)
        return statistics.median(found[1:])


    def round(self, launches, launch):
        if self.scale.device == "cpu":
            start = time.perf_counter()
            for number in range(launches):
                launch(number)
            return time.perf_counter() - start
        start, end = (self.torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        for number in range(launches):
            launch(number)
        end.record()
        end.synchronize()
        return start.elapsed_time(end) / 1000


class Peer:
    def __init__(self, torch, bitsandbytes, scale, clock):
        self.scale = scale
        self.torch = torch
        self.bnb = bitsandbytes
        self.functional = bitsandbytes.functional
        self.clock = clock

    def tell(self, kernel, dtype, outputs, inputs, rows, nested, size, launches, launch):
        seconds = self.clock.seconds(launches, launch)
        print(json.dumps({
            "side": "python", "kernel": kernel, "type": str(dtype).removeprefix("torch."), "outputs": outputs,
            "inputs": inputs, "rows": rows, "nested": nested, "microseconds": seconds * 1e6, "bytes": size,
            "of_copy": size / seconds / self.clock.copy_rate}), flush=True)

    def normal(self, shape, dtype):
        return (self.torch.randn(shape, device=self.scale.device) * 0.05).to(dtype)

    def shape(self, outputs, inputs):
        torch = self.torch
        for dtype in (torch.float32, torch.float16, torch.bfloat16):
            self.quantise(dtype, outputs, inputs)
            for nested in (False, True):
                self.products(dtype, outputs, inputs, nested)

    def dense(self, dtype, outputs, inputs):
        size = outputs * inputs * dtype.itemsize
        return [self.normal((outputs, inputs), dtype) for _ in range(self.scale.beyond_any_cache // size + 1)]

    def quantise(self, dtype, outputs, inputs):
        dense = self.dense(dtype, outputs, inputs)
        count = outputs * inputs
        self.tell("quantise", dtype, outputs, inputs, 0, False,
                  stored(count, False) + count * dtype.itemsize, self.scale.launches,
                  lambda i: self.functional.quantize_4bit(dense[i % len(dense)], blocksize=64, quant_type="nf4"))
        if dtype.itemsize == 2:
            for rows in (1, 4, 8, 16, 32):
                x = self.normal((rows, inputs), dtype)
                self.tell("library product", dtype, outputs, inputs, rows, False,
                          (count + rows * (inputs + outputs)) * dtype.itemsize, self.scale.launches,
                          lambda i: self.torch.nn.functional.linear(x, dense[i % len(dense)]))

    def products(self, dtype, outputs, inputs, nested):
        count = outputs * inputs
        packed = [self.functional.quantize_4bit(
            self.normal((outputs, inputs), dtype), blocksize=64, quant_type="nf4",
            compress_statistics=nested) for _ in range(self.scale.beyond_any_cache // (count // 2) + 1)]
        size = stored(count, nested) + count * dtype.itemsize
        out = [self.torch.empty(outputs, inputs, dtype=dtype, device=self.scale.device)
               for _ in range(self.scale.beyond_any_cache // (count * dtype.itemsize) + 1)]

        def dequantise(i, target=None):
            codes, state = packed[i % len(packed)]
            # On the CPU, in a dry run, bitsandbytes knows no target.
            return self.functional.dequantize_4bit(codes, state, out=target if self.scale.device != "cpu" else None)

        self.tell("dequantise", dtype, outputs, inputs, 0, nested, size, self.scale.launches,
                  lambda i: dequantise(i, out[i % len(out)]))
        del out
        if dtype.itemsize != 2:
            return
        for rows in (1, 4, 8, 16, 32):
            x = self.normal((rows, inputs), dtype)

            def multiply(i):
                codes, state = packed[i % len(packed)]
                return self.bnb.matmul_4bit(x, codes.t(), quant_state=state)

            moved = stored(count, nested) + rows * (inputs + outputs) * dtype.itemsize
            self.tell("multiply", dtype, outputs, inputs, rows, nested, moved, self.scale.launches, multiply)
            if rows in (1, 4, 32):
                dy = self.normal((rows, outputs), dtype)
                # What its backward does: the weight is dequantised whole.
                self.tell("multiply transposed", dtype, outputs, inputs, rows, nested, moved, self.scale.launches,
                          lambda i: self.torch.matmul(dy, dequantise(i)))

    def optimizer(self):
        parameters = [self.torch.nn.Parameter(self.normal((self.scale.count,), self.torch.float32))
                      for _ in range(self.scale.tensors)]
        for parameter in parameters:
            parameter.grad = self.normal((self.scale.count,), self.torch.float32)
        adam = self.bnb.optim.AdamW8bit(parameters, lr=1e-4, weight_decay=0.01)
        tensors, count = self.scale.tensors, self.scale.count
        size = tensors * (count * (3 * 4 + 4) + 4 * count // 256 * 4)
        with self.torch.enable_grad():
            self.tell("adamw 8 bit", self.torch.float32, tensors, count, 0, False, size, 4, lambda step: adam.step())


def stored(count, nested):
    scales = count // 64
    return count // 2 + (scales + scales // 256 * 4 if nested else scales * 4)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--dry-run", action="store_true", help="run on the CPU with small weights")
    arguments = parser.parse_args()
    scale = DRY if arguments.dry_run else FULL
    import torch

    if not arguments.dry_run and not torch.cuda.is_available():
        sys.exit("peer_gpu_kernels.py: torch finds no GPU here; nothing can be measured")
    import bitsandbytes

    name = "the CPU" if arguments.dry_run else torch.cuda.get_device_name()
    print(f"{name}, torch {torch.__version__}, bitsandbytes {bitsandbytes.__version__}",
          file=sys.stderr)
    torch.manual_seed(1)
    clock = Clock(torch, scale, arguments.rounds)
    print(f"copy: {clock.copy_rate / 1e9:.0f} GB/s", file=sys.stderr)
    peer = Peer(torch, bitsandbytes, scale, clock)
    with torch.no_grad():
        for outputs, inputs in scale.shapes:
            peer.shape(outputs, inputs)
        peer.optimizer()


if __name__ == "__main__":
    main()
