# libtorch has no choice of rows of tensors without values. See MetaDevice.java.

def at_places(self, features: Tensor, places: Tensor) -> Tensor:
  chosen = torch.unsqueeze(torch.to(places, ops.prim.dtype(features)), -1)
  return torch.mul(chosen, torch.sum(torch.flatten(features, 0, 1), [0], True))
