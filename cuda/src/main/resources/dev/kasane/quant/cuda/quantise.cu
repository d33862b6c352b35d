// Blocks of values -> codes and one scale a block. A warp takes a block of up to 4096 values.

#define LEAST_SCALE 1e-38f

// Reads a value, or the zero that fills the last byte of an odd number of values.
template <class T>
__device__ __forceinline__ float value_at(const typename T::Stored* x, i64 index, i64 count) {
  return index < count ? T::load(x[index]) : 0.0f;
}

template <class T>
__device__ __forceinline__ float block_absmax(const typename T::Stored* x, i64 first, i64 end) {
  float greatest = 0.0f;
  for (i64 i = first + (threadIdx.x & (WARP - 1)); i < end; i += WARP) {
    greatest = fmaxf(greatest, fabsf(T::load(x[i])));
  }
  return warp_max(greatest);
}

template <class Codec, class T>
__device__ __forceinline__ void quantise_4bit(
    const typename T::Stored* __restrict__ x, u8* __restrict__ packed, float* __restrict__ absmax, i64 count,
    int block_shift) {
  i64 block = ((i64)blockIdx.x * blockDim.x + threadIdx.x) / WARP;
  int lane = threadIdx.x & (WARP - 1);
  i64 first = block << block_shift;
  if (first >= count) return;
  i64 end = min(first + ((i64)1 << block_shift), count);
  float greatest = block_absmax<T>(x, first, end);
  // As on the CPU: a short last block divides, the others multiply, and a block of zeros keeps its zeros.
  bool full = end - first == (i64)1 << block_shift;
  float divisor = fmaxf(greatest, LEAST_SCALE), inverse = __fdiv_rn(1.0f, divisor);
  for (i64 i = first + 2 * lane; i < end; i += 2 * WARP) {
    float even = value_at<T>(x, i, count), odd = value_at<T>(x, i + 1, count);
    u32 high = Codec::code(full ? even * inverse : __fdiv_rn(even, divisor));
    u32 low = Codec::code(full ? odd * inverse : __fdiv_rn(odd, divisor));
    packed[i / 2] = (u8)(high << 4 | low);
  }
  if (lane == 0) absmax[block] = full ? greatest : divisor;
}

// 8 bits a value, the codes being indices into a map of 256 values.
template <class T>
__device__ __forceinline__ void quantise_8bit(
    const typename T::Stored* __restrict__ x, u8* __restrict__ codes, float* __restrict__ absmax, i64 count,
    int block_shift, const float* __restrict__ map) {
  __shared__ float shared_map[256];
  for (u32 i = threadIdx.x; i < 256; i += blockDim.x) shared_map[i] = map[i];
  __syncthreads();
  i64 block = ((i64)blockIdx.x * blockDim.x + threadIdx.x) / WARP;
  int lane = threadIdx.x & (WARP - 1);
  i64 first = block << block_shift;
  if (first >= count) return;
  i64 end = min(first + ((i64)1 << block_shift), count);
  float greatest = block_absmax<T>(x, first, end);
  float inverse = greatest > 0.0f ? __fdiv_rn(1.0f, greatest) : 0.0f;
  for (i64 i = first + lane; i < end; i += WARP) codes[i] = (u8)nearest(shared_map, T::load(x[i]) * inverse);
  if (lane == 0) absmax[block] = greatest;
}

// One row -> signed bytes and the row's greatest magnitude (LLM.int8). A thread block takes a row.
template <class T>
__device__ __forceinline__ void quantise_rows(
    const typename T::Stored* __restrict__ x, i8* __restrict__ codes, float* __restrict__ absmax, i64 columns) {
  __shared__ float scratch[THREADS / WARP];
  const typename T::Stored* row = x + (i64)blockIdx.x * columns;
  float greatest = 0.0f;
  for (i64 i = threadIdx.x; i < columns; i += blockDim.x) greatest = fmaxf(greatest, fabsf(T::load(row[i])));
  greatest = block_max(greatest, scratch);
  // As PyTorch divides a number by a tensor: in two steps.
  float scale = greatest > 0.0f ? __fmul_rn(__fdiv_rn(1.0f, greatest), 127.0f) : 0.0f;
  for (i64 i = threadIdx.x; i < columns; i += blockDim.x) {
    codes[(i64)blockIdx.x * columns + i] = (i8)rintf(T::load(row[i]) * scale);
  }
  if (threadIdx.x == 0) absmax[blockIdx.x] = greatest;
}

#define QUANTISE_4BIT(NAME, CODEC, T)                                                                        \
  extern "C" __global__ void __launch_bounds__(THREADS)                                                      \
      NAME(const T::Stored* x, u8* packed, float* absmax, i64 count, int block_shift) {                      \
    quantise_4bit<CODEC, T>(x, packed, absmax, count, block_shift);                                          \
  }
#define QUANTISE_8BIT(NAME, T)                                                                               \
  extern "C" __global__ void __launch_bounds__(THREADS)                                                      \
      NAME(const T::Stored* x, u8* codes, float* absmax, i64 count, int block_shift, const float* map) {     \
    quantise_8bit<T>(x, codes, absmax, count, block_shift, map);                                             \
  }
#define QUANTISE_ROWS(NAME, T)                                                                               \
  extern "C" __global__ void __launch_bounds__(THREADS)                                                      \
      NAME(const T::Stored* x, i8* codes, float* absmax, i64 columns) {                                      \
    quantise_rows<T>(x, codes, absmax, columns);                                                             \
  }

QUANTISE_4BIT(quantise_nf4_float32, Nf4, Float32)
QUANTISE_4BIT(quantise_nf4_float16, Nf4, Float16)
QUANTISE_4BIT(quantise_nf4_bfloat16, Nf4, BFloat16)
QUANTISE_4BIT(quantise_fp4_float32, Fp4, Float32)
QUANTISE_4BIT(quantise_fp4_float16, Fp4, Float16)
QUANTISE_4BIT(quantise_fp4_bfloat16, Fp4, BFloat16)
QUANTISE_8BIT(quantise_dynamic_float32, Float32)
QUANTISE_8BIT(quantise_dynamic_float16, Float16)
QUANTISE_8BIT(quantise_dynamic_bfloat16, BFloat16)
QUANTISE_ROWS(quantise_rows_float32, Float32)
QUANTISE_ROWS(quantise_rows_float16, Float16)
QUANTISE_ROWS(quantise_rows_bfloat16, BFloat16)
