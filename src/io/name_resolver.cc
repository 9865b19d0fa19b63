#include "io/name_resolver.h"

#include <utility>

#include "io/blocking_pool.h"
#include "io/disconnect_reason.h"
#include "io/event_loop.h"

namespace wsm::io {

/// Who waits for one answer. Only the loop's thread looks inside; others ask whether it still is.
class NameResolver::LookUp {
 public:
  LookUp(std::string host, std::uint16_t port) : host_(std::move(host)), port_(port) {}

  [[nodiscard]] const std::string& host() const { return host_; }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] bool is_answered() const { return is_answered_; }

  void add(Completion completion) { completions_.push_back(std::move(completion)); }

  void answer(const Resolved& resolved) {
    is_answered_ = true;
    for (const auto& completion : std::exchange(completions_, {})) completion(resolved);
  }

 private:
  const std::string host_;
  const std::uint16_t port_;
  std::vector<Completion> completions_;
  bool is_answered_ = false;
};

NameResolver::NameResolver(EventLoop& loop, BlockingPool& names, Resolve how)
    : loop_(loop), names_(names), resolve_(std::move(how)) {}

NameResolver::~NameResolver() = default;

std::shared_ptr<NameResolver::LookUp> NameResolver::look_up(const std::string& host,
                                                            std::uint16_t port,
                                                            Completion completion) {
  auto look_up = shared(host, port);
  if (!look_up) {
    look_up = std::make_shared<LookUp>(host, port);
    under_way_.push_back(look_up);
    start(look_up);
  }
  look_up->add(std::move(completion));
  return look_up;
}

std::shared_ptr<NameResolver::LookUp> NameResolver::shared(const std::string& host,
                                                           std::uint16_t port) {
  std::erase_if(under_way_, [](const std::weak_ptr<LookUp>& entry) {
    const auto look_up = entry.lock();
    return !look_up || look_up->is_answered();
  });
  for (const auto& entry : under_way_) {
    auto look_up = entry.lock();
    if (look_up && look_up->host() == host && look_up->port() == port) return look_up;
  }
  return nullptr;
}

void NameResolver::start(const std::shared_ptr<LookUp>& look_up) {
  auto deliver = [weak = std::weak_ptr{look_up}, poster = loop_.poster()](Resolved resolved) {
    poster.post([weak, resolved = std::move(resolved)] {
      if (const auto waiting = weak.lock()) waiting->answer(resolved);
    });
  };
  // The look-up may hang for longer than everything else here lives: it owns what it uses.
  const bool is_accepted = names_.run([deliver, weak = std::weak_ptr{look_up}, how = resolve_,
                                       host = look_up->host(), port = look_up->port()] {
    // After an outage, the look-ups of dials that ran out of time stand before those that live.
    if (!weak.expired()) deliver(how(host, port));
  });
  if (!is_accepted) {
    deliver(Failure{disconnect_reason(DisconnectKind::kResolveFailed,
                                      look_up->host() + ": no thread to look the name up")});
  }
}

}  // namespace wsm::io
