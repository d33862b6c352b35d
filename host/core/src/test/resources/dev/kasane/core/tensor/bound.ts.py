# Operators of every kind of parameter and result, for ScriptBindingTest.

def affine(self, x: Tensor, factor: float, offset: int) -> Tensor:
  return torch.add(torch.mul(x, factor), offset)

def add_all_(self, y: Tensor, parts: List[Tensor], double: bool) -> Tensor:
  for i in range(torch.len(parts)):
    _0 = torch.add_(y, parts[i], alpha=self._weight(double))
  return y

def _weight(self, double: bool) -> int:
  if double:
    out = 2
  else:
    out = 1
  return out

def filled(self, shape: List[int], dtype: int, values: List[float]) -> Tensor:
  return torch.full(shape, values[1], dtype=dtype, layout=None, device=torch.device("cpu"), pin_memory=False)

def turned(self, x: Tensor, kind: str) -> Tensor:
  if torch.eq(kind, "NEGATED"):
    out = torch.neg(x)
  else:
    out = x
  return out

def halves(self, x: Tensor) -> Tuple[Tensor, Tensor]:
  first, second = torch.chunk(x, 2, 0)
  return (first, second)

def pieces(self, x: Tensor, count: int) -> List[Tensor]:
  return torch.chunk(x, count, 0)

def total(self, parts: List[Tensor]) -> float:
  return float(torch.sum(torch.cat(parts, 0)))

def is_wide(self, x: Tensor, width: int) -> bool:
  return torch.gt(torch.size(x, -1), width)

def bent(self, x: Tensor,
    slope: float, shift: Tensor,
    left_slope: float, left_shift: Tensor,
    right_slope: float, right_shift: Tensor, turn: str) -> Tensor:
  left = torch.add(torch.mul(x, left_slope), left_shift)
  right = torch.add(torch.mul(x, right_slope), right_shift)
  inner = self.turned(torch.where(torch.lt(x, 0.), left, right), turn)
  return torch.add(torch.mul(inner, slope), shift)
