#include "support/world.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <gtest/gtest.h>

#include "base/overloaded.h"

namespace wsm::test {

void World::start(std::initializer_list<SubscriptionId::rep> numbers, std::size_t capacity) {
  std::vector<SubscriptionId> ids;
  for (const auto number : numbers) ids.emplace_back(number);
  for (const SubscriptionId id : ids) intern(id);
  const auto started = core.start(ids, capacity, now);
  EXPECT_TRUE(started.has_value());
  pump();
}

std::vector<SubscribeResult> World::subscribe(std::initializer_list<SubscriptionId::rep> numbers) {
  std::vector<SubscriptionId> ids;
  for (const auto number : numbers) ids.emplace_back(number);
  for (const SubscriptionId id : ids) intern(id);
  auto results = core.subscribe(ids, now);
  pump();
  return results;
}

SubscribeResult World::subscribe(SubscriptionId id) { return subscribe({id.value()}).front(); }

UnsubscribeResult World::unsubscribe(SubscriptionId::rep number) {
  const auto result = core.unsubscribe(SubscriptionId{number}, now);
  pump();
  return result;
}

void World::stop(Duration deadline) {
  core.stop(now + deadline, now);
  pump();
}

void World::pause() {
  is_paused_ = true;
  core.pause_receiving(now);
  pump();
}

void World::resume() {
  is_paused_ = false;
  core.resume_receiving(now);
  pump();
}

void World::pump() {
  if (std::exchange(is_pumping_, true)) return;
  for (bool is_moving = true; is_moving;) {
    is_moving = false;
    take_released();
    while (const auto event = core.poll_event()) note(*event);
    while (const auto wanted = core.poll_action()) {
      perform(*wanted);
      is_moving = true;
    }
    while (const auto id = core.poll_transmit(now)) transmit(*id);
    for (auto& [id, link] : links_) is_moving = receive(id, link) || is_moving;
  }
  core.discard_closed();
  is_pumping_ = false;
}

void World::answer_held() {
  behaviour.answers_prepare = behaviour.answers_render = true;
  for (const Action& wanted : std::exchange(held_, {})) {
    if (const auto* prepare_it = std::get_if<action::Prepare>(&wanted)) {
      core.handle_prepared(prepare_it->connection, prepare(prepare_it->choice), now);
    } else if (const auto* render_it = std::get_if<action::Render>(&wanted)) {
      answer_render(*render_it);
    }
    pump();
  }
}

void World::run_for(Duration duration) {
  constexpr int kTurnsMax = 1'000'000;
  const TimePoint end = now + duration;
  for (int turn = 0; turn < kTurnsMax; ++turn) {
    const auto deadline = core.next_deadline();
    if (!deadline || *deadline > end) break;
    now = std::max(now, *deadline);
    core.handle_timeout(now);
    ASSERT_GT(core.next_deadline().value_or(TimePoint::max()), now) << "a deadline in the past";
    pump();
    ASSERT_LT(turn + 1, kTurnsMax) << "it never comes to rest";
  }
  now = end;
}

ConnectionId World::newest(ShardId::rep shard) const {
  return {ShardId{shard}, newest_.at(ShardId{shard})};
}

ScriptedServer& World::server(ConnectionId id) {
  const auto link = links_.find(id);
  return link == links_.end() ? past_.at(id).server : link->second.server;
}

std::vector<ConnectionId> World::connected() const {
  std::vector<ConnectionId> ids;
  for (const auto& [id, link] : links_) ids.push_back(id);
  return ids;
}

ShardMetrics World::shard(ShardId::rep id) const {
  for (const ShardMetrics& metrics : core.metrics(now).shards) {
    if (metrics.shard_id == ShardId{id}) return metrics;
  }
  ShardMetrics closed;
  closed.status = ShardStatus::kClosed;
  return closed;
}

void World::perform(const Action& wanted) {
  std::visit(Overloaded{
                 [&](const action::Prepare& a) {
                   EXPECT_FALSE(over_.contains(a.connection));
                   newest_[a.connection.shard] = a.connection.generation;
                   prepares.push_back(a.connection);
                   refreshes.push_back(a.refresh_credentials);
                   if (!behaviour.answers_prepare) return held_.push_back(wanted);
                   core.handle_prepared(a.connection, prepare(a.choice), now);
                 },
                 [&](const action::Dial& a) {
                   sources[a.connection.shard] = a.source;
                   dialed_hosts.push_back(a.url.host);
                   dialed_paths.push_back(a.url.target);
                   if (a.proxy) dialed_proxies.push_back(*a.proxy);
                   if (a.proxy && behaviour.dead_proxies.contains(*a.proxy)) {
                     return core.handle_transport_ended(
                         a.connection,
                         {.kind = DisconnectKind::kProxyFailed,
                          .retry_after = behaviour.proxy_retry_after},
                         now);
                   }
                   if (behaviour.dead_sources.contains(a.source)) {
                     return core.handle_transport_ended(
                         a.connection, {.kind = DisconnectKind::kSourceFailed}, now);
                   }
                   dial(a.connection, a.url);
                 },
                 [&](const action::Greet& a) {
                   EXPECT_FALSE(over_.contains(a.connection));
                   greetings.push_back(a.connection);
                   if (!behaviour.answers_greet) return;
                   core.handle_greeted(a.connection, behaviour.greeting, now);
                 },
                 [&](const action::Render& a) { render(a); },
                 [&](const action::CloseTransport& a) { hang_up(a.connection); },
                 [&](const action::TellDisconnect& a) {
                   EXPECT_TRUE(opened_.contains(a.connection)) << "never told that it was open";
                   EXPECT_FALSE(over_.contains(a.connection));
                   disconnects.emplace_back(a.connection, a.reason);
                 },
                 [&](const action::AskAboutError& a) {
                   EXPECT_FALSE(over_.contains(a.connection));
                   errors.emplace_back(a.connection, a.reason);
                   if (!behaviour.error_answer) return;
                   core.handle_error_answer(a.connection, *behaviour.error_answer, now);
                 },
                 [&](const action::Forget& a) { forget(a.id); },
             },
             wanted);
}

void World::render(const action::Render& wanted) {
  if (!behaviour.answers_render) return held_.push_back(wanted);
  behaviour.inside_hook();
  bool is_renderable = true;
  for (const SubscriptionId id : wanted.batch.ids) {
    EXPECT_TRUE(interned_.contains(id)) << "nobody knows what " << id << " is";
    is_renderable = is_renderable && !behaviour.unrenderable.contains(id);
  }
  if (is_renderable) return answer_render(wanted);
  core.handle_rendered(wanted.connection, Failure{Error{Errc::kHandlerFailed, "no name"}}, now);
}

void World::answer_render(const action::Render& wanted) {
  auto request = request_for(wanted.batch);
  if (behaviour.numbers_requests) {
    request = std::move(request).with_request(++requests_);
    requests_of_[wanted.connection].push_back(requests_);
  }
  core.handle_rendered(wanted.connection, std::optional{std::move(request)}, now);
}

Preparation World::prepare(const EndpointChoice& choice) const {
  if (!choice.directed.empty()) return {.url = choice.directed};
  if (behaviour.urls.empty()) return {.url = behaviour.url};
  const std::size_t place = pick_url(choice, behaviour.urls);
  return {.url = behaviour.urls[place], .urls = behaviour.urls, .place = place};
}

void World::dial(ConnectionId id, const Url& url) {
  EXPECT_FALSE(over_.contains(id));
  const bool is_dead = behaviour.dead_hosts.contains(url.host);
  const OnDial outcome = is_dead ? OnDial::kFail : behaviour.on_dial;
  if (outcome == OnDial::kUnresolved) return;
  core.handle_connecting(id, now);
  switch (outcome) {
    case OnDial::kUnresolved:
    case OnDial::kIgnore: return;
    case OnDial::kFail:
      return core.handle_transport_ended(id, {.kind = DisconnectKind::kConnectFailed}, now);
    case OnDial::kConnect: break;
  }
  EXPECT_TRUE(links_.try_emplace(id, manners_at(url.target)).second) << "dialed twice";
  core.handle_dialed(id, now);
}

ScriptedServer::Manners World::manners_at(const std::string& path) const {
  ScriptedServer::Manners manners = behaviour.manners;
  const auto refusal = behaviour.refusals.find(path);
  if (refusal == behaviour.refusals.end()) return manners;
  manners.on_upgrade = ScriptedServer::OnUpgrade::kRefuse;
  manners.refusal = refusal->second;
  return manners;
}

void World::hang_up(ConnectionId id) {
  EXPECT_TRUE(over_.insert(id).second) << "closed twice";
  if (auto link = links_.extract(id)) past_.insert(std::move(link));
}

void World::forget(SubscriptionId id) {
  if (!core.is_forgettable(id) || interned_.erase(id) == 0) return;
  forgotten.push_back(id);
}

void World::transmit(ConnectionId id) {
  Connection* connection = core.connection(id);
  const auto link = links_.find(id);
  if (!connection || link == links_.end()) return;
  while (!connection->pending_transmit(now).empty()) {
    const std::string bytes = text_of(connection->pending_transmit(now));
    connection->consume_transmit(bytes.size(), now);
    link->second.server.receive(bytes);
  }
  core.handle_transmitted(id, now);
}

/// One read. Returns whether there was anything to read.
bool World::receive(ConnectionId id, Link& link) {
  const Connection* reader = core.connection(id);
  if (!reader || !reader->may_receive() || link.is_end_told) return false;
  if (link.server.has_output()) {
    deliver(id, link.server.take_output(read_bytes_max));
    core.handle_received(id, now);
    return true;
  }
  if (!link.server.has_hung_up()) return false;
  link.is_end_told = true;
  core.handle_transport_ended(
      id, {.kind = DisconnectKind::kConnectionLost, .detail = "end of stream"}, now);
  return true;
}

void World::deliver(ConnectionId id, std::string_view bytes) {
  std::vector<std::byte> buffer(2 * MessageReader::kSharedMin);
  while (!bytes.empty()) {
    Connection& connection = *core.connection(id);
    const auto space = connection.prepare_receive(buffer);
    const std::size_t count = std::min(space.size(), bytes.size());
    std::memcpy(space.data(), bytes.data(), count);
    bytes.remove_prefix(count);
    connection.commit_receive(count, now);
    while (const auto message = connection.poll_message()) {
      behaviour.inside_hook();
      const auto inspected = behaviour.inspect(message->text());
      if (core.handle_inspected(id, *message, inspected, now) == Reception::kDeliver) {
        messages.emplace_back(id, message->text());
      }
      take_released();
    }
  }
}

void World::take_released() {
  while (const auto released = core.poll_released(now)) {
    messages.emplace_back(released->message.connection, released->message.view().text());
  }
}

void World::note(const EventKind& event) {
  if (const auto* connected = std::get_if<event::Connected>(&event)) {
    const ConnectionId id{connected->shard, connected->generation};
    EXPECT_TRUE(opened_.insert(id).second) << "opened twice";
  }
  events.push_back(event);
}

}  // namespace wsm::test
