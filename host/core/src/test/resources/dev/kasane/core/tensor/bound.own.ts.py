def affine(self, x: Tensor, factor: float, offset: int) -> Tensor:
  return torch.sub(torch.mul(x, factor), offset)
