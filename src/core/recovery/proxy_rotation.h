#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <wsm/config.h>

#include "base/rng.h"
#include "base/time.h"
#include "core/recovery/probation.h"

namespace wsm {

/// Which proxy: its place in ConnectionOptions::proxies.
using ProxyIndex = std::size_t;

/// Which proxy the next connection goes through: each in turn, of those that work.
///
/// One that has failed is left out for a time, with the backoff of reconnects or as long as it has
/// said itself; then one connection tries it, and the others follow if it lets that through. Where
/// none works, the one goes on whose turn comes first: how often it is tried is bounded by the
/// backoff of the shards themselves.
/// Lifetime: `rng` outlives it.
class ProxyRotation {
 public:
  /// One connection's way.
  struct Use {
    ProxyIndex proxy;
    TimePoint since;
  };

  /// `names`: what each is called, without user and password.
  ProxyRotation(std::vector<std::string> names, const BackoffOptions& backoff, Rng& rng);

  // Commands.
  /// For a connection that is dialed now; none where there are no proxies.
  [[nodiscard]] std::optional<Use> take(TimePoint now);

  // Inputs: what has become of it, each once.
  /// It works: it has opened the way, or says that it cannot reach the server.
  void handle_opened(const Use& use);
  /// It is the proxy that failed, and not the server behind it.
  void handle_failed(const Use& use, std::optional<Duration> retry_after, TimePoint now);
  /// Nothing was found out.
  void handle_given_up(const Use& use);

  // Getters.
  [[nodiscard]] bool is_working(ProxyIndex proxy) const {
    return proxies_[proxy].probation.is_working();
  }
  /// When any of them may be taken; in the past while one works. Only where there are some.
  [[nodiscard]] TimePoint next_due() const;
  [[nodiscard]] const std::string& name(ProxyIndex proxy) const { return proxies_[proxy].name; }

 private:
  struct Proxy {
    std::string name;
    Probation probation = {};
  };

  [[nodiscard]] ProxyIndex pick(TimePoint now) const;

  const BackoffOptions backoff_;
  Rng& rng_;
  std::vector<Proxy> proxies_;
  ProxyIndex next_ = 0;
};

}  // namespace wsm
