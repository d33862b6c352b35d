"""Reads measurements, one JSON object a line, and prints medians of both sides and their ratios."""
import json
import statistics
import sys

MEBIBYTE = 1 << 20


def main():
    lines = [json.loads(line) for line in sys.stdin if line.strip()]
    sides = {side: [each for each in lines if each["side"] == side] for side in ("java", "python")}
    for key in ("work", "trained_parameters"):
        found = {each[key] for each in lines}
        if len(found) != 1:
            raise SystemExit(f"the sides did not do the same work: {key} is {sorted(found)}")
    print(lines[0]["work"])
    seconds, peaks, devices = {}, {}, {}
    for side, runs in sides.items():
        devices[side] = statistics.median(run["device_bytes"] for run in runs)
        seconds[side] = statistics.median(run["median_seconds"] for run in runs)
        peaks[side] = statistics.median(run["peak_resident_bytes"] for run in runs)
        each = ", ".join(f"{run['median_seconds']:.3f}" for run in runs)
        print(f"{side:7} {seconds[side]:8.3f} s/step  {peaks[side] / MEBIBYTE:8.0f} MiB peak"
              + (f"  {devices[side] / MEBIBYTE:8.0f} MiB of the GPU" if devices[side] else "")
              + f"   rounds: {each}   ({runs[0]['engine']})")
    print(f"java/python: time {seconds['java'] / seconds['python']:.3f}"
          f", peak memory {peaks['java'] / peaks['python']:.3f}"
          + (f", the GPU's memory {devices['java'] / devices['python']:.3f}" if devices["python"] else ""))


if __name__ == "__main__":
    main()
