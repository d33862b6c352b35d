# libtorch has no kernels for these on tensors without values. They have the same arguments, results of the same shapes,
# and gradients for the same tensors. See MetaDevice.java.

def conv2d(self, x: Tensor, w: Tensor, stride: int, padding: int) -> Tensor:
  weight = torch.to(w, ops.prim.dtype(x))
  high = torch.floordiv(torch.sub(torch.add(torch.size(x, 2), torch.mul(2, padding)), torch.size(w, 2)), stride)
  wide = torch.floordiv(torch.sub(torch.add(torch.size(x, 3), torch.mul(2, padding)), torch.size(w, 3)), stride)
  seen = torch.upsample_nearest2d(x, [torch.add(high, 1), torch.add(wide, 1)], None, None)
  kernel = torch.unsqueeze(torch.sum(weight, [2, 3], False), 0)
  products = torch.matmul(kernel, torch.flatten(seen, 2))
  return torch.view(products, [torch.size(x, 0), -1, torch.add(high, 1), torch.add(wide, 1)])

def conv2d_bias(self, x: Tensor, w: Tensor, b: Tensor, stride: int, padding: int) -> Tensor:
  return torch.add(self.conv2d(x, w, stride, padding), torch.view(torch.to(b, ops.prim.dtype(x)), [-1, 1, 1]))

def embedding(self, ids: Tensor, w: Tensor) -> Tensor:
  return self.rows(w, ids)

def rows(self, x: Tensor, numbers: Tensor) -> Tensor:
  chosen = torch.to(numbers, ops.prim.dtype(x))
  for i in range(torch.sub(torch.dim(x), 1)):
    chosen = torch.unsqueeze(chosen, -1)
  return torch.mul(chosen, torch.sum(x, [0], False))

def group_norm(self, x: Tensor, groups: int, w: Tensor, b: Tensor, eps: float) -> Tensor:
  weight = torch.to(w, ops.prim.dtype(x))
  bias = torch.to(b, ops.prim.dtype(x))
  for i in range(torch.sub(torch.dim(x), 2)):
    weight = torch.unsqueeze(weight, -1)
    bias = torch.unsqueeze(bias, -1)
  return torch.add(torch.mul(x, weight), bias)

def group_norm_silu(self, x: Tensor, groups: int, w: Tensor, b: Tensor, eps: float) -> Tensor:
  return torch.silu(self.group_norm(x, groups, w, b, eps))

def layer_norm(self, x: Tensor, w: Tensor, b: Tensor, eps: float) -> Tensor:
  return torch.add(torch.mul(x, torch.to(w, ops.prim.dtype(x))), torch.to(b, ops.prim.dtype(x)))

def attention(self, q: Tensor, k: Tensor, v: Tensor, heads: int, causal: bool) -> Tensor:
  batch = torch.size(q, 0)
  width = torch.floordiv(torch.size(q, 2), heads)
  qh = torch.transpose(torch.view(q, [batch, -1, heads, width]), 1, 2)
  kh = torch.transpose(torch.view(k, [batch, -1, heads, width]), 1, 2)
  vh = torch.transpose(torch.view(v, [batch, -1, heads, width]), 1, 2)
  out = torch.matmul(torch.softmax(torch.matmul(qh, torch.transpose(kh, 2, 3)), -1), vh)
  return torch.reshape(torch.transpose(out, 1, 2), [batch, -1, heads * width])
