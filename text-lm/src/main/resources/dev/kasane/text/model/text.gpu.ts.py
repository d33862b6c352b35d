# What a GPU computes in another way. See ScriptBlocks.java.

# A number of its own would have to be waited for.
def _normed(self, x: Tensor, scale: Tensor, shift: Tensor, kind: str, epsilon: float) -> Tensor:
  if kind == "LAYER":
    out = torch.layer_norm(x, [torch.size(x, 0)], scale, shift, epsilon, True)
  else:
    unit = torch.mul(x, torch.rsqrt(torch.add(torch.mean(torch.mul(x, x), [0], True), epsilon)))
    if kind == "RMS":
      out = torch.mul_(unit, scale)
    else:
      out = torch.mul_(unit, torch.add(scale, 1.))
  return out
