# The arithmetic of low-rank adaptation. TorchScript, not Python: see TorchScript.java.
# down: (rank, in), up: (out, rank), both float32; they follow the activation's type.

# Zeroes whole ranks with probability p, per sample, and scales the others by 1 / (1 - p).
# axis: where the rank lies in hidden, whose axis 0 is the sample.
def drop_ranks(self, hidden: Tensor, p: float, axis: int) -> Tensor:
  shape = [torch.size(hidden, 0)]
  for i in range(torch.sub(torch.dim(hidden), 1)):
    if torch.eq(torch.add(i, 1), axis):
      _0 = torch.append(shape, torch.size(hidden, axis))
    else:
      _1 = torch.append(shape, 1)
  keep = torch.dropout(torch.new_ones(hidden, shape), p, True)
  return torch.mul(hidden, keep)

# One number from [0, 1) of the CPU's default generator.
def chance(self) -> float:
  return float(torch.rand([1]))

# up . down in the layer's own layout: (out, in) or (out, in, k, k).
def delta(self, down: Tensor, up: Tensor, factor: float) -> Tensor:
  product = torch.matmul(torch.flatten(up, 1), torch.flatten(down, 1))
  shape = torch.add([torch.size(up, 0)], torch.slice(torch.size(down), 1))
  return torch.mul(torch.reshape(product, shape), factor)

# An embedding's rows of factor * (b . a)^T. a: (rank, entries), b: (width, rank).
def look_up(self, ids: Tensor, a: Tensor, b: Tensor, factor: float) -> Tensor:
  return torch.mul(torch.matmul(torch.embedding(torch.t(a), ids), torch.t(b)), factor)

# The whole of it: (entries, width)
def table_delta(self, a: Tensor, b: Tensor, factor: float) -> Tensor:
  return torch.mul(torch.matmul(torch.t(a), torch.t(b)), factor)

# The root of the trace of (up^T up)(down down^T), both (rank, rank); 7 is float64. Rounding may take a sum of
# squares that is all but zero below it.
def product_norm(self, down: Tensor, up: Tensor) -> float:
  a = torch.to(torch.flatten(down, 1), 7)
  b = torch.to(torch.flatten(up, 1), 7)
  square = torch.sum(torch.mul(torch.matmul(torch.t(b), b), torch.matmul(a, torch.t(a))))
  return float(torch.sqrt(torch.clamp(square, 0, None)))

# Tucker form: delta[o, i, :, :] = sum over p, q of up[o, p] mid[p, q, :, :] down[q, i].
def delta_tucker(self, down: Tensor, mid: Tensor, up: Tensor, factor: float) -> Tensor:
  core = torch.matmul(torch.permute(mid, [2, 3, 0, 1]), torch.flatten(down, 1))
  full = torch.permute(torch.matmul(torch.flatten(up, 1), core), [2, 3, 0, 1])
  return torch.mul(torch.contiguous(full), factor)

# The norms of weight + factor * up . down over some axes, with those axes kept, float32. Constants to autograd.
def norms(self, weight: Tensor, down: Tensor, up: Tensor, factor: float, axes: List[int]) -> Tensor:
  update = self.delta(torch.detach(down), torch.detach(up), factor)
  whole = torch.add(torch.to(torch.detach(weight), 6), update)
  return torch.linalg_vector_norm(whole, 2, axes, True, dtype=None)

# What magnitudes make of a layer's output: (ratio - 1) * base + ratio * update, each output with its own ratio.
# axis: where the outputs lie.
def rescale(self, base: Tensor, update: Tensor, ratio: Tensor, factor: float, axis: int) -> Tensor:
  shape = annotate(List[int], [])
  for i in range(torch.dim(base)):
    if torch.eq(i, axis):
      _0 = torch.append(shape, -1)
    else:
      _1 = torch.append(shape, 1)
  wide = torch.reshape(ratio, shape)
  change = torch.add(torch.mul(base, torch.sub(wide, 1)), torch.mul(update, wide))
  return torch.to(torch.mul(change, factor), ops.prim.dtype(base))

# (weight + factor * up . down) * ratio - weight, float32.
def rescaled_delta(self, weight: Tensor, down: Tensor, up: Tensor, ratio: Tensor, factor: float) -> Tensor:
  whole = torch.to(weight, 6)
  return torch.sub(torch.mul(torch.add(whole, self.delta(down, up, factor)), ratio), whole)

# The largest singular directions: [down, up] with scale * up . down the best approximation of that rank.
def principal(self, weight: Tensor, rank: int, scale: float) -> List[Tensor]:
  u, s, vh, = torch.linalg_svd(torch.to(weight, 6), False)
  return self._halves(u, s, vh, rank, scale)

# Each half of the product takes the root of the singular values.
def _halves(self, u: Tensor, s: Tensor, vh: Tensor, rank: int, scale: float) -> List[Tensor]:
  root = torch.sqrt(torch.div(torch.slice(s, 0, 0, rank), scale))
  down = torch.mul(torch.unsqueeze(root, 1), torch.slice(vh, 0, 0, rank))
  up = torch.mul(torch.slice(u, 1, 0, rank), root)
  return [torch.contiguous(down), torch.contiguous(up)]

# The same by subspace iteration from random directions, which is fast and, with more rounds, as good.
def principal_fast(self, weight: Tensor, rank: int, scale: float, rounds: int) -> List[Tensor]:
  w = torch.to(weight, 6)
  across = torch.t(w)
  start = torch.randn([torch.size(w, 1), rank])
  q, _0, = torch.linalg_qr(torch.matmul(w, torch.to(start, w)))
  for i in range(rounds):
    p, _1, = torch.linalg_qr(torch.matmul(across, q))
    q, _2, = torch.linalg_qr(torch.matmul(w, p))
  u, s, vh, = torch.linalg_svd(torch.matmul(torch.t(q), w), False)
  return self._halves(torch.matmul(q, u), s, vh, rank, scale)

# The first columns of Q and rows of R of the weight's QR decomposition.
def orthonormal(self, weight: Tensor, rank: int) -> List[Tensor]:
  q, r, = torch.linalg_qr(torch.to(weight, 6))
  down = torch.contiguous(torch.slice(r, 0, 0, rank))
  up = torch.contiguous(torch.slice(q, 1, 0, rank))
  return [down, up]
