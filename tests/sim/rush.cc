#include "sim/rush.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "base/overloaded.h"

namespace wsm::sim {

using namespace std::chrono_literals;

Rush::Rush(const RushPlan& plan)
    : plan_(plan),
      feed_(plan.feed, now_),
      dice_(plan.seed),
      rng_(plan.seed + 1),
      core_(config(), rng_, entropy_),
      judge_(feed_, lines_),
      buffer_(4 * MessageReader::kSharedMin) {
  core_.weaken(plan.handover);
}

RushReport Rush::run() {
  const TimePoint begin = now_;
  std::vector<Topic> topics;
  for (Topic::rep topic = 0; topic < RushFeed::kTopics; ++topic) topics.emplace_back(topic);
  (void)core_.start(topics, topics.size(), now_);
  pump();
  for (std::uint64_t done = 0; done < plan_.switchovers && !report_.fault; ++done) switch_over();
  judge_.check(core_.metrics(now_).counters.messages_lost);
  report_.simulated = now_ - begin;
  report_.delivered = judge_.delivered();
  report_.lost = judge_.lost();
  report_.lost_needlessly = judge_.lost_needlessly();
  report_.misplaced = judge_.misplaced();
  report_.excused = judge_.excused();
  if (!report_.fault) report_.fault = judge_.fault();
  return report_;
}

/// One switchover, from calm to calm.
void Rush::switch_over() {
  constexpr Victim kVictims[] = {Victim::kNone, Victim::kNone,  Victim::kNone,
                                 Victim::kOld,  Victim::kFresh, Victim::kBoth};
  constexpr Duration kPatience = 2min;
  const TimePoint end = now_ + kPatience;
  while (!is_calm() && now_ < end) step();
  judge_.set_calm(true);
  step();
  judge_.set_calm(false);
  if (!core_.hot_switchover(ShardId{0}, now_)) {
    report_.fault = "no switchover is possible";
    return;
  }
  pump();
  const Victim victim = plan_.sides_die ? dice_.one_of(kVictims) : Victim::kNone;
  const TimePoint when = now_ + dice_.between({}, 8s);
  bool is_to_kill = victim != Victim::kNone;
  while (!is_calm() && now_ < end) {
    step();
    if (is_to_kill && now_ >= when) {
      kill(victim);
      is_to_kill = false;
    }
  }
  if (!is_calm()) report_.fault = "it does not come to an end";
}

void Rush::step() {
  now_ += kStep;
  while (first_open_ < lines_.size() && over_.contains(lines_[first_open_]->id())) ++first_open_;
  for (std::size_t place = first_open_; place < lines_.size(); ++place) read(*lines_[place]);
  if (core_.next_deadline().value_or(TimePoint::max()) > now_) return;
  core_.begin_turn(now_);
  core_.handle_timeout(now_);
  pump();
}

void Rush::kill(Victim victim) {
  if (old_ && victim != Victim::kFresh) kill(find(*old_));
  if (fresh_ && victim != Victim::kOld) kill(find(*fresh_));
}

void Rush::kill(const std::shared_ptr<RushLine>& line) {
  if (!line || line->is_killed() || over_.contains(line->id())) return;
  ++report_.killed;
  line->kill(now_);
  // Who was replaced by one that is proven is not needed any more; a standby is not yet.
  const bool is_spare = old_ == line->id() ? !is_switching_ : is_switching_;
  if (!is_spare) judge_.handle_killed(*line, survivor_of(*line));
  core_.begin_turn(now_);
  core_.handle_transport_ended(line->id(), {.kind = DisconnectKind::kConnectionLost}, now_);
  pump();
}

/// The standby, if it is there.
const RushLine* Rush::survivor_of(const RushLine& line) const {
  if (!fresh_ || *fresh_ == line.id() || over_.contains(*fresh_)) return nullptr;
  const auto fresh = find(*fresh_);
  return fresh && !fresh->is_killed() ? fresh.get() : nullptr;
}

/// One read, with everything that has arrived.
void Rush::read(RushLine& line) {
  const ConnectionId id = line.id();
  if (line.is_killed() || over_.contains(id)) return;
  arrived_.clear();
  arrived_next_ = 0;
  std::string_view bytes;
  const std::string output = line.take_output(now_, arrived_);
  bytes = output;
  if (bytes.empty()) return;
  core_.begin_turn(now_);
  while (!bytes.empty()) {
    Connection* connection = core_.connection(id);
    if (!connection || connection->is_closed()) break;
    const auto space = connection->prepare_receive(buffer_);
    const std::size_t count = std::min(space.size(), bytes.size());
    std::memcpy(space.data(), bytes.data(), count);
    bytes.remove_prefix(count);
    connection->commit_receive(count, now_);
    while (const auto message = connection->poll_message()) take_message(line, *message);
  }
  core_.handle_received(id, now_);
  if (line.is_finished()) {
    core_.handle_transport_ended(id, {.kind = DisconnectKind::kConnectionLost}, now_);
  }
  pump();
}

void Rush::take_message(const RushLine& line, const Message& message) {
  const std::string_view text = message.text();
  if (text.front() == 'A') {
    const auto answer = parse_feed_message(text);
    const Inspected inspected{
        .role = MessageRole::kAcknowledgement, .subscription = {}, .request = answer->request};
    (void)core_.handle_inspected(line.id(), message, inspected, now_);
    return;
  }
  ++report_.arrived;
  const RushFeed::Index index = arrived_.at(arrived_next_++);
  const Topic topic = RushFeed::topic_of(index);
  const Sequence sequence = RushFeed::sequence_of(index);
  const auto reception =
      core_.handle_inspected(line.id(), message, feed_.inspect(topic, sequence), now_);
  if (reception == Reception::kDeliver) judge_.handle_delivered(topic, sequence, text);
  give_released();
}

void Rush::give_released() {
  while (const auto released = core_.poll_released(now_)) {
    const std::string_view text = released->message.view().text();
    std::optional<Sequence> sequence;
    if (feed_.kind() != RushFeedKind::kRepeats) {
      sequence = std::stoull(std::string{text.substr(text.find(' ') + 1)});
    }
    judge_.handle_delivered(released->id, sequence, text);
  }
}

void Rush::pump() {
  for (bool is_moving = true; is_moving;) {
    is_moving = false;
    give_released();
    while (const auto event = core_.poll_event()) handle_event(*event);
    while (const auto wanted = core_.poll_action()) {
      perform(*wanted);
      is_moving = true;
    }
    while (const auto id = core_.poll_transmit(now_)) transmit(*id);
  }
  core_.discard_closed();
}

void Rush::perform(const Action& wanted) {
  std::visit(Overloaded{
                 [&](const action::Prepare& a) {
                   core_.handle_prepared(a.connection, Preparation{.url = "ws://venue.sim/"}, now_);
                 },
                 [&](const action::Dial& a) {
                   lines_.push_back(std::make_shared<RushLine>(a.connection, feed_, dice_));
                   if (is_switching_) fresh_ = a.connection;
                   core_.handle_dialed(a.connection, now_);
                 },
                 [&](const action::Greet& a) {
                   core_.handle_greeted(a.connection, std::vector<OutgoingMessage>{}, now_);
                 },
                 [&](const action::Render& a) {
                   const bool is_subscribe = a.batch.kind == RequestKind::kSubscribe;
                   const Request request{is_subscribe, ++requests_, a.batch.ids};
                   auto message = OutgoingMessage::text(encode(request)).with_request(request.id);
                   core_.handle_rendered(a.connection, std::optional{std::move(message)}, now_);
                 },
                 [&](const action::CloseTransport& a) { over_.insert(a.connection); },
                 [&](const action::TellDisconnect&) {},
                 [&](const action::AskAboutError& a) {
                   core_.handle_error_answer(a.connection, ErrorAnswer::kDefault, now_);
                 },
                 [&](const action::Forget&) {},
             },
             wanted);
}

void Rush::transmit(ConnectionId id) {
  Connection* connection = core_.connection(id);
  const auto line = find(id);
  if (!connection || !line || line->is_killed()) return;
  while (!connection->pending_transmit(now_).empty()) {
    const auto pending = connection->pending_transmit(now_);
    line->handle_written({reinterpret_cast<const char*>(pending.data()), pending.size()}, now_);
    connection->consume_transmit(pending.size(), now_);
  }
  core_.handle_transmitted(id, now_);
}

void Rush::handle_event(const EventKind& event) {
  judge_.handle_event(event);
  if (std::holds_alternative<event::SwitchoverStarted>(event)) {
    is_switching_ = true;
    fresh_.reset();
    for (const auto& line : lines_) {
      if (!over_.contains(line->id())) old_ = line->id();  // There is one only.
    }
  } else if (const auto* finished = std::get_if<event::SwitchoverFinished>(&event)) {
    is_switching_ = false;
    ++report_.outcomes[finished->outcome];
    const auto old = old_ ? find(*old_) : nullptr;
    const auto fresh = fresh_ ? find(*fresh_) : nullptr;
    if (old && fresh) {
      judge_.handle_promoted(*old, *fresh, finished->outcome == SwitchoverOutcome::kProven);
    }
  }
}

std::shared_ptr<RushLine> Rush::find(ConnectionId id) const {
  for (auto line = lines_.rbegin(); line != lines_.rend(); ++line) {
    if ((*line)->id() == id) return *line;
  }
  return nullptr;
}

/// One connection is left, and brings everything.
bool Rush::is_calm() const {
  if (is_switching_ || lines_.empty()) return false;
  const RushLine& newest = *lines_.back();
  for (std::size_t place = first_open_; place < lines_.size(); ++place) {
    const RushLine& line = *lines_[place];
    if (over_.contains(line.id())) continue;
    if (line.is_killed() || !line.brings_all()) return false;
    if (&line != &newest && !over_.contains(newest.id())) return false;
  }
  return core_.is_live();
}

ShardManagerConfig Rush::config() {
  auto builder = ShardManagerConfig::builder();
  builder.data_timeout(20s).proactive_reconnect_interval(std::nullopt);
  builder.ping_interval(std::nullopt).pong_timeout(std::nullopt);
  builder.backoff({.initial_delay = 100ms, .max_delay = 1s, .stable_after = 1s});
  return builder.build().value();
}

}  // namespace wsm::sim
