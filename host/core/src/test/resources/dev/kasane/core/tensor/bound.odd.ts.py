def unheard_of(self, x: Tensor) -> Tensor:
  return x
