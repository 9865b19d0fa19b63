#include "venue/exchange.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/assert.h"
#include "venue/reply.h"

namespace wsm::venue {
namespace {

/// The topics that `names` name, or the first name that names none.
Result<std::vector<TopicId>, std::string> find_topics(std::span<const std::string> names,
                                                      std::size_t count) {
  std::vector<TopicId> topics;
  topics.reserve(names.size());
  for (const std::string& name : names) {
    const auto topic = find_topic(name, count);
    if (!topic) return Failure{name};
    topics.push_back(*topic);
  }
  return topics;
}

}  // namespace

Exchange::Exchange(const Options& options)
    : options_(options),
      rounds_(options.topics, options.seed),
      record_(options.topics),
      served_(options.topics) {}

Exchange::Publication Exchange::publish() {
  const TopicId topic = rounds_.next();
  ++counters_.messages_published;
  return {topic, record_.publish(topic), served_[topic.value()]};
}

void Exchange::apply(FaultKind kind, ConnectionId connection, Duration now) {
  Client& client = clients_.at(connection);
  record_.add_fault(connection, kind, now);
  if (kind == FaultKind::kViolated) ++counters_.violations;
  if (kind == FaultKind::kAskedToLeave) ++counters_.connections_asked_to_leave;
  if (kind != FaultKind::kSilenced) return leave(client, connection);

  ++counters_.connections_silenced;
  if (client.standing != Standing::kServed) return;
  for (const TopicId topic : client.topics) end_service(topic, connection);
  client.standing = Standing::kSilenced;
}

ConnectionId Exchange::handle_opened(std::string target, Duration now) {
  const ConnectionId id = record_.open(std::move(target), now);
  clients_.emplace(id,
                   Client{{options_.limits.requests_per_window, options_.limits.window}, {}, {}});
  ++counters_.connections_opened;
  return id;
}

Exchange::Answer Exchange::handle_request(ConnectionId connection, std::string_view text,
                                          Duration now) {
  const Limits& limits = options_.limits;
  Client& client = clients_.at(connection);
  if (client.standing == Standing::kLeaving) return Ignore{};

  if (!client.requests.admit(now)) {
    return Violation{fmt::format("more than {} requests in {} ms", limits.requests_per_window,
                                 limits.window / std::chrono::milliseconds{1})};
  }
  if (text.size() > limits.request_bytes) {
    return Violation{
        fmt::format("a request of {} bytes; {} are allowed", text.size(), limits.request_bytes)};
  }
  const auto request = parse_request(text);
  if (!request) {
    ++counters_.requests_in_error;
    return Reply{error_reply(request.error().id, request.error().problem)};
  }
  if (request->args.size() > limits.args_per_request) {
    return Violation{fmt::format("a request with {} args; {} are allowed", request->args.size(),
                                 limits.args_per_request)};
  }
  return obey(connection, *request, now);
}

Exchange::Answer Exchange::obey(ConnectionId connection, const Request& request, Duration now) {
  const auto topics = find_topics(request.args, options_.topics);
  if (!topics) {
    ++counters_.requests_in_error;
    return Reply{error_reply(request.id, fmt::format("no topic \"{}\"", topics.error()))};
  }
  const Client& client = clients_.at(connection);
  if (request.operation == Operation::kUnsubscribe) {
    unsubscribe(connection, *topics);
    return Reply{acknowledgement(request, client.topics.size())};
  }
  // Whether the whole request fits is decided before any of it is obeyed.
  std::set<TopicId> wanted = client.topics;
  wanted.insert(topics->begin(), topics->end());
  const std::size_t cap = options_.limits.subscriptions_per_connection;
  if (wanted.size() > cap) {
    return Violation{fmt::format("more than {} subscriptions on one connection", cap)};
  }
  subscribe(connection, *topics, now);
  return Reply{acknowledgement(request, client.topics.size())};
}

void Exchange::subscribe(ConnectionId connection, std::span<const TopicId> topics, Duration now) {
  Client& client = clients_.at(connection);
  ++counters_.subscribe_requests;
  for (const TopicId topic : topics) {
    if (!client.topics.insert(topic).second) continue;
    begin_service(topic, connection);
    // The record shall blame a silenced connection for what it does not send, so its service has
    // begun and ended.
    if (client.standing == Standing::kSilenced) end_service(topic, connection);
  }
  record_.note_subscribed(connection, client.topics.size(), now);
}

void Exchange::unsubscribe(ConnectionId connection, std::span<const TopicId> topics) {
  Client& client = clients_.at(connection);
  ++counters_.unsubscribe_requests;
  for (const TopicId topic : topics) {
    if (client.topics.erase(topic) == 0) continue;
    if (client.standing == Standing::kServed) end_service(topic, connection);
  }
}

void Exchange::begin_service(TopicId topic, ConnectionId connection) {
  record_.begin_service(topic, connection);
  auto& subscribers = served_[topic.value()];
  if (subscribers.empty()) ++topics_in_service_;
  subscribers.push_back(connection);
}

void Exchange::end_service(TopicId topic, ConnectionId connection) {
  record_.end_service(topic, connection);
  auto& subscribers = served_[topic.value()];
  std::erase(subscribers, connection);
  if (subscribers.empty()) --topics_in_service_;
}

void Exchange::handle_leaving(ConnectionId connection) {
  leave(clients_.at(connection), connection);
}

void Exchange::leave(Client& client, ConnectionId connection) {
  if (client.standing == Standing::kServed) {
    for (const TopicId topic : client.topics) end_service(topic, connection);
  }
  client.topics.clear();
  client.standing = Standing::kLeaving;
}

void Exchange::handle_sent(ConnectionId connection, TopicId topic, Sequence sequence) {
  record_.note_sent(topic, connection, sequence);
  ++counters_.messages_sent;
}

void Exchange::handle_ended(ConnectionId connection, ConnectionEnd how, Duration now) {
  leave(clients_.at(connection), connection);
  record_.end(connection, how, now);
  clients_.erase(connection);
  switch (how) {
    case ConnectionEnd::kOpen: break;
    case ConnectionEnd::kClosed: ++counters_.connections_closed; break;
    case ConnectionEnd::kCut: ++counters_.connections_cut; break;
    case ConnectionEnd::kLost: ++counters_.connections_lost; break;
  }
}

bool Exchange::is_silenced(ConnectionId connection) const {
  return clients_.at(connection).standing == Standing::kSilenced;
}

std::size_t Exchange::subscriptions(ConnectionId connection) const {
  return clients_.at(connection).topics.size();
}

std::optional<ConnectionId> Exchange::busiest() const {
  std::optional<ConnectionId> busiest;
  std::size_t most = 0;
  for (const auto& [id, client] : clients_) {
    if (client.standing != Standing::kServed || client.topics.size() <= most) continue;
    busiest = id;
    most = client.topics.size();
  }
  return busiest;
}

}  // namespace wsm::venue
