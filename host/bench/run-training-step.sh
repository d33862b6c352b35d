#!/bin/sh
# Times a training step of Kasane and of the Python peer in turn, whole processes, and prints the ratios.
#
#   host/bench/run-training-step.sh PYTHON [option ...]
#
#   PYTHON    a Python with torch, diffusers and peft
#   option    for both sides: --size tiny, --steps 3, --threads 1, --gradient-checkpointing
#   ROUNDS    how often each side runs, 2 unless set
set -eu
. "$(dirname "$0")/beside-peer.sh"

find_peer "torch, diffusers, peft" "$@"
shift
take_turns dev.kasane.bench.TrainingStepBenchmark peer_training_step.py compare.py "$@"
