#include "demo/accounting.h"

#include <algorithm>

#include "base/assert.h"

namespace wsm::demo {
namespace {

using venue::ConnectionId;
using venue::Fate;
using venue::Sequence;
using venue::TopicId;

/// Goes through all messages once and adds each difference to the account.
class Settlement {
 public:
  Settlement(const venue::Record& record, const Receipts& receipts,
             std::span<const Happening> happenings);

  Account run() &&;

 private:
  void settle_topic(TopicId topic);
  void settle_lost(TopicId topic, Sequence sequence);
  void settle_surplus(TopicId topic, Sequence sequence, unsigned arrivals);
  void settle_order();
  std::optional<Duration> restoration_of(const Happening& happening) const;

  /// Where to count what an incident on `connection` explains; the unexplained when none does.
  Toll& toll_of(std::span<const ConnectionId> connections, bool (*explains)(Incident));

  const venue::Record& record_;
  const Receipts& receipts_;
  Account account_;
};

Settlement::Settlement(const venue::Record& record, const Receipts& receipts,
                       std::span<const Happening> happenings)
    : record_(record), receipts_(receipts) {
  WSM_ASSERT(record.topics().size() == receipts.topics().size());
  for (const Happening& happening : happenings) {
    account_.entries.push_back({happening, {}, restoration_of(happening)});
  }
}

Account Settlement::run() && {
  account_.topics = record_.topics().size();
  account_.received = receipts_.received();
  account_.invented = receipts_.malformed();
  for (std::uint32_t index = 0; index < account_.topics; ++index) settle_topic(TopicId{index});
  settle_order();

  account_.total = account_.unexplained;
  for (const Entry& entry : account_.entries) {
    account_.total.lost += entry.toll.lost;
    account_.total.duplicated += entry.toll.duplicated;
    account_.total.out_of_order += entry.toll.out_of_order;
  }
  return std::move(account_);
}

void Settlement::settle_topic(TopicId topic) {
  const venue::TopicRecord& published = record_.topic(topic);
  const TopicReceipts& received = receipts_.topics()[topic.value()];
  const bool was_subscribed = !published.services.empty();
  const Sequence first = was_subscribed ? published.services.front().after + 1 : 0;

  for (Sequence sequence = 1; sequence < received.arrivals.size(); ++sequence) {
    const unsigned arrivals = received.count(sequence);
    if (arrivals == 0) continue;
    if (venue::carriers_of(record_, topic, sequence).empty()) {
      account_.invented += arrivals;
    } else if (arrivals > 1) {
      settle_surplus(topic, sequence, arrivals);
    }
  }
  if (!was_subscribed) return;
  account_.sent += published.published - first + 1;
  for (Sequence sequence = first; sequence <= published.published; ++sequence) {
    if (received.count(sequence) == 0) settle_lost(topic, sequence);
  }
  // One that got no message since it was subscribed has not shown that it lives.
  if (published.published >= first && received.count(published.published) > 0) {
    ++account_.topics_live;
  }
}

void Settlement::settle_lost(TopicId topic, Sequence sequence) {
  switch (venue::fate_of(record_, topic, sequence)) {
    case Fate::kSentForSure:
      ++account_.lost_though_sent;
      ++account_.unexplained.lost;
      return;
    case Fate::kSentAndCut:
      ++toll_of(venue::carriers_of(record_, topic, sequence), may_lose_sent).lost;
      return;
    case Fate::kSentToNobody:
      if (const auto server = venue::last_server_before(record_, topic, sequence)) {
        ++toll_of({&*server, 1}, may_lose_unsent).lost;
      } else {
        ++account_.unexplained.lost;
      }
      return;
  }
}

void Settlement::settle_surplus(TopicId topic, Sequence sequence, unsigned arrivals) {
  const auto carriers = venue::carriers_of(record_, topic, sequence);
  const auto times_sent = static_cast<unsigned>(carriers.size());
  const unsigned overlapping = std::min(arrivals, times_sent) - 1;
  if (overlapping > 0) toll_of(carriers, may_overlap).duplicated += overlapping;
  account_.unexplained.duplicated += arrivals - 1 - overlapping;
}

void Settlement::settle_order() {
  account_.unexplained.out_of_order += receipts_.disordered();
  for (const auto& [source, count] : receipts_.late()) {
    std::vector<ConnectionId> connections;
    for (const venue::ConnectionRecord& connection : record_.connections()) {
      if (source_of(connection.target) == source) connections.push_back(connection.id);
    }
    toll_of(connections, may_overlap).out_of_order += count;
  }
}

std::optional<Duration> Settlement::restoration_of(const Happening& happening) const {
  const venue::ConnectionRecord& hit = record_.connection(happening.connection);
  for (const venue::ConnectionRecord& next : record_.connections()) {
    const auto source = source_of(next.target);
    if (!source || source->shard != happening.appointment.shard) continue;
    if (next.opened_at <= happening.at || next.id == hit.id) continue;
    if (next.subscriptions_max < happening.subscriptions || !next.subscribed_at) continue;
    return *next.subscribed_at - happening.at;
  }
  return std::nullopt;
}

Toll& Settlement::toll_of(std::span<const ConnectionId> connections, bool (*explains)(Incident)) {
  for (Entry& entry : account_.entries) {
    if (!explains(entry.happening.appointment.incident)) continue;
    const auto hit = entry.happening.connection;
    if (std::find(connections.begin(), connections.end(), hit) != connections.end()) {
      return entry.toll;
    }
  }
  return account_.unexplained;
}

}  // namespace

Account settle(const venue::Record& record, const Receipts& receipts,
               std::span<const Happening> happenings) {
  return Settlement{record, receipts, happenings}.run();
}

}  // namespace wsm::demo
