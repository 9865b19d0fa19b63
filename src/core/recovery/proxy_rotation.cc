#include "core/recovery/proxy_rotation.h"

#include <algorithm>
#include <utility>

#include "core/recovery/backoff.h"

namespace wsm {

ProxyRotation::ProxyRotation(std::vector<std::string> names, const BackoffOptions& backoff,
                             Rng& rng)
    : backoff_(backoff), rng_(rng) {
  for (std::string& name : names) health_.push_back({.name = std::move(name)});
}

std::optional<ProxyRotation::Use> ProxyRotation::take(TimePoint now) {
  if (health_.empty()) return std::nullopt;
  const ProxyIndex proxy = pick(now);
  next_ = (proxy + 1) % health_.size();
  health_[proxy].is_being_tried = !is_working(proxy);
  return Use{proxy, now};
}

/// The next in turn that works, or is due and not being tried; else the one that is due first.
ProxyIndex ProxyRotation::pick(TimePoint now) const {
  ProxyIndex first_due = next_;
  for (std::size_t i = 0; i < health_.size(); ++i) {
    const ProxyIndex proxy = (next_ + i) % health_.size();
    const Health& health = health_[proxy];
    const bool is_due = health.left_out_until <= now && !health.is_being_tried;
    if (is_working(proxy) || is_due) return proxy;
    if (health.left_out_until < health_[first_due].left_out_until) first_due = proxy;
  }
  return first_due;
}

void ProxyRotation::handle_opened(const Use& use) {
  Health& health = health_[use.proxy];
  health.failures = 0;
  health.is_being_tried = false;
}

/// Connections that were on their way when the first of them failed say nothing new.
void ProxyRotation::handle_failed(const Use& use, std::optional<Duration> retry_after,
                                  TimePoint now) {
  Health& health = health_[use.proxy];
  if (!is_working(use.proxy) && use.since < health.failed_at) return;
  ++health.failures;
  health.is_being_tried = false;
  health.failed_at = now;
  const Duration delay = backoff_delay(backoff_, health.failures, rng_);
  health.left_out_until = now + std::max(delay, retry_after.value_or(Duration::zero()));
}

/// One that was taken before the failure was no try.
void ProxyRotation::handle_given_up(const Use& use) {
  Health& health = health_[use.proxy];
  if (use.since >= health.failed_at) health.is_being_tried = false;
}

TimePoint ProxyRotation::next_due() const {
  const auto due = [](const Health& it) {
    return it.failures == 0 ? TimePoint{} : it.left_out_until;
  };
  return due(*std::ranges::min_element(health_, {}, due));
}

}  // namespace wsm
