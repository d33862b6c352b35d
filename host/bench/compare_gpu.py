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


def targets(ours, peers):
    """The least of each figure that was aimed at, over all weights."""
    def least(figures, aim, what):
        found = [figure for figure in figures if figure]
        text = f"{min(found):.3f}, {'reached' if min(found) >= aim else 'missed'}" if found else "not measured"
        print(f"{what}: least {text} (aim {aim})")

    def shares(kernel, dtype, rows):
        return [our["of_copy"] for key, our in ours.items() if key[0] == kernel and key[1] == dtype and key[4] == rows]

    def dense(key):
        decode = ours.get(("dequantise", *key[1:4], 0, key[5]))
        library = peers.get(("library product", *key[1:5], False))
        return (decode["microseconds"] + library["microseconds"]) / ours[key]["microseconds"] \
            if decode and library else None

    least(shares("dequantise", "bfloat16", 0), 0.9, "dequantise to bfloat16, of a copy's rate")
    least(shares("multiply", "bfloat16", 1), 0.7, "product with one row, of the packed bytes' rate")
    least([dense(key) for key in ours if key[0] == "multiply"], 1.0, "products to 32 rows, dense way/java")
    least([peers[key]["microseconds"] / our["microseconds"] for key, our in ours.items() if key in peers], 1.0,
          "every kernel, python/java")


def main():
    lines = [json.loads(line) for line in sys.stdin if line.strip()]
    ours, peers = medians(lines, "java"), medians(lines, "python")
    if not ours:
        raise SystemExit("the Java side has measured nothing")
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
    targets(ours, peers)
    print("java/python: below 1 is in Java's favour. of copy: the bytes that the kernel cannot but move, by the rate"
          " of a copy; 1 is as fast as memory. dense way: dequantise, then the library's product; above 1 the fused"
          " product is faster.")


if __name__ == "__main__":
    main()
