# Operators of decoder-only language models. See TextOps.java.
# Batch B, new tokens T, keys S, heads H, key-value heads K, width of a head D, rotary width R.
# A tensor without elements stands for one that is not there.

# positions (B, T), frequencies (R / 2). Cosines and sines, float32 (B, 1, T, R / 2).
def rotary_table(self, positions: Tensor, frequencies: Tensor, factor: float) -> Tuple[Tensor, Tensor]:
  angles = torch.unsqueeze(torch.mul(torch.unsqueeze(torch.to(positions, 6), -1), frequencies), 1)
  return (torch.mul(torch.cos(angles), factor), torch.mul(torch.sin(angles), factor))

# Turns the first R of D dimensions; dimension i is paired with i + R / 2.
def rotate(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
  if torch.numel(cos) == 0:
    out = x
  else:
    half = torch.size(cos, -1)
    rest = torch.size(x, -1) - 2 * half
    a = torch.narrow(x, -1, 0, half)
    b = torch.narrow(x, -1, half, half)
    turned_a = torch.sub(torch.mul(a, cos), torch.mul(b, sin))
    turned_b = torch.add(torch.mul(b, cos), torch.mul(a, sin))
    if rest == 0:
      out = torch.cat([turned_a, turned_b], -1)
    else:
      out = torch.cat([turned_a, turned_b, torch.narrow(x, -1, 2 * half, rest)], -1)
  return out

# (B, T, heads * D) -> (B, heads, T, D)
def heads_first(self, x: Tensor, heads: int) -> Tensor:
  return torch.transpose(torch.unflatten(x, 2, [heads, -1]), 1, 2)

# layout 0: query, key, value apart; 1: one tensor, all of the query first; 2: one tensor, each head has its
# query, key and value side by side.
def heads_of(self, projections: List[Tensor], layout: int, heads: int, kv_heads: int) -> Tuple[Tensor, Tensor, Tensor]:
  if layout == 0:
    q = self.heads_first(projections[0], heads)
    k = self.heads_first(projections[1], kv_heads)
    v = self.heads_first(projections[2], kv_heads)
  elif layout == 1:
    q0, k0, v0 = torch.chunk(projections[0], 3, 2)
    q = self.heads_first(q0, heads)
    k = self.heads_first(k0, kv_heads)
    v = self.heads_first(v0, kv_heads)
  else:
    q, k, v = torch.chunk(self.heads_first(projections[0], heads), 3, 3)
  return (q, k, v)

# (B, K, S, D) -> (B, K * groups, S, D)
def repeated(self, x: Tensor, groups: int) -> Tensor:
  if groups == 1:
    out = x
  else:
    out = torch.flatten(torch.expand(torch.unsqueeze(x, 2), [-1, -1, groups, -1, -1]), 1, 2)
  return out

# Scores pass through cap * tanh(score / cap), which no fused attention has.
def capped(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor, scale: float, cap: float, dropout: float) -> Tensor:
  scores = torch.mul(torch.matmul(q, torch.transpose(k, 2, 3)), scale)
  bounded = torch.to(torch.mul(torch.tanh(torch.div(scores, cap)), cap), 6)
  if torch.numel(mask) > 0:
    seen = torch.masked_fill(bounded, torch.logical_not(mask), -3.4e38)
  else:
    seen = bounded
  weights = torch.to(torch.softmax(seen, -1), ops.prim.dtype(v))
  if dropout > 0.:
    kept = torch.dropout(weights, dropout, True)
  else:
    kept = weights
  return torch.matmul(kept, v)

# q (B, H, T, D), k and v (B, K, S, D), mask (B, 1, T, S) true where a query sees a key; without a mask a
# query sees the keys up to its own. Each weight is left out with probability `dropout`. Returns (B, T, H * D).
def attend(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor, scale: float, cap: float, dropout: float) -> Tensor:
  batch = torch.size(q, 0)
  tokens = torch.size(q, 2)
  groups = torch.floordiv(torch.size(q, 1), torch.size(k, 1))
  masked = torch.numel(mask) > 0
  if cap > 0.:
    out = self.capped(q, self.repeated(k, groups), self.repeated(v, groups), mask, scale, cap, dropout)
  elif tokens == 1:
    # One query: the heads that share a key stand where the queries of one head would.
    grouped = torch.reshape(q, [batch, -1, groups, torch.size(q, 3)])
    if masked:
      seen = torch.scaled_dot_product_attention(grouped, k, v, mask, dropout, False, scale=scale)
    else:
      seen = torch.scaled_dot_product_attention(grouped, k, v, None, dropout, False, scale=scale)
    out = torch.reshape(seen, [batch, -1, 1, torch.size(q, 3)])
  else:
    every_k = self.repeated(k, groups)
    every_v = self.repeated(v, groups)
    if masked:
      out = torch.scaled_dot_product_attention(q, every_k, every_v, mask, dropout, False, scale=scale)
    else:
      out = torch.scaled_dot_product_attention(q, every_k, every_v, None, dropout, True, scale=scale)
  return torch.flatten(torch.transpose(out, 1, 2), 2, 3)

def attention(self, projections: List[Tensor], cos: Tensor, sin: Tensor, mask: Tensor, layout: int, heads: int, kv_heads: int, scale: float, cap: float, dropout: float) -> Tensor:
  q, k, v = self.heads_of(projections, layout, heads, kv_heads)
  return self.attend(self.rotate(q, cos, sin), self.rotate(k, cos, sin), v, mask, scale, cap, dropout)

# keys and values (B, K, capacity, D) hold `at` tokens and get T more in place.
def cached_attention(self, projections: List[Tensor], cos: Tensor, sin: Tensor, mask: Tensor, keys: Tensor, values: Tensor, at: int, layout: int, heads: int, kv_heads: int, scale: float, cap: float) -> Tensor:
  q, k, v = self.heads_of(projections, layout, heads, kv_heads)
  tokens = torch.size(q, 2)
  _0 = torch.copy_(torch.narrow(keys, 2, at, tokens), self.rotate(k, cos, sin))
  _1 = torch.copy_(torch.narrow(values, 2, at, tokens), v)
  seen_k = torch.narrow(keys, 2, 0, at + tokens)
  seen_v = torch.narrow(values, 2, 0, at + tokens)
  return self.attend(self.rotate(q, cos, sin), seen_k, seen_v, mask, scale, cap, 0.)

# The last `kept` of `count` tokens move to the front.
def shift_(self, x: Tensor, count: int, kept: int) -> Tensor:
  return torch.copy_(torch.narrow(x, 2, 0, kept), torch.clone(torch.narrow(x, 2, count - kept, kept)))

# Which query sees which key: of its own segment, not behind it, nearer than the window (0: any distance).
# queries (B, T) and keys (B, S) hold the numbers of segments; query 0 stands at key `offset`.
def mask(self, queries: Tensor, keys: Tensor, offset: int, window: int) -> Tensor:
  device = ops.prim.device(keys)
  rows = torch.add(torch.arange(torch.size(queries, 1), dtype=4, layout=0, device=device, pin_memory=False), offset)
  columns = torch.arange(torch.size(keys, 1), dtype=4, layout=0, device=device, pin_memory=False)
  distance = torch.sub(torch.unsqueeze(rows, 1), torch.unsqueeze(columns, 0))
  if window > 0:
    near = torch.logical_and(torch.ge(distance, 0), torch.lt(distance, window))
  else:
    near = torch.ge(distance, 0)
  same = torch.eq(torch.unsqueeze(queries, 2), torch.unsqueeze(keys, 1))
  return torch.unsqueeze(torch.logical_and(same, near), 1)

# kind 0: SiLU, 1: GELU, 2: GELU by the tangent, 3: ReLU, 4: x * sigmoid(1.702 x)
# An archive of this version knows gelu without its argument for the tangent.
def activate(self, x: Tensor, kind: int) -> Tensor:
  if kind == 0:
    out = torch.silu(x)
  elif kind == 1:
    out = torch.gelu(x)
  elif kind == 2:
    cubic = torch.mul(x, torch.add(torch.mul(torch.mul(x, x), 0.044715), 1.))
    out = torch.mul(torch.mul(x, 0.5), torch.add(torch.tanh(torch.mul(cubic, 0.7978845608028654)), 1.))
  elif kind == 3:
    out = torch.relu(x)
  else:
    out = torch.mul(x, torch.sigmoid(torch.mul(x, 1.702)))
  return out

# activation(gate) * up; in place where backward does not need the factors.
def gated(self, gate: Tensor, up: Tensor, kind: int) -> Tensor:
  opened = self.activate(gate, kind)
  if ops.prim.requires_grad(opened) or ops.prim.requires_grad(up):
    out = torch.mul(opened, up)
  else:
    out = torch.mul_(opened, up)
  return out

# The factor is rounded to the type of x first, as the reference does.
def scaled(self, x: Tensor, factor: float) -> Tensor:
  return torch.mul(x, torch.to(torch.full([1], factor, dtype=6, layout=None, device=ops.prim.device(x)), ops.prim.dtype(x)))

def soft_cap(self, x: Tensor, cap: float) -> Tensor:
  return torch.mul(torch.tanh(torch.div(x, cap)), cap)

# The last token of each row: (B, T, width) -> (B, 1, width)
def last_token(self, x: Tensor) -> Tensor:
  return torch.narrow(x, 1, torch.size(x, 1) - 1, 1)
