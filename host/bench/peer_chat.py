"""The peer of ChatBenchmark: transformers renders the same conversations through the same template.

Run: PYTHON host/bench/peer_chat.py. Needs transformers and jinja2.
"""
import pathlib
import time

from transformers.utils.chat_template_utils import render_jinja_template

CONVERSATIONS, ROUNDS = 10_000, 5
TALK = [
    {"role": "system", "content": "You answer in short sentences."},
    {"role": "user", "content": "Name a colour. " * 10},
    {"role": "assistant", "content": "<think>\nthe sea\n</think>\n\n" + "Blue is the colour of the sea. " * 8},
    {"role": "user", "content": "And another?"},
    {"role": "assistant", "content": "Red."},
]

source = (pathlib.Path(__file__).parent / "src/main/resources/dev/kasane/bench/text/chat.jinja").read_text()
for _ in range(ROUNDS):
    begun = time.time()
    characters = sum(len(render_jinja_template([TALK], chat_template=source)[0][0]) for _ in range(CONVERSATIONS))
    print(f"python {time.time() - begun:.2f} s, {characters} characters")
