"""Writes small Parquet files as data sets on the hub have them.

Run: python make_parquet.py ../resources/dev/kasane/text/data
Needs: pyarrow.
"""
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

target = Path(sys.argv[1])
target.mkdir(parents=True, exist_ok=True)
alpaca = pa.table({"instruction": ["Name a colour.", "Grüße 🙂"], "input": ["", "short"], "output": ["Red.", "重ね"],
                   "score": [1.5, None]})
pq.write_table(alpaca, target / "alpaca.parquet", compression="snappy")
chats = pa.table({"messages": [[{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]] * 3})
pq.write_table(chats, target / "chats.parquet", compression="zstd")
