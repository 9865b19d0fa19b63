#include "support/scripted_server.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <gtest/gtest.h>

namespace wsm::test {
namespace {

constexpr std::string_view kSubscribe = "sub ";
constexpr std::string_view kUnsubscribe = "unsub ";

std::vector<SubscriptionId> parse_ids(std::string_view list) {
  std::vector<SubscriptionId> ids;
  while (!list.empty()) {
    const std::string_view item = list.substr(0, list.find(','));
    SubscriptionId::rep number = 0;
    const auto parsed = std::from_chars(item.data(), item.data() + item.size(), number);
    EXPECT_EQ(parsed.ptr, item.data() + item.size()) << "not a request: " << list;
    ids.emplace_back(number);
    list.remove_prefix(std::min(list.size(), item.size() + 1));
  }
  return ids;
}

}  // namespace

OutgoingMessage request_for(const RequestBatcher::Batch& batch) {
  std::string text{batch.kind == RequestKind::kSubscribe ? kSubscribe : kUnsubscribe};
  for (const SubscriptionId id : batch.ids) text += std::to_string(id.value()) + ',';
  text.pop_back();
  return OutgoingMessage::text(std::move(text));
}

void ScriptedServer::close(std::uint16_t code, std::string_view reason) {
  has_sent_close_ = true;
  send(server_close(code, reason));
}

void ScriptedServer::receive(std::string_view bytes) {
  if (has_hung_up_ || is_refused_) return;
  input_ += bytes;
  if (!is_upgraded_) answer_upgrade();
  if (!is_upgraded_) return;
  for (const ClientFrame& frame : take_client_frames(input_)) handle_frame(frame);
}

std::string ScriptedServer::take_output(std::size_t count_max) {
  std::string bytes = output_.substr(0, count_max);
  output_.erase(0, bytes.size());
  return bytes;
}

std::vector<std::string> ScriptedServer::texts() const {
  std::vector<std::string> texts;
  for (const ClientFrame& frame : frames_) {
    if (frame.opcode == Opcode::kText) texts.push_back(frame.payload);
  }
  return texts;
}

void ScriptedServer::answer_upgrade() {
  const std::size_t end = input_.find("\r\n\r\n");
  if (end == std::string::npos) return;
  upgrade_request_ = input_.substr(0, end + 4);
  input_.erase(0, end + 4);
  switch (manners_.on_upgrade) {
    case OnUpgrade::kIgnore: return;
    case OnUpgrade::kRefuse: is_refused_ = true; return send(manners_.refusal);
    case OnUpgrade::kAccept: break;
  }
  is_upgraded_ = true;
  send(upgrade_response(key_of(upgrade_request_)) + manners_.behind_upgrade);
}

void ScriptedServer::handle_frame(const ClientFrame& frame) {
  EXPECT_FALSE(has_received_close_) << "behind a close frame: " << frame;
  frames_.push_back(frame);
  switch (frame.opcode) {
    case Opcode::kText:
      if (frame.payload == "ping" && manners_.answers_pings) send(server_text("PONG"));
      return handle_request(frame.payload);
    case Opcode::kPing:
      if (manners_.answers_pings) send(server_frame(Opcode::kPong, frame.payload));
      return;
    case Opcode::kClose:
      has_received_close_ = true;
      if (!manners_.answers_close) return;
      if (!has_sent_close_) send(server_frame(Opcode::kClose, frame.payload));
      has_hung_up_ = true;
      return;
    default: return;
  }
}

void ScriptedServer::handle_request(std::string_view text) {
  const bool is_subscribe = text.starts_with(kSubscribe);
  if (!is_subscribe && !text.starts_with(kUnsubscribe)) return;
  text.remove_prefix(is_subscribe ? kSubscribe.size() : kUnsubscribe.size());
  for (const SubscriptionId id : parse_ids(text)) {
    const bool was_right = is_subscribe ? subscribed_.insert(id).second : subscribed_.erase(id) > 0;
    EXPECT_TRUE(was_right || !manners_.is_strict)
        << id << (is_subscribe ? " subscribed twice" : " ended for nothing");
  }
  EXPECT_LE(subscribed_.size(), manners_.capacity);
  if (is_subscribe && manners_.sends_snapshots) send_data();
}

}  // namespace wsm::test
