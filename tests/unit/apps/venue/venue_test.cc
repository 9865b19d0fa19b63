#include "venue/venue.h"

#include <map>
#include <thread>

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "unit/apps/venue/test_client.h"

namespace wsm::venue {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::SizeIs;

constexpr auto kSubscribeBoth = R"({"op":"subscribe","args":["T0001","T0002"],"id":7})";
using Received = std::map<std::string, std::vector<Sequence>>;

bool is_data(const std::string& message) { return message.starts_with(R"({"topic":)"); }
bool is_heartbeat(const std::string& message) { return message == R"({"op":"heartbeat"})"; }

class VenueTest : public ::testing::Test {
 protected:
  void start() {
    auto started = Venue::start(options);
    ASSERT_TRUE(started);
    venue = *std::move(started);
  }

  /// Subscribes to T0001 and T0002 and waits for the first data.
  void subscribe(TestClient& client) {
    client.send(kSubscribeBoth);
    ASSERT_TRUE(client.receive_if(is_data));
  }

  ConnectionId only_connection() { return venue->connections().at(0).id; }

  /// How the venue's only connection so far ended; waits until it has.
  ConnectionEnd end_of_connection() {
    const auto deadline = std::chrono::steady_clock::now() + TestClient::kPatience;
    while (!venue->connections().empty() && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
    }
    return venue->record().connections().at(0).end;
  }

  Options options{.topics = 2,
                  .messages_per_second = 1'000,
                  .heartbeat_interval = 50ms,
                  .limits = {.subscriptions_per_connection = 2, .requests_per_window = 100}};
  std::unique_ptr<Venue> venue;
};

TEST_F(VenueTest, RefusesOptionsThatMakeNoSense) {
  options.topics = kTopicsMax + 1;

  const auto started = Venue::start(options);

  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, Errc::kInvalidArgument);
}

TEST_F(VenueTest, AcknowledgesASubscription) {
  start();
  TestClient client{venue->port()};
  ASSERT_EQ(client.status(), 101U);

  client.send(kSubscribeBoth);

  EXPECT_THAT(client.receive_if([](auto& text) { return text.find("ok") != text.npos; }),
              Optional(std::string{R"({"op":"subscribe","id":7,"ok":true,"count":2})"}));
}

TEST_F(VenueTest, RemembersTheTargetOfTheUpgrade) {
  start();
  TestClient client{venue->port(), "/?shard=3"};
  subscribe(client);

  EXPECT_THAT(venue->connections(), ElementsAre(Field(&OpenConnection::target, "/?shard=3")));
  EXPECT_THAT(venue->busiest(), Optional(only_connection()));
}

TEST_F(VenueTest, AnErrorLeavesTheConnectionOpen) {
  start();
  TestClient client{venue->port()};

  client.send(R"({"op":"subscribe","args":["X"],"id":1})");
  EXPECT_THAT(client.receive_if([](auto& text) { return !is_heartbeat(text); }),
              Optional(HasSubstr("no topic")));
  subscribe(client);
}

TEST_F(VenueTest, ClosesAViolatorWithTheReason) {
  options.limits.subscriptions_per_connection = 1;
  start();
  TestClient client{venue->port()};

  client.send(kSubscribeBoth);

  ASSERT_TRUE(client.wait_for_end());
  EXPECT_EQ(client.close_code(), 1008);
  EXPECT_EQ(client.close_reason(), "more than 1 subscriptions on one connection");
  EXPECT_EQ(end_of_connection(), ConnectionEnd::kClosed);
  EXPECT_EQ(venue->counters().violations, 1U);
}

TEST_F(VenueTest, RefusesFramesThatAreFarTooLarge) {
  start();
  TestClient client{venue->port()};

  client.send(std::string(options.limits.request_bytes * 16 + 1, ' '));

  ASSERT_TRUE(client.wait_for_end());
  EXPECT_EQ(client.close_code(), 1009);
}

TEST_F(VenueTest, TheRecordIsWhatAClientHasGotUntilTheCloseFrame) {
  start();
  TestClient client{venue->port()};
  client.send(kSubscribeBoth);
  Received received;
  int count = 0;
  while (const auto text = client.receive_if(is_data)) {
    const auto message = boost::json::parse(*text).as_object();
    received[std::string{message.at("topic").as_string()}].push_back(
        static_cast<Sequence>(message.at("seq").as_int64()));
    if (++count != 50) continue;
    EXPECT_TRUE(venue->ask_to_leave(only_connection(), 1001, "bye"));
  }

  EXPECT_EQ(end_of_connection(), ConnectionEnd::kClosed);
  const Record record = venue->record();
  for (const TopicId topic : {TopicId{0}, TopicId{1}}) {
    const auto& sequences = received[topic_name(topic)];
    ASSERT_THAT(record.topic(topic).services, SizeIs(1));
    EXPECT_THAT(record.topic(topic).services[0].sent,
                ElementsAre(SequenceRange{sequences.front(), sequences.back()}));
    EXPECT_EQ(sequences.size(), sequences.back() - sequences.front() + 1);
  }
}

TEST_F(VenueTest, AClientMayCloseAsWell) {
  start();
  TestClient client{venue->port()};
  subscribe(client);

  client.close();

  ASSERT_TRUE(client.wait_for_end());
  EXPECT_EQ(end_of_connection(), ConnectionEnd::kClosed);
  EXPECT_EQ(venue->topics_in_service(), 0U);
}

TEST_F(VenueTest, ACutIsAResetAndWhatWasOnTheWayIsNotSure) {
  start();
  TestClient client{venue->port()};
  subscribe(client);

  EXPECT_TRUE(venue->cut(only_connection()));

  ASSERT_TRUE(client.wait_for_end());
  EXPECT_TRUE(client.was_reset());
  EXPECT_EQ(end_of_connection(), ConnectionEnd::kCut);
  const Record record = venue->record();
  const auto& service = record.topic(TopicId{0}).services.at(0);
  EXPECT_EQ(service.sent.back().last, service.until);
  EXPECT_EQ(fate_of(record, TopicId{0}, *service.until), Fate::kSentAndCut);
  EXPECT_EQ(venue->topics_in_service(), 0U);
}

TEST_F(VenueTest, ASilencedConnectionHasPongsAndHeartbeatsButNoData) {
  start();
  TestClient client{venue->port()};
  subscribe(client);

  ASSERT_TRUE(venue->silence(only_connection()));
  client.ping();
  ASSERT_TRUE(client.wait_for_pong());
  // What was queued before is on its way until the next heartbeat, which queues behind it.
  ASSERT_TRUE(client.receive_if(is_heartbeat));
  for (int count = 0; count < 3; ++count) {
    EXPECT_THAT(client.receive(), Optional(std::string{R"({"op":"heartbeat"})"}));
  }
  EXPECT_TRUE(venue->connections().at(0).is_silenced);
  EXPECT_EQ(venue->counters().pings_received, 1U);
}

TEST_F(VenueTest, AsksToLeaveWithCodeAndReason) {
  start();
  TestClient client{venue->port()};
  subscribe(client);

  ASSERT_TRUE(venue->ask_to_leave(only_connection(), 1012, "restart in a minute"));

  ASSERT_TRUE(client.wait_for_end());
  EXPECT_EQ(client.close_code(), 1012);
  EXPECT_EQ(client.close_reason(), "restart in a minute");
  EXPECT_EQ(end_of_connection(), ConnectionEnd::kClosed);
}

TEST_F(VenueTest, AnnouncesThatItIsGoingToClose) {
  start();
  TestClient client{venue->port()};
  subscribe(client);

  ASSERT_TRUE(venue->announce_leave(only_connection(), 50ms));

  const auto is_notice = [](std::string_view text) { return text == R"({"op":"drain","ms":50})"; };
  ASSERT_TRUE(client.receive_if(is_notice));
  ASSERT_TRUE(client.wait_for_end());
  EXPECT_EQ(client.close_code(), 1012);
  EXPECT_EQ(client.close_reason(), "as announced");
}

TEST_F(VenueTest, RefusesConnectionsForAWhile) {
  start();
  venue->refuse_connections(90s);

  TestClient client{venue->port()};

  EXPECT_EQ(client.status(), 503U);
  EXPECT_EQ(client.retry_after(), "90");
  venue->refuse_connections(0s);
  EXPECT_EQ(TestClient{venue->port()}.status(), 101U);
}

TEST_F(VenueTest, RefusesOneConnectionTooMany) {
  options.limits.connections = 1;
  start();
  TestClient first{venue->port()};

  EXPECT_EQ(TestClient{venue->port()}.status(), 503U);
  EXPECT_EQ(venue->counters().connections_refused, 1U);
}

TEST_F(VenueTest, AsksForAnUpgradeWhereNoneIsRequested) {
  start();

  EXPECT_EQ(plain_get(venue->port()), 426U);
}

TEST_F(VenueTest, ARestartCutsAllAndComesBackOnTheSamePort) {
  start();
  TestClient before{venue->port()};
  subscribe(before);

  venue->restart(20ms);

  ASSERT_TRUE(before.wait_for_end());
  EXPECT_TRUE(before.was_reset());
  const auto deadline = std::chrono::steady_clock::now() + TestClient::kPatience;
  while (TestClient{venue->port()}.status() != 101U) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  }
  EXPECT_EQ(venue->counters().restarts, 1U);
}

TEST_F(VenueTest, StopsPublishingAndGoesOnWithTheRest) {
  start();
  TestClient client{venue->port()};
  subscribe(client);

  venue->stop_publishing();
  const std::uint64_t published = venue->counters().messages_published;
  // What was published before is on its way until the next heartbeat.
  ASSERT_TRUE(client.receive_if(is_heartbeat));
  EXPECT_THAT(client.receive(), Optional(std::string{R"({"op":"heartbeat"})"}));
  EXPECT_EQ(venue->counters().messages_published, published);
  EXPECT_EQ(venue->messages_waiting(), 0U);
}

TEST_F(VenueTest, CutsAConnectionWhoseOutboxIsFull) {
  options.messages_per_second = 100'000;
  options.limits.outbox_messages = 10;
  start();
  TestClient client{venue->port()};

  client.send(kSubscribeBoth);

  ASSERT_TRUE(client.wait_for_end());
  EXPECT_THAT(venue->record().connections().at(0).faults,
              ElementsAre(Field(&Fault::kind, FaultKind::kTooSlow)));
}

TEST_F(VenueTest, CommandsOnAConnectionThatIsGoneAreErrors) {
  start();

  EXPECT_EQ(venue->cut(ConnectionId{0}).error().code, Errc::kNotConnected);
  EXPECT_EQ(venue->silence(ConnectionId{0}).error().code, Errc::kNotConnected);
  EXPECT_EQ(venue->ask_to_leave(ConnectionId{0}, 1001, "").error().code, Errc::kNotConnected);
  EXPECT_EQ(venue->busiest(), std::nullopt);
}

TEST_F(VenueTest, AnswersAfterItHasStopped) {
  start();
  TestClient client{venue->port()};
  subscribe(client);

  venue->stop();

  EXPECT_THAT(venue->connections(), IsEmpty());
  EXPECT_EQ(venue->counters().connections_cut, 1U);
  EXPECT_EQ(venue->record().connections().at(0).end, ConnectionEnd::kCut);
}

}  // namespace
}  // namespace wsm::venue
