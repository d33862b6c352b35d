# libtorch has no choice of rows and of values of tensors without values. See MetaDevice.java.

def with_learned(self, known: Tensor, ids: Tensor, rows: Tensor, size: int) -> Tensor:
  chosen = torch.mul(torch.unsqueeze(torch.ge(ids, size), -1), torch.sum(rows, [0], False))
  return torch.add(known, torch.to(chosen, ops.prim.dtype(known)))
