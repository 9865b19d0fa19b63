#include "demo/frame.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

namespace wsm::demo {
namespace {

constexpr std::string_view kReset = "\x1b[0m";
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kDim = "\x1b[2m";
constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kGreen = "\x1b[32m";
constexpr std::string_view kYellow = "\x1b[33m";

constexpr std::size_t kBarWidth = 30;

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

std::string_view colour_of(ShardStatus status) {
  switch (status) {
    case ShardStatus::kLive: return kGreen;
    case ShardStatus::kConnecting:
    case ShardStatus::kBackingOff:
    case ShardStatus::kClosing: return kYellow;
    case ShardStatus::kSuspended:
    case ShardStatus::kClosed: return kRed;
    case ShardStatus::kIdle: return kDim;
  }
  return kReset;
}

/// Cuts to the width first and colours then, so that no escape sequence is ever cut.
std::string line_of(std::string_view text, std::string_view colour, const Canvas& canvas) {
  const std::string_view shown = text.substr(0, canvas.columns);
  if (!canvas.has_colour || colour.empty()) return std::string{shown};
  return fmt::format("{}{}{}", colour, shown, kReset);
}

std::string progress_bar(const Frame& frame) {
  const double part = std::clamp(seconds(frame.elapsed) / seconds(frame.length), 0.0, 1.0);
  const auto filled = static_cast<std::size_t>(part * static_cast<double>(kBarWidth));
  return fmt::format("[{}{}]", std::string(filled, '='), std::string(kBarWidth - filled, ' '));
}

}  // namespace

std::vector<std::string> draw(const Frame& frame, const Canvas& canvas) {
  std::vector<std::string> lines;
  const auto add = [&](std::string_view text, std::string_view colour = {}) {
    if (lines.size() < canvas.rows) lines.push_back(line_of(text, colour, canvas));
  };
  add(fmt::format("wsm demo  {}  {:4.1f} of {:.0f} s", progress_bar(frame), seconds(frame.elapsed),
                  seconds(frame.length)),
      kBold);
  add(fmt::format("{} of {} topics in service   {:.0f} messages/s   {} received",
                  frame.topics_in_service, frame.topics, frame.messages_per_second, frame.received),
      frame.topics_in_service == frame.topics ? kGreen : kYellow);
  const SubscriptionCounts& by_status = frame.subscriptions;
  add(fmt::format("{} desired, {} requested, {} live, {} stale, {} rejected   "
                  "ledger: {} lost in {} gaps",
                  by_status.desired, by_status.requested, by_status.live, by_status.stale,
                  by_status.rejected, frame.messages_lost, frame.gaps),
      by_status.live == frame.topics ? kGreen : kYellow);
  add("");
  add("shard  status        subscriptions  connection  messages/s", kDim);
  for (const ShardLine& shard : frame.shards) {
    add(fmt::format("{:>5}  {:<12}  {:>13}  {:>10}  {:>10.0f}", shard.shard.value(),
                    to_string(shard.status), shard.subscriptions, shard.generation.value(),
                    shard.messages_per_second),
        colour_of(shard.status));
  }
  add("");

  const std::size_t room = canvas.rows - lines.size();
  const std::size_t skipped = frame.events.size() - std::min(room, frame.events.size());
  for (std::size_t index = skipped; index < frame.events.size(); ++index) {
    const EventLine& event = frame.events[index];
    const bool is_planned = event.origin == Origin::kTimetable;
    add(fmt::format("{:5.1f} s  {} {}", seconds(event.at), is_planned ? '*' : ' ', event.text),
        is_planned ? kYellow : std::string_view{});
  }
  return lines;
}

std::string summarise(const Frame& frame) {
  const auto live =
      std::count_if(frame.shards.begin(), frame.shards.end(),
                    [](const ShardLine& shard) { return shard.status == ShardStatus::kLive; });
  std::string text = fmt::format(
      "{:5.1f} s  {} of {} shards live  {} of {} topics in service, {} live, {} stale  "
      "{:.0f} messages/s  {} received, {} lost",
      seconds(frame.elapsed), live, frame.shards.size(), frame.topics_in_service, frame.topics,
      frame.subscriptions.live, frame.subscriptions.stale, frame.messages_per_second,
      frame.received, frame.messages_lost);
  const auto last =
      std::find_if(frame.events.rbegin(), frame.events.rend(),
                   [](const EventLine& event) { return event.origin == Origin::kTimetable; });
  if (last != frame.events.rend()) {
    text += fmt::format("  (last: {} at {:.1f} s)", last->text, seconds(last->at));
  }
  return text;
}

}  // namespace wsm::demo
