# Operators of diffusion training. See DiffusionOps.java.

# Squared error in float32, one weight for each picture of the batch.
def weighted_squared_error(self, prediction: Tensor, target: Tensor, weights: Tensor) -> Tensor:
  error = torch.sub(torch.to(prediction, 6), target)
  each = torch.mean(torch.flatten(torch.mul(error, error), 1, -1), [1], False)
  return torch.mean(torch.mul(each, weights))

# Noise whose mean over a channel is itself random (Guttenberg 2023, "Diffusion with offset noise").
def offset_noise(self, noise: Tensor, offset: float) -> Tensor:
  shape = [torch.size(noise, 0), torch.size(noise, 1), 1, 1]
  means = torch.randn(shape, dtype=6, layout=0, device=ops.prim.device(noise), pin_memory=False)
  return torch.add(noise, means, alpha=offset)

def stack(self, tensors: List[Tensor]) -> Tensor:
  return torch.cat(tensors, 0)

def rows(self, table: Tensor, indices: Tensor) -> Tensor:
  return torch.index_select(table, 0, indices)
