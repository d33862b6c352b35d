// AdamW over many tensors in one launch. A thread block takes 256 elements of one tensor; `first_block` says which
// tensor a block belongs to.

// One tensor: addresses of float parameters and gradients, of its moments, and for moments in 8 bits of a scale a
// block of 256.
struct Tensor {
  u64 parameters, gradients, first_moment, second_moment, first_absmax, second_absmax, count;
};

struct Rates {
  float step_size, beta1, beta2, epsilon, decay, gradient_scale;
};

__device__ __forceinline__ int tensor_of(const i64* first_block, int tensors, i64 block) {
  int low = 0, high = tensors - 1;
  while (low < high) {
    int middle = (low + high + 1) / 2;
    if (first_block[middle] <= block) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

// The new parameter (Loshchilov & Hutter 2019, algorithm 2, with both bias corrections in step_size and epsilon).
__device__ __forceinline__ float moved(float parameter, float m, float v, const Rates& r) {
  return parameter * r.decay + r.step_size * (m / (sqrtf(v) + r.epsilon));
}

extern "C" __global__ void __launch_bounds__(THREADS)
    adamw_8bit(const Tensor* tensors, const i64* first_block, int tensor_count, const float* signed_map,
               const float* unsigned_map, float step_size, float beta1, float beta2, float epsilon, float decay,
               float gradient_scale) {
  __shared__ float maps[2][256];
  __shared__ float scratch[THREADS / WARP];
  maps[0][threadIdx.x] = signed_map[threadIdx.x];
  maps[1][threadIdx.x] = unsigned_map[threadIdx.x];
  __syncthreads();
  Rates rates = {step_size, beta1, beta2, epsilon, decay, gradient_scale};
  int which = tensor_of(first_block, tensor_count, blockIdx.x);
  Tensor tensor = tensors[which];
  i64 block = blockIdx.x - first_block[which], i = block * THREADS + threadIdx.x;
  bool inside = i < (i64)tensor.count;
  u8 *m8 = (u8*)tensor.first_moment, *v8 = (u8*)tensor.second_moment;
  float *m_absmax = (float*)tensor.first_absmax, *v_absmax = (float*)tensor.second_absmax;
  float gradient = inside ? ((const float*)tensor.gradients)[i] * rates.gradient_scale : 0.0f;
  float m = inside ? maps[0][m8[i]] * m_absmax[block] : 0.0f;
  float v = inside ? maps[1][v8[i]] * v_absmax[block] : 0.0f;
  bool finite = fabsf(gradient) < __uint_as_float(0x7f800000u);
  m = finite ? m * rates.beta1 + (1.0f - rates.beta1) * gradient : 0.0f;
  v = finite ? v * rates.beta2 + (1.0f - rates.beta2) * gradient * gradient : 0.0f;
  float m_greatest = block_max(fabsf(m), scratch), v_greatest = block_max(v, scratch);
  if (!inside) return;
  if (finite) {
    float* parameter = (float*)tensor.parameters + i;
    *parameter = moved(*parameter, m, v, rates);
  }
  float m_inverse = m_greatest > 0.0f ? __fdiv_rn(1.0f, m_greatest) : 0.0f;
  float v_inverse = v_greatest > 0.0f ? __fdiv_rn(1.0f, v_greatest) : 0.0f;
  m8[i] = (u8)nearest(maps[0], m * m_inverse);
  v8[i] = (u8)nearest(maps[1], v * v_inverse);
  if (threadIdx.x == 0) {
    m_absmax[block] = m_greatest;
    v_absmax[block] = v_greatest;
  }
}

extern "C" __global__ void __launch_bounds__(THREADS)
    adamw_32bit(const Tensor* tensors, const i64* first_block, int tensor_count, float step_size, float beta1,
                float beta2, float epsilon, float decay, float gradient_scale) {
  Rates rates = {step_size, beta1, beta2, epsilon, decay, gradient_scale};
  int which = tensor_of(first_block, tensor_count, blockIdx.x);
  Tensor tensor = tensors[which];
  i64 i = (blockIdx.x - first_block[which]) * THREADS + threadIdx.x;
  if (i >= (i64)tensor.count) return;
  float gradient = ((const float*)tensor.gradients)[i] * rates.gradient_scale;
  float* m = (float*)tensor.first_moment + i;
  float* v = (float*)tensor.second_moment + i;
  *m = *m * rates.beta1 + (1.0f - rates.beta1) * gradient;
  *v = *v * rates.beta2 + (1.0f - rates.beta2) * gradient * gradient;
  float* parameter = (float*)tensor.parameters + i;
  *parameter = moved(*parameter, *m, *v, rates);
}
