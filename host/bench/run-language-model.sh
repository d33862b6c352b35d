#!/bin/sh
# Times a language model in training and generating, Kasane and the Python peer in turn, whole processes, and prints
# the ratios.
#
#   host/bench/run-language-model.sh PYTHON [option ...]
#
#   PYTHON    a Python with torch, transformers and peft
#   option    for both sides: --size tiny, --rows 2, --length 256, --steps 5, --new-tokens 128, --texts 3, --threads 2,
#             --base DIR (a stored model in place of random weights), --steps 0 (no training)
#   ROUNDS    how often each side runs, 2 unless set
set -eu
. "$(dirname "$0")/beside-peer.sh"

find_peer "torch, transformers, peft" "$@"
shift
take_turns dev.kasane.bench.text.LanguageModelBenchmark peer_language_model.py compare_language_model.py "$@"
