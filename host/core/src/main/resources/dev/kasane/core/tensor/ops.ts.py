# Operators that every model shares. TorchScript, not Python: see TorchScript.java.
# Weights follow the activation's type, so one set of float32 weights serves a bfloat16 run.

def linear(self, x: Tensor, w: Tensor) -> Tensor:
  return torch.linear(x, torch.to(w, ops.prim.dtype(x)), None)

def linear_bias(self, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
  return torch.linear(x, torch.to(w, ops.prim.dtype(x)), torch.to(b, ops.prim.dtype(x)))

def conv2d(self, x: Tensor, w: Tensor, stride: int, padding: int) -> Tensor:
  weight = torch.to(w, ops.prim.dtype(x))
  if self._is_product(w, stride, padding):
    out = self._unflat(x, torch.bmm(self._for_each(x, weight), torch.flatten(x, 2)))
  else:
    out = torch.conv2d(x, weight, None, [stride, stride], [padding, padding], [1, 1], 1)
  return out

def conv2d_bias(self, x: Tensor, w: Tensor, b: Tensor, stride: int, padding: int) -> Tensor:
  weight = torch.to(w, ops.prim.dtype(x))
  bias = torch.to(b, ops.prim.dtype(x))
  if self._is_product(w, stride, padding):
    sums = torch.unsqueeze(bias, 1)
    out = self._unflat(x, torch.baddbmm(sums, self._for_each(x, weight), torch.flatten(x, 2), beta=1, alpha=1))
  else:
    out = torch.conv2d(x, weight, bias, [stride, stride], [padding, padding], [1, 1], 1)
  return out

# A 1x1 convolution is a matrix product. A convolution keeps its input for backward even when its weight is
# frozen; a product does not.
def _is_product(self, w: Tensor, stride: int, padding: int) -> bool:
  plain = torch.eq(torch.size(w, 2), 1) and torch.eq(torch.size(w, 3), 1)
  still = torch.eq(stride, 1) and torch.eq(padding, 0)
  return plain and still

# One view of the weight for each picture of the batch: (batch, out, in).
def _for_each(self, x: Tensor, w: Tensor) -> Tensor:
  return torch.expand(torch.unsqueeze(torch.flatten(w, 1), 0), [torch.size(x, 0), -1, -1])

def _unflat(self, x: Tensor, y: Tensor) -> Tensor:
  return torch.view(y, [torch.size(x, 0), -1, torch.size(x, 2), torch.size(x, 3)])

def group_norm(self, x: Tensor, groups: int, w: Tensor, b: Tensor, eps: float) -> Tensor:
  dtype = ops.prim.dtype(x)
  return torch.group_norm(x, groups, torch.to(w, dtype), torch.to(b, dtype), eps, True)

# In place where backward does not need what SiLU gets.
def group_norm_silu(self, x: Tensor, groups: int, w: Tensor, b: Tensor, eps: float) -> Tensor:
  dtype = ops.prim.dtype(x)
  normed = torch.group_norm(x, groups, torch.to(w, dtype), torch.to(b, dtype), eps, True)
  if ops.prim.requires_grad(normed):
    out = torch.silu(normed)
  else:
    out = torch.silu_(normed)
  return out

def layer_norm(self, x: Tensor, w: Tensor, b: Tensor, eps: float) -> Tensor:
  dtype = ops.prim.dtype(x)
  return torch.layer_norm(x, [torch.size(x, -1)], torch.to(w, dtype), torch.to(b, dtype), eps, True)

def rms_norm(self, x: Tensor, w: Tensor, eps: float, from_one: bool) -> Tensor:
  dtype = ops.prim.dtype(x)
  wide = torch.to(x, 6)
  normed = torch.mul(wide, torch.rsqrt(torch.add(torch.mean(torch.mul(wide, wide), [-1], True), eps)))
  if from_one:
    out = torch.to(torch.mul(normed, torch.add(torch.to(w, 6), 1.)), dtype)
  else:
    out = torch.mul(torch.to(normed, dtype), torch.to(w, dtype))
  return out

def silu(self, x: Tensor) -> Tensor:
  return torch.silu(x)

def gelu(self, x: Tensor) -> Tensor:
  return torch.gelu(x)

def quick_gelu(self, x: Tensor) -> Tensor:
  return torch.mul(x, torch.sigmoid(torch.mul(x, 1.702)))

# In place where backward does not need the factors.
def geglu(self, x: Tensor) -> Tensor:
  h, gate = torch.chunk(x, 2, -1)
  opened = torch.gelu(gate)
  if ops.prim.requires_grad(opened):
    out = torch.mul(h, opened)
  else:
    out = torch.mul_(opened, h)
  return out

def embedding(self, ids: Tensor, w: Tensor) -> Tensor:
  return torch.embedding(w, ids)

# q, k, v: (batch, tokens, heads * width). Returns the same shape as q.
def attention(self, q: Tensor, k: Tensor, v: Tensor, heads: int, causal: bool) -> Tensor:
  batch = torch.size(q, 0)
  width = torch.floordiv(torch.size(q, 2), heads)
  qh = torch.transpose(torch.view(q, [batch, -1, heads, width]), 1, 2)
  kh = torch.transpose(torch.view(k, [batch, -1, heads, width]), 1, 2)
  vh = torch.transpose(torch.view(v, [batch, -1, heads, width]), 1, 2)
  out = torch.scaled_dot_product_attention(qh, kh, vh, None, 0., causal)
  return torch.reshape(torch.transpose(out, 1, 2), [batch, -1, heads * width])

def upsample_nearest(self, x: Tensor, height: int, width: int) -> Tensor:
  return torch.upsample_nearest2d(x, [height, width], None, None)

def pad_right_bottom(self, x: Tensor) -> Tensor:
  return torch.constant_pad_nd(x, [0, 1, 0, 1], 0.)

# dtype: libtorch's own number of a scalar type
def converted(self, x: Tensor, dtype: int) -> Tensor:
  return torch.to(x, dtype)

# The same memory under another type of the same size. TorchScript does not reach view(dtype), so an empty
# tensor of the wanted type is pointed at the storage.
def reinterpret(self, x: Tensor, dtype: int) -> Tensor:
  seen = torch.empty([0], dtype=dtype, layout=None, device=ops.prim.device(x))
  return torch.set_(seen, x, torch.storage_offset(x), torch.size(x), torch.stride(x))

# Row-major, from element `first` of the memory on, counted in the new type.
def over(self, memory: Tensor, first: int, dtype: int, shape: List[int]) -> Tensor:
  seen = torch.empty([0], dtype=dtype, layout=None, device=ops.prim.device(memory))
  strides = annotate(List[int], [])
  stride = 1
  for i in range(torch.len(shape)):
    torch.insert(strides, 0, stride)
    stride = torch.mul(stride, shape[torch.sub(torch.sub(torch.len(shape), 1), i)])
  return torch.set_(seen, memory, first, shape, strides)

def moved(self, x: Tensor, device: str) -> Tensor:
  return torch.to(x, torch.device(device), None, False, False)

def assign_(self, y: Tensor, x: Tensor) -> Tensor:
  return torch.copy_(y, x)

def dropout(self, x: Tensor, p: float) -> Tensor:
  return torch.dropout(x, p, True)

def scale(self, x: Tensor, factor: float) -> Tensor:
  return torch.mul(x, factor)

# y += scale * delta, in place: neither linear nor convolution keeps its output for backward.
def add_scaled_(self, y: Tensor, delta: Tensor, scale: float) -> Tensor:
  return torch.add_(y, torch.to(delta, ops.prim.dtype(y)), alpha=scale)

# y += scale * x . down^T . up^T, in place: backward keeps x and the rank-wide product, nothing output-wide.
def add_low_rank_(self, y: Tensor, x: Tensor, down: Tensor, up: Tensor, scale: float) -> Tensor:
  return self.add_product_(y, self.linear(x, down), up, scale)

# y += scale * x . w^T, in place. No view of y is taken: writing through one costs a copy in backward.
def add_product_(self, y: Tensor, x: Tensor, w: Tensor, scale: float) -> Tensor:
  mix = torch.t(torch.to(w, ops.prim.dtype(x)))
  if torch.dim(y) == 3:
    batch = torch.expand(torch.unsqueeze(mix, 0), [torch.size(y, 0), -1, -1])
    out = torch.baddbmm_(y, x, batch, beta=1, alpha=scale)
  elif torch.dim(y) == 2:
    out = torch.addmm_(y, x, mix, beta=1, alpha=scale)
  else:
    out = torch.add_(y, torch.matmul(x, mix), alpha=scale)
  return out

def rows(self, x: Tensor, numbers: Tensor) -> Tensor:
  return torch.index_select(x, 0, numbers)

def add_rows_(self, y: Tensor, numbers: Tensor, delta: Tensor) -> Tensor:
  return torch.index_add_(y, 0, numbers, torch.to(delta, ops.prim.dtype(y)), alpha=1)
