# Operators of decoder-only language models. See TextOps.java.
# Batch B, new tokens T, keys S, heads H, key-value heads K, width of a head D, rotary width R.
# A tensor without elements stands for one that is not there.

# positions (B, T), frequencies (R / 2). Cosines and sines, float32 (B, 1, T, R), the first half of the sines negative.
def rotary_table(self, positions: Tensor, frequencies: Tensor, factor: float) -> Tuple[Tensor, Tensor]:
  angles = torch.unsqueeze(torch.mul(torch.unsqueeze(torch.to(positions, 6), -1), frequencies), 1)
  cosines = torch.mul(torch.cos(angles), factor)
  sines = torch.mul(torch.sin(angles), factor)
  return (torch.cat([cosines, cosines], -1), torch.cat([torch.neg(sines), sines], -1))

# Turns the first R of D dimensions; dimension i is paired with i + R / 2.
def rotate(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
  if torch.numel(cos) == 0:
    out = x
  else:
    width = torch.size(cos, -1)
    rest = torch.size(x, -1) - width
    if rest == 0:
      out = self.turned(x, cos, sin)
    else:
      turned = self.turned(torch.narrow(x, -1, 0, width), cos, sin)
      out = torch.cat([turned, torch.narrow(x, -1, width, rest)], -1)
  return out

def turned(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
  half = torch.floordiv(torch.size(x, -1), 2)
  return torch.addcmul(torch.mul(x, cos), torch.roll(x, [half], [-1]), sin)

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

# A layer for one token, in vectors: a matrix by a vector is one operator, where tensors of three axes need several.
#
# The layer's tensors come in one list. Projections are counted: 0 query or joined, 1 key, 2 value, 3 output, 4 gate,
# 5 up, 6 down; norms: 0 before attention, 1 behind it, 2 before the feed-forward, 3 behind it.
# places: where in the list projection p has its weight (2 p) and bias (2 p + 1), norm n its scale (14 + 2 n) and
# shift (15 + 2 n); -1 for none. updates: down and up in turn; those of projection p go from starts[p] to
# starts[p + 1], with a factor each.

def by_matrix(self, x: Tensor, p: int, tensors: List[Tensor], places: List[int], updates: List[Tensor], starts: List[int], factors: List[float]) -> Tensor:
  bias = places[2 * p + 1]
  if bias < 0:
    y = torch.mv(tensors[places[2 * p]], x)
  else:
    y = torch.addmv(tensors[bias], tensors[places[2 * p]], x, beta=1, alpha=1)
  for i in range(starts[p], starts[p + 1]):
    _0 = torch.addmv_(y, updates[2 * i + 1], torch.mv(updates[2 * i], x), beta=1, alpha=factors[i])
  return y

# kind 0: layer norm, 1: by the root mean square, 2: the same, with a scale counted from one.
def normed(self, x: Tensor, n: int, tensors: List[Tensor], places: List[int], kind: int, eps: float) -> Tensor:
  scale = tensors[places[14 + 2 * n]]
  if kind == 0:
    out = torch.layer_norm(x, [torch.size(x, 0)], scale, tensors[places[15 + 2 * n]], eps, True)
  else:
    square = annotate(float, torch.item(torch.dot(x, x)))
    unit = torch.mul(x, 1. / torch.sqrt(square / torch.size(x, 0) + eps))
    if kind == 1:
      out = torch.mul_(unit, scale)
    else:
      out = torch.mul_(unit, torch.add(scale, 1.))
  return out

# Query, key and value, each (1, heads, 1, D); the layouts are those of heads_of.
def heads_of_token(self, x: Tensor, tensors: List[Tensor], places: List[int], updates: List[Tensor], starts: List[int], factors: List[float], layout: int, heads: int, kv_heads: int) -> Tuple[Tensor, Tensor, Tensor]:
  first = self.by_matrix(x, 0, tensors, places, updates, starts, factors)
  if layout == 0:
    q = torch.view(first, [1, heads, 1, -1])
    k = torch.view(self.by_matrix(x, 1, tensors, places, updates, starts, factors), [1, kv_heads, 1, -1])
    v = torch.view(self.by_matrix(x, 2, tensors, places, updates, starts, factors), [1, kv_heads, 1, -1])
  elif layout == 1:
    q, k, v = torch.chunk(torch.view(first, [1, 3 * heads, 1, -1]), 3, 1)
  else:
    q, k, v = torch.chunk(torch.view(first, [1, heads, 1, -1]), 3, 3)
  return (q, k, v)

def fed(self, x: Tensor, tensors: List[Tensor], places: List[int], updates: List[Tensor], starts: List[int], factors: List[float], kind: int) -> Tensor:
  up = self.by_matrix(x, 5, tensors, places, updates, starts, factors)
  if places[8] < 0:
    inner = self.activate(up, kind)
  else:
    inner = torch.mul_(up, self.activate(self.by_matrix(x, 4, tensors, places, updates, starts, factors), kind))
  return self.by_matrix(inner, 6, tensors, places, updates, starts, factors)

# x (1, 1, width). keys and values (1, K, capacity, D) hold `at` tokens and get the token in place. shape: order of the
# block (0 norms before, 1 behind, 2 around, 3 both branches from x), kind of norm, kind of activation, layout, heads,
# key-value heads.
def token_layer(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor, keys: Tensor, values: Tensor, at: int, tensors: List[Tensor], places: List[int], updates: List[Tensor], starts: List[int], factors: List[float], shape: List[int], scale: float, cap: float, eps: float) -> Tensor:
  order, norm, activation, layout, heads, kv_heads = shape
  token = torch.view(x, [-1])
  if order == 1:
    first = token
  else:
    first = self.normed(token, 0, tensors, places, norm, eps)
  q, k, v = self.heads_of_token(first, tensors, places, updates, starts, factors, layout, heads, kv_heads)
  _0 = torch.copy_(torch.narrow(keys, 2, at, 1), self.rotate(k, cos, sin))
  _1 = torch.copy_(torch.narrow(values, 2, at, 1), v)
  seen_k = torch.narrow(keys, 2, 0, at + 1)
  seen_v = torch.narrow(values, 2, 0, at + 1)
  mixed = torch.view(self.attend(self.rotate(q, cos, sin), seen_k, seen_v, mask, scale, cap, 0.), [-1])
  attended = self.by_matrix(mixed, 3, tensors, places, updates, starts, factors)
  if order == 0:
    hidden = torch.add_(attended, token)
    second = self.normed(hidden, 2, tensors, places, norm, eps)
    out = torch.add_(self.fed(second, tensors, places, updates, starts, factors, activation), hidden)
  elif order == 1:
    hidden = self.normed(torch.add_(attended, token), 0, tensors, places, norm, eps)
    end = torch.add_(self.fed(hidden, tensors, places, updates, starts, factors, activation), hidden)
    out = self.normed(end, 2, tensors, places, norm, eps)
  elif order == 2:
    hidden = torch.add_(self.normed(attended, 1, tensors, places, norm, eps), token)
    second = self.normed(hidden, 2, tensors, places, norm, eps)
    branch = self.fed(second, tensors, places, updates, starts, factors, activation)
    out = torch.add_(self.normed(branch, 3, tensors, places, norm, eps), hidden)
  else:
    second = self.normed(token, 2, tensors, places, norm, eps)
    branch = self.fed(second, tensors, places, updates, starts, factors, activation)
    out = torch.add_(torch.add_(attended, branch), token)
  return torch.view(out, [1, 1, -1])

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

def shifted(self, x: Tensor, offset: int) -> Tensor:
  return torch.add(x, offset)

def soft_cap(self, x: Tensor, cap: float) -> Tensor:
  return torch.mul(torch.tanh(torch.div(x, cap)), cap)

# The last token of each row: (B, T, width) -> (B, 1, width)
def last_token(self, x: Tensor) -> Tensor:
  return torch.narrow(x, 1, torch.size(x, 1) - 1, 1)
