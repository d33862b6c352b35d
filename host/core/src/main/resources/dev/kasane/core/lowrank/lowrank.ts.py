# The arithmetic of products of narrow matrices. TorchScript, not Python: see TorchScript.java.
# down: (rank, in, ...), up: (out, rank, ...), float32. w is a layer's frozen weight in whatever type it has, shape is
# its shape: (out, in) or (out, in, k, k). Results are float32 unless it says otherwise.

# ---- products

# factor * up . down in a layer's layout.
def delta(self, down: Tensor, up: Tensor, shape: List[int], factor: float) -> Tensor:
  product = torch.matmul(torch.flatten(up, 1), torch.flatten(down, 1))
  return torch.mul(torch.reshape(product, shape), factor)

# Tucker form: delta[o, i, :, :] = sum over p, q of a[p, o] core[p, q, :, :] b[q, i].
def tucker(self, core: Tensor, a: Tensor, b: Tensor) -> Tensor:
  return torch.einsum("pqhw,po,qi->oihw", [core, a, b], path=None)

def delta_tucker(self, down: Tensor, mid: Tensor, up: Tensor, factor: float) -> Tensor:
  full = self.tucker(mid, torch.t(torch.flatten(up, 1)), torch.flatten(down, 1))
  return torch.mul(torch.contiguous(full), factor)

# Tucker form as a plain pair: (rank, rank, k, k) and (rank, in) make (rank, in*k*k).
def fold_core(self, mid: Tensor, down: Tensor) -> Tensor:
  full = torch.permute(torch.matmul(torch.permute(mid, [2, 3, 0, 1]), down), [2, 3, 0, 1])
  return torch.flatten(full, 1)

# The root of the trace of (up^T up)(down down^T), both (rank, rank); 7 is float64. Rounding may take a sum of
# squares that is all but zero below it.
def product_norm(self, down: Tensor, up: Tensor) -> float:
  a = torch.to(torch.flatten(down, 1), 7)
  b = torch.to(torch.flatten(up, 1), 7)
  square = torch.sum(torch.mul(torch.matmul(torch.t(b), b), torch.matmul(a, torch.t(a))))
  return float(torch.sqrt(torch.clamp(square, 0, None)))

# A matrix the other way around, its memory too.
def turned(self, matrix: Tensor) -> Tensor:
  return torch.contiguous(torch.t(torch.detach(matrix)))

# ---- magnitudes: the weight as lengths times directions

# The norms of w + factor * up . down over some axes, with those axes kept. Constants to autograd.
def norms(self, w: Tensor, down: Tensor, up: Tensor, factor: float, axes: List[int]) -> Tensor:
  update = self.delta(torch.detach(down), torch.detach(up), torch.size(w), factor)
  whole = torch.add(torch.to(torch.detach(w), 6), update)
  return torch.linalg_vector_norm(whole, 2, axes, True, dtype=None)

# What magnitudes make of a layer's output: (ratio - 1) * base + ratio * update, each output with its own ratio, of
# the base's type. axis: where the outputs lie.
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

# (w + factor * up . down) * ratio - w.
def rescaled_delta(self, w: Tensor, down: Tensor, up: Tensor, ratio: Tensor, factor: float) -> Tensor:
  whole = torch.to(w, 6)
  update = self.delta(down, up, torch.size(w), factor)
  return torch.sub(torch.mul(torch.add(whole, update), ratio), whole)

# ||w|| over some axes, which are kept, plus the smallest step of float32 at 1, as LyCORIS does.
def stepped_norm(self, w: Tensor, axes: List[int]) -> Tensor:
  return torch.add(torch.norm(torch.to(w, 6), 2, axes, True), 1.1920928955078125e-07)

# v * (m (g / ||v|| - 1) + 1) - w with v = w + update.
def decompose(self, w: Tensor, update: Tensor, magnitude: Tensor, axes: List[int], multiplier: float) -> Tensor:
  base = torch.to(w, 6)
  v = torch.add(base, update)
  scale = torch.div(magnitude, self.stepped_norm(v, axes))
  if torch.ne(multiplier, 1.):
    used = torch.add(torch.mul(torch.sub(scale, 1), multiplier), 1)
  else:
    used = scale
  return torch.sub(torch.mul(v, used), base)

# ---- what is left out in training

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

# Zeroes whole rows with probability p; scaled: divides by the share that stays.
def drop_rows(self, delta: Tensor, p: float, scaled: bool) -> Tensor:
  count = torch.size(delta, 0)
  keep = torch.to(torch.ge(torch.rand([count]), p), 6)
  if scaled:
    mask = torch.div(keep, torch.clamp(torch.mean(keep), 1e-06))
  else:
    mask = keep
  shape = [count]
  for i in range(torch.sub(torch.dim(delta), 1)):
    _0 = torch.append(shape, 1)
  return torch.mul(delta, torch.reshape(torch.to(mask, ops.prim.device(delta)), shape))

# One number from [0, 1) of the CPU's default generator.
def chance(self) -> float:
  return float(torch.rand([1]))
