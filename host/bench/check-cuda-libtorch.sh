#!/bin/sh
# Installs libtorch for CUDA as users do, and runs the main job with it on the CPU. It needs no GPU: where there is no
# driver, a stub that answers "no device" stands in for it.
#
#   host/bench/check-cuda-libtorch.sh [DIR]
#
#   DIR             folder with the wheels; without it they are fetched from pip's index, 2.5 GB
#   KASANE          the launcher to run, that of this checkout unless set
#   DJL_CACHE_DIR   where native libraries lie, ~/.djl.ai unless set; what is installed there stays
#   STEPS           steps of training, 20 unless set
#
# Without a driver it needs cc and nm.
set -eu

fail() {
  echo "$0: $1" >&2
  exit 1
}

bench=$(cd "$(dirname "$0")" && pwd -P)
kasane=${KASANE:-$bench/../../kasane}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

if [ $# -gt 0 ]; then
  "$kasane" gpu install --from "$1"
else
  "$kasane" gpu install
fi
"$kasane" gpu
installed=$("$kasane" gpu | sed -n 's/.* is installed in \(.*\) (.*/\1/p')
[ -d "$installed" ] || fail "nothing is installed in '$installed'."

# Every function of the driver that a library asks for by name answers what a driver without a GPU does:
# CUDA_ERROR_NO_DEVICE, 100. Others are looked up while the program runs (dlsym, cuGetProcAddress) and are not there.
if ! ldconfig -p 2>/dev/null | grep -q 'libcuda\.so\.1'; then
  for tool in cc nm; do
    command -v $tool >/dev/null || fail "there is no NVIDIA driver, and without $tool no stub of one can be made."
  done
  find "$installed/../.." -name '*.so*' -exec nm -D --undefined-only {} + 2>/dev/null |
    sed -n 's/^ *U \(cu[A-Z][A-Za-z0-9_]*\)$/\1/p' | grep -vE '^cu(blas|dnn|fft|rand|solver|sparse|file|pti)' |
    sort -u >"$work/names"
  for name in cuInit cuGetErrorString cuDriverGetVersion; do
    grep -qx "$name" "$work/names" || echo "$name" >>"$work/names"
  done
  sed 's/.*/int &(void) { return 100; }/' "$work/names" >"$work/libcuda.c"
  cc -shared -fPIC -Wl,-soname,libcuda.so.1 -o "$work/libcuda.so.1" "$work/libcuda.c"
  echo "A stub of the driver with $(wc -l <"$work/names") functions stands in." >&2
  LD_LIBRARY_PATH=$work${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
  export LD_LIBRARY_PATH
fi

# Without a GPU nothing but these variables makes the program take it.
PYTORCH_LIBRARY_PATH=$installed
PYTORCH_VERSION=2.7.1
PYTORCH_FLAVOR=cu128
export PYTORCH_LIBRARY_PATH PYTORCH_VERSION PYTORCH_FLAVOR
"$kasane" doctor
"$kasane" train image --steps "${STEPS:-20}" --out "$work/run"
"$kasane" generate text --prompt "a cat" --max-tokens 4 --seed 1
echo "libtorch for CUDA in $installed trains and writes on the CPU." >&2
