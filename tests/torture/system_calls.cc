// In front of libc's. Each fails as it may on a machine that has run out of something, or whose
// network has failed. Those that cannot fail with right arguments, such as timerfd_settime, are
// left out.

#include <cerrno>
#include <cstdarg>

#include <dlfcn.h>
#include <netdb.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "torture/faults.h"
#include "torture/manager_threads.h"

using wsm::testing::is_on_behalf;
using wsm::testing::system_calls;

namespace {

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

/// What cannot be written to cannot be read from for long.
int broken_pipe(int fd) {
  ::shutdown(fd, SHUT_RDWR);
  return EPIPE;
}

}  // namespace

// NAME(parameters)(arguments) fails with ERROR.
#define WSM_MAY_FAIL(result, name, parameters, arguments, error, throws) \
  extern "C" result name parameters throws {                             \
    static auto* const real = next<result parameters>(#name);            \
    if (!system_calls.strikes(#name)) return real arguments;             \
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
             (fd, bytes, size, flags), broken_pipe(fd), )
WSM_MAY_FAIL(ssize_t, sendmsg, (int fd, const msghdr* message, int flags), (fd, message, flags),
             broken_pipe(fd), )
WSM_MAY_FAIL(int, epoll_create1, (int flags), (flags), EMFILE, noexcept)
WSM_MAY_FAIL(int, eventfd, (unsigned count, int flags), (count, flags), EMFILE, noexcept)
WSM_MAY_FAIL(int, timerfd_create, (int clock, int flags), (clock, flags), EMFILE, noexcept)

/// Asio does not look whether its own wake-up could be registered, when a loop is made: a loop
/// without it could not be told anything. Those of sockets it does look at.
extern "C" int epoll_ctl(int epoll, int operation, int fd, epoll_event* event) noexcept {
  static auto* const real = next<int(int, int, int, epoll_event*)>("epoll_ctl");
  if (is_on_behalf() || !system_calls.strikes("epoll_ctl"))
    return real(epoll, operation, fd, event);
  errno = ENOMEM;
  return -1;
}

extern "C" int ioctl(int fd, unsigned long request, ...) noexcept {
  static auto* const real = next<int(int, unsigned long, ...)>("ioctl");
  va_list arguments;
  va_start(arguments, request);
  void* const argument = va_arg(arguments, void*);
  va_end(arguments);
  if (!system_calls.strikes("ioctl")) return real(fd, request, argument);
  errno = EIO;
  return -1;
}

extern "C" int getaddrinfo(const char* host, const char* service, const addrinfo* hints,
                           addrinfo** found) {
  static auto* const real =
      next<int(const char*, const char*, const addrinfo*, addrinfo**)>("getaddrinfo");
  return system_calls.strikes("getaddrinfo") ? EAI_MEMORY : real(host, service, hints, found);
}
