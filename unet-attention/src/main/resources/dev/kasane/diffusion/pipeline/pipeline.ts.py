# Operators between the models of a picture pipeline. See PipelineOps.java.

# Classifier-free guidance (Ho & Salimans 2022, equation 6) on a batch whose first half is unconditional.
def guide(self, prediction: Tensor, guidance: float) -> Tensor:
  unconditional, conditional = torch.chunk(prediction, 2, 0)
  return torch.add(unconditional, torch.mul(torch.sub(conditional, unconditional), guidance))

# Scales tokens by their weights and then all of them so that the mean stays.
def weigh_tokens(self, tokens: Tensor, weights: Tensor) -> Tensor:
  before = torch.mean(tokens)
  weighted = torch.mul(tokens, torch.unsqueeze(torch.to(weights, ops.prim.dtype(tokens)), -1))
  return torch.mul(weighted, torch.div(before, torch.mean(weighted)))

# (chunks, tokens, width) -> (1, chunks * tokens, width)
def join_chunks(self, tokens: Tensor) -> Tensor:
  return torch.unsqueeze(torch.flatten(tokens, 0, 1), 0)

# (1, height, width, 3) bytes -> (1, 3, height, width) in [-1, 1]
def to_signed(self, pixels: Tensor) -> Tensor:
  scaled = torch.div(torch.to(pixels, 6), 255.)
  return torch.contiguous(torch.permute(torch.sub(torch.mul(scaled, 2.), 1.), [0, 3, 1, 2]))

# (1, 3, height, width) in about [-1, 1] -> (1, height, width, 3) bytes
def to_bytes(self, picture: Tensor) -> Tensor:
  unit = torch.clamp(torch.add(torch.div(torch.to(picture, 6), 2.), 0.5), 0., 1.)
  return torch.contiguous(torch.to(torch.round(torch.mul(torch.permute(unit, [0, 2, 3, 1]), 255.)), 0))

# z = mean + exp(logvar / 2) * noise
def draw_latents(self, moments: Tensor, noise: Tensor) -> Tensor:
  mean, logvar = torch.chunk(torch.to(moments, 6), 2, 1)
  return torch.add(mean, torch.mul(torch.exp(torch.mul(torch.clamp(logvar, -30., 20.), 0.5)), noise))
