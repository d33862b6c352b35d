// dx = dy W for a few rows of dy, W in 4 bits: backward through a frozen layer.
//
// A thread block takes 256 columns of W, a lane eight of them, and the eight warps share the rows of W. The scale
// of a block goes into dy, once a row and block, rather than into each weight. The warps' sums are added in order.

#define WARPS 8
#define COLUMNS 8
#define GRADIENT_ROWS 4

template <class Codec, class T>
__device__ __forceinline__ void multiply_transposed(
    const u8* __restrict__ packed, const float* __restrict__ absmax, const u8* __restrict__ nested_codes,
    const float* __restrict__ nested_map, float offset, const u16* __restrict__ dy, u16* __restrict__ dx, int rows,
    int outputs, int inputs, int block_shift) {
  __shared__ float table[16];
  __shared__ float sums[WARPS][GRADIENT_ROWS][WARP * COLUMNS];
  if (threadIdx.x < 16) table[threadIdx.x] = Codec::value(threadIdx.x);
  __syncthreads();
  int lane = threadIdx.x & (WARP - 1), warp = threadIdx.x / WARP;
  int column = (blockIdx.x * WARP + lane) * COLUMNS, first_row = blockIdx.y * GRADIENT_ROWS;
  int share = (outputs + WARPS - 1) / WARPS, first = warp * share, end = min(outputs, first + share);
  float totals[GRADIENT_ROWS][COLUMNS];
#pragma unroll
  for (int m = 0; m < GRADIENT_ROWS; m++) {
    for (int c = 0; c < COLUMNS; c++) totals[m][c] = 0.0f;
  }
  if (column < inputs) {
#pragma unroll 2
    for (int n = first; n < end; n++) {
      i64 index = (i64)n * inputs + column;
      u32 word = __ldcs((const u32*)(packed + index / 2));
      float scale = block_scale(absmax, nested_codes, nested_map, offset, index >> block_shift);
      float scaled[GRADIENT_ROWS];
#pragma unroll
      for (int m = 0; m < GRADIENT_ROWS; m++) {
        scaled[m] = first_row + m < rows ? T::load(dy[(i64)(first_row + m) * outputs + n]) * scale : 0.0f;
      }
#pragma unroll
      for (int c = 0; c < COLUMNS; c++) {
        float weight = table[word >> (8 * (c / 2) + (c & 1 ? 0 : 4)) & 15u];
#pragma unroll
        for (int m = 0; m < GRADIENT_ROWS; m++) totals[m][c] = fmaf(scaled[m], weight, totals[m][c]);
      }
    }
  }
#pragma unroll
  for (int m = 0; m < GRADIENT_ROWS; m++) {
    for (int c = 0; c < COLUMNS; c++) sums[warp][m][c * WARP + lane] = totals[m][c];
  }
  __syncthreads();
  for (int i = threadIdx.x; i < GRADIENT_ROWS * WARP * COLUMNS; i += THREADS) {
    int m = i / (WARP * COLUMNS), place = i % (WARP * COLUMNS);
    int c = place / WARP, owner = place % WARP;
    int target = (blockIdx.x * WARP + owner) * COLUMNS + c;
    if (first_row + m < rows && target < inputs) {
      float sum = 0.0f;
      for (int w = 0; w < WARPS; w++) sum += sums[w][m][place];
      dx[(i64)(first_row + m) * inputs + target] = T::store(sum);
    }
  }
}

#define MULTIPLY_TRANSPOSED(NAME, CODEC, T)                                                                       \
  extern "C" __global__ void __launch_bounds__(THREADS)                                                          \
      NAME(const u8* packed, const float* absmax, const u8* nested_codes, const float* nested_map, float offset, \
           const u16* dy, u16* dx, int rows, int outputs, int inputs, int block_shift) {                         \
    multiply_transposed<CODEC, T>(packed, absmax, nested_codes, nested_map, offset, dy, dx, rows, outputs,       \
                                  inputs, block_shift);                                                          \
  }

MULTIPLY_TRANSPOSED(multiply_transposed_nf4_float16, Nf4, Float16)
MULTIPLY_TRANSPOSED(multiply_transposed_nf4_bfloat16, Nf4, BFloat16)
MULTIPLY_TRANSPOSED(multiply_transposed_fp4_float16, Fp4, Float16)
MULTIPLY_TRANSPOSED(multiply_transposed_fp4_bfloat16, Fp4, BFloat16)
