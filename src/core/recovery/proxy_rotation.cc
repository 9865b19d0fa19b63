#include "core/recovery/proxy_rotation.h"

#include <algorithm>
#include <utility>

#include "core/recovery/backoff.h"

namespace wsm {

ProxyRotation::ProxyRotation(std::vector<std::string> names, const BackoffOptions& backoff,
                             Rng& rng)
    : backoff_(backoff), rng_(rng) {
  for (std::string& name : names) proxies_.push_back({.name = std::move(name)});
}

std::optional<ProxyRotation::Use> ProxyRotation::take(TimePoint now) {
  if (proxies_.empty()) return std::nullopt;
  const ProxyIndex proxy = pick(now);
  next_ = (proxy + 1) % proxies_.size();
  proxies_[proxy].probation.begin();
  return Use{proxy, now};
}

/// The next in turn that works, or is due and not being tried; else the one that is due first.
ProxyIndex ProxyRotation::pick(TimePoint now) const {
  ProxyIndex first_due = next_;
  for (std::size_t i = 0; i < proxies_.size(); ++i) {
    const ProxyIndex proxy = (next_ + i) % proxies_.size();
    if (proxies_[proxy].probation.is_open(now)) return proxy;
    if (proxies_[proxy].probation.due() < proxies_[first_due].probation.due()) first_due = proxy;
  }
  return first_due;
}

void ProxyRotation::handle_opened(const Use& use) { proxies_[use.proxy].probation.handle_worked(); }

void ProxyRotation::handle_failed(const Use& use, std::optional<Duration> retry_after,
                                  TimePoint now) {
  Probation& probation = proxies_[use.proxy].probation;
  if (!probation.handle_failed(use.since, now)) return;
  const Duration delay = backoff_delay(backoff_, probation.failures(), rng_);
  probation.leave_out(now + std::max(delay, retry_after.value_or(Duration::zero())));
}

void ProxyRotation::handle_given_up(const Use& use) {
  proxies_[use.proxy].probation.handle_given_up(use.since);
}

TimePoint ProxyRotation::next_due() const {
  TimePoint first = TimePoint::max();
  for (const Proxy& proxy : proxies_) first = std::min(first, proxy.probation.due());
  return first;
}

}  // namespace wsm
