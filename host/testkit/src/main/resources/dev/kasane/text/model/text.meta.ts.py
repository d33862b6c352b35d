# libtorch has no kernels for these on tensors without values. They have the same arguments, results of the same shapes,
# and gradients for the same tensors. See MetaDevice.java.

def _normed(self, x: Tensor, scale: Tensor, shift: Tensor, kind: str, epsilon: float) -> Tensor:
  out = torch.mul(x, scale)
  if kind == "LAYER":
    out = torch.add(out, shift)
  return out

def _attend(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor, scale: float, cap: float, dropout: float) -> Tensor:
  groups = torch.floordiv(torch.size(q, 1), torch.size(k, 1))
  scores = torch.matmul(q, torch.transpose(self._repeated(k, groups), 2, 3))
  if torch.numel(mask) > 0:
    scores = torch.mul(scores, mask)
  out = torch.matmul(torch.softmax(scores, -1), self._repeated(v, groups))
  return torch.flatten(torch.transpose(out, 1, 2), 2, 3)

def _turned(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
  return torch.addcmul(torch.mul(x, cos), x, sin)

def mask(self, queries: Tensor, keys: Tensor, offset: int, window: int) -> Tensor:
  return torch.unsqueeze(torch.eq(torch.unsqueeze(queries, 2), torch.unsqueeze(keys, 1)), 1)

def activate(self, x: Tensor, kind: str) -> Tensor:
  return torch.silu(x)
