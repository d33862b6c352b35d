# Operators of the U-Net. See UNetOps.java.

# Sinusoids of the timesteps, float32 (batch, width). Ho et al. 2020, after Vaswani et al. 2017, section 3.5.
def timestep_embedding(self, timesteps: Tensor, width: int, flip: bool, shift: float) -> Tensor:
  half = torch.floordiv(width, 2)
  steps = torch.arange(half, dtype=6, layout=0, device=ops.prim.device(timesteps), pin_memory=False)
  exponent = torch.div(torch.mul(steps, -9.210340371976184), half - shift)
  angles = torch.mul(torch.unsqueeze(torch.to(timesteps, 6), 1), torch.unsqueeze(torch.exp(exponent), 0))
  if flip:
    embedded = torch.cat([torch.cos(angles), torch.sin(angles)], 1)
  else:
    embedded = torch.cat([torch.sin(angles), torch.cos(angles)], 1)
  return embedded

# h (batch, c, height, width) += t (batch, c) at every position: a convolution does not keep its output.
def add_time_(self, h: Tensor, t: Tensor) -> Tensor:
  return torch.add_(h, torch.unsqueeze(torch.unsqueeze(t, 2), 3))

def concat_channels(self, x: Tensor, skip: Tensor) -> Tensor:
  return torch.cat([x, skip], 1)

# (batch, c, height, width) -> (batch, height * width, c)
def to_tokens(self, x: Tensor) -> Tensor:
  return torch.transpose(torch.flatten(x, 2, 3), 1, 2)

def from_tokens(self, x: Tensor, height: int, width: int) -> Tensor:
  return torch.contiguous(torch.unflatten(torch.transpose(x, 1, 2), 2, [height, width]))
