#include "torture/system_calls.h"

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <filesystem>
#include <mutex>
#include <set>

#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

namespace wsm::testing {
namespace {

struct State {
  std::mutex mutex;
  std::set<std::string> strangers;  // Threads that were there before.
  std::size_t count = 0;
  std::size_t fail_at = 0;
  const char* failed = "";
};

State& state() {
  static State it;
  return it;
}

std::atomic<bool> is_counting = false;
thread_local bool is_on_behalf = false;

std::set<std::string> threads_now() {
  std::set<std::string> names;
  for (const auto& thread : std::filesystem::directory_iterator{"/proc/self/task"}) {
    names.insert(thread.path().filename());
  }
  return names;
}

/// Whether the call of `name` that is about to be made has to fail.
bool fails(const char* name) {
  if (!is_counting) return false;
  State& it = state();
  const std::lock_guard lock{it.mutex};
  if (!is_on_behalf && it.strangers.contains(std::to_string(::gettid()))) return false;
  if (++it.count != it.fail_at) return false;
  it.failed = name;
  return true;
}

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

void SystemCalls::begin(std::size_t fail_at) {
  State& it = state();
  auto strangers = threads_now();
  const std::lock_guard lock{it.mutex};
  it.strangers = std::move(strangers);
  it.count = 0;
  it.fail_at = fail_at;
  it.failed = "";
  is_counting = true;
}

std::size_t SystemCalls::end() {
  is_counting = false;
  const std::lock_guard lock{state().mutex};
  return state().count;
}

std::string SystemCalls::failed() {
  const std::lock_guard lock{state().mutex};
  return state().failed;
}

SystemCalls::OnBehalf::OnBehalf() { is_on_behalf = true; }
SystemCalls::OnBehalf::~OnBehalf() { is_on_behalf = false; }

}  // namespace wsm::testing

// In front of libc's. Each fails as it may on a machine that has run out of something, or whose
// network has failed. Those that cannot fail with right arguments, such as timerfd_settime, are
// left out.

using wsm::testing::fails;
using wsm::testing::next;

// NAME(parameters)(arguments) fails with ERROR.
#define WSM_MAY_FAIL(result, name, parameters, arguments, error, throws) \
  extern "C" result name parameters throws {                             \
    static auto* const real = next<result parameters>(#name);            \
    if (!fails(#name)) return real arguments;                            \
    errno = error;                                                       \
    return -1;                                                           \
  }

WSM_MAY_FAIL(int, socket, (int domain, int type, int protocol), (domain, type, protocol), EMFILE,
             noexcept)
WSM_MAY_FAIL(int, bind, (int fd, const sockaddr* address, socklen_t size), (fd, address, size),
             EADDRINUSE, noexcept)
WSM_MAY_FAIL(int, connect, (int fd, const sockaddr* address, socklen_t size), (fd, address, size),
             ENETUNREACH, )
WSM_MAY_FAIL(int, setsockopt, (int fd, int level, int name, const void* value, socklen_t size),
             (fd, level, name, value, size), ENOBUFS, noexcept)
WSM_MAY_FAIL(int, getsockopt, (int fd, int level, int name, void* value, socklen_t* size),
             (fd, level, name, value, size), ENOBUFS, noexcept)
WSM_MAY_FAIL(int, getsockname, (int fd, sockaddr* address, socklen_t* size), (fd, address, size),
             ENOBUFS, noexcept)
WSM_MAY_FAIL(int, getpeername, (int fd, sockaddr* address, socklen_t* size), (fd, address, size),
             ENOTCONN, noexcept)
WSM_MAY_FAIL(ssize_t, recv, (int fd, void* bytes, size_t size, int flags), (fd, bytes, size, flags),
             ECONNRESET, )
WSM_MAY_FAIL(ssize_t, recvmsg, (int fd, msghdr* message, int flags), (fd, message, flags),
             ECONNRESET, )
WSM_MAY_FAIL(ssize_t, send, (int fd, const void* bytes, size_t size, int flags),
             (fd, bytes, size, flags), EPIPE, )
WSM_MAY_FAIL(ssize_t, sendmsg, (int fd, const msghdr* message, int flags), (fd, message, flags),
             EPIPE, )
WSM_MAY_FAIL(int, epoll_create1, (int flags), (flags), EMFILE, noexcept)
WSM_MAY_FAIL(int, eventfd, (unsigned count, int flags), (count, flags), EMFILE, noexcept)
WSM_MAY_FAIL(int, timerfd_create, (int clock, int flags), (clock, flags), EMFILE, noexcept)

/// Asio does not look whether its own wake-up could be registered, when a loop is made: a loop
/// without it could not be told anything. Those of sockets it does look at.
extern "C" int epoll_ctl(int epoll, int operation, int fd, epoll_event* event) noexcept {
  static auto* const real = next<int(int, int, int, epoll_event*)>("epoll_ctl");
  if (wsm::testing::is_on_behalf || !fails("epoll_ctl")) return real(epoll, operation, fd, event);
  errno = ENOMEM;
  return -1;
}

extern "C" int ioctl(int fd, unsigned long request, ...) noexcept {
  static auto* const real = next<int(int, unsigned long, ...)>("ioctl");
  va_list arguments;
  va_start(arguments, request);
  void* const argument = va_arg(arguments, void*);
  va_end(arguments);
  if (!fails("ioctl")) return real(fd, request, argument);
  errno = EIO;
  return -1;
}

extern "C" int getaddrinfo(const char* host, const char* service, const addrinfo* hints,
                           addrinfo** found) {
  static auto* const real =
      next<int(const char*, const char*, const addrinfo*, addrinfo**)>("getaddrinfo");
  return fails("getaddrinfo") ? EAI_MEMORY : real(host, service, hints, found);
}

extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                              void* (*routine)(void*), void* argument) noexcept {
  static auto* const real =
      next<int(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*)>("pthread_create");
  return fails("pthread_create") ? EAGAIN : real(thread, attributes, routine, argument);
}
