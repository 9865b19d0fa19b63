#include "demo/report.h"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace wsm::demo {
namespace {

namespace json = boost::json;

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

std::int64_t milliseconds(Duration duration) {
  return std::chrono::round<std::chrono::milliseconds>(duration).count();
}

std::string restored_text(const Entry& entry) {
  if (!entry.restored_after) return "never";
  return fmt::format("{} ms", milliseconds(*entry.restored_after));
}

json::object to_json(const Toll& toll) {
  return {
      {"lost", toll.lost}, {"duplicated", toll.duplicated}, {"out_of_order", toll.out_of_order}};
}

json::object to_json(const Entry& entry) {
  const Appointment& appointment = entry.happening.appointment;
  const std::string_view name = to_string(appointment.incident);
  json::object object{{"event", json::string_view{name.data(), name.size()}},
                      {"at_ms", milliseconds(appointment.at)},
                      {"shard", appointment.shard.value()},
                      {"restored_after_ms", nullptr}};
  if (entry.restored_after) object["restored_after_ms"] = milliseconds(*entry.restored_after);
  for (const auto& [key, value] : to_json(entry.toll)) object[key] = value;
  return object;
}

json::value to_json(const std::optional<event::RebalanceFinished>& rebalance) {
  if (!rebalance) return nullptr;
  return json::object{{"moves", rebalance->proven + rebalance->unproven + rebalance->interrupted +
                                    rebalance->abandoned},
                      {"proven", rebalance->proven},
                      {"unproven", rebalance->unproven},
                      {"interrupted", rebalance->interrupted},
                      {"abandoned", rebalance->abandoned},
                      {"took_ms", milliseconds(rebalance->lasted)}};
}

json::object to_json(const event::SwitchoverReported& report) {
  const auto text = [](std::string_view view) {
    return json::string_view{view.data(), view.size()};
  };
  return {{"shard", report.shard.value()},
          {"trigger", text(to_string(report.trigger))},
          {"outcome", text(to_string(report.outcome))},
          {"proven", report.proven},
          {"unproven", report.unproven.size()},
          {"interrupted", report.interrupted.size()},
          {"duplicates_removed", report.duplicates_removed},
          {"held", report.messages_held},
          {"lost", report.messages_lost},
          {"opening_ms", milliseconds(report.opening)},
          {"subscribing_ms", milliseconds(report.subscribing)},
          {"proving_ms", milliseconds(report.proving)},
          {"draining_ms", milliseconds(report.draining)}};
}

json::object to_json(const Audit& ledger) {
  json::array gaps;
  for (const auto& [cause, sum] : ledger.causes) {
    const std::string_view name = to_string(cause);
    gaps.push_back(json::object{{"cause", json::string_view{name.data(), name.size()}},
                                {"gaps", sum.gaps},
                                {"lost", sum.lost}});
  }
  return {{"ok", ledger.is_true()},
          {"lost", ledger.lost},
          {"late", ledger.late},
          {"duplicates_removed", ledger.duplicates_removed},
          {"topics_wrong", ledger.topics_wrong},
          {"gaps", std::move(gaps)}};
}

}  // namespace

std::string incident_table(const Account& account) {
  std::string text =
      "event           at        shard  restored after      lost  duplicated  out of order\n";
  for (const Entry& entry : account.entries) {
    const Appointment& appointment = entry.happening.appointment;
    text += fmt::format("{:<14}  {:>6.1f} s  {:>5}  {:>14}  {:>8}  {:>10}  {:>12}\n",
                        to_string(appointment.incident), seconds(appointment.at),
                        appointment.shard.value(), restored_text(entry), entry.toll.lost,
                        entry.toll.duplicated, entry.toll.out_of_order);
  }
  const Toll& rest = account.unexplained;
  text += fmt::format("{:<14}  {:>8}  {:>5}  {:>14}  {:>8}  {:>10}  {:>12}\n", "unexplained", "",
                      "", "", rest.lost, rest.duplicated, rest.out_of_order);
  if (account.entries.size() < kIncidents) {
    text += fmt::format("{} of {} incidents happened.\n", account.entries.size(), kIncidents);
  }
  return text;
}

std::string rebalance_line(const Account& account) {
  if (!account.rebalance) return "not rebalanced: there was nothing to move, or no time\n";
  const event::RebalanceFinished& done = *account.rebalance;
  const std::size_t moves = done.proven + done.unproven + done.interrupted + done.abandoned;
  return fmt::format(
      "rebalanced: {} topics moved in {} ms ({} proven, {} unproven, {} interrupted, {} "
      "abandoned)\n",
      moves, milliseconds(done.lasted), done.proven, done.unproven, done.interrupted,
      done.abandoned);
}

std::string switchover_lines(const Account& account) {
  std::string text;
  for (const event::SwitchoverReported& report : account.switchovers) {
    text += wsm::to_string(EventKind{report}) + '\n';
  }
  return text;
}

std::string truth_line(const Account& account) {
  std::string causes;
  for (const Entry& entry : account.entries) {
    causes += fmt::format("{}{} {}", causes.empty() ? "" : ", ",
                          to_string(entry.happening.appointment.incident), entry.toll.lost);
  }
  if (causes.empty()) causes = "nothing";
  const std::uint64_t unexplained = account.unexplained.total() + account.invented;
  return fmt::format(
      "truth: sent={} received={} lost={} duplicated={} out_of_order={} "
      "(lost belongs to: {}; unexplained {})\n",
      account.sent, account.received, account.total.lost, account.total.duplicated,
      account.total.out_of_order, causes, unexplained);
}

std::string ledger_line(const Account& account) {
  const Audit& ledger = account.ledger;
  std::string causes;
  std::uint64_t gaps = 0;
  for (const auto& [cause, sum] : ledger.causes) {
    gaps += sum.gaps;
    causes += fmt::format("{}{} {} in {}", causes.empty() ? " (" : ", ", to_string(cause), sum.lost,
                          sum.gaps);
  }
  if (!causes.empty()) causes += ')';
  const std::string late =
      ledger.late > 0 ? fmt::format(", {} of them late", ledger.late) : std::string{};
  std::string verdict = "as the venue's record says";
  if (ledger.topics_wrong > 0) {
    verdict = fmt::format("DIFFERS from the venue's record in {} topics", ledger.topics_wrong);
  } else if (ledger.repeated > 0) {
    verdict = fmt::format("BUT {} messages were delivered twice", ledger.repeated);
  }
  return fmt::format("ledger: lost={} in {} gaps{}{}, copies removed={}: {}\n", ledger.lost, gaps,
                     causes, late, ledger.duplicates_removed, verdict);
}

std::string json_line(const Account& account, const Plan& plan) {
  json::array events;
  for (const Entry& entry : account.entries) events.push_back(to_json(entry));
  json::object unexplained = to_json(account.unexplained);
  unexplained["invented"] = account.invented;

  json::object object{{"ok", account.is_whole()}, {"length_ms", milliseconds(plan.length)},
                      {"rate", plan.rate},        {"seed", plan.seed},
                      {"topics", account.topics}, {"topics_live", account.topics_live},
                      {"sent", account.sent},     {"received", account.received}};
  for (const auto& [key, value] : to_json(account.total)) object[key] = value;
  object["lost_though_sent"] = account.lost_though_sent;
  object["unexplained"] = std::move(unexplained);
  object["redundancy"] = account.redundancy;
  object["rebalance"] = to_json(account.rebalance);
  object["ledger"] = to_json(account.ledger);
  json::array switchovers;
  for (const auto& report : account.switchovers) switchovers.push_back(to_json(report));
  object["switchovers"] = std::move(switchovers);
  object["events"] = std::move(events);
  return json::serialize(object) + '\n';
}

}  // namespace wsm::demo
