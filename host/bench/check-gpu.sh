#!/bin/sh
# Trains and generates with the demo models on a GPU beside the CPU, and prints how far apart they are and how long each
# took. Ends with 1 where losses differ by more than rounding explains, or a command fails.
#
#   host/bench/check-gpu.sh [DEVICE]
#
#   DEVICE    cuda unless given, cuda:N of several; with cpu the script itself is tried and everything has to be the same
#   KASANE    the launcher to run, that of this checkout unless set
#   STEPS     steps of each training, 20 unless set
#   ALLOWED   the largest difference of a loss, 0.02 unless set: cuDNN's convolutions keep 10 bits of a float32
set -eu

device=${1:-cuda}
bench=$(cd "$(dirname "$0")" && pwd -P)
kasane=${KASANE:-$bench/../../kasane}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
failed=0

# timed NAME COMMAND...: seconds go to $work/NAME.seconds
timed() {
  run=$1
  shift
  from=$(date +%s)
  "$kasane" "$@" >"$work/$run.out" 2>"$work/$run.err" || {
    cat "$work/$run.err" >&2
    echo "$0: '$*' failed." >&2
    exit 1
  }
  echo $(($(date +%s) - from)) >"$work/$run.seconds"
}

# trained NAME OPTIONS...: the same training on both, and their losses beside one another
trained() {
  name=$1
  shift
  timed "$name-cpu" train "$@" --device cpu --steps "${STEPS:-20}" --seed 5 --out "$work/$name-cpu"
  timed "$name-gpu" train "$@" --device "$device" --steps "${STEPS:-20}" --seed 5 --out "$work/$name-gpu"
  apart=$(paste -d, "$work/$name-cpu/loss.csv" "$work/$name-gpu/loss.csv" | awk -F, 'NR > 1 {
    d = $2 - $7; if (d < 0) d = -d; if (d > most || d != d) most = d } END { printf "%.3g", (NR > 1 ? most : 1e9) }')
  printf '%-28s cpu %4s s, %s %4s s, losses at most %s apart\n' "$name" "$(cat "$work/$name-cpu.seconds")" "$device" \
    "$(cat "$work/$name-gpu.seconds")" "$apart"
  awk "BEGIN { exit !($apart <= ${ALLOWED:-0.02}) }" || failed=1
}

"$kasane" doctor || [ "$device" = cpu ]
trained image-float32 image
trained image-bfloat16 image --dtype bfloat16
trained image-nf4 image --base-type nf4 --double-quant --optimizer adamw8bit
trained text-float32 text
trained text-bfloat16 text --dtype bfloat16
trained text-float16 text --dtype float16
trained text-nf4 text --dtype bfloat16 --base-type nf4 --double-quant --optimizer adamw8bit
trained text-int8 text --base-type int8

for on in cpu "$device"; do
  timed "text-$on" generate text --prompt "The " --temperature 0 --max-tokens 40 --device "$on"
  timed "picture-$on" generate image --prompt "a small house" --seed 3 --device "$on" --out "$work/$on.png"
done
if cmp -s "$work/text-cpu.out" "$work/text-$device.out"; then
  echo "text                         the same words"
else
  echo "text                         other words; rounding may tip a choice:"
  cat "$work/text-cpu.out" "$work/text-$device.out"
fi
same=$(cmp -s "$work/cpu.png" "$work/$device.png" && echo "the same bytes" || echo "other bytes, as rounding makes them")
echo "pictures                     $same; cpu $(cat "$work/picture-cpu.seconds") s, $device $(cat "$work/picture-$device.seconds") s"
[ "$failed" = 0 ] || echo "$0: losses are further apart than ${ALLOWED:-0.02}." >&2
exit $failed
