// Every operator new of the program, and the allocations of Asio and OpenSSL: in front of those of
// the libraries.
//
// What a hook allocates is the application's. If that fails, the hook throws, which is a story of
// its own.

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <new>

#include <openssl/crypto.h>

#include "manager/handler_caller.h"
#include "torture/faults.h"

namespace {

bool must_fail(const char* what) {
  return !wsm::HandlerCaller::is_inside_hook() && wsm::testing::allocations.strikes(what);
}

void* allocate(std::size_t size) {
  return must_fail("operator new") ? nullptr : std::malloc(std::max(size, std::size_t{1}));
}

void* aligned(std::size_t alignment, std::size_t size) {
  void* memory = nullptr;
  const int error = ::posix_memalign(&memory, std::max(alignment, sizeof(void*)), size);
  return error == 0 ? memory : nullptr;
}

void* allocate(std::size_t size, std::align_val_t alignment) {
  return must_fail("operator new") ? nullptr : aligned(static_cast<std::size_t>(alignment), size);
}

void* or_throw(void* memory) {
  if (memory == nullptr) throw std::bad_alloc{};
  return memory;
}

bool must_fail_in_openssl(const char* what) {
  return wsm::testing::does_openssl_fail && must_fail(what);
}

void* openssl_malloc(std::size_t size, const char* /*file*/, int /*line*/) {
  return must_fail_in_openssl("OPENSSL_malloc") ? nullptr : std::malloc(size);
}

void* openssl_realloc(void* memory, std::size_t size, const char* /*file*/, int /*line*/) {
  return must_fail_in_openssl("OPENSSL_realloc") ? nullptr : std::realloc(memory, size);
}

void openssl_free(void* memory, const char* /*file*/, int /*line*/) { std::free(memory); }

/// Before anything of OpenSSL is used: it refuses later.
[[maybe_unused]] const int is_openssl_ours =
    CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free);

}  // namespace

/// Asio's way to memory.
extern "C" void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  if (!must_fail("aligned_alloc")) return aligned(alignment, size);
  errno = ENOMEM;
  return nullptr;
}

void* operator new(std::size_t size) { return or_throw(allocate(size)); }
void* operator new[](std::size_t size) { return or_throw(allocate(size)); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return or_throw(allocate(size, alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return or_throw(allocate(size, alignment));
}
void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return allocate(size, alignment);
}
void* operator new[](std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return allocate(size, alignment);
}

void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t, const std::nothrow_t&) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::align_val_t, const std::nothrow_t&) noexcept {
  std::free(memory);
}
