# How LoRA starts from a weight, and embeddings. TorchScript, not Python: see TorchScript.java.
# down: (rank, in), up: (out, rank), both float32.

# An embedding's rows of factor * (b . a)^T. a: (rank, entries), b: (width, rank).
def look_up(self, ids: Tensor, a: Tensor, b: Tensor, factor: float) -> Tensor:
  return torch.mul(torch.matmul(torch.embedding(torch.t(a), ids), torch.t(b)), factor)

# The whole of it: (entries, width)
def table_delta(self, a: Tensor, b: Tensor, factor: float) -> Tensor:
  return torch.mul(torch.matmul(torch.t(a), torch.t(b)), factor)

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
