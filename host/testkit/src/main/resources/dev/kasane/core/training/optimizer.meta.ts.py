# libtorch's fused AdamW knows no tensors without values. See MetaDevice.java.

def adamw(self, norm: Tensor, params: List[Tensor], grads: List[Tensor], m: List[Tensor], v: List[Tensor], steps: List[Tensor], lr: float, beta1: float, beta2: float, decay: float, eps: float) -> Tensor:
  torch._foreach_add_(steps, norm)
  torch._foreach_lerp_(m, grads, 1. - beta1)
  torch._foreach_addcmul_(v, grads, grads, 1. - beta2)
  torch._foreach_addcdiv_(params, m, v, lr)
  return steps[0]
