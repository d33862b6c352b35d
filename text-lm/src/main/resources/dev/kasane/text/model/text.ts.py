# Operators of decoder-only language models. See TextOps.java.
# Batch B, new tokens T, keys S, heads H, key-value heads K, width of a head D, rotary width R.
# A tensor without elements stands for one that is not there.

# positions (B, T), frequencies (R / 2). Cosines and sines (B, 1, T, R), the first half of the sines negative.
def rotary_table(self, positions: Tensor, frequencies: Tensor, amplitude: float, dtype: int) -> Tuple[Tensor, Tensor]:
  angles = torch.unsqueeze(torch.mul(torch.unsqueeze(torch.to(positions, 6), -1), frequencies), 1)
  cosines = torch.mul(torch.cos(angles), amplitude)
  sines = torch.mul(torch.sin(angles), amplitude)
  return (torch.to(torch.cat([cosines, cosines], -1), dtype), torch.to(torch.cat([torch.neg(sines), sines], -1), dtype))

# Turns the first R of D dimensions; dimension i is paired with i + R / 2.
def _rotate(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
  if torch.numel(cos) == 0:
    out = x
  else:
    width = torch.size(cos, -1)
    rest = torch.size(x, -1) - width
    if rest == 0:
      out = self._turned(x, cos, sin)
    else:
      turned = self._turned(torch.narrow(x, -1, 0, width), cos, sin)
      out = torch.cat([turned, torch.narrow(x, -1, width, rest)], -1)
  return out

def _turned(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
  half = torch.floordiv(torch.size(x, -1), 2)
  return torch.addcmul(torch.mul(x, cos), torch.roll(x, [half], [-1]), sin)

# (B, T, heads * D) -> (B, heads, T, D)
def _heads_first(self, x: Tensor, heads: int) -> Tensor:
  return torch.transpose(torch.unflatten(x, 2, [heads, -1]), 1, 2)

# layout: see AttentionConfig.Layout.
def _heads_of(self, projections: List[Tensor], layout: str, heads: int, kv_heads: int) -> Tuple[Tensor, Tensor, Tensor]:
  if layout == "SEPARATE":
    q = self._heads_first(projections[0], heads)
    k = self._heads_first(projections[1], kv_heads)
    v = self._heads_first(projections[2], kv_heads)
  elif layout == "JOINED":
    q0, k0, v0 = torch.chunk(projections[0], 3, 2)
    q = self._heads_first(q0, heads)
    k = self._heads_first(k0, kv_heads)
    v = self._heads_first(v0, kv_heads)
  else:
    q, k, v = torch.chunk(self._heads_first(projections[0], heads), 3, 3)
  return (q, k, v)

# (B, K, S, D) -> (B, K * groups, S, D)
def _repeated(self, x: Tensor, groups: int) -> Tensor:
  if groups == 1:
    out = x
  else:
    out = torch.flatten(torch.expand(torch.unsqueeze(x, 2), [-1, -1, groups, -1, -1]), 1, 2)
  return out

# Scores pass through cap * tanh(score / cap), which no fused attention has.
def _capped(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor, scale: float, cap: float, dropout: float) -> Tensor:
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
def _attend(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor, scale: float, cap: float, dropout: float) -> Tensor:
  batch = torch.size(q, 0)
  tokens = torch.size(q, 2)
  groups = torch.floordiv(torch.size(q, 1), torch.size(k, 1))
  masked = torch.numel(mask) > 0
  if cap > 0.:
    out = self._capped(q, self._repeated(k, groups), self._repeated(v, groups), mask, scale, cap, dropout)
  elif tokens == 1:
    # One query: the heads that share a key stand where the queries of one head would.
    grouped = torch.reshape(q, [batch, -1, groups, torch.size(q, 3)])
    if masked:
      seen = torch.scaled_dot_product_attention(grouped, k, v, mask, dropout, False, scale=scale)
    else:
      seen = torch.scaled_dot_product_attention(grouped, k, v, None, dropout, False, scale=scale)
    out = torch.reshape(seen, [batch, -1, 1, torch.size(q, 3)])
  else:
    every_k = self._repeated(k, groups)
    every_v = self._repeated(v, groups)
    if masked:
      out = torch.scaled_dot_product_attention(q, every_k, every_v, mask, dropout, False, scale=scale)
    else:
      out = torch.scaled_dot_product_attention(q, every_k, every_v, None, dropout, True, scale=scale)
  return torch.flatten(torch.transpose(out, 1, 2), 2, 3)

def attention(self, projections: List[Tensor], cosines: Tensor, sines: Tensor, mask: Tensor,
    layout: str, heads: int, key_value_heads: int, scale: float, soft_cap: float, dropout: float) -> Tensor:
  q, k, v = self._heads_of(projections, layout, heads, key_value_heads)
  turned_q = self._rotate(q, cosines, sines)
  return self._attend(turned_q, self._rotate(k, cosines, sines), v, mask, scale, soft_cap, dropout)

# keys and values (B, K, capacity, D) hold `at` tokens and get T more in place.
def cached_attention(self, projections: List[Tensor], cosines: Tensor, sines: Tensor, mask: Tensor,
    keys: Tensor, values: Tensor, at: int,
    layout: str, heads: int, key_value_heads: int, scale: float, soft_cap: float) -> Tensor:
  q, k, v = self._heads_of(projections, layout, heads, key_value_heads)
  return self._attend_cached(q, k, v, cosines, sines, mask, keys, values, at, scale, soft_cap)

def _attend_cached(self, q: Tensor, k: Tensor, v: Tensor, cosines: Tensor, sines: Tensor, mask: Tensor, keys: Tensor, values: Tensor, at: int, scale: float, soft_cap: float) -> Tensor:
  tokens = torch.size(q, 2)
  _0 = torch.copy_(torch.narrow(keys, 2, at, tokens), self._rotate(k, cosines, sines))
  _1 = torch.copy_(torch.narrow(values, 2, at, tokens), v)
  seen_k = torch.narrow(keys, 2, 0, at + tokens)
  seen_v = torch.narrow(values, 2, 0, at + tokens)
  return self._attend(self._rotate(q, cosines, sines), seen_k, seen_v, mask, scale, soft_cap, 0.)

# x.W^T + b and the products of the updates, in vectors.
def _project(self, x: Tensor, weight: Tensor, bias: Tensor, downs: List[Tensor], ups: List[Tensor], factors: List[float]) -> Tensor:
  if torch.numel(bias) == 0:
    y = torch.mv(weight, x)
  else:
    y = torch.addmv(bias, weight, x, beta=1, alpha=1)
  for i in range(torch.len(factors)):
    _0 = torch.addmv_(y, ups[i], torch.mv(downs[i], x), beta=1, alpha=factors[i])
  return y

# kind: see NormConfig.Kind.
def _normed(self, x: Tensor, scale: Tensor, shift: Tensor, kind: str, epsilon: float) -> Tensor:
  if kind == "LAYER":
    out = torch.layer_norm(x, [torch.size(x, 0)], scale, shift, epsilon, True)
  else:
    square = annotate(float, torch.item(torch.dot(x, x)))
    unit = torch.mul(x, 1. / torch.sqrt(square / torch.size(x, 0) + epsilon))
    if kind == "RMS":
      out = torch.mul_(unit, scale)
    else:
      out = torch.mul_(unit, torch.add(scale, 1.))
  return out

# A layer for one token, in vectors: a matrix by a vector is one operator, where tensors of three axes need several.
# x (1, 1, width). keys and values (1, K, capacity, D) hold `at` tokens and get the token in place. See TokenLayer.java.
def token_layer(self, x: Tensor, cosines: Tensor, sines: Tensor, mask: Tensor,
    keys: Tensor, values: Tensor, at: int,
    layout: str, heads: int, key_value_heads: int, scale: float, soft_cap: float,
    order: str, activation: str, norm_kind: str, norm_epsilon: float,
    query_weight: Tensor, query_bias: Tensor, query_downs: List[Tensor], query_ups: List[Tensor], query_factors: List[float],
    key_weight: Tensor, key_bias: Tensor, key_downs: List[Tensor], key_ups: List[Tensor], key_factors: List[float],
    value_weight: Tensor, value_bias: Tensor, value_downs: List[Tensor], value_ups: List[Tensor], value_factors: List[float],
    output_weight: Tensor, output_bias: Tensor, output_downs: List[Tensor], output_ups: List[Tensor], output_factors: List[float],
    gate_weight: Tensor, gate_bias: Tensor, gate_downs: List[Tensor], gate_ups: List[Tensor], gate_factors: List[float],
    up_weight: Tensor, up_bias: Tensor, up_downs: List[Tensor], up_ups: List[Tensor], up_factors: List[float],
    down_weight: Tensor, down_bias: Tensor, down_downs: List[Tensor], down_ups: List[Tensor], down_factors: List[float],
    attention_norm_scale: Tensor, attention_norm_shift: Tensor,
    attention_out_norm_scale: Tensor, attention_out_norm_shift: Tensor,
    feed_forward_norm_scale: Tensor, feed_forward_norm_shift: Tensor,
    feed_forward_out_norm_scale: Tensor, feed_forward_out_norm_shift: Tensor) -> Tensor:
  token = torch.view(x, [-1])
  if order == "AFTER":
    seen = token
  else:
    seen = self._normed(token, attention_norm_scale, attention_norm_shift, norm_kind, norm_epsilon)
  first = self._project(seen, query_weight, query_bias, query_downs, query_ups, query_factors)
  if layout == "SEPARATE":
    q = torch.view(first, [1, heads, 1, -1])
    second = self._project(seen, key_weight, key_bias, key_downs, key_ups, key_factors)
    k = torch.view(second, [1, key_value_heads, 1, -1])
    third = self._project(seen, value_weight, value_bias, value_downs, value_ups, value_factors)
    v = torch.view(third, [1, key_value_heads, 1, -1])
  elif layout == "JOINED":
    q, k, v = torch.chunk(torch.view(first, [1, 3 * heads, 1, -1]), 3, 1)
  else:
    q, k, v = torch.chunk(torch.view(first, [1, heads, 1, -1]), 3, 3)
  mixed = self._attend_cached(q, k, v, cosines, sines, mask, keys, values, at, scale, soft_cap)
  attended = self._project(torch.view(mixed, [-1]), output_weight, output_bias, output_downs, output_ups, output_factors)
  if order == "BEFORE":
    hidden = torch.add_(attended, token)
    fed = self._normed(hidden, feed_forward_norm_scale, feed_forward_norm_shift, norm_kind, norm_epsilon)
  elif order == "AFTER":
    hidden = self._normed(torch.add_(attended, token), attention_norm_scale, attention_norm_shift, norm_kind, norm_epsilon)
    fed = hidden
  elif order == "AROUND":
    normed = self._normed(attended, attention_out_norm_scale, attention_out_norm_shift, norm_kind, norm_epsilon)
    hidden = torch.add_(normed, token)
    fed = self._normed(hidden, feed_forward_norm_scale, feed_forward_norm_shift, norm_kind, norm_epsilon)
  else:
    hidden = torch.add_(attended, token)
    fed = self._normed(token, feed_forward_norm_scale, feed_forward_norm_shift, norm_kind, norm_epsilon)
  wide = self._project(fed, up_weight, up_bias, up_downs, up_ups, up_factors)
  if torch.numel(gate_weight) == 0:
    inner = self.activate(wide, activation)
  else:
    inner = torch.mul_(wide, self.activate(self._project(fed, gate_weight, gate_bias, gate_downs, gate_ups, gate_factors), activation))
  branch = self._project(inner, down_weight, down_bias, down_downs, down_ups, down_factors)
  if order == "AFTER":
    out = self._normed(torch.add_(branch, hidden), feed_forward_norm_scale, feed_forward_norm_shift, norm_kind, norm_epsilon)
  elif order == "AROUND":
    out = torch.add_(self._normed(branch, feed_forward_out_norm_scale, feed_forward_out_norm_shift, norm_kind, norm_epsilon), hidden)
  else:
    out = torch.add_(branch, hidden)
  return torch.view(out, [1, 1, -1])

# The last `kept` of `count` tokens move to the front.
def shift_(self, x: Tensor, count: int, kept: int) -> Tensor:
  return torch.copy_(torch.narrow(x, 2, 0, kept), torch.clone(torch.narrow(x, 2, count - kept, kept)))

# Which query sees which key: of its own segment, not after it, nearer than the window (0: any distance).
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

# kind: see Activation. An archive of this version knows gelu without its argument for the tangent.
def activate(self, x: Tensor, kind: str) -> Tensor:
  if kind == "SILU":
    out = torch.silu(x)
  elif kind == "GELU":
    out = torch.gelu(x)
  elif kind == "GELU_TANH":
    cubic = torch.mul(x, torch.add(torch.mul(torch.mul(x, x), 0.044715), 1.))
    out = torch.mul(torch.mul(x, 0.5), torch.add(torch.tanh(torch.mul(cubic, 0.7978845608028654)), 1.))
  elif kind == "RELU":
    out = torch.relu(x)
  else:
    out = torch.mul(x, torch.sigmoid(torch.mul(x, 1.702)))
  return out

# activation(gate) * up; in place where backward does not need the factors.
def gated(self, gate: Tensor, up: Tensor, kind: str) -> Tensor:
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
