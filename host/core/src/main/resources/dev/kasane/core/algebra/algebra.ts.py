# The arithmetic of adapters at rest. TorchScript, not Python: see TorchScript.java.
# Factors are matrices: down (rank, in*k*k), up (out, rank). Nothing here records gradients.

def scaled(self, x: Tensor, factor: float) -> Tensor:
  return torch.mul(x, factor)

def joined(self, parts: List[Tensor], axis: int) -> Tensor:
  return torch.cat(parts, axis)

def stacked(self, parts: List[Tensor]) -> Tensor:
  return torch.stack(parts)

def norm(self, x: Tensor) -> float:
  return float(torch.linalg_vector_norm(torch.to(x, 7)))

def distance(self, a: Tensor, b: Tensor) -> float:
  return float(torch.linalg_vector_norm(torch.to(torch.sub(a, b), 7)))

def svd(self, x: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
  u, s, v, = torch.linalg_svd(x, False)
  return (u, s, v)

# The decomposition of up . down without ever making the product: QR of both sides, then a small one.
def svd_of_factors(self, down: Tensor, up: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
  qu, ru, = torch.linalg_qr(torch.to(up, 7), "reduced")
  qd, rd, = torch.linalg_qr(torch.t(torch.to(down, 7)), "reduced")
  u, s, v, = torch.linalg_svd(torch.matmul(ru, torch.t(rd)), False)
  return (torch.matmul(qu, u), s, torch.matmul(v, torch.t(qd)))

# The first ranks; the singular values go to the left side, as kohya's scripts and PEFT have it.
def left(self, u: Tensor, s: Tensor, rank: int) -> Tensor:
  kept = torch.mul(torch.slice(u, 1, 0, rank), torch.slice(s, 0, 0, rank))
  return torch.contiguous(torch.to(kept, 6))

def right(self, v: Tensor, rank: int) -> Tensor:
  return torch.contiguous(torch.to(torch.slice(v, 0, 0, rank), 6))

def quantile(self, a: Tensor, b: Tensor, q: float) -> float:
  all = torch.sort(torch.cat([torch.flatten(a), torch.flatten(b)], 0), -1, False)[0]
  at = torch.mul(torch.sub(torch.numel(all), 1), q)
  low = int(torch.floor(at))
  high = int(torch.ceil(at))
  return float(torch.lerp(torch.select(all, 0, low), torch.select(all, 0, high), torch.sub(at, low)))

def clamped(self, x: Tensor, limit: float) -> Tensor:
  return torch.clamp(x, torch.neg(limit), limit)

# Yadav et al. 2023: only the k entries of largest magnitude stay.
def keep_largest(self, x: Tensor, k: int) -> Tensor:
  flat = torch.reshape(torch.abs(x), [-1])
  top, where, = torch.topk(flat, k, -1, True, True)
  mask = torch.scatter(torch.zeros_like(flat), 0, where, 1.)
  return torch.mul(x, torch.view_as(mask, x))

# Yu et al. 2023: entries stay with probability `density` and are scaled so that the mean is kept.
def keep_random(self, tasks: List[Tensor], density: float, seed: int) -> List[Tensor]:
  generator = torch.manual_seed(torch.Generator(device="cpu", seed=0), seed)
  kept = annotate(List[Tensor], [])
  for i in range(torch.len(tasks)):
    mask = torch.bernoulli(torch.full_like(tasks[i], density), generator=generator)
    _0 = torch.append(kept, torch.div(torch.mul(tasks[i], mask), density))
  return kept

def weighted_sum(self, tasks: Tensor, weights: Tensor) -> Tensor:
  return torch.sum(torch.mul(tasks, weights), [0])

# TIES: a sign is elected for each entry, and the mean taken over those that have it.
def elected_mean(self, tasks: Tensor, weights: Tensor, frequency: bool) -> Tensor:
  sign = torch.sign(tasks)
  if frequency:
    votes = torch.sum(sign, [0])
  else:
    votes = torch.sum(tasks, [0])
  majority = torch.sub(torch.mul(torch.to(torch.ge(votes, 0), 6), 2), 1)
  agree = torch.eq(sign, majority)
  total = torch.sum(torch.mul(torch.mul(tasks, weights), agree), [0])
  return torch.div(total, torch.clamp(torch.sum(agree, [0]), 1))

# weight . x for a few columns x; a convolution counts as the matrix (out, in*k*k).
def applied(self, weight: Tensor, x: Tensor) -> Tensor:
  return torch.matmul(torch.reshape(weight, [torch.size(weight, 0), -1]), x)

# Overwrites a tensor with another's values, rounded to its type.
def copy(self, values: Tensor, target: Tensor) -> Tensor:
  return torch.copy_(target, values)

def add_to_(self, view: Tensor, update: Tensor) -> Tensor:
  return torch.add_(view, torch.view_as(update, view))

# Adds a product to a view in place, without making the product.
def add_product_(self, view: Tensor, up: Tensor, down: Tensor, factor: float) -> Tensor:
  return torch.addmm_(torch.flatten(view, 1), up, down, beta=1, alpha=factor)

# Stops at the first element that is not.
def equal(self, a: Tensor, b: Tensor) -> bool:
  return torch.equal(a, b)

# A sum is finite only if every element is.
def is_finite(self, x: Tensor) -> bool:
  return bool(torch.isfinite(torch.sum(x)))
