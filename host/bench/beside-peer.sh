# What the scripts that time Kasane beside a Python peer share; they read it in with "." and are named by $0.
# shellcheck shell=sh

# The folder of the benchmarks.
bench=$(cd "$(dirname "$0")" && pwd -P)

# Takes the packages that the peer needs, one word, and the script's own arguments. Sets python; - is none.
find_peer() {
  if [ $# -lt 2 ]; then
    echo "usage: $0 PYTHON [option ...]; PYTHON needs $1" >&2
    exit 2
  fi
  python=$2
  [ "$python" = - ] || "$python" -c "import $1" || {
    echo "$0: $python lacks one of $1; install them there or name another Python" >&2
    exit 1
  }
}

# The launcher's own settings, so that this is what a user of kasane gets.
kasane_side() {
  OPT_OUT_TRACKING=true THP_MEM_ALLOC_ENABLE="${THP_MEM_ALLOC_ENABLE:-1}" \
    MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-1}" MALLOC_MMAP_THRESHOLD_="${MALLOC_MMAP_THRESHOLD_:-33554432}" \
    MALLOC_TRIM_THRESHOLD_="${MALLOC_TRIM_THRESHOLD_:-268435456}" \
    "${JAVA_HOME:+$JAVA_HOME/bin/}java" -XX:+UseSerialGC -Djava.awt.headless=true \
    -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
    -cp "${BENCH_CLASSPATH:-$bench/target/classes:$(cat "$bench/target/classpath.txt")}" "$@"
}

# Runs a command and keeps what it prints; a pipe would hide that it has failed.
measure() {
  "$@" >"$results.part" || { code=$?; rm -f "$results.part"; exit "$code"; }
  cat "$results.part"
  cat "$results.part" >>"$results"
  rm -f "$results.part"
}

# Builds, runs both sides in turn, whole processes, and prints the ratios.
#   take_turns CLASS PEER COMPARISON [option ...]
#   CLASS        Kasane's side
#   PEER         the peer's side, a script beside this one
#   COMPARISON   what makes ratios of both sides' lines, a script beside this one
#   option       for both sides
# ROUNDS says how often each side runs, 2 unless set. BENCH_CLASSPATH names classes and libraries that were built
# elsewhere.
take_turns() {
  class=$1
  peer=$2
  comparison=$3
  shift 3
  results=$(mktemp)
  trap 'rm -f "$results"' EXIT
  [ -n "${BENCH_CLASSPATH:-}" ] \
    || (cd "$bench/../.." && ./mvnw -q -B -pl host/bench -am -Dmaven.test.skip=true package </dev/null >&2)
  round=0
  while [ "$round" -lt "${ROUNDS:-2}" ]; do
    measure kasane_side "$class" "$@"
    [ "$python" = - ] || measure "$python" "$bench/$peer" "$@"
    round=$((round + 1))
  done
  [ "$python" = - ] || "$python" "$bench/$comparison" <"$results"
}
