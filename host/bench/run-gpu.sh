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
. "$(dirname "$0")/beside-peer.sh"

find_peer "torch, bitsandbytes" "$@"
shift
if [ -z "${KASANE_NVRTC:-}" ]; then
  KASANE_NVRTC=$("$python" -c '
import pathlib, sys
found = [file for place in sys.path if place for file in pathlib.Path(place).glob("nvidia/**/libnvrtc.so*")]
print(found[0].parent if found else "")')
  export KASANE_NVRTC
fi
take_turns dev.kasane.bench.quant.GpuKernels peer_gpu_kernels.py compare_gpu.py "$@"
