#!/bin/sh
# Times a command of Kasane beside other work: busy.sh PROGRAMS COMMAND [ARGUMENT ...]. PROGRAMS (0 for a quiet
# machine) are loops that take a processor each. In turn: as launched, with OpenMP's threads waiting passively, and on
# one thread, ROUNDS times (2).
set -eu

[ $# -ge 2 ] || { echo "usage: $0 PROGRAMS COMMAND [ARGUMENT ...], such as: $0 4 train image --steps 20" >&2; exit 2; }
root=$(cd "$(dirname "$0")/../.." && pwd -P)
programs=$1
shift
work=$(mktemp -d)
others=
trap 'exit 130' INT TERM
trap 'for other in $others; do kill "$other"; done; rm -rf "$work"' EXIT
for _ in $(seq "$programs"); do
  (while :; do :; done) &
  others="$others $!"
done

# Takes a label and what goes before the command.
measure() {
  label=$1
  shift
  start=$(date +%s%N)
  (cd "$work" && "$@" >"$work/log" 2>&1) || { cat "$work/log" >&2; exit 1; }
  echo "$label: $((($(date +%s%N) - start) / 1000000)) ms"
  find "$work" -mindepth 1 -delete
}

"$root/kasane" version >/dev/null
for _ in $(seq "${ROUNDS:-2}"); do
  measure "as launched" "$root/kasane" "$@"
  measure "passive" env OMP_WAIT_POLICY=passive OMP_NUM_THREADS="$(nproc)" "$root/kasane" "$@"
  measure "one thread" env OMP_NUM_THREADS=1 "$root/kasane" "$@"
done
