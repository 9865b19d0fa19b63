#include "torture/manager_threads.h"

#include <cerrno>
#include <cstdlib>

#include <dlfcn.h>
#include <pthread.h>

#include "torture/faults.h"

namespace wsm::testing {
namespace {

thread_local bool is_managers = false;
thread_local bool is_borrowed = false;

/// What a thread is to run, behind the note of whose it is.
struct Start {
  void* (*routine)(void*);
  void* argument;
};

void* run_for_manager(void* given) {
  const Start start = *static_cast<Start*>(given);
  std::free(given);
  is_managers = true;
  return start.routine(start.argument);
}

}  // namespace

OnBehalf::OnBehalf() { is_borrowed = true; }
OnBehalf::~OnBehalf() { is_borrowed = false; }

bool works_for_manager() { return is_managers || is_borrowed; }
bool is_on_behalf() { return is_borrowed; }

}  // namespace wsm::testing

extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                              void* (*routine)(void*), void* argument) noexcept {
  using namespace wsm::testing;
  using Create = int(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  static auto* const real = reinterpret_cast<Create*>(::dlsym(RTLD_NEXT, "pthread_create"));
  if (!works_for_manager()) return real(thread, attributes, routine, argument);
  if (system_calls.strikes("pthread_create")) return EAGAIN;
  auto* const start = static_cast<Start*>(std::malloc(sizeof(Start)));
  *start = {routine, argument};
  const int error = real(thread, attributes, run_for_manager, start);
  if (error != 0) std::free(start);
  return error;
}
