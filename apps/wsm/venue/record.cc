#include "venue/record.h"

#include <algorithm>
#include <limits>

#include "base/assert.h"

namespace wsm::venue {

bool Service::has_sent(Sequence sequence) const {
  // The first range that does not end before it is the only one that can hold it.
  const auto range = std::partition_point(
      sent.begin(), sent.end(), [&](const SequenceRange& it) { return it.last < sequence; });
  return range != sent.end() && range->first <= sequence;
}

ConnectionId Record::open(std::string target, Duration now) {
  const ConnectionId id{static_cast<std::uint32_t>(connections_.size())};
  ConnectionRecord& connection = connections_.emplace_back();
  connection.id = id;
  connection.target = std::move(target);
  connection.opened_at = now;
  return id;
}

void Record::add_fault(ConnectionId connection, FaultKind kind, Duration now) {
  connections_[connection.value()].faults.push_back({kind, now});
}

void Record::end(ConnectionId connection, ConnectionEnd how, Duration now) {
  ConnectionRecord& ended = connections_[connection.value()];
  WSM_ASSERT(ended.end == ConnectionEnd::kOpen && how != ConnectionEnd::kOpen);
  ended.end = how;
  ended.ended_at = now;
}

void Record::begin_service(TopicId topic, ConnectionId connection) {
  TopicRecord& record = topics_[topic.value()];
  record.services.push_back({connection, record.published, std::nullopt, {}});
}

void Record::end_service(TopicId topic, ConnectionId connection) {
  TopicRecord& record = topics_[topic.value()];
  auto& services = record.services;
  const auto service = std::find_if(services.rbegin(), services.rend(), [&](const Service& it) {
    return it.connection == connection && !it.until;
  });
  WSM_ASSERT(service != services.rend());
  service->until = record.published;
}

void Record::note_subscribed(ConnectionId connection, std::size_t subscriptions, Duration now) {
  ConnectionRecord& record = connections_[connection.value()];
  record.subscribed_at = now;
  record.subscriptions_max = std::max(record.subscriptions_max, subscriptions);
}

void Record::note_sent(TopicId topic, ConnectionId connection, Sequence sequence) {
  auto& services = topics_[topic.value()].services;
  // A connection can have served the topic more than once; the sequence says in which time it was.
  const auto service = std::find_if(services.rbegin(), services.rend(), [&](const Service& it) {
    return it.connection == connection && it.after < sequence;
  });
  WSM_ASSERT(service != services.rend());
  auto& sent = service->sent;
  if (!sent.empty() && sent.back().last + 1 == sequence) {
    sent.back().last = sequence;
    return;
  }
  WSM_ASSERT(sent.empty() || sent.back().last < sequence);
  sent.push_back({sequence, sequence});
}

std::vector<ConnectionId> carriers_of(const Record& record, TopicId topic, Sequence sequence) {
  std::vector<ConnectionId> carriers;
  for (const Service& service : record.topic(topic).services) {
    if (service.has_sent(sequence)) carriers.push_back(service.connection);
  }
  return carriers;
}

Fate fate_of(const Record& record, TopicId topic, Sequence sequence) {
  const auto carriers = carriers_of(record, topic, sequence);
  if (carriers.empty()) return Fate::kSentToNobody;
  const bool is_sure = std::any_of(carriers.begin(), carriers.end(), [&](ConnectionId id) {
    return record.connection(id).is_dependable();
  });
  return is_sure ? Fate::kSentForSure : Fate::kSentAndCut;
}

std::optional<ConnectionId> last_server_before(const Record& record, TopicId topic,
                                               Sequence sequence) {
  // A service that covers the sequence without having sent it dropped it, when its client closed:
  // it counts as the last of all.
  constexpr Sequence kNotEnded = std::numeric_limits<Sequence>::max();
  const Service* last = nullptr;
  for (const Service& service : record.topic(topic).services) {
    if (service.after >= sequence) continue;
    if (last == nullptr || service.until.value_or(kNotEnded) >= last->until.value_or(kNotEnded)) {
      last = &service;
    }
  }
  if (last == nullptr) return std::nullopt;
  return last->connection;
}

}  // namespace wsm::venue
