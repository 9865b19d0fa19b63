#include "sim/venue.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/server_codec.h"

namespace wsm::sim {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Both ends of one connection to a venue, without a client: what is written by hand.
class VenueTest : public ::testing::Test {
 protected:
  struct Complaints final : Observer {
    void handle_complaint(ConnectionId, std::string_view what) override { list.emplace_back(what); }
    std::vector<std::string> list;
  };

  void connect() {
    venue.emplace(world, rules, complaints);
    network.dial(
        "venue",
        [this](const Wire& wire) {
          venue->accept({ShardId{0}, Generation{1}}, wire);
        },
        [this](const Wire& wire) { wire_ = wire; }, [] {});
    world.run_for(1s);
    write("GET / HTTP/1.1\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    ASSERT_THAT(take(), ::testing::StartsWith("HTTP/1.1 "));
  }
  void write(std::string_view bytes) { wire_->to_server->write(bytes); }
  /// Masked with zeros.
  void send(std::string_view text) {
    const char head[] = {'\x81', static_cast<char>(0x80U | text.size()), 0, 0, 0, 0};
    write(std::string{head, sizeof head} + std::string{text});
  }
  /// What has arrived after a while.
  std::string take() {
    world.run_for(1s);
    std::string bytes{wire_->to_client->arrived()};
    wire_->to_client->consume(bytes.size());
    return bytes;
  }
  static std::string texts(std::vector<std::string> messages) {
    std::string bytes;
    for (const auto& message : messages) bytes += test::server_text(message);
    return bytes;
  }

  World world{1};
  Network network{world, {}};
  Complaints complaints;
  VenueRules rules{.topics = 10, .subscriptions_max = 2};
  std::optional<Venue> venue;
  std::optional<Wire> wire_;
};

TEST_F(VenueTest, SaysNothingToARequestIfThatIsItsStyle) {
  rules.answers = AnswerStyle::kNone;
  connect();
  send("S 1 1,2");
  EXPECT_EQ(take(), "");
}

TEST_F(VenueTest, AnswersAWholeRequestAndRefusesTopicByTopic) {
  rules.unknown_topics = {Topic{2}};
  connect();
  send("S 1 1,2,3");
  EXPECT_EQ(take(), texts({"F 1 2", "A 1"}));
}

TEST_F(VenueTest, SkipsOneMessageOfOneTopic) {
  connect();
  send("S 1 1,2");
  (void)take();
  venue->sessions().at(0)->skip(Topic{1});

  for (const Topic topic : {Topic{1}, Topic{2}, Topic{1}, Topic{2}}) venue->publish(topic);

  EXPECT_EQ(take(), texts({"D 2 1", "D 1 2", "D 2 2"}));
}

TEST_F(VenueTest, AnswersTopicByTopic) {
  rules.answers = AnswerStyle::kForTopics;
  rules.unknown_topics = {Topic{2}};
  connect();
  send("S 1 1,2,3");
  EXPECT_EQ(take(), texts({"F 1 2", "T 1 1", "T 1 3"}));
}

TEST_F(VenueTest, AnswersInPart) {
  rules.answers = AnswerStyle::kInPart;
  rules.unknown_topics = {Topic{2}};
  connect();
  send("S 1 1,2,3");
  EXPECT_EQ(take(), texts({"A 1 2"}));

  venue->set_office(Office::kRejects);
  send("S 2 5");
  EXPECT_EQ(take(), texts({"P 2 5"}));
}

TEST_F(VenueTest, ClosesAboveItsCapAndComplains) {
  connect();
  send("S 1 1,2,3");
  EXPECT_EQ(take(), test::server_close(1008, "too many subscriptions"));
  EXPECT_THAT(complaints.list, ElementsAre("more subscriptions than allowed"));
}

TEST_F(VenueTest, IgnoresWhatIsAboveItsCapIfItDoesThat) {
  rules.above_cap = AboveCap::kIgnores;
  connect();
  send("S 1 1,2,3");
  EXPECT_EQ(take(), texts({"A 1"}));

  venue->publish(Topic{2});
  venue->publish(Topic{3});
  EXPECT_EQ(take(), texts({"D 2 1"}));
  EXPECT_THAT(complaints.list, IsEmpty());
}

TEST_F(VenueTest, ServesNothingThatItIgnores) {
  connect();
  venue->set_office(Office::kIgnores);
  send("S 1 1");
  EXPECT_EQ(take(), texts({"A 1"}));

  venue->publish(Topic{1});
  EXPECT_EQ(take(), "");
}

TEST_F(VenueTest, ClosesOnWhoSendsTooFastAndComplains) {
  rules.limits = {.frames = 2, .window = 1s};
  connect();
  send("S 1 1");
  world.run_for(500ms);
  send("U 2 1");
  world.run_for(500ms);
  send("S 3 1");
  (void)take();
  EXPECT_THAT(complaints.list, IsEmpty());

  for (const char* request : {"U 4 1", "S 5 1", "U 6 1"}) send(request);
  EXPECT_EQ(take(), texts({"A 4", "A 5"}) + test::server_close(1008, "too fast"));
  EXPECT_THAT(complaints.list, ElementsAre("more frames than allowed"));
}

TEST_F(VenueTest, IsStricterThanItSaysWithoutAComplaint) {
  rules.limits = {.frames = 2, .window = 1s};
  connect();
  venue->set_strictness(2);
  for (const char* request : {"S 1 1", "U 2 1"}) send(request);

  EXPECT_EQ(take(), texts({"A 1"}) + test::server_close(1008, "too fast"));
  EXPECT_THAT(complaints.list, IsEmpty());
}

TEST_F(VenueTest, RefusesWhoDialsTooOften) {
  rules.limits = {.connects = 1, .connect_window = 1h};
  connect();
  const Wire first = *wire_;
  network.dial(
      "venue",
      [this](const Wire& wire) {
        venue->accept({ShardId{0}, Generation{2}}, wire);
      },
      [this](const Wire& wire) { wire_ = wire; }, [] {});
  world.run_for(1s);
  write("GET / HTTP/1.1\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");

  EXPECT_THAT(take(), ::testing::StartsWith("HTTP/1.1 429"));
  EXPECT_THAT(complaints.list, ElementsAre("more connects than allowed"));
}

TEST_F(VenueTest, ClosesWhatIsTooOld) {
  rules.connection_age_max = 1h;
  connect();
  world.run_for(1h - 1s);
  EXPECT_EQ(take(), test::server_close(1001, "too old"));
}

TEST_F(VenueTest, HearsNothingWhenItIsDeafAndGoesOnTalking) {
  connect();
  send("S 1 1");
  (void)take();
  venue->sessions().front()->lose(Session::Direction::kToVenue);

  send("U 2 1");
  venue->publish(Topic{1});
  EXPECT_EQ(take(), texts({"D 1 1"}));
}

TEST_F(VenueTest, IsNotHeardWhenItIsDumbAndGoesOnListening) {
  connect();
  venue->sessions().front()->lose(Session::Direction::kToClient);

  send("S 1 1");
  EXPECT_EQ(take(), "");
  EXPECT_THAT(venue->sessions().front()->topics(), ElementsAre(Topic{1}));
}

}  // namespace
}  // namespace wsm::sim
