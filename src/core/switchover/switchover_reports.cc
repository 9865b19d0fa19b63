#include "core/switchover/switchover_reports.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace wsm {

void SwitchoverReports::begin(Generation from, Generation to) { open_.push_back({from, to}); }

void SwitchoverReports::handle_fate(Generation line, JoinFate fate) {
  if (fate == JoinFate::kDeliver) return;
  const auto concerns = [line](const Open& open) { return open.from == line || open.to == line; };
  // A line that has taken over and is about to be replaced concerns two: the later one.
  const auto open = std::ranges::find_if(open_.rbegin(), open_.rend(), concerns);
  if (open == open_.rend()) return;
  ++(fate == JoinFate::kDrop ? open->report.duplicates_removed : open->report.messages_held);
}

void SwitchoverReports::handle_interrupted(SubscriptionId id, std::optional<Generation> line) {
  if (open_.empty()) return;
  Open& open = open_.back();
  // What befalls the connection that has taken over is no consequence of that.
  if (!open.goes || open.goes == line) open.interrupted.insert(id);
}

void SwitchoverReports::handle_lost(SubscriptionId id, std::int64_t messages) {
  if (open_.empty()) return;
  Open& open = open_.back();
  open.lost += messages;
  if (messages > 0) open.interrupted.insert(id);
}

void SwitchoverReports::forget(SubscriptionId id) {
  for (Open& open : open_) {
    std::erase(open.report.unproven, SubscriptionName{id});
    open.interrupted.erase(id);
  }
}

void SwitchoverReports::conclude(const Switchover::Verdict& verdict, ShardId shard,
                                 std::size_t proven, std::vector<SubscriptionName> unproven,
                                 TimePoint now) {
  WSM_ASSERT(!open_.empty() && !open_.back().goes);
  Open& open = open_.back();
  event::SwitchoverReported& report = open.report;
  report.shard = shard;
  report.trigger = verdict.trigger;
  report.outcome = verdict.outcome;
  report.proven = proven;
  report.unproven = std::move(unproven);
  report.opening = verdict.phases.opening;
  report.subscribing = verdict.phases.subscribing;
  report.proving = verdict.phases.proving;
  open.goes = verdict.decision == Switchover::Decision::kPromote ? open.from : open.to;
  open.decided_at = now;
}

std::optional<event::SwitchoverReported> SwitchoverReports::take(Generation line, TimePoint now) {
  const auto open = std::ranges::find(open_, std::optional{line}, &Open::goes);
  if (open == open_.end()) return std::nullopt;
  auto report = std::move(open->report);
  report.draining = now - open->decided_at;
  for (const SubscriptionId id : open->interrupted) report.interrupted.push_back({id});
  report.messages_lost = static_cast<std::uint64_t>(std::max(open->lost, std::int64_t{0}));
  open_.erase(open);
  return report;
}

}  // namespace wsm
