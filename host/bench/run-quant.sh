#!/bin/sh
# Measures decoding of NF4 and products with it, with and without the Vector API. Arguments go to JMH:
#   host/bench/run-quant.sh -p threads=1,2 decode
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
./mvnw -q -B -pl host/bench -am -DskipTests package
classpath=host/bench/target/classes:$(cat host/bench/target/classpath.txt)
export OPT_OUT_TRACKING=true OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}"
for module in "" "--add-modules jdk.incubator.vector"; do
  echo "java $module"
  # shellcheck disable=SC2086 # the module is two words or none
  java $module -XX:+UseSerialGC -cp "$classpath" org.openjdk.jmh.Main FourBitBenchmark "$@"
done
