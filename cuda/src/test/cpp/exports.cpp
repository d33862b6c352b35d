// The kernels of one file as functions of a library: each takes the grid, the order of threads and the kernel's own
// arguments. Compiled once a kernel file, with KERNELS naming it.
#include "shim.h"

#include "common.cuh"

#include KERNELS

template <class... Expected, class... Given>
static void run(void (*kernel)(Expected...), int x, int y, int threads, int order, unsigned seed, Given... given) {
  shim::launch(x, y, threads, order, seed, [=] { kernel(given...); });
}

// JNA calls this for every kernel; arguments come as 8-byte slots, as cuLaunchKernel's come by address.
template <class T>
static T argument(const void* const* arguments, int i) {
  T value;
  std::memcpy(&value, arguments[i], sizeof value);
  return value;
}

template <class... Args, size_t... I>
static void call(void (*kernel)(Args...), int x, int y, int threads, int order, unsigned seed,
                 const void* const* arguments, std::index_sequence<I...>) {
  run(kernel, x, y, threads, order, seed, argument<Args>(arguments, I)...);
}

template <class... Args>
static void call(void (*kernel)(Args...), int x, int y, int threads, int order, unsigned seed,
                 const void* const* arguments) {
  call(kernel, x, y, threads, order, seed, arguments, std::index_sequence_for<Args...>());
}

#define EXPORT(NAME)                                                                                       \
  extern "C" void shim_##NAME(int x, int y, int threads, int order, unsigned seed, const void* const* arguments) { \
    call(NAME, x, y, threads, order, seed, arguments);                                                     \
  }
#include EXPORTS
