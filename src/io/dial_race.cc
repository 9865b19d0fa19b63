#include "io/dial_race.h"

#include <utility>

#include "base/assert.h"
#include "io/disconnect_reason.h"

namespace wsm::io {

using boost::system::error_code;

DialRace::DialRace(boost::asio::io_context& context, std::vector<Endpoint> endpoints,
                   std::optional<Endpoint> source, TimePoint deadline,
                   std::optional<Duration> head_start, Completion completion)
    : context_(context),
      source_(std::move(source)),
      deadline_(deadline),
      head_start_(head_start),
      completion_(std::move(completion)),
      timer_(context) {
  WSM_ASSERT(!endpoints.empty());
  const bool is_v6_first = endpoints.front().is_v6();
  for (const Endpoint& it : endpoints) {
    const bool is_second = head_start_ && it.is_v6() != is_v6_first;
    runners_[is_second ? 1 : 0].endpoints.push_back(it);
  }
}

void DialRace::start() {
  auto& [first, second] = runners_;
  if (!second.endpoints.empty()) {
    timer_.expires_after(*head_start_);
    timer_.async_wait([weak = weak_from_this()](error_code error) {
      const auto self = weak.lock();
      if (!error && self && self->completion_) self->run(self->runners_[1]);
    });
  }
  run(first);
}

void DialRace::run(Runner& runner) {
  if (std::exchange(runner.has_started, true)) return;
  runner.dialer = std::make_shared<TcpDialer>(
      context_, runner.endpoints, source_, deadline_,
      [this, &runner](Outcome outcome) { handle_outcome(runner, std::move(outcome)); });
  const auto dialer = runner.dialer;  // It may be over while it starts.
  dialer->start();
}

void DialRace::handle_outcome(Runner& runner, Outcome outcome) {
  if (!outcome) {
    const DisconnectKind kind = outcome.error().kind;
    problems_ += (problems_.empty() ? "" : "; ") + outcome.error().detail;
    runner.dialer.reset();
    auto& [first, second] = runners_;
    if (!second.endpoints.empty() && !second.has_started) return run(second);
    if (first.dialer || second.dialer) return;
    outcome = Failure{disconnect_reason(kind, std::move(problems_))};
  }
  timer_.cancel();
  for (Runner& it : runners_) it.dialer.reset();
  std::exchange(completion_, nullptr)(std::move(outcome));
}

}  // namespace wsm::io
