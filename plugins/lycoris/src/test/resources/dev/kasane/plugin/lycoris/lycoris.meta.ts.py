# libtorch has no gradient of a norm of tensors without values. See the test kit's MetaDevice.java.

def _cayley(self, blocks: Tensor, limit: float) -> Tensor:
  q = torch.sub(blocks, torch.transpose(blocks, -2, -1))
  bound = torch.mul(q, torch.reciprocal(torch.sum(torch.mul(q, q))))
  one = self._one(blocks)
  return torch.matmul(torch.add(one, bound), torch.inverse(torch.sub(one, bound)))
