#!/bin/sh
# Tests the GPU kernels, times each beside bitsandbytes in one run on this machine, and prints the ratios.
#
#   host/bench/run-gpu-kernels.sh PYTHON [--rounds N] [--dry-run]
#
#   PYTHON           a Python with torch for CUDA and bitsandbytes; - for the Java side alone
#   --dry-run        the same programs on the CPU with small weights: every line runs, no time means anything
#   KASANE_NVRTC     folder with libnvrtc; unless set, that of PYTHON's torch if it has one
#   BENCH_CLASSPATH  classes and libraries that were built elsewhere, for a machine without Maven; a dry run also
#                    wants the test classes of cuda in it
#   ROUNDS           how often each side runs, 2 unless set
#
# Every timing goes to standard output as a line of JSON, the table behind them. Ends with 1 where there is no GPU.
# The Java side alone needs a Java runtime, the driver and NVRTC: neither libtorch nor a compiler.
set -eu
. "$(dirname "$0")/beside-peer.sh"

if [ $# -lt 1 ]; then
  echo "usage: $0 PYTHON [--rounds N] [--dry-run]; PYTHON needs torch for CUDA and bitsandbytes, - is Java alone" >&2
  exit 2
fi
python=$1
root=$(cd "$bench/../.." && pwd -P)
results=$(mktemp)
trap 'rm -f "$results" "$results.part"' EXIT
dry=
for argument in "$@"; do
  if [ "$argument" = --dry-run ]; then dry=yes; fi
done

if [ "$python" != - ]; then
  find_peer "torch, bitsandbytes" "$@"
  if [ -z "${KASANE_NVRTC:-}" ]; then
    KASANE_NVRTC=$("$python" -c '
import pathlib, sys
found = [file for place in sys.path if place for file in pathlib.Path(place).glob("nvidia/**/libnvrtc.so*")]
print(found[0].parent if found else "")')
    export KASANE_NVRTC
  fi
fi
shift
if [ -z "${BENCH_CLASSPATH:-}" ]; then
  (cd "$root" && ./mvnw -q -B -pl host/bench -am -DskipTests package </dev/null >&2)
  BENCH_CLASSPATH="$bench/target/classes:$root/cuda/target/test-classes:$(cat "$bench/target/classpath.txt")"
fi

# A dry run compiles the kernels as C++ with what lies in cuda/src/test/cpp.
java_side() {
  (cd "$root/cuda" && OPT_OUT_TRACKING=true "${JAVA_HOME:+$JAVA_HOME/bin/}java" -XX:+UseSerialGC \
    -Djava.awt.headless=true -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
    -cp "$BENCH_CLASSPATH" dev.kasane.bench.quant.GpuKernels "$@")
}

round=0
while [ "$round" -lt "${ROUNDS:-2}" ]; do
  measure java_side "$@"
  if [ "$python" != - ]; then
    measure "$python" "$bench/peer_gpu_kernels.py" "$@"
  fi
  round=$((round + 1))
done
if [ "$python" != - ]; then
  "$python" "$bench/compare_gpu.py" <"$results"
elif command -v python3 >/dev/null; then
  python3 "$bench/compare_gpu.py" <"$results"
fi
if [ -n "$dry" ]; then
  echo "This was a dry run: no time above means anything." >&2
fi
