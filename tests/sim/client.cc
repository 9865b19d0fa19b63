#include "sim/client.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/assert.h"
#include "base/overloaded.h"
#include "support/server_codec.h"

namespace wsm::sim {

Client::Client(World& world, Network& network, Venue& venue, const ShardManagerConfig& config,
               Observer& observer)
    : world_(world),
      network_(network),
      venue_(venue),
      config_(config),
      observer_(observer),
      dice_(world.dice("application")),
      answer_dice_(world.dice("answers")),
      rng_(world.dice("core").below(~std::uint64_t{0})),
      core_(config, rng_, entropy_),
      reserve_(config.delivery().reserve_bytes_max),
      buffer_(4 * MessageReader::kSharedMin) {}

void Client::start(std::span<const Topic> topics, std::size_t capacity) {
  for (const Topic topic : topics) observer_.handle_wanted(topic);
  run_turn([&](Supervisor& core) { (void)core.start(topics, capacity, world_.now()); });
}

void Client::stop(Duration deadline) {
  run_turn([&](Supervisor& core) { core.stop(world_.now() + deadline, world_.now()); });
}

void Client::subscribe(Topic topic) {
  run_turn([&](Supervisor& core) {
    const auto result = core.subscribe({&topic, 1}, world_.now()).front();
    if (result.status == SubscribeStatus::kPlaced) observer_.handle_wanted(topic);
  });
}

void Client::unsubscribe(Topic topic) {
  observer_.handle_unwanted(topic);
  run_turn([&](Supervisor& core) { (void)core.unsubscribe(topic, world_.now()); });
}

void Client::reconnect(ShardId shard) {
  observer_.handle_reconnect(shard);
  run_turn([&](Supervisor& core) { (void)core.reconnect_shard(shard, world_.now()); });
}

void Client::switch_over(ShardId shard) {
  run_turn([&](Supervisor& core) { (void)core.hot_switchover(shard, world_.now()); });
}

void Client::move(Topic topic, ShardId shard) {
  run_turn([&](Supervisor& core) { (void)core.move(topic, shard, world_.now()); });
}

void Client::rebalance() {
  run_turn([&](Supervisor& core) { (void)core.rebalance(world_.now()); });
}

void Client::pause() {
  is_paused_ = true;
  reserve_.refill();
  if (!reserve_.is_none()) return;
  observer_.handle_paused();
  run_turn([&](Supervisor& core) { core.pause_receiving(world_.now()); });
}

void Client::resume() {
  is_paused_ = false;
  observer_.handle_resumed();
  run_turn([&](Supervisor& core) { core.resume_receiving(world_.now()); });
  std::vector<ConnectionId> ids;
  for (const auto& [id, wire] : wires_) ids.push_back(id);
  for (const ConnectionId id : ids) receive(id);
}

void Client::say_go_on() {
  is_saying_stop_ = false;
  for (const ShardId shard : std::exchange(stopped_, {})) reconnect(shard);
}

void Client::freeze(Duration duration) {
  frozen_until_ = std::max(frozen_until_, world_.now() + duration);
  observer_.handle_frozen(frozen_until_);
}

std::vector<ShardId> Client::shards() const {
  std::vector<ShardId> ids;
  for (const ShardMetrics& shard : core_.metrics(world_.now()).shards)
    ids.push_back(shard.shard_id);
  return ids;
}

/// Inside of a turn (from a hook): told at once, and the turn goes on with what that left.
void Client::run_turn(const std::function<void(Supervisor&)>& tell) {
  if (is_in_turn_) return tell(core_);
  is_in_turn_ = true;
  core_.begin_turn(world_.now());
  tell(core_);
  pump();
  is_in_turn_ = false;
}

void Client::pump() {
  for (;;) {
    give_released();
    while (auto event = core_.poll_event()) tell(*std::move(event));
    if (const auto wanted = core_.poll_action()) {
      perform(*wanted);
    } else if (const auto id = core_.poll_transmit(world_.now())) {
      transmit(*id);
    } else {
      break;
    }
  }
  core_.discard_closed();
  set_alarm();
}

void Client::perform(const Action& wanted) {
  std::visit(Overloaded{
                 [&](const action::Prepare& a) {
                   observer_.handle_prepare(a.connection, a.refresh_credentials);
                   call_hook([this, id = a.connection, choice = a.choice](bool has_thrown) {
                     Result<Preparation, DisconnectReason> answer{prepare(choice)};
                     if (has_thrown) {
                       answer = Failure{DisconnectReason{.kind = DisconnectKind::kHookFailed}};
                     }
                     core_.handle_prepared(id, std::move(answer), world_.now());
                   });
                 },
                 [&](const action::Dial& a) { dial(a); },
                 [&](const action::Greet& a) {
                   call_hook([this, id = a.connection](bool has_thrown) {
                     Result<std::vector<OutgoingMessage>, DisconnectReason> answer{
                         std::vector<OutgoingMessage>{}};
                     if (has_thrown) {
                       answer = Failure{DisconnectReason{.kind = DisconnectKind::kHookFailed}};
                     }
                     core_.handle_greeted(id, std::move(answer), world_.now());
                   });
                 },
                 [&](const action::Render& a) { render(a); },
                 [&](const action::CloseTransport& a) { hang_up(a.connection); },
                 [&](const action::TellDisconnect&) {},
                 [&](const action::AskAboutError& a) {
                   call_hook([this, id = a.connection](bool) { answer_about_error(id); });
                 },
                 [&](const action::Forget&) {},
             },
             wanted);
}

template <class Answer>
void Client::call_hook(Answer answer) {
  if (dice_.once_in(hooks_.hangs_once_in)) return;
  const bool has_thrown = dice_.once_in(hooks_.throws_once_in);
  const TimePoint when =
      std::max(world_.now() + dice_.between({}, hooks_.delay_max), frozen_until_);
  world_.at(when, [this, answer = std::move(answer), has_thrown] {
    run_turn([&](Supervisor&) { answer(has_thrown); });
  });
}

Preparation Client::prepare(const EndpointChoice& choice) {
  if (!choice.directed.empty()) directed_ = choice.directed;
  const bool goes_there = commits(Sabotage::kStaysWhereSent, 1)
                              ? !directed_.empty()
                              : !choice.directed.empty() && !commits(Sabotage::kGoesItsOwnWay, 1);
  if (goes_there) return {.url = directed_};
  const std::size_t place = pick_url(choice, urls_);
  return {.url = urls_[place], .urls = urls_, .place = place};
}

void Client::dial(const action::Dial& wanted) {
  const ConnectionId id = wanted.connection;
  const auto is_there = [&](const std::string& url) {
    return endpoint_of(url) == wanted.url.endpoint();
  };
  const auto place = std::ranges::find_if(urls_, is_there) - urls_.begin();
  world_.trace.note("client", "dials", id.shard.value(), id.generation.value(),
                    static_cast<std::uint64_t>(place));
  observer_.handle_dial(id, wanted.source, wanted.url);
  network_.look_up(wanted.url.host,
                   [this, wanted] { when_awake([this, wanted] { connect(wanted); }); });
}

void Client::connect(const action::Dial& wanted) {
  const ConnectionId id = wanted.connection;
  if (core_.connection(id) == nullptr) return;  // Given up meanwhile.
  if (wanted.source == dead_source_) return fail_dial(id, DisconnectKind::kSourceFailed);
  if (wanted.proxy && wanted.proxy == dead_proxy_) {
    return fail_dial(id, DisconnectKind::kProxyFailed);
  }
  observer_.handle_connecting(id, wanted.source);
  network_.dial(
      wanted.url.host, [this, id](const Wire& wire) { venue_.accept(id, wire); },
      [this, id](const Wire& wire) { when_awake([=, this] { handle_connected(id, wire); }); },
      [this, id] { when_awake([this, id] { fail_dial(id, DisconnectKind::kConnectFailed); }); });
  run_turn([&](Supervisor& core) { core.handle_connecting(id, world_.now()); });
}

void Client::fail_dial(ConnectionId id, DisconnectKind kind) {
  run_turn(
      [&](Supervisor& core) { core.handle_transport_ended(id, {.kind = kind}, world_.now()); });
}

void Client::handle_connected(ConnectionId id, const Wire& wire) {
  if (core_.connection(id) == nullptr) return wire.to_server->finish();  // Given up meanwhile.
  wires_.emplace(id, wire);
  wire.to_client->on_arrival = [this, id] { receive(id); };
  run_turn([&](Supervisor& core) { core.handle_dialed(id, world_.now()); });
}

/// Now, or when the process goes on.
void Client::when_awake(std::function<void()> then) {
  if (world_.now() >= frozen_until_) return then();
  world_.at(frozen_until_, [this, then = std::move(then)] { when_awake(then); });
}

void Client::hang_up(ConnectionId id) {
  world_.trace.note("client", "hangs up", id.shard.value(), id.generation.value());
  const auto wire = wires_.find(id);
  const bool has_read_all =
      wire != wires_.end() && wire->second.to_client->end() == StreamEnd::kFinished;
  observer_.handle_hung_up(id, has_read_all);
  if (wire == wires_.end()) return;
  wire->second.to_client->on_arrival = nullptr;
  wire->second.to_server->finish();
  wires_.erase(wire);
}

void Client::render(const action::Render& wanted) {
  Result<std::optional<OutgoingMessage>> answer{std::nullopt};
  const bool is_subscribe = wanted.batch.kind == RequestKind::kSubscribe;
  if (commits(is_subscribe ? Sabotage::kLosesSubscribe : Sabotage::kLosesUnsubscribe, 2)) {
    return core_.handle_rendered(wanted.connection, std::move(answer), world_.now());
  }
  if (dice_.once_in(hooks_.throws_once_in)) {
    answer = Failure{Error{Errc::kHandlerFailed, "thrown"}};
  } else {
    const Request request{is_subscribe, ++requests_, wanted.batch.ids};
    answer = std::optional{OutgoingMessage::text(encode(request)).with_request(request.id)};
    if (is_subscribe && commits(Sabotage::kRepeatsSubscribe)) {
      (void)core_.send(wanted.connection, **answer);
    }
    if (commits(Sabotage::kSaysNonsense)) {
      (void)core_.send(wanted.connection, OutgoingMessage::text("nonsense"));
    }
  }
  core_.handle_rendered(wanted.connection, std::move(answer), world_.now());
}

void Client::transmit(ConnectionId id) {
  Connection* connection = core_.connection(id);
  const auto wire = wires_.find(id);
  if (connection == nullptr || wire == wires_.end()) return;
  const auto pending = connection->pending_transmit(world_.now());
  const std::string_view bytes{reinterpret_cast<const char*>(pending.data()), pending.size()};
  note_frames(id, bytes);
  write(*wire->second.to_server, bytes);
  connection->consume_transmit(pending.size(), world_.now());
  core_.handle_transmitted(id, world_.now());
}

/// Each write has whole frames, or the upgrade request.
void Client::note_frames(ConnectionId id, std::string_view written) {
  if (written.starts_with("GET ")) return;
  std::string_view fault;
  while (const auto frame = test::take_client_frame(written, fault)) {
    observer_.handle_frame(id);
    const auto request = parse_request(frame->payload);
    if (request) observer_.handle_asked(id, *request, frame->payload.size());
  }
}

void Client::receive(ConnectionId id) {
  if (world_.now() < frozen_until_) {
    return when_awake([this, id] { receive(id); });
  }
  const auto found = wires_.find(id);
  Connection* connection = core_.connection(id);
  if (found == wires_.end() || connection == nullptr || !connection->may_receive()) return;
  const std::shared_ptr<Pipe> pipe = found->second.to_client;
  run_turn([&](Supervisor& core) {
    const std::string_view bytes = pipe->arrived();
    const std::size_t count = bytes.size();
    const std::size_t messages = take_in(id, bytes);
    core.handle_received(id, world_.now());
    if (is_paused_ && !reserve_.take(id.shard, messages, count)) {
      observer_.handle_paused();
      core.pause_receiving(id.shard, world_.now());
    }
    if (pipe->end()) {
      core.handle_transport_ended(id, {.kind = DisconnectKind::kConnectionLost}, world_.now());
    }
  });
}

/// `bytes` stay where they are: nothing arrives while a task runs.
std::size_t Client::take_in(ConnectionId id, std::string_view bytes) {
  std::size_t messages = 0;
  std::size_t taken = 0;
  while (taken < bytes.size()) {
    Connection* connection = core_.connection(id);
    if (connection == nullptr || connection->is_closed()) break;
    const auto space = connection->prepare_receive(buffer_);
    const std::size_t count = std::min(space.size(), bytes.size() - taken);
    std::memcpy(space.data(), bytes.data() + taken, count);
    taken += count;
    connection->commit_receive(count, world_.now());
    while (const auto message = connection->poll_message()) {
      ++messages;
      deliver(id, *message);
    }
  }
  wires_.at(id).to_client->consume(taken);
  return messages;
}

void Client::deliver(ConnectionId id, const Message& message) {
  const auto parsed = parse_feed_message(message.text());
  if (!parsed) return venue_.complain(id, "sent what the client does not understand");
  Inspected inspected = sim::inspect(*parsed, recognition_);
  if (inspected.role == MessageRole::kRejection && commits(Sabotage::kMistakesRefusal, 1)) {
    inspected.role = MessageRole::kAcknowledgement;
  }
  if (inspected.numbering.previous && commits(Sabotage::kMisreadsChain)) {
    ++*inspected.numbering.previous;
  }
  auto& number = inspected.numbering.sequence;
  if (number && *number > 1 && commits(Sabotage::kMisreadsNumbers)) --*number;
  if (parsed->kind == FeedMessage::Kind::kData) {
    if (commits(Sabotage::kOverlooksMessage)) return;
    observer_.handle_arrived(id, parsed->topic, parsed->sequence);
  }
  if (parsed->kind == FeedMessage::Kind::kDrain) observer_.handle_drain_notice(id, parsed->url);
  if (parsed->request != 0) observer_.handle_answered(id, parsed->request);
  const auto reception = core_.handle_inspected(id, message, inspected, world_.now());
  if (reception == wsm::Reception::kDeliver) {
    give(id, *parsed);
  } else {
    observer_.handle_withheld(id, *parsed);
  }
  give_released();
}

void Client::give_released() {
  while (const auto released = core_.poll_released(world_.now())) {
    give(released->message.connection, *parse_feed_message(released->message.view().text()));
  }
}

/// A deadline that is not in the future after handle_timeout() would be a turn without end.
void Client::set_alarm() {
  const auto deadline = core_.next_deadline();
  if (!deadline || (alarm_ && *alarm_ <= *deadline)) return;
  if (commits(Sabotage::kMissesAlarms)) return;
  alarm_ = std::max({*deadline, world_.now(), frozen_until_});
  world_.at(*alarm_, [this, alarm = *alarm_] {
    if (alarm_ != alarm) return;  // An earlier one was set after it.
    if (world_.now() < frozen_until_) {
      alarm_.reset();
      return set_alarm();
    }
    alarm_.reset();
    run_turn([&](Supervisor& core) {
      core.handle_timeout(world_.now());
      WSM_ASSERT(core.next_deadline().value_or(TimePoint::max()) > world_.now());
    });
  });
}

}  // namespace wsm::sim
