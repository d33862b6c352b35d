#!/bin/sh
# Tests the GPU kernels, times each beside bitsandbytes in one run on this machine, and prints the ratios.
#
#   host/bench/run-gpu.sh PYTHON [--rounds N]
#
#   PYTHON         a Python with torch for CUDA and bitsandbytes
#   KASANE_NVRTC   folder with libnvrtc; unless set, that of PYTHON's torch if it has one
#   ROUNDS         how often each side runs, 2 unless set
#
# Every timing goes to standard output as a line of JSON, the table behind them. Ends with 1 where there is no GPU.
set -eu

if [ $# -lt 1 ]; then
  echo "usage: $0 PYTHON [--rounds N]; PYTHON needs torch for CUDA and bitsandbytes" >&2
  exit 2
fi
python=$1
shift
bench=$(cd "$(dirname "$0")" && pwd -P)
results=$(mktemp)
trap 'rm -f "$results"' EXIT

"$python" -c 'import torch, bitsandbytes' 2>/dev/null || {
  echo "$0: $python lacks torch or bitsandbytes; install them there or name another Python" >&2
  exit 1
}
if [ -z "${KASANE_NVRTC:-}" ]; then
  KASANE_NVRTC=$("$python" -c '
import pathlib, sys
found = [file for place in sys.path if place for file in pathlib.Path(place).glob("nvidia/**/libnvrtc.so*")]
print(found[0].parent if found else "")')
  export KASANE_NVRTC
fi
(cd "$bench/../.." && ./mvnw -q -B -pl host/bench -am -Dmaven.test.skip=true package </dev/null >&2)

# A pipe would hide that a side has failed.
measure() {
  "$@" >"$results.part" || { code=$?; rm -f "$results.part"; exit "$code"; }
  cat "$results.part"
  cat "$results.part" >>"$results"
  rm -f "$results.part"
}

java_side() {
  OPT_OUT_TRACKING=true "${JAVA_HOME:+$JAVA_HOME/bin/}java" -XX:+UseSerialGC -Djava.awt.headless=true \
    -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
    -cp "$bench/target/classes:$(cat "$bench/target/classpath.txt")" dev.kasane.bench.quant.GpuKernels "$@"
}

round=0
while [ "$round" -lt "${ROUNDS:-2}" ]; do
  measure java_side "$@"
  measure "$python" "$bench/peer_gpu_kernels.py" "$@"
  round=$((round + 1))
done
"$python" "$bench/compare_gpu.py" <"$results"
