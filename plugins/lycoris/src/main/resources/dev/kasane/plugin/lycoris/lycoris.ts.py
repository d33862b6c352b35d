# The arithmetic of the LyCORIS family. TorchScript, not Python: see TorchScript.java.
# Parameters are float32; w is the frozen weight in whatever type it has; results are float32.
# shape: the layer's weight, (out, in) or (out, in, k, k).

# ---- products that are added to the weight

# factor * (w1a . w1b) * (w2a . w2b), elementwise.
def hadamard(self, w1a: Tensor, w1b: Tensor, w2a: Tensor, w2b: Tensor, shape: List[int], factor: float) -> Tensor:
  product = torch.mul(torch.matmul(w1a, w1b), torch.matmul(w2a, w2b))
  return torch.mul(torch.reshape(product, shape), factor)

# factor * a * b, elementwise.
def elementwise(self, a: Tensor, b: Tensor, factor: float) -> Tensor:
  return torch.mul(torch.mul(a, b), factor)

def scaled(self, a: Tensor, factor: float) -> Tensor:
  return torch.mul(a, factor)

def multiply(self, a: Tensor, b: Tensor) -> Tensor:
  return torch.matmul(a, b)

# factor * kron(w1, w2). w1: (a, c), w2: (b, d), (b, d, k, k) or (b, d k k); shape is (a b, c d, ...).
def kronecker(self, w1: Tensor, w2: Tensor, shape: List[int], factor: float) -> Tensor:
  left = torch.reshape(w1, [torch.size(w1, 0), 1, torch.size(w1, 1), 1, 1])
  columns = torch.floordiv(shape[1], torch.size(w1, 1))
  right = torch.reshape(w2, [1, torch.size(w2, 0), 1, columns, -1])
  return torch.mul(torch.reshape(torch.mul(left, right), shape), factor)

# factor * kron(w1, w2) . x for vectors x, (..., c d), without the product: w1 . X . w2^T, x folded to (c, d).
def kronecker_linear(self, x: Tensor, w1: Tensor, w2: Tensor, factor: float) -> Tensor:
  dtype = ops.prim.dtype(x)
  folded = torch.reshape(x, [-1, torch.size(w1, 1), torch.size(w2, 1)])
  narrow = torch.matmul(folded, torch.t(torch.to(torch.mul(w2, factor), dtype)))
  mixed = torch.matmul(torch.to(w1, dtype), narrow)
  outputs = torch.mul(torch.size(w1, 0), torch.size(w2, 0))
  leading = torch.slice(torch.size(x), 0, -1)
  return torch.reshape(mixed, torch.add(leading, [outputs]))

# ---- updates that depend on the weight

# m * w * factors. along: factors' shape against w, 1 on every axis but one.
def rescaled(self, w: Tensor, factors: Tensor, along: List[int], multiplier: float) -> Tensor:
  return torch.mul(torch.to(w, 6), torch.mul(torch.reshape(factors, along), multiplier))

# factor * (own + w . a1 . a2), a1 . a2 on the input axis. a1: (in, rank, ...), a2: (rank, in, ...).
def passed_through(self, w: Tensor, own: Tensor, a1: Tensor, a2: Tensor, factor: float) -> Tensor:
  positions = torch.transpose(torch.reshape(torch.to(w, 6), [torch.size(w, 0), torch.size(w, 1), -1]), 1, 2)
  mixed = torch.matmul(torch.matmul(positions, torch.flatten(a1, 1)), torch.flatten(a2, 1))
  through = torch.reshape(torch.transpose(mixed, 1, 2), torch.size(w))
  return torch.mul(torch.add(own, through), factor)

# ---- rotations

# The Cayley transform of every block: R = (I + Q)(I - Q)^-1 with Q = blocks - blocks^T, whose norm over all
# blocks is brought down to limit when limit is positive.
def _cayley(self, blocks: Tensor, limit: float) -> Tensor:
  q = torch.sub(blocks, torch.transpose(blocks, -2, -1))
  if torch.gt(limit, 0.):
    norm = torch.add(torch.norm(q, 2), 1e-08)
    bound = torch.mul(q, torch.clamp(torch.mul(torch.reciprocal(norm), limit), None, 1.))
  else:
    bound = q
  one = self._one(blocks)
  return torch.matmul(torch.add(one, bound), torch.inverse(torch.sub(one, bound)))

def _one(self, blocks: Tensor) -> Tensor:
  return torch.eye(torch.size(blocks, -1), dtype=6, layout=None, device=ops.prim.device(blocks), pin_memory=False)

# m (R^T - I) . w, each block on its rows.
def rotate(self, w: Tensor, blocks: Tensor, limit: float, multiplier: float) -> Tensor:
  turn = torch.sub(self._cayley(blocks, limit), self._one(blocks))
  rows = torch.reshape(torch.to(w, 6), [torch.size(blocks, 0), torch.size(blocks, 1), -1])
  turned = torch.matmul(torch.transpose(turn, 1, 2), rows)
  return torch.mul(torch.reshape(turned, torch.size(w)), multiplier)

# The stages of a butterfly: each turns blocks of rows that lie 2^stage half-blocks apart.
def butterfly(self, w: Tensor, blocks: Tensor, limit: float, multiplier: float) -> Tensor:
  turn = torch.sub(self._cayley(blocks, limit), self._one(blocks))
  one = self._one(blocks)
  base = torch.to(w, 6)
  size = torch.size(blocks, 2)
  rows = torch.flatten(base, 1)
  shape = torch.size(rows)
  step = torch.floordiv(size, 2)
  for stage in range(torch.size(blocks, 0)):
    apart = torch.transpose(torch.reshape(rows, [-1, 2, step, torch.size(rows, -1)]), 1, 2)
    together = torch.reshape(apart, [torch.size(blocks, 1), size, -1])
    factor = torch.add(torch.mul(torch.select(turn, 0, stage), multiplier), one)
    turned = torch.reshape(torch.matmul(factor, together), [-1, step, 2, torch.size(rows, -1)])
    rows = torch.reshape(torch.transpose(turned, 1, 2), shape)
    step = torch.mul(step, 2)
  return torch.sub(torch.reshape(rows, torch.size(w)), base)

# The update of a weight that is rotated and then scaled row by row.
def rescale_rows(self, w: Tensor, delta: Tensor, rescale: Tensor) -> Tensor:
  return torch.add(torch.mul(rescale, delta), torch.mul(torch.sub(rescale, 1), torch.to(w, 6)))
