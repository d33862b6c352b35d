#!/bin/sh
# Times a language model in training and generating, Kasane and the Python peer in turn, whole processes, and prints
# the ratios.
#
#   host/bench/run-language-model.sh PYTHON [option ...]
#
#   PYTHON    a Python with torch, transformers and peft
#   option    for both sides: --size tiny, --rows 2, --length 256, --steps 5, --new-tokens 128, --texts 3, --threads 2
#   ROUNDS    how often each side runs, 2 unless set
set -eu

if [ $# -lt 1 ]; then
  echo "usage: $0 PYTHON [option ...]; PYTHON needs torch, transformers and peft" >&2
  exit 2
fi
python=$1
shift
bench=$(cd "$(dirname "$0")" && pwd -P)
results=$(mktemp)
trap 'rm -f "$results"' EXIT

"$python" -c 'import torch, transformers, peft' || {
  echo "$0: $python lacks one of torch, transformers and peft; install them there or name another Python" >&2
  exit 1
}
(cd "$bench/../.." && ./mvnw -q -B -pl host/bench -am -Dmaven.test.skip=true package </dev/null >&2)

# The launcher's own settings, so that this is what a user of kasane gets.
java_side() {
  OPT_OUT_TRACKING=true THP_MEM_ALLOC_ENABLE="${THP_MEM_ALLOC_ENABLE:-1}" \
    "${JAVA_HOME:+$JAVA_HOME/bin/}java" -XX:+UseSerialGC -Djava.awt.headless=true \
    -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
    -cp "$bench/target/classes:$(cat "$bench/target/classpath.txt")" \
    dev.kasane.bench.text.LanguageModelBenchmark "$@"
}

peer_side() {
  "$python" "$bench/peer_language_model.py" "$@"
}

round=0
while [ "$round" -lt "${ROUNDS:-2}" ]; do
  java_side "$@" | tee -a "$results"
  peer_side "$@" | tee -a "$results"
  round=$((round + 1))
done
"$python" "$bench/compare_language_model.py" <"$results"
