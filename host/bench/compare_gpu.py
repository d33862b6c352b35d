"""Reads kernel timings of both sides, one JSON object a line, and prints medians, shares and ratios."""
import json
import statistics
import sys

KEYS = ("kernel", "type", "outputs", "inputs", "rows", "nested")
WIDTHS = "{:20} {:9} {:>13} {:>4} {:>6} {:>11} {:>11} {:>8} {:>12} {:>15}"


def medians(lines, side):
    found = {}
    for line in lines:
        if line["side"] == side:
            found.setdefault(tuple(line[key] for key in KEYS), []).append(line)
    return {key: {field: statistics.median(each[field] for each in runs) for field in ("microseconds", "of_copy")}
            for key, runs in found.items()}


def main():
    lines = [json.loads(line) for line in sys.stdin if line.strip()]
    ours, peers = medians(lines, "java"), medians(lines, "python")
    if not ours or not peers:
        raise SystemExit("one side has measured nothing")
    print(WIDTHS.format("kernel", "type", "weight", "rows", "nested", "java us", "python us", "of copy",
                        "java/python", "dense way/java"))
    for key, our in ours.items():
        kernel, dtype, outputs, inputs, rows, nested = key
        peer = peers.get(key)
        # Dequantise with our kernel, then the library's product: what the fused product has to beat.
        decode = ours.get(("dequantise", dtype, outputs, inputs, 0, nested))
        library = peers.get(("library product", dtype, outputs, inputs, rows, False))
        both = kernel == "multiply" and decode and library
        print(WIDTHS.format(
            kernel, dtype, f"{outputs}x{inputs}", rows, "yes" if nested else "no", f"{our['microseconds']:.2f}",
            f"{peer['microseconds']:.2f}" if peer else "-", f"{our['of_copy']:.3f}",
            f"{our['microseconds'] / peer['microseconds']:.3f}" if peer else "-",
            f"{(decode['microseconds'] + library['microseconds']) / our['microseconds']:.2f}" if both else "-"))
    print("java/python: below 1 is in Java's favour. of copy: the bytes that the kernel cannot but move, by the rate"
          " of a copy; 1 is as fast as memory. dense way: dequantise, then the library's product; above 1 the fused"
          " product is faster.")


if __name__ == "__main__":
    main()
