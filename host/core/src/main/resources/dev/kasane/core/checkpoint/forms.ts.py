# Changes of form between layouts of the same values.

def concatenate(self, parts: List[Tensor]) -> Tensor:
  return torch.cat(parts, 0)

def transposed(self, x: Tensor) -> Tensor:
  return torch.contiguous(torch.transpose(x, 0, 1))

# A view of some rows: contiguous where x is.
def rows(self, x: Tensor, first: int, count: int) -> Tensor:
  return torch.narrow(x, 0, first, count)

def contiguous(self, x: Tensor) -> Tensor:
  return torch.contiguous(torch.detach(x))

# The first rows, and zeros for those that are missing.
def resized(self, x: Tensor, count: int) -> Tensor:
  kept = torch.slice(x, 0, 0, count)
  missing = torch.sub(count, torch.size(kept, 0))
  empty = torch.new_zeros(x, [missing, torch.size(x, 1)])
  return torch.cat([kept, empty], 0)
