#include "unit/core/connection/connection_fixture.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace wsm::test {
namespace {

std::string in_words(std::string_view what, Duration duration) {
  const auto count = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  return std::string{what} + ' ' + std::to_string(count) + " ms";
}

}  // namespace

ConnectionFixture::ConnectionFixture() : read_buffer(8192) {
  settings.connect_timeout = std::chrono::seconds{10};
  settings.close_timeout = std::chrono::seconds{5};
  settings.linger = std::chrono::seconds{1};
  settings.message_bytes_max = 1000;
  make();
}

void ConnectionFixture::make() {
  entropy = {};
  connection.emplace(settings, entropy, now);
}

void ConnectionFixture::prepare(Preparation preparation) {
  connection->handle_prepared(std::move(preparation), now);
}

void ConnectionFixture::dial() { connection->handle_dialed(now); }

void ConnectionFixture::upgrade(std::string_view behind, std::string_view headers) {
  (void)take_bytes();
  receive(upgrade_response("key-1", headers).append(behind));
}

void ConnectionFixture::greet(std::vector<OutgoingMessage> first) {
  connection->handle_greeted(std::move(first), now);
}

void ConnectionFixture::open() {
  prepare();
  dial();
  upgrade();
  greet();
  (void)take_actions();
  (void)take_notices();
}

void ConnectionFixture::go_to(ConnectionStatus status) {
  switch (status) {
    case ConnectionStatus::kPreparing: break;
    case ConnectionStatus::kDialing: prepare(); break;
    case ConnectionStatus::kUpgrading:
      prepare();
      dial();
      break;
    case ConnectionStatus::kGreeting:
      prepare();
      dial();
      upgrade();
      break;
    case ConnectionStatus::kOpen: open(); break;
    case ConnectionStatus::kClosing:
      open();
      connection->close({.kind = DisconnectKind::kRequested}, now);
      break;
    case ConnectionStatus::kClosed:
      open();
      connection->abort({.kind = DisconnectKind::kRequested});
      break;
  }
  ASSERT_EQ(connection->status(), status);
}

void ConnectionFixture::receive(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto space = connection->prepare_receive(read_buffer);
    const std::size_t count = std::min(space.size(), bytes.size());
    std::memcpy(space.data(), bytes.data(), count);
    bytes.remove_prefix(count);
    connection->commit_receive(count, now);
    while (const auto message = connection->poll_message()) {
      messages.push_back(std::string{to_string(message->kind())} + ": " +
                         std::string{message->text()});
    }
  }
}

void ConnectionFixture::end_transport() {
  connection->handle_transport_ended(
      {.kind = DisconnectKind::kConnectionLost, .detail = "end of stream"}, now);
}

void ConnectionFixture::advance(Duration by) {
  now += by;
  connection->handle_timeout(now);
  EXPECT_GT(connection->next_deadline().value_or(TimePoint::max()), now);
}

std::string ConnectionFixture::take_bytes() {
  std::string bytes = text_of(connection->pending_transmit(now));
  connection->consume_transmit(bytes.size(), now);
  return bytes;
}

std::vector<ClientFrame> ConnectionFixture::take_frames() {
  std::vector<ClientFrame> frames;
  while (!connection->pending_transmit(now).empty()) {
    std::string bytes = take_bytes();
    std::ranges::move(take_client_frames(bytes), std::back_inserter(frames));
    EXPECT_EQ(bytes, "") << "not a whole frame";
  }
  return frames;
}

std::vector<std::string> ConnectionFixture::take_actions() {
  std::vector<std::string> names;
  while (const auto action = connection->poll_action()) {
    if (std::holds_alternative<Connection::Prepare>(*action)) names.push_back("prepare");
    if (const auto* dial = std::get_if<Connection::Dial>(&*action)) {
      names.push_back("dial " + dial->url.authority() + dial->url.target);
    }
    if (std::holds_alternative<Connection::Greet>(*action)) names.push_back("greet");
  }
  return names;
}

std::vector<std::string> ConnectionFixture::take_notices() {
  std::vector<std::string> words;
  while (const auto notice = connection->poll_notice()) {
    if (const auto* opened = std::get_if<Connection::Opened>(&*notice)) {
      words.push_back(in_words("opened in", opened->time_to_connect));
    } else if (const auto* stalled = std::get_if<Connection::Stalled>(&*notice)) {
      words.push_back(in_words("stalled for", stalled->silence));
    } else if (std::holds_alternative<Connection::Doubtful>(*notice)) {
      words.emplace_back("doubtful");
    } else {
      words.push_back(
          in_words("unanswered for", std::get<Connection::Unanswered>(*notice).silence));
    }
  }
  return words;
}

DisconnectReason ConnectionFixture::reason() const {
  const auto& given = connection->reason();
  EXPECT_TRUE(given.has_value()) << "there is no reason yet";
  return given.value_or(DisconnectReason{});
}

}  // namespace wsm::test
