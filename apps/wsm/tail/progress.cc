#include "tail/progress.h"

#include <utility>
#include <variant>

#include <fmt/format.h>

#include "tail/count_text.h"
#include "tail/duration_text.h"
#include "tail/option_names.h"
#include "tail/printable_text.h"

namespace wsm::tail {
namespace {

template <class... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};

using Line = std::optional<ProgressLine>;

template <class... Arguments>
ProgressLine shard_line(Tone tone, ShardId shard, fmt::format_string<Arguments...> format,
                        Arguments&&... arguments) {
  return {tone, fmt::format("shard {}: {}", shard.value(),
                            fmt::format(format, std::forward<Arguments>(arguments)...))};
}

Line disconnected(const event::Disconnected& event) {
  switch (event.reason.kind) {
    case DisconnectKind::kStopped:
    case DisconnectKind::kRequested: return std::nullopt;
    case DisconnectKind::kReplaced:
      return shard_line(Tone::kNeutral, event.shard, "old connection closed");
    default: break;
  }
  const std::string reason = to_string(event.reason);
  if (event.reason.kind == DisconnectKind::kConnectionLost && event.was_open)
    return shard_line(Tone::kBad, event.shard, "{}", reason);
  return shard_line(Tone::kBad, event.shard, "{}: {}",
                    event.was_open ? "connection lost" : "not connected", reason);
}

struct SwitchoverWords {
  Line operator()(const event::SwitchoverStarted& e) const {
    return shard_line(Tone::kNeutral, e.shard, "opens a new connection beside the old ({})",
                      to_string(e.trigger));
  }
  Line operator()(const event::SwitchoverFinished& e) const {
    return shard_line(Tone::kNeutral, e.shard, "changed connections in {} ({})",
                      duration_text(e.duration), to_string(e.outcome));
  }
  Line operator()(const event::SwitchoverReported& e) const {
    if (e.interrupted.empty()) return std::nullopt;
    return shard_line(Tone::kBad, e.shard, "{} {} a gap behind that",
                      counted(e.interrupted.size(), "topic"),
                      e.interrupted.size() == 1 ? "has" : "have");
  }
};

}  // namespace

std::optional<ProgressLine> ProgressReporter::describe(const Event& event) {
  return std::visit(
      Overloaded{
          SwitchoverWords{},
          [this](const event::ShardOpened& e) -> Line {
            if (e.copy_of) copies_.insert(e.shard);
            return std::nullopt;
          },
          [](const event::Connected& e) -> Line {
            return shard_line(
                Tone::kGood, e.shard, "connected in {}{}", duration_text(e.time_to_connect),
                e.generation.value() > 1 ? fmt::format(" (attempt {})", e.generation.value()) : "");
          },
          [this](const event::Disconnected& e) -> Line {
            forget_requested(e.shard, e.generation);
            return disconnected(e);
          },
          [](const event::ReconnectScheduled& e) -> Line {
            return shard_line(Tone::kWaiting, e.shard, "reconnect in {}", duration_text(e.delay));
          },
          [](const event::CircuitBreakerChanged& e) -> Line {
            if (e.status != CircuitStatus::kOpen) return std::nullopt;  // Connects tell the rest.
            return ProgressLine{Tone::kWaiting,
                                fmt::format("{}: nobody can connect; one attempt in {}", e.endpoint,
                                            duration_text(e.probe_in))};
          },
          [](const event::ShardSuspended& e) -> Line {
            if (!e.is_probed) return std::nullopt;  // Our own answer; the ending explains it.
            return shard_line(Tone::kBad, e.shard, "{} failures in a row; tried now and then",
                              e.failures);
          },
          [&](const event::SubscriptionsRequested& e) { return count_requested(e, event.at); },
          [](const event::SubscriptionSendFailed& e) -> Line {
            return shard_line(Tone::kBad, e.shard, "{} not requested: {}", e.count,
                              with_option_names(e.detail));
          },
          [](const event::SubscriptionsRejected& e) -> Line {
            return shard_line(Tone::kBad, e.shard, "{} refused: {}", e.count, e.detail);
          },
          [](const event::SubscriptionStalled& e) -> Line {
            return shard_line(Tone::kWaiting, e.shard, "{} silent, asked for again", e.count);
          },
          [](const event::AcknowledgementOverdue& e) -> Line {
            return shard_line(Tone::kWaiting, e.shard, "no answer about {}, asked for again",
                              e.count);
          },
          [this](const event::SlowConsumer& e) { return begin_slowness(e); },
          [this](const event::ConsumerCaughtUp& e) -> Line {
            is_slow_ = false;
            return ProgressLine{
                Tone::kGood, fmt::format("stdout has caught up after {}", duration_text(e.after))};
          },
          [](const event::MessagesDropped& e) -> Line {
            return ProgressLine{
                Tone::kBad, fmt::format("stdout is slow; dropped {}", counted(e.count, "message"))};
          },
          [](const event::HealthFailed& e) -> Line {
            return shard_line(Tone::kBad, e.shard, "{} for {}", to_string(e.kind),
                              duration_text(e.silence));
          },
          [](const event::HandlerThrew& e) -> Line {
            return ProgressLine{Tone::kBad, fmt::format("{} failed: {}", e.hook, e.what)};
          },
          [](const auto&) -> Line { return std::nullopt; },
      },
      event.what);
}

// During a switchover both connections of a shard have asked for its topics; they count once. What
// is asked for again, unanswered or silent, is told by its status.
Line ProgressReporter::count_requested(const event::SubscriptionsRequested& requested,
                                       SystemTime at) {
  if (copies_.contains(requested.shard)) return std::nullopt;
  Requested& newest = requested_[requested.shard];
  if (newest.generation < requested.generation) newest = {requested.generation, 0};
  if (newest.generation == requested.generation) newest.count += requested.count;

  std::size_t total = 0;
  for (const auto& [shard, entry] : requested_) total += entry.count;
  const bool is_complete = total == topics_;
  if (topics_ == 0 || total > topics_) return std::nullopt;
  if (!is_complete && at - last_count_ < kCountInterval) return std::nullopt;
  last_count_ = at;
  return ProgressLine{Tone::kNeutral, fmt::format("requested {} of {}", total, topics_)};
}

// Told once a second by the manager; to a person once is enough.
Line ProgressReporter::begin_slowness(const event::SlowConsumer& slow) {
  if (std::exchange(is_slow_, true)) return std::nullopt;
  return ProgressLine{Tone::kWaiting, fmt::format("stdout is slow; messages have waited for {}",
                                                  duration_text(slow.behind))};
}

void ProgressReporter::forget_requested(ShardId shard, Generation generation) {
  const auto entry = requested_.find(shard);
  if (entry != requested_.end() && entry->second.generation == generation) requested_.erase(entry);
}

std::string render(const ProgressLine& line, bool is_coloured) {
  std::string text = printable_text(line.text);
  std::string_view colour;
  switch (line.tone) {
    case Tone::kNeutral: break;
    case Tone::kGood: colour = "\x1b[32m"; break;
    case Tone::kWaiting: colour = "\x1b[33m"; break;
    case Tone::kBad: colour = "\x1b[31m"; break;
  }
  if (!is_coloured || colour.empty()) return text;
  return fmt::format("{}{}\x1b[0m", colour, text);
}

}  // namespace wsm::tail
