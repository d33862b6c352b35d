// Runs the CUDA kernels on the CPU: every thread of a block is a fibre, blocks follow one another, shared memory is
// static, and barriers and shuffles hand over between fibres. Races show as results that depend on the order in
// which fibres run, so the caller chooses it: forward, reverse, or shuffled by a seed.
#pragma once

#define KASANE_SHIM 1
#define __global__
#define __device__
#define __forceinline__ inline
#define __restrict__
#define __launch_bounds__(...)
#define __shared__ static

#include <ucontext.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

using std::min;

struct uint2 { unsigned x, y; };
struct alignas(16) uint4 { unsigned x, y, z, w; };
struct Place { unsigned x, y, z; };
static inline uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w) { return {x, y, z, w}; }

static Place threadIdx, blockIdx, blockDim, gridDim;

namespace shim {

constexpr int WARP_LANES = 32;
constexpr size_t STACK_BYTES = 128 * 1024;

struct Fibre {
  ucontext_t context;
  std::unique_ptr<char[]> stack{new char[STACK_BYTES]};
  bool done = false;
};

// A meeting point: whoever comes waits until all that are still running there have come.
struct Barrier {
  int arrived = 0;
  int round = 0;
};

static std::vector<Fibre> fibres;
static std::vector<Barrier> warp_barriers;
static Barrier block_barrier;
static std::vector<std::array<unsigned, 8>> exchange;
static ucontext_t scheduler;
static int current, threads;
static std::function<void()> kernel;

static void run_fibre() {
  kernel();
  fibres[current].done = true;
  swapcontext(&fibres[current].context, &scheduler);
}

static void yield() {
  int me = current;
  swapcontext(&fibres[me].context, &scheduler);
  threadIdx = {(unsigned)me, 0, 0};
}

static void meet(Barrier& barrier, int expected) {
  int round = barrier.round;
  if (++barrier.arrived == expected) {
    barrier.arrived = 0;
    barrier.round++;
    return;
  }
  while (barrier.round == round) yield();
}

static int warp() { return current / WARP_LANES; }
static int lane() { return current % WARP_LANES; }

static void meet_warp() { meet(warp_barriers[warp()], std::min(WARP_LANES, threads - warp() * WARP_LANES)); }

// The orders in which fibres get their turns.
static std::vector<int> order_of(int order, unsigned seed) {
  std::vector<int> turns(threads);
  for (int i = 0; i < threads; i++) turns[i] = order == 1 ? threads - 1 - i : i;
  if (order == 2) std::shuffle(turns.begin(), turns.end(), std::mt19937(seed));
  return turns;
}

// Called between fibres only, where an exception finds its way out.
static void fail(const std::string& what) {
  throw std::runtime_error(what + " in block " + std::to_string(blockIdx.x) + ", " + std::to_string(blockIdx.y));
}

static void run_block(const std::vector<int>& turns) {
  block_barrier = Barrier();
  warp_barriers.assign((threads + WARP_LANES - 1) / WARP_LANES, Barrier());
  for (auto& fibre : fibres) {
    fibre.done = false;
    getcontext(&fibre.context);
    fibre.context.uc_stack.ss_sp = fibre.stack.get();
    fibre.context.uc_stack.ss_size = STACK_BYTES;
    fibre.context.uc_link = &scheduler;
    makecontext(&fibre.context, run_fibre, 0);
  }
  int left = threads;
  for (int idle = 0; left > 0; idle++) {
    int before = left;
    int rounds = block_barrier.round;
    for (auto& barrier : warp_barriers) rounds += barrier.round;
    for (int turn : turns) {
      if (fibres[turn].done) continue;
      current = turn;
      threadIdx = {(unsigned)turn, 0, 0};
      swapcontext(&scheduler, &fibres[turn].context);
      if (fibres[turn].done) left--;
    }
    int after = block_barrier.round;
    for (auto& barrier : warp_barriers) after += barrier.round;
    if (left == before && after == rounds) fail("threads wait at a barrier that others never reach");
  }
  if (block_barrier.arrived != 0) fail("threads ended while others wait");
}

// order: 0 forward, 1 reverse, 2 shuffled.
static void launch(int blocks_x, int blocks_y, int block_threads, int order, unsigned seed,
                   std::function<void()> body) {
  threads = block_threads;
  kernel = std::move(body);
  blockDim = {(unsigned)threads, 1, 1};
  gridDim = {(unsigned)blocks_x, (unsigned)blocks_y, 1};
  fibres.resize(threads);
  exchange.resize(threads);
  for (int y = 0; y < blocks_y; y++) {
    for (int x = 0; x < blocks_x; x++) {
      blockIdx = {(unsigned)x, (unsigned)y, 0};
      run_block(order_of(order, seed + (unsigned)(x + y * blocks_x)));
    }
  }
}

}  // namespace shim

static inline void __syncthreads() { shim::meet(shim::block_barrier, shim::threads); }

template <class T>
static inline T __shfl_xor_sync(unsigned, T value, int distance) {
  int me = shim::current;
  std::memcpy(shim::exchange[me].data(), &value, sizeof value);
  shim::meet_warp();
  T result;
  std::memcpy(&result, shim::exchange[me ^ distance].data(), sizeof result);
  shim::meet_warp();
  return result;
}

template <class T>
static inline T __ldg(const T* p) { return *p; }
template <class T>
static inline T __ldcs(const T* p) { return *p; }

static inline float __uint_as_float(unsigned bits) {
  float x;
  std::memcpy(&x, &bits, 4);
  return x;
}
static inline unsigned __float_as_uint(float x) {
  unsigned bits;
  std::memcpy(&bits, &x, 4);
  return bits;
}
static inline float __fdiv_rn(float a, float b) { return a / b; }
static inline float __fmul_rn(float a, float b) { return a * b; }
static inline float __fadd_rn(float a, float b) { return a + b; }

// IEEE half precision, round to nearest even.
static inline float half_value(unsigned short bits) {
  int exponent = bits >> 10 & 31, fraction = bits & 1023;
  float size = exponent == 0    ? std::ldexp((float)fraction, -24)
               : exponent == 31 ? (fraction ? NAN : INFINITY)
                                : std::ldexp((float)(fraction + 1024), exponent - 25);
  return bits & 0x8000 ? -size : size;
}
static inline unsigned short half_bits(float x) {
  unsigned short sign = __float_as_uint(x) >> 31 << 15;
  float size = std::fabs(x);
  if (std::isnan(x)) return 0x7fff;
  if (size >= 65520.0f) return sign | 0x7c00;
  if (size < 6.103515625e-05f) return sign | (unsigned short)std::nearbyint(size * 16777216.0f);
  int exponent;
  float fraction = std::frexp(size, &exponent);
  int units = (int)std::nearbyint(fraction * 2048.0f);
  return sign | (unsigned short)(((exponent + 14) << 10) + (units - 1024));
}

// The 16x8x16 product from the layout of its fragments as the PTX manual draws it (section on mma.m16n8k16).
template <class Value>
static inline void mma_emulated(float* c, const unsigned* a, unsigned b0, unsigned b1, Value value) {
  int me = shim::current, base = shim::warp() * shim::WARP_LANES;
  auto& mine = shim::exchange[me];
  for (int i = 0; i < 4; i++) mine[i] = a[i];
  mine[4] = b0;
  mine[5] = b1;
  shim::meet_warp();
  int group = shim::lane() >> 2, place = shim::lane() & 3;
  for (int i = 0; i < 4; i++) {
    int row = group + (i >= 2 ? 8 : 0), column = 2 * place + (i & 1);
    double sum = c[i];
    for (int k = 0; k < 16; k++) {
      int owner = (k % 8) / 2, upper = k / 8, half = k & 1;
      unsigned left = shim::exchange[base + (row % 8) * 4 + owner][(row >= 8 ? 1 : 0) + 2 * upper];
      unsigned right = shim::exchange[base + column * 4 + owner][4 + upper];
      sum += (double)value(half ? left >> 16 : left & 0xffff) * value(half ? right >> 16 : right & 0xffff);
    }
    c[i] = (float)sum;
  }
  shim::meet_warp();
}
static inline void mma_m16n8k16_bf16(float* c, const unsigned* a, unsigned b0, unsigned b1) {
  mma_emulated(c, a, b0, b1, [](unsigned bits) { return __uint_as_float(bits << 16); });
}
static inline void mma_m16n8k16_f16(float* c, const unsigned* a, unsigned b0, unsigned b1) {
  mma_emulated(c, a, b0, b1, [](unsigned bits) { return half_value((unsigned short)bits); });
}
