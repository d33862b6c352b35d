#!/bin/sh
# All that is measured on a GPU, in one go: what the machine has, every kernel, both demo jobs on the GPU beside the CPU,
# training steps at the full size of Stable Diffusion 1.5, and a language model of 1.2 billion weights tuned on a base in
# 4 bits and generating; each beside its Python peer in the same run.
#
#   host/bench/run-gpu.sh PYTHON [--dry-run]
#
#   PYTHON      a Python with torch for CUDA, diffusers, transformers, peft and bitsandbytes; - for Kasane alone
#   --dry-run   the same programs on the CPU with tiny models: every line runs, no time means anything
#   ROUNDS      how often each side runs, 2 unless set
#   STEPS       steps that are timed, 20 unless set
#
# Kasane needs libtorch 2.7 for CUDA: 'kasane gpu install', or its packages in a folder and 'kasane gpu install --from
# DIR', or PYTORCH_LIBRARY_PATH, PYTORCH_VERSION and PYTORCH_FLAVOR. Python's torch may be another one. Ends with 1 where
# something could not be run; what comes after it runs all the same.
set -u
bench=$(cd "$(dirname "$0")" && pwd -P)
root=$(cd "$bench/../.." && pwd -P)

if [ $# -lt 1 ]; then
  echo "usage: $0 PYTHON [--dry-run]; PYTHON is - for Kasane alone" >&2
  exit 2
fi
python=$1
dry=${2:-}
failed=0

# part TITLE COMMAND...: one part under its title
part() {
  echo
  echo "== $1"
  shift
  "$@" || { failed=1; echo "$0: this part failed: $*" >&2; }
}

if [ "$dry" = --dry-run ]; then
  part "the kernels" "$bench/run-gpu-kernels.sh" "$python" --dry-run
  part "the demo jobs" env STEPS=2 "$bench/check-gpu.sh" cpu
  step="--device cpu --size tiny --steps 2 --warm-up 1"
  language="--device cpu --size tiny --steps 2 --warm-up 1 --texts 1 --new-tokens 8"
  # On the CPU diffusers quantises nothing, and bitsandbytes no matrix as small as these.
  few=""
else
  part "the machine" "$root/kasane" doctor
  part "the kernels" "$bench/run-gpu-kernels.sh" "$python"
  part "the demo jobs, on the GPU beside the CPU" "$bench/check-gpu.sh" cuda
  step="--device cuda --size full --resolution 512 --steps ${STEPS:-20} --warm-up 5"
  language="--device cuda --size 1b --rows 1 --length 512 --steps ${STEPS:-20} --warm-up 5"
  few="--base-type nf4"
fi

# shellcheck disable=SC2086  # options are words
{
  part "a step of Stable Diffusion 1.5, bfloat16, one picture" \
    "$bench/run-training-step.sh" "$python" $step --dtype bfloat16
  part "the same, four pictures" "$bench/run-training-step.sh" "$python" $step --dtype bfloat16 --batch 4
  part "the same on a base in 4 bits, one picture" "$bench/run-training-step.sh" "$python" $step --dtype bfloat16 $few
  part "a language model on a base in 4 bits, tuned and generating" \
    "$bench/run-language-model.sh" "$python" $language --dtype bfloat16 $few
  part "the same on a dense base" "$bench/run-language-model.sh" "$python" $language --dtype bfloat16
}
if [ "$dry" = --dry-run ]; then
  echo "This was a dry run: no time above means anything." >&2
fi
exit "$failed"
