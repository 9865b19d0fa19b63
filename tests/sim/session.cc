#include "sim/session.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

#include "sim/venue.h"

namespace wsm::sim {
Session::Session(Venue& venue, ConnectionId id, const Wire& wire)
    : venue_(venue), id_(id), wire_(wire), answers_pings_(venue.rules().answers_pings) {
  wire_.to_server->on_arrival = [this] { read(); };
}

Session::~Session() { wire_.to_server->on_arrival = nullptr; }

void Session::publish(FeedMessage message) {
  const Topic topic = message.topic;
  if (!is_open() || is_mute_ || mute_topics_.contains(topic)) return;
  if (message.is_of_connection) message.number = ++counts_[topic];
  if (skipped_topics_.erase(topic) > 0) return;
  if (venue_.rules().snapshot_every) {
    const std::uint64_t epoch = venue_.epoch(topic);
    const auto [begun, is_first] = begun_.try_emplace(topic, epoch);
    message.is_whole |= is_first || std::exchange(begun->second, epoch) != epoch;
  }
  send(message);
  venue_.observer().handle_sent(id_, topic, message.sequence);
}

void Session::heartbeat() {
  if (is_open()) send({});
}

void Session::ping() {
  if (is_open()) write(test::server_frame(Opcode::kPing, std::to_string(++pings_)));
}

void Session::close(std::uint16_t code, std::string_view reason) {
  if (!is_open()) return;
  note_hurt();
  write(test::server_close(code, reason));
  has_sent_close_ = true;
}

void Session::finish() {
  if (is_over_) return;
  note_hurt();
  hang_up();
}

void Session::reset() {
  if (is_over_) return;
  note_hurt();
  wire_.reset();
  end();
}

void Session::go_silent() {
  if (is_over_) return;
  note_hurt();
  wire_.lose_everything();
  end();
}

void Session::mute() {
  note_hurt();
  is_mute_ = true;
}

void Session::mute(Topic topic, Cure cure) {
  note_hurt(topic);
  mute_topics_[topic] = cure;
}

void Session::skip(Topic topic) {
  note_hurt(topic);
  skipped_topics_.insert(topic);
}

void Session::ignore_pings() {
  note_hurt();
  answers_pings_ = false;
}

void Session::lose(Direction direction) {
  if (is_over_) return;
  note_hurt();
  (direction == Direction::kToVenue ? wire_.to_server : wire_.to_client)->lose_everything();
  venue_.world().after(std::chrono::minutes{3}, [weak = std::weak_ptr{self_}] {
    if (const auto self = weak.lock()) (*self)->reset();
  });
}

void Session::read() {
  if (is_over_) return;
  input_ += wire_.to_server->arrived();
  wire_.to_server->consume(wire_.to_server->arrived().size());
  if (!is_upgraded_) read_upgrade();
  std::string_view left = input_;
  while (is_upgraded_ && !is_over_) {
    std::string_view fault;
    const auto frame = test::take_client_frame(left, fault);
    if (!fault.empty()) venue_.complain(id_, fault);
    if (!frame) break;
    handle_frame(*frame);
  }
  input_.erase(0, input_.size() - left.size());
  if (!is_over_ && wire_.to_server->end()) hang_up();
}

void Session::read_upgrade() {
  const std::size_t end = input_.find("\r\n\r\n");
  if (end == std::string::npos) return;
  const std::string response = test::upgrade_response(test::key_of(input_));
  input_.erase(0, end + 4);
  if (!venue_.allows_upgrade(id_)) {
    return refuse({.status = 429, .retry_after_seconds = 10});
  }
  switch (venue_.reception().answer) {
    case Reception::Answer::kIgnore: return;
    case Reception::Answer::kRefuse: return refuse(venue_.reception());
    case Reception::Answer::kAccept: return accept(response);
    case Reception::Answer::kAcceptThenClose: accept(response); return close(1013, "busy");
  }
}

void Session::accept(std::string_view response) {
  is_upgraded_ = true;
  write(response);
  if (!venue_.rules().connection_age_max) return;
  venue_.world().after(*venue_.rules().connection_age_max, [weak = std::weak_ptr{self_}] {
    if (const auto self = weak.lock()) (*self)->close(1001, "too old");
  });
}

void Session::refuse(const Reception& reception) {
  std::string head = "HTTP/1.1 " + std::to_string(reception.status) + " No\r\n";
  if (reception.retry_after_seconds) {
    head += "Retry-After: " + std::to_string(*reception.retry_after_seconds) + "\r\n";
  }
  write(head + "Content-Length: 0\r\n\r\n");
  hang_up();
}

void Session::handle_frame(const test::ClientFrame& frame) {
  if (!has_sent_close_ && !venue_.allows_frame(id_, frames_)) return close(1008, "too fast");
  switch (frame.opcode) {
    case Opcode::kText:
      if (is_text_ping(frame.payload)) {
        if (answers_pings_ && !has_sent_close_) write(test::server_text(venue_.rules().text_pong));
        return;
      }
      if (const auto request = parse_request(frame.payload)) return handle_request(*request);
      return venue_.complain(id_, "not a request");
    case Opcode::kPing:
      if (answers_pings_ && !has_sent_close_)
        write(test::server_frame(Opcode::kPong, frame.payload));
      return;
    case Opcode::kPong: return handle_pong(frame.payload);
    case Opcode::kClose: return handle_close(frame.payload);
    default: return;
  }
}

bool Session::is_text_ping(std::string_view payload) const {
  return !venue_.rules().text_ping.empty() && payload == venue_.rules().text_ping;
}

void Session::handle_request(const Request& request) {
  if (!is_open()) return;
  venue_.observer().handle_request(id_, request);
  request.is_subscribe ? subscribe(request) : unsubscribe(request);
}

void Session::subscribe(const Request& request) {
  std::vector<Topic> refused;
  for (const Topic topic : request.topics) {
    const auto kind = refusal(topic);
    if (!kind) {
      grant(topic);
      continue;
    }
    venue_.observer().handle_refused(id_, topic);
    note_hurt(topic);
    unserved_topics_.insert(topic);
    refused.push_back(topic);
    if (venue_.rules().answers == AnswerStyle::kInPart) continue;  // All of them in one answer.
    send({.kind = *kind, .request = request.id, .topic = topic});
  }
  if (topics_.size() > venue_.rules().subscriptions_max) {
    venue_.complain(id_, "more subscriptions than allowed");
    return close(1008, "too many subscriptions");
  }
  answer(request, refused);
}

std::optional<FeedMessage::Kind> Session::refusal(Topic topic) const {
  if (venue_.rules().unknown_topics.contains(topic)) return FeedMessage::Kind::kFinalReject;
  if (venue_.office() == Office::kRejects) return FeedMessage::Kind::kReject;
  return std::nullopt;
}

void Session::grant(Topic topic) {
  venue_.observer().handle_granted(id_, topic);
  const VenueRules& rules = venue_.rules();
  const bool is_full =
      rules.above_cap == AboveCap::kIgnores && topics_.size() >= rules.subscriptions_max;
  if (!topics_.contains(topic) && (is_full || venue_.office() == Office::kIgnores)) {
    note_hurt(topic);
    unserved_topics_.insert(topic);
    return;
  }
  const auto mute = mute_topics_.find(topic);
  if (mute != mute_topics_.end() && mute->second == Cure::kAskAgain) mute_topics_.erase(mute);
  if (!topics_.insert(topic).second) venue_.complain(id_, kSubscribedTwice);
  begun_.erase(topic);
  venue_.handle_subscribed(*this, topic);
}

void Session::unsubscribe(const Request& request) {
  for (const Topic topic : request.topics) {
    // An unsubscribe and a rejection may cross each other.
    if (topics_.erase(topic) == 0 && !unserved_topics_.contains(topic)) {
      venue_.complain(id_, "unsubscribed what it had not");
    }
    venue_.handle_unsubscribed(*this, topic);
  }
  answer(request, {});
}

/// What was refused has been told already, unless one answer tells everything.
void Session::answer(const Request& request, const std::vector<Topic>& refused) {
  using Kind = FeedMessage::Kind;
  switch (venue_.rules().answers) {
    case AnswerStyle::kNone: return;
    case AnswerStyle::kForRequest: return answer({.kind = Kind::kAck, .request = request.id});
    case AnswerStyle::kInPart: {
      const bool is_for_now = venue_.office() == Office::kRejects;
      return answer({.kind = is_for_now ? Kind::kAckInPart : Kind::kAck,
                     .request = request.id,
                     .rejected = refused});
    }
    case AnswerStyle::kForTopics: break;
  }
  for (const Topic topic : request.topics) {
    if (std::ranges::find(refused, topic) != refused.end()) continue;
    answer({.kind = Kind::kTopicAck, .request = request.id, .topic = topic});
  }
}

void Session::answer(const FeedMessage& message) {
  if (venue_.office() == Office::kSilent) return;
  venue_.world().after(venue_.draw_answer_delay(), [weak = std::weak_ptr{self_}, message] {
    const auto self = weak.lock();
    if (self && (*self)->is_open()) (*self)->send(message);
  });
}

void Session::drain(const std::string& url) {
  if (!is_open()) return;
  send({.kind = FeedMessage::Kind::kDrain, .url = url});
  venue_.world().after(std::chrono::seconds{30}, [weak = std::weak_ptr{self_}] {
    if (const auto self = weak.lock()) (*self)->close(1001, "going away");
  });
}

void Session::handle_pong(std::string_view payload) {
  std::uint64_t number = 0;
  (void)std::from_chars(payload.data(), payload.data() + payload.size(), number);
  if (number == 0 || number > pings_) return venue_.complain(id_, "answers what was not asked");
  venue_.observer().handle_pong(id_, number);
}

void Session::handle_close(std::string_view payload) {
  if (!venue_.rules().answers_close) return;
  if (!has_sent_close_) write(test::server_frame(Opcode::kClose, payload));
  has_sent_close_ = true;
  hang_up();
}

void Session::note_hurt(std::optional<Topic> topic) { venue_.observer().handle_hurt(id_, topic); }

void Session::hang_up() {
  if (is_over_) return;
  wire_.to_client->finish();
  end();
}

void Session::end() {
  is_over_ = true;
  venue_.handle_ended(*this);
}

}  // namespace wsm::sim
