# Backward through one segment. See SegmentedRun.java.

def has_graph(self, x: Tensor) -> bool:
  return ops.prim.requires_grad(x)

# Adds the gradients of all outputs to the leaves in one walk over their common graph, and frees the graph.
# Outputs that nothing trained has reached are left out.
def backward(self, outputs: List[Tensor], gradients: List[Tensor]) -> Tensor:
  heads = annotate(List[Tensor], [])
  given = annotate(List[Optional[Tensor]], [])
  for i in range(torch.len(outputs)):
    if ops.prim.requires_grad(outputs[i]):
      _0 = torch.append(heads, outputs[i])
      _1 = torch.append(given, gradients[i])
  if torch.gt(torch.len(heads), 0):
    torch.backward(heads, given, None, False)
  return gradients[0]
