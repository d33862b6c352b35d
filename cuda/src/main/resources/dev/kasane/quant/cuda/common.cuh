// What all kernels share. Each kernel file is compiled behind this one, by NVRTC for a GPU or, with KASANE_SHIM
// defined, as C++ for the tests. NVRTC brings no headers, so nothing is included and 16-bit floats are bit patterns.

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long i64;
typedef signed char i8;

#define WARP 32
#define ALL_LANES 0xffffffffu
#define THREADS 256

#ifndef KASANE_SHIM
__device__ __forceinline__ u16 half_bits(float x) {
  u16 bits;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(x));
  return bits;
}

__device__ __forceinline__ float half_value(u16 bits) {
  float x;
  asm("cvt.f32.f16 %0, %1;" : "=f"(x) : "h"(bits));
  return x;
}

__device__ __forceinline__ void mma_m16n8k16_bf16(float* c, const u32* a, u32 b0, u32 b1) {
#if __CUDA_ARCH__ >= 800
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
#endif
}

__device__ __forceinline__ void mma_m16n8k16_f16(float* c, const u32* a, u32 b0, u32 b1) {
#if __CUDA_ARCH__ >= 800
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
#endif
}
#endif

__device__ __forceinline__ u16 brain_bits(float x) {
  u32 bits = __float_as_uint(x);
  if ((bits & 0x7fffffffu) > 0x7f800000u) return 0x7fc0;
  return (u16)((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

// Two at once, the first in the lower half: one instruction where the GPU has it.
__device__ __forceinline__ u32 brain_pair(float low, float high) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
  u32 bits;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(bits) : "f"(high), "f"(low));
  return bits;
#else
  return (u32)brain_bits(low) | (u32)brain_bits(high) << 16;
#endif
}

__device__ __forceinline__ float brain_value(u16 bits) { return __uint_as_float((u32)bits << 16); }

// The three types of weights and activations: how they lie in memory, and their way from and to float.
struct Float32 {
  typedef float Stored;
  static __device__ __forceinline__ float load(float x) { return x; }
  static __device__ __forceinline__ float store(float x) { return x; }
};

struct Float16 {
  typedef u16 Stored;
  static __device__ __forceinline__ float load(u16 x) { return half_value(x); }
  static __device__ __forceinline__ u16 store(float x) { return half_bits(x); }
  static __device__ __forceinline__ u32 pair(float low, float high) {
    return (u32)half_bits(low) | (u32)half_bits(high) << 16;
  }
  static __device__ __forceinline__ void mma(float* c, const u32* a, u32 b0, u32 b1) { mma_m16n8k16_f16(c, a, b0, b1); }
};

struct BFloat16 {
  typedef u16 Stored;
  static __device__ __forceinline__ float load(u16 x) { return brain_value(x); }
  static __device__ __forceinline__ u16 store(float x) { return brain_bits(x); }
  static __device__ __forceinline__ u32 pair(float low, float high) { return brain_pair(low, high); }
  static __device__ __forceinline__ void mma(float* c, const u32* a, u32 b0, u32 b1) { mma_m16n8k16_bf16(c, a, b0, b1); }
};

__device__ const float NF4_VALUES[16] = {
    -1.0f, -0.6961928009986877f, -0.5250730514526367f, -0.39491748809814453f,
    -0.28444138169288635f, -0.18477343022823334f, -0.09105003625154495f, 0.0f,
    0.07958029955625534f, 0.16093020141124725f, 0.24611230194568634f, 0.33791524171829224f,
    0.44070982933044434f, 0.5626170039176941f, 0.7229568362236023f, 1.0f};

__device__ const float NF4_BORDERS[15] = {
    -0.8480964004993439f, -0.6106329262256622f, -0.4599952697753906f, -0.33967943489551544f, -0.23460740596055984f,
    -0.13791173323988914f, -0.045525018125772476f, 0.03979014977812767f, 0.1202552504837513f, 0.2035212516784668f,
    0.2920137718319893f, 0.3893125355243683f, 0.5016634166240692f, 0.6427869200706482f, 0.8614784181118011f};

// Codes 8 to 15 are those below with the sign bit set.
__device__ const float FP4_VALUES[16] = {
    0.0f, 0.005208333333f, 0.66666667f, 1.0f, 0.33333333f, 0.5f, 0.16666667f, 0.25f,
    0.0f, -0.005208333333f, -0.66666667f, -1.0f, -0.33333333f, -0.5f, -0.16666667f, -0.25f};

// The codes of FP4 from the least value to the greatest; of its two zeros the plain one comes first.
__device__ const u8 FP4_BY_SIZE[16] = {11, 10, 13, 12, 15, 14, 9, 0, 8, 1, 6, 7, 4, 5, 2, 3};

struct Nf4 {
  static __device__ __forceinline__ float value(int code) { return NF4_VALUES[code]; }

  // How many borders lie strictly below x: a value on a border takes the lower code.
  static __device__ __forceinline__ u32 code(float x) {
    int i = x > NF4_BORDERS[7] ? 8 : 0;
    i += x > NF4_BORDERS[i + 3] ? 4 : 0;
    i += x > NF4_BORDERS[i + 1] ? 2 : 0;
    i += x > NF4_BORDERS[i] ? 1 : 0;
    return (u32)i;
  }
};

struct Fp4 {
  static __device__ __forceinline__ float value(int code) { return FP4_VALUES[code]; }

  static __device__ __forceinline__ float border(int rank) {
    return (FP4_VALUES[FP4_BY_SIZE[rank]] + FP4_VALUES[FP4_BY_SIZE[rank + 1]]) * 0.5f;
  }

  static __device__ __forceinline__ u32 code(float x) {
    int rank = x > border(7) ? 8 : 0;
    rank += x > border(rank + 3) ? 4 : 0;
    rank += x > border(rank + 1) ? 2 : 0;
    rank += x > border(rank) ? 1 : 0;
    return FP4_BY_SIZE[rank];
  }
};

// The scale of a block: as it is, or 8 bits of a scale of scales. Rounded after each operation, as on the CPU.
__device__ __forceinline__ float block_scale(
    const float* absmax, const u8* nested_codes, const float* nested_map, float offset, i64 block) {
  if (!nested_codes) return __ldg(absmax + block);
  return __fadd_rn(__fmul_rn(__ldg(nested_map + nested_codes[block]), __ldg(absmax + (block >> 8))), offset);
}

__device__ __forceinline__ float warp_max(float x) {
  for (int distance = WARP / 2; distance > 0; distance /= 2) x = fmaxf(x, __shfl_xor_sync(ALL_LANES, x, distance));
  return x;
}

// The greatest of a thread block's values, for all of its threads. `scratch` holds a float a warp.
__device__ __forceinline__ float block_max(float x, float* scratch) {
  x = warp_max(x);
  if ((threadIdx.x & (WARP - 1)) == 0) scratch[threadIdx.x / WARP] = x;
  __syncthreads();
  x = scratch[0];
  for (u32 warp = 1; warp < blockDim.x / WARP; warp++) x = fmaxf(x, scratch[warp]);
  __syncthreads();
  return x;
}

// The index of the entry of a sorted map of 256 that lies nearest; between two, the lower one.
__device__ __forceinline__ int nearest(const float* map, float x) {
  int low = 0;
  for (int step = 128; step > 0; step /= 2) {
    int middle = low + step - 1;
    if (x > (map[middle] + map[middle + 1]) * 0.5f) low += step;
  }
  return low;
}
