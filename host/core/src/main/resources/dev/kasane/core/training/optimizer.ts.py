# Optimiser steps over lists of tensors. See AdamW.java.

# AdamW (Loshchilov & Hutter 2019, algorithm 2) over all parameters in one call. The gradients are first
# scaled and clipped to a total norm, and zeroed in the end. Returns the norm before clipping.
def adamw(self, params: List[Tensor], grads: List[Tensor], m: List[Tensor], v: List[Tensor], steps: List[Tensor], lr: float, beta1: float, beta2: float, decay: float, eps: float, scale: float, limit: float) -> Tensor:
  if scale != 1.:
    torch._foreach_mul_(grads, scale)
  norms = torch._foreach_norm(grads, 2)
  norm = torch.linalg_vector_norm(torch.stack(norms, 0), 2, None, False)
  finite = bool(torch.isfinite(norm))
  if finite:
    if limit > 0.:
      clip = torch.clamp(torch.reciprocal(torch.add(norm, 1e-6)) * limit, None, 1.)
      torch._foreach_mul_(grads, clip)
    torch._foreach_add_(steps, 1)
    empty = annotate(List[Tensor], [])
    torch._fused_adamw_(params, grads, m, v, empty, steps, lr=lr, beta1=beta1, beta2=beta2, weight_decay=decay, eps=eps, amsgrad=False, maximize=False)
  torch._foreach_zero_(grads)
  return norm

# average += (1 - decay) * (params - average)
def exponential_average(self, average: List[Tensor], params: List[Tensor], decay: float) -> Tensor:
  torch._foreach_lerp_(average, params, 1. - decay)
  return average[0]
