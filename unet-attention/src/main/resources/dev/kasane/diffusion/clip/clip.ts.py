# Operators of CLIP's text encoder. See ClipOps.java.

# Numbers of `size` and more, which are learned words, become the last one of the vocabulary.
def in_vocabulary(self, ids: Tensor, size: int) -> Tensor:
  return torch.clamp(ids, None, size - 1)

# known (..., width): the vocabulary's vectors; where a number is `size` or more, the row so far after it.
def with_learned(self, known: Tensor, ids: Tensor, rows: Tensor, size: int) -> Tensor:
  own = torch.embedding(rows, torch.clamp(torch.sub(ids, size), 0, None))
  return torch.where(torch.unsqueeze(torch.ge(ids, size), -1), torch.to(own, ops.prim.dtype(known)), known)
