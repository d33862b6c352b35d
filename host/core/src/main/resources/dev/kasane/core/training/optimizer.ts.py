# Optimiser steps over lists of tensors. See OptimizerOps.java.

# Scales the gradients and clips them to a total norm. Returns the norm before clipping.
def clip(self, grads: List[Tensor], scale: float, limit: float) -> Tensor:
  if scale != 1.:
    torch._foreach_mul_(grads, scale)
  norms = torch._foreach_norm(grads, 2)
  norm = torch.linalg_vector_norm(torch.stack(norms, 0), 2, None, False)
  if limit > 0.:
    factor = torch.clamp(torch.reciprocal(torch.add(norm, 1e-6)) * limit, None, 1.)
    torch._foreach_mul_(grads, factor)
  return norm

def norm(self, grads: List[Tensor]) -> float:
  return float(torch.linalg_vector_norm(torch.stack(torch._foreach_norm(grads, 2), 0), 2, None, False))

# AdamW (Loshchilov & Hutter 2019, algorithm 2) over all parameters that share a learning rate, in one call.
# A step whose norm is not finite changes nothing.
def adamw(self, norm: Tensor, params: List[Tensor], grads: List[Tensor], m: List[Tensor], v: List[Tensor], steps: List[Tensor], lr: float, beta1: float, beta2: float, decay: float, eps: float) -> Tensor:
  finite = torch.to(torch.isfinite(norm), 6)
  torch._foreach_add_(steps, finite)
  empty = annotate(List[Tensor], [])
  torch._fused_adamw_(params, grads, m, v, empty, steps, lr=lr, beta1=beta1, beta2=beta2, weight_decay=decay, eps=eps, amsgrad=False, maximize=False, grad_scale=None, found_inf=torch.rsub(finite, 1))
  return steps[0]

def zero_(self, tensors: List[Tensor]) -> Tensor:
  torch._foreach_zero_(tensors)
  return tensors[0]

# average += (1 - decay) * (params - average)
def exponential_average_(self, average: List[Tensor], params: List[Tensor], decay: float) -> Tensor:
  torch._foreach_lerp_(average, params, 1. - decay)
  return average[0]
