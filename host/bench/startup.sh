#!/bin/sh
# Wall time of commands that should be over at once: the median of several runs each.
#
#   host/bench/startup.sh ADAPTER
#
#   ADAPTER   an adapter file for kasane inspect
#   RUNS      how often each command runs, 10 unless set
set -eu

if [ $# -ne 1 ] || [ ! -f "$1" ]; then
  echo "usage: $0 ADAPTER; ADAPTER is a file that kasane inspect reads" >&2
  exit 2
fi
root=$(cd "$(dirname "$0")/../.." && pwd -P)
runs=${RUNS:-10}

# Builds what is stale and warms the disk cache, outside the clock.
"$root/kasane" --help >/dev/null
export KASANE_SKIP_BUILD=1

# The wall time of one run in milliseconds.
milliseconds() {
  start=$(date +%s%N)
  "$@" >/dev/null
  end=$(date +%s%N)
  echo $(((end - start) / 1000000))
}

median() {
  sort -n | awk '{ value[NR] = $1 }
    END { half = int((NR + 1) / 2); print NR % 2 ? value[half] : (value[half] + value[half + 1]) / 2 }'
}

report() {
  label=$1
  shift
  run=0
  result=$(while [ "$run" -lt "$runs" ]; do
    milliseconds "$@"
    run=$((run + 1))
  done | median)
  echo "$label: $result ms (median of $runs)"
}

report "kasane --help" "$root/kasane" --help
report "kasane inspect" "$root/kasane" inspect "$1"
