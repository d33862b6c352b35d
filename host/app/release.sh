#!/bin/sh
# Builds one archive for each platform that libtorch is there for, host/app/target/kasane-VERSION-PLATFORM.zip, and
# leaves the distribution as it is for this machine.
set -eu
cd "$(dirname "$0")/../.."
for platform in linux-x86_64 linux-aarch64 osx-aarch64 win-x86_64; do
  ./mvnw -q -B -Prelease -DskipTests -Dkasane.platform=$platform package
done
./mvnw -q -B -DskipTests package
ls -l host/app/target/*.zip
