"""Fifty steps of supervised tuning as transformers' own Trainer makes them on a PEFT model.

    OMP_NUM_THREADS=1 python make_curves.py     (after make_decoders.py)

golden/curves/<case>.safetensors:
  ids, labels, lengths   the examples in the order in which they are seen, padded right; labels are -100 where a
                         token does not count; two examples a batch, two batches a step
  before.<key>           the factors at the start, PEFT's keys
  losses, norms, rates   of the fifty steps: mean over a step's answers, norm before clipping, learning rate
  after.<key>            the factors at the end
"""

import tempfile
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from torch.utils.data import SequentialSampler
from transformers import AutoModelForCausalLM, Trainer, TrainingArguments

GOLDEN = Path(__file__).resolve().parent.parent / "resources" / "golden"
CASES = {
    "llama": ("cosine", ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]),
    "gpt2": ("linear", ["c_attn", "c_proj", "c_fc"]),
    "gpt-neox": ("constant_with_warmup", ["query_key_value", "dense", "dense_h_to_4h", "dense_4h_to_h"]),
}
STEPS, BATCH, ACCUMULATION, EXAMPLES, LONGEST = 50, 2, 2, 24, 20


def key(name):
    return name.removeprefix("base_model.model.").replace(".default", "")


def examples():
    """Questions of random tokens whose answers are their first tokens turned round: something to learn."""
    made = []
    for _ in range(EXAMPLES):
        question = torch.randint(2, 40, (int(torch.randint(3, 10, ())),))
        answer = question[:int(torch.randint(2, len(question) + 1, ()))].flip(0) + 40
        ids = torch.cat([torch.tensor([1]), question, answer, torch.tensor([0])])
        made.append((ids, len(question) + 1))
    seen = STEPS * BATCH * ACCUMULATION
    return [made[i] for epoch in range(seen // EXAMPLES + 1) for i in torch.randperm(EXAMPLES)][:seen]


def collate(rows):
    length = max(len(ids) for ids, _ in rows)
    batch = {name: torch.full((len(rows), length), fill) for name, fill in
             (("input_ids", 0), ("attention_mask", 0), ("labels", -100))}
    for row, (ids, answer) in enumerate(rows):
        batch["input_ids"][row, :len(ids)] = ids
        batch["attention_mask"][row, :len(ids)] = 1
        batch["labels"][row, answer:len(ids)] = ids[answer:]
    return batch


class InOrder(Trainer):
    """The examples as they come, and every batch's part of its step's loss with all its digits."""
    parts = []

    def _get_train_sampler(self, *args):
        return SequentialSampler(self.train_dataset)

    def compute_loss(self, *args, **kwargs):
        loss = super().compute_loss(*args, **kwargs)
        self.parts.append(loss.item())
        return loss


def run(case, schedule, targets):
    torch.manual_seed(sum(case.encode()))
    # No two programs drop the same elements.
    off = {name: 0.0 for name in ("attn_pdrop", "resid_pdrop", "embd_pdrop")} if case == "gpt2" else {}
    base = AutoModelForCausalLM.from_pretrained(GOLDEN / case, dtype=torch.float32, attn_implementation="eager",
                                                **off)
    model = get_peft_model(base, LoraConfig(r=4, lora_alpha=8, target_modules=targets, lora_dropout=0.0,
                                            fan_in_fan_out=case == "gpt2", task_type="CAUSAL_LM"))
    factors = {key(n): p for n, p in model.named_parameters() if p.requires_grad}
    out = {f"before.{n}": p.detach().clone() for n, p in factors.items()}
    data = examples()
    whole = collate(data)
    out["ids"], out["labels"] = whole["input_ids"].int(), whole["labels"].int()
    out["lengths"] = torch.tensor([len(ids) for ids, _ in data]).int()
    with tempfile.TemporaryDirectory() as folder:
        trainer = InOrder(model=model, train_dataset=data, data_collator=collate, args=TrainingArguments(
            folder, max_steps=STEPS, per_device_train_batch_size=BATCH, gradient_accumulation_steps=ACCUMULATION,
            learning_rate=2e-2, weight_decay=0.1, adam_beta2=0.98, max_grad_norm=2.0, lr_scheduler_type=schedule,
            warmup_steps=7, logging_steps=1, save_strategy="no", report_to=[], use_cpu=True, disable_tqdm=True,
            remove_unused_columns=False))
        trainer.parts.clear()
        trainer.train()
    logs = [line for line in trainer.state.log_history if "loss" in line]
    out["losses"] = torch.tensor(trainer.parts, dtype=torch.float64).view(STEPS, ACCUMULATION).sum(1)
    out["norms"] = torch.tensor([line["grad_norm"] for line in logs], dtype=torch.float64)
    out["rates"] = torch.tensor([line["learning_rate"] for line in logs], dtype=torch.float64)
    rounded = torch.tensor([line["loss"] for line in logs], dtype=torch.float64)
    assert len(logs) == STEPS and torch.allclose(out["losses"], rounded, atol=1e-4), "the parts are the step's loss"
    out.update({f"after.{n}": p.detach().clone() for n, p in factors.items()})
    file = GOLDEN / "curves" / f"{case}.safetensors"
    file.parent.mkdir(exist_ok=True)
    save_file(out, file)
    print(case, out["losses"][[0, 1, 10, 25, 49]], out["norms"].min(), out["norms"].max(),
          out["rates"][[0, 1, 7, 8, 49]],
          file.stat().st_size)


for case, (schedule, targets) in CASES.items():
    run(case, schedule, targets)
