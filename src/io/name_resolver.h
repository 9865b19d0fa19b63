#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <wsm/error.h>
#include <wsm/result.h>

#include "io/endpoint.h"
#include "io/resolver.h"

namespace wsm::io {

class BlockingPool;
class EventLoop;

/// Looks names up on the threads of a pool, for a loop. All who ask for the same host and port
/// while that is looked up share one look-up, so that a slow name takes one thread and not all.
///
/// Threads: the loop's. Lifetime: the loop and the pool outlive it; a look-up that hangs may
/// outlive all of them.
class NameResolver {
 public:
  using Resolved = Result<std::vector<Endpoint>, DisconnectReason>;
  using Completion = std::function<void(const Resolved&)>;
  /// Blocks until the answer is there; runs on any thread.
  using Resolve = std::function<Resolved(const std::string& host, std::uint16_t port)>;

  /// One look-up, for as long as somebody keeps it.
  class LookUp;

  NameResolver(EventLoop& loop, BlockingPool& names, Resolve how = resolve);
  ~NameResolver();
  NameResolver(const NameResolver&) = delete;
  NameResolver& operator=(const NameResolver&) = delete;

  /// Asks for the addresses of `host`. Calls `completion` from the loop, never inside this call and
  /// once at most, while somebody keeps the look-up that is returned. One that everybody has
  /// dropped by the time a thread comes to it is skipped.
  /// Errors: kResolveFailed, also when there is no thread to look up on.
  [[nodiscard]] std::shared_ptr<LookUp> look_up(const std::string& host, std::uint16_t port,
                                                Completion completion);

 private:
  [[nodiscard]] std::shared_ptr<LookUp> shared(const std::string& host, std::uint16_t port);
  void start(const std::shared_ptr<LookUp>& look_up);

  EventLoop& loop_;
  BlockingPool& names_;
  const Resolve resolve_;
  std::vector<std::weak_ptr<LookUp>> under_way_;
};

}  // namespace wsm::io
