// Codes and scales -> values. A thread takes eight values, so that neighbours read and write whole lines.

#define VALUES 8
#define UNROLL 4

template <class T>
__device__ __forceinline__ void store_values(typename T::Stored* out, const float* values) {
  // 16-bit types: eight values are one 16-byte store.
  uint4 words;
  words.x = T::pair(values[0], values[1]);
  words.y = T::pair(values[2], values[3]);
  words.z = T::pair(values[4], values[5]);
  words.w = T::pair(values[6], values[7]);
  *(uint4*)out = words;
}

template <>
__device__ __forceinline__ void store_values<Float32>(float* out, const float* values) {
  for (int half = 0; half < 2; half++) {
    const float* v = values + 4 * half;
    ((uint4*)out)[half] =
        make_uint4(__float_as_uint(v[0]), __float_as_uint(v[1]), __float_as_uint(v[2]), __float_as_uint(v[3]));
  }
}

template <class Codec, class T>
__device__ __forceinline__ void dequantise_4bit(
    const u8* __restrict__ packed, const float* __restrict__ absmax, const u8* __restrict__ nested_codes,
    const float* __restrict__ nested_map, float offset, typename T::Stored* __restrict__ out, i64 count,
    int block_shift) {
  __shared__ float table[16];
  if (threadIdx.x < 16) table[threadIdx.x] = Codec::value(threadIdx.x);
  __syncthreads();
  i64 group = (i64)blockIdx.x * (THREADS * UNROLL) + threadIdx.x;
  u32 words[UNROLL];
  float scales[UNROLL];
  // All loads first: their latencies overlap.
#pragma unroll
  for (int u = 0; u < UNROLL; u++) {
    i64 first = (group + u * THREADS) * VALUES;
    bool whole = first + VALUES <= count;
    words[u] = whole ? __ldcs((const u32*)packed + (group + u * THREADS)) : 0u;
    scales[u] = first < count ? block_scale(absmax, nested_codes, nested_map, offset, first >> block_shift) : 0.0f;
  }
#pragma unroll
  for (int u = 0; u < UNROLL; u++) {
    i64 first = (group + u * THREADS) * VALUES;
    if (first + VALUES <= count) {
      float values[VALUES];
#pragma unroll
      for (int i = 0; i < VALUES; i++) {
        // The byte's high half comes first.
        values[i] = table[words[u] >> (8 * (i / 2) + (i & 1 ? 0 : 4)) & 15u] * scales[u];
      }
      store_values<T>(out + first, values);
    } else {
      for (i64 i = first; i < count; i++) {
        out[i] = T::store(table[packed[i / 2] >> (i & 1 ? 0 : 4) & 15] * scales[u]);
      }
    }
  }
}

template <class T>
__device__ __forceinline__ void dequantise_8bit(
    const u8* __restrict__ codes, const float* __restrict__ absmax, const float* __restrict__ map,
    typename T::Stored* __restrict__ out, i64 count, int block_shift) {
  __shared__ float table[256];
  table[threadIdx.x] = map[threadIdx.x];
  __syncthreads();
  i64 first = ((i64)blockIdx.x * THREADS + threadIdx.x) * VALUES;
  if (first >= count) return;
  float scale = __ldg(absmax + (first >> block_shift));
  if (first + VALUES <= count) {
    uint2 words = __ldcs((const uint2*)(codes + first));
    float values[VALUES];
#pragma unroll
    for (int i = 0; i < VALUES; i++) values[i] = table[(i < 4 ? words.x : words.y) >> (8 * (i & 3)) & 255u] * scale;
    store_values<T>(out + first, values);
  } else {
    for (i64 i = first; i < count; i++) out[i] = T::store(table[codes[i]] * scale);
  }
}

template <class T>
__device__ __forceinline__ void dequantise_rows(
    const i8* __restrict__ codes, const float* __restrict__ absmax, typename T::Stored* __restrict__ out, i64 columns) {
  i64 row = blockIdx.x;
  float scale = __ldg(absmax + row);
  for (i64 i = threadIdx.x; i < columns; i += blockDim.x) {
    out[row * columns + i] = T::store(__fmul_rn(__fmul_rn((float)codes[row * columns + i], scale), 7.874015718698502e-3f));
  }
}

#define DEQUANTISE_4BIT(NAME, CODEC, T)                                                                          \
  extern "C" __global__ void __launch_bounds__(THREADS)                                                          \
      NAME(const u8* packed, const float* absmax, const u8* nested_codes, const float* nested_map, float offset, \
           T::Stored* out, i64 count, int block_shift) {                                                         \
    dequantise_4bit<CODEC, T>(packed, absmax, nested_codes, nested_map, offset, out, count, block_shift);        \
  }
#define DEQUANTISE_8BIT(NAME, T)                                                                                 \
  extern "C" __global__ void __launch_bounds__(THREADS)                                                          \
      NAME(const u8* codes, const float* absmax, const float* map, T::Stored* out, i64 count, int block_shift) { \
    dequantise_8bit<T>(codes, absmax, map, out, count, block_shift);                                             \
  }
#define DEQUANTISE_ROWS(NAME, T)                                                                                 \
  extern "C" __global__ void __launch_bounds__(THREADS)                                                          \
      NAME(const i8* codes, const float* absmax, T::Stored* out, i64 columns) {                                  \
    dequantise_rows<T>(codes, absmax, out, columns);                                                             \
  }

DEQUANTISE_4BIT(dequantise_nf4_float32, Nf4, Float32)
DEQUANTISE_4BIT(dequantise_nf4_float16, Nf4, Float16)
DEQUANTISE_4BIT(dequantise_nf4_bfloat16, Nf4, BFloat16)
DEQUANTISE_4BIT(dequantise_fp4_float32, Fp4, Float32)
DEQUANTISE_4BIT(dequantise_fp4_float16, Fp4, Float16)
DEQUANTISE_4BIT(dequantise_fp4_bfloat16, Fp4, BFloat16)
DEQUANTISE_8BIT(dequantise_dynamic_float32, Float32)
DEQUANTISE_8BIT(dequantise_dynamic_float16, Float16)
DEQUANTISE_8BIT(dequantise_dynamic_bfloat16, BFloat16)
DEQUANTISE_ROWS(dequantise_rows_float32, Float32)
DEQUANTISE_ROWS(dequantise_rows_float16, Float16)
DEQUANTISE_ROWS(dequantise_rows_bfloat16, BFloat16)
