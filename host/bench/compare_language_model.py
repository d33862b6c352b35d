"""Reads measurements of the language model, one JSON object a line, and prints both sides' medians and ratios."""
import json
import statistics
import sys

MEBIBYTE = 1 << 20
SAME = ("work", "weights", "trained_parameters")


def rates(runs, tokens, seconds):
    return statistics.median(run[tokens] / statistics.median(run[seconds]) for run in runs)


def main():
    lines = [json.loads(line) for line in sys.stdin if line.strip()]
    for key in SAME:
        found = {each[key] for each in lines}
        if len(found) != 1:
            raise SystemExit(f"the sides did not do the same work: {key} is {sorted(found)}")
    sides = {side: [each for each in lines if each["side"] == side] for side in ("java", "python")}
    rows = {
        "training, tokens/s": lambda runs: rates(runs, "step_tokens", "step_seconds"),
        "generating, tokens/s": lambda runs: rates(runs, "text_tokens", "text_seconds"),
        "peak memory of training, MiB": lambda runs: statistics.median(
            run["training_peak_bytes"] for run in runs) / MEBIBYTE,
        "peak memory, MiB": lambda runs: statistics.median(run["peak_bytes"] for run in runs) / MEBIBYTE,
    }
    if lines[0]["device_bytes"]:
        rows["GPU's memory, MiB"] = lambda runs: statistics.median(run["device_bytes"] for run in runs) / MEBIBYTE
        if "step_seconds" in lines[0]:
            rows["GPU's memory of training, MiB"] = lambda runs: statistics.median(
                run["training_device_bytes"] for run in runs) / MEBIBYTE
    print(", ".join(f"{lines[0][key]} {key}" if key != "work" else lines[0][key] for key in SAME))
    if "step_seconds" not in lines[0]:
        rows = {name: value for name, value in rows.items() if "training" not in name}
    for name, value in rows.items():
        java, python = value(sides["java"]), value(sides["python"])
        print(f"{name:30} java {java:9.1f}  python {python:9.1f}  java/python {java / python:.3f}")


if __name__ == "__main__":
    main()
