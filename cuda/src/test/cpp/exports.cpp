// The kernels of one file as functions of a library: each takes the grid, the order of threads and the addresses of
// the kernel's own arguments, as cuLaunchKernel takes them, and returns what went wrong or null. Compiled once a
// kernel file: KERNELS is its source, EXPORTS a list of EXPORT(name).
#include "shim.h"

#include <string>
#include <utility>

#include KERNELS

template <class T>
static T argument(const void* const* arguments, int i) {
  T value;
  std::memcpy(&value, arguments[i], sizeof value);
  return value;
}

template <class... Args, size_t... I>
static void call(void (*kernel)(Args...), const void* const* arguments, std::index_sequence<I...>) {
  kernel(argument<Args>(arguments, I)...);
}

template <class... Args>
static const char* launch(void (*kernel)(Args...), int x, int y, int threads, int order, unsigned seed,
                          const void* const* arguments) {
  static std::string failure;
  try {
    shim::launch(x, y, threads, order, seed, [=] { call(kernel, arguments, std::index_sequence_for<Args...>()); });
    return nullptr;
  } catch (const std::exception& e) {
    failure = e.what();
    return failure.c_str();
  }
}

#define EXPORT(NAME)                                                                                       \
  extern "C" __attribute__((visibility("default"))) const char* shim_##NAME(                               \
      int x, int y, int threads, int order, unsigned seed, const void* const* arguments) {                 \
    return launch(NAME, x, y, threads, order, seed, arguments);                                            \
  }
#include EXPORTS
