// y = x W^T for a few rows of x, W in 4 bits, without W ever being decoded into memory.
//
// The weights are the 16-row operand of the tensor core's 16x8x16 product and the rows of x its 8 columns: one
// to eight rows cost the same traffic of weights. Inside a block of 64 columns the order of the sum is free, so a
// lane takes eight bytes as they lie, and a byte, looked up in a table of 256 pairs, is a register of the operand.
// The table holds unscaled values in the type of x; a block's scale multiplies its partial sum in float.
// Eight warps share the columns; their sums are added in their order, so that every run gives the same bits.

#define ROWS 16
#define WARPS 8
#define CHUNK 64

template <class Codec, class T>
__device__ __forceinline__ void fill_pairs(u32* pairs) {
  // One copy a lane: no two lanes ever ask the same bank for different words.
  u32 code = threadIdx.x;
  u32 pair = (u32)T::store(Codec::value(code >> 4)) | (u32)T::store(Codec::value(code & 15)) << 16;
  for (u32 copy = 0; copy < WARP; copy++) pairs[code * WARP + ((copy + code) & (WARP - 1))] = pair;
  __syncthreads();
}

// Eight bytes of two rows -> the operands of four products.
__device__ __forceinline__ void fragments(const u32* pairs, int lane, uint2 upper, uint2 lower, u32 a[4][4]) {
#pragma unroll
  for (int step = 0; step < 4; step++) {
    u32 above = step < 2 ? upper.x : upper.y;
    u32 below = step < 2 ? lower.x : lower.y;
    int shift = 16 * (step & 1);
    a[step][0] = pairs[(above >> shift & 255u) * WARP + lane];
    a[step][1] = pairs[(below >> shift & 255u) * WARP + lane];
    a[step][2] = pairs[(above >> (shift + 8) & 255u) * WARP + lane];
    a[step][3] = pairs[(below >> (shift + 8) & 255u) * WARP + lane];
  }
}

template <class Codec, class T, int GROUPS>
__device__ __forceinline__ void multiply(
    u32* pairs, float (*sums)[ROWS][8 * GROUPS], const u8* __restrict__ packed, const float* __restrict__ absmax,
    const u8* __restrict__ nested_codes, const float* __restrict__ nested_map, float offset,
    const u16* __restrict__ x, u16* __restrict__ y, int rows_x, int outputs, int inputs, int block_shift) {
  fill_pairs<Codec, T>(pairs);
  int lane = threadIdx.x & (WARP - 1), warp = threadIdx.x / WARP;
  int quad = lane >> 2, quarter = lane & 3;
  // Rows beyond the end read the last one again; they are not written.
  i64 upper = min((int)blockIdx.x * ROWS + quad, outputs - 1);
  i64 lower = min((int)blockIdx.x * ROWS + quad + 8, outputs - 1);
  int chunks = inputs / CHUNK, scale_shift = block_shift - 6;
  int share = (chunks + WARPS - 1) / WARPS, first = warp * share, end = min(chunks, first + share);
  int token = blockIdx.y * 8 * GROUPS + quad;
  float totals[GROUPS][4];
#pragma unroll
  for (int g = 0; g < GROUPS; g++) {
    for (int i = 0; i < 4; i++) totals[g][i] = 0.0f;
  }
#pragma unroll 2
  for (int chunk = first; chunk < end; chunk++) {
    uint2 above = __ldcs((const uint2*)(packed + upper * (inputs / 2) + chunk * (CHUNK / 2) + quarter * 8));
    uint2 below = __ldcs((const uint2*)(packed + lower * (inputs / 2) + chunk * (CHUNK / 2) + quarter * 8));
    float scale_above =
        block_scale(absmax, nested_codes, nested_map, offset, (upper * chunks + chunk) >> scale_shift);
    float scale_below =
        block_scale(absmax, nested_codes, nested_map, offset, (lower * chunks + chunk) >> scale_shift);
    u32 a[4][4];
    fragments(pairs, lane, above, below, a);
#pragma unroll
    for (int g = 0; g < GROUPS; g++) {
      i64 row = min(token + 8 * g, rows_x - 1);
      const uint4* activations = (const uint4*)(x + row * inputs + chunk * CHUNK + quarter * 16);
      uint4 left = __ldg(activations), right = __ldg(activations + 1);
      float partial[4] = {0.0f, 0.0f, 0.0f, 0.0f};
      T::mma(partial, a[0], left.x, left.y);
      T::mma(partial, a[1], left.z, left.w);
      T::mma(partial, a[2], right.x, right.y);
      T::mma(partial, a[3], right.z, right.w);
      totals[g][0] = fmaf(scale_above, partial[0], totals[g][0]);
      totals[g][1] = fmaf(scale_above, partial[1], totals[g][1]);
      totals[g][2] = fmaf(scale_below, partial[2], totals[g][2]);
      totals[g][3] = fmaf(scale_below, partial[3], totals[g][3]);
    }
  }
#pragma unroll
  for (int g = 0; g < GROUPS; g++) {
    sums[warp][quad][8 * g + 2 * quarter] = totals[g][0];
    sums[warp][quad][8 * g + 2 * quarter + 1] = totals[g][1];
    sums[warp][quad + 8][8 * g + 2 * quarter] = totals[g][2];
    sums[warp][quad + 8][8 * g + 2 * quarter + 1] = totals[g][3];
  }
  __syncthreads();
  for (int i = threadIdx.x; i < ROWS * 8 * GROUPS; i += THREADS) {
    int row = i % ROWS, column = i / ROWS;
    int output = blockIdx.x * ROWS + row, input_row = blockIdx.y * 8 * GROUPS + column;
    if (output < outputs && input_row < rows_x) {
      float sum = 0.0f;
      for (int w = 0; w < WARPS; w++) sum += sums[w][row][column];
      y[(i64)input_row * outputs + output] = T::store(sum);
    }
  }
}

#define MULTIPLY(NAME, CODEC, T, GROUPS)                                                                         \
  extern "C" __global__ void __launch_bounds__(THREADS)                                                          \
      NAME(const u8* packed, const float* absmax, const u8* nested_codes, const float* nested_map, float offset, \
           const u16* x, u16* y, int rows_x, int outputs, int inputs, int block_shift) {                         \
    __shared__ u32 pairs[256 * WARP];                                                                            \
    __shared__ float sums[WARPS][ROWS][8 * GROUPS];                                                              \
    multiply<CODEC, T, GROUPS>(pairs, sums, packed, absmax, nested_codes, nested_map, offset, x, y, rows_x,      \
                               outputs, inputs, block_shift);                                                    \
  }

MULTIPLY(multiply_nf4_float16_8, Nf4, Float16, 1)
MULTIPLY(multiply_nf4_float16_16, Nf4, Float16, 2)
MULTIPLY(multiply_nf4_float16_32, Nf4, Float16, 4)
MULTIPLY(multiply_nf4_bfloat16_8, Nf4, BFloat16, 1)
MULTIPLY(multiply_nf4_bfloat16_16, Nf4, BFloat16, 2)
MULTIPLY(multiply_nf4_bfloat16_32, Nf4, BFloat16, 4)
MULTIPLY(multiply_fp4_float16_8, Fp4, Float16, 1)
MULTIPLY(multiply_fp4_float16_16, Fp4, Float16, 2)
MULTIPLY(multiply_fp4_float16_32, Fp4, Float16, 4)
MULTIPLY(multiply_fp4_bfloat16_8, Fp4, BFloat16, 1)
MULTIPLY(multiply_fp4_bfloat16_16, Fp4, BFloat16, 2)
MULTIPLY(multiply_fp4_bfloat16_32, Fp4, BFloat16, 4)
