#include "demo/accounting.h"

#include <gmock/gmock.h>

namespace wsm::demo {
namespace {

using namespace std::chrono_literals;
using ::testing::Optional;
using venue::ConnectionEnd;
using venue::ConnectionId;
using venue::Sequence;
using venue::TopicId;

/// One topic, one shard, and connections that follow each other or overlap.
class AccountingTest : public ::testing::Test {
 protected:
  /// A new connection of the shard that serves the topic.
  ConnectionId serve() {
    ++generation;
    now += 1s;
    const auto id = record.open(target_of(source()), now);
    now += 100ms;
    record.begin_service(topic, id);
    record.note_subscribed(id, 1, now);
    return id;
  }

  [[nodiscard]] Source source() const { return {ShardId{0}, Generation{generation}}; }

  /// Publishes one message, notes it as sent on each of `carriers`, and has it received `arrivals`
  /// times.
  Sequence publish(std::initializer_list<ConnectionId> carriers, int arrivals) {
    const Sequence sequence = record.publish(topic);
    for (const ConnectionId id : carriers) record.note_sent(topic, id, sequence);
    for (; arrivals > 0; --arrivals) receipts.add(topic, sequence, source());
    return sequence;
  }

  void end(ConnectionId connection, ConnectionEnd how) {
    record.end_service(topic, connection);
    record.end(connection, how, now);
  }

  void happen(Incident incident, ConnectionId connection) {
    happenings.push_back({{now, incident, ShardId{0}}, now, connection, 1});
  }

  [[nodiscard]] Account account() const { return settle(record, receipts, happenings); }

  const TopicId topic{0};
  Duration now = 1s;
  std::uint32_t generation = 0;
  venue::Record record{1};
  Receipts receipts{1};
  std::vector<Happening> happenings;
};

TEST_F(AccountingTest, AQuietRunIsWhole) {
  publish({}, 0);  // Before anybody was subscribed.
  const auto line = serve();
  for (int count = 0; count < 3; ++count) publish({line}, 1);
  end(line, ConnectionEnd::kClosed);

  EXPECT_EQ(account().sent, 3U);
  EXPECT_EQ(account().received, 3U);
  EXPECT_EQ(account().total, Toll{});
  EXPECT_TRUE(account().is_whole());
}

TEST_F(AccountingTest, WhatACleanConnectionSentMustArrive) {
  const auto line = serve();
  publish({line}, 0);
  publish({line}, 1);
  happen(Incident::kLeave, line);
  end(line, ConnectionEnd::kClosed);

  EXPECT_EQ(account().lost_though_sent, 1U);
  EXPECT_EQ(account().unexplained.lost, 1U);
  EXPECT_FALSE(account().is_whole());
}

TEST_F(AccountingTest, ACutExplainsWhatItDiscardedAndTheTimeAfter) {
  const auto before = serve();
  publish({before}, 1);
  publish({before}, 0);
  happen(Incident::kCut, before);
  end(before, ConnectionEnd::kCut);
  publish({}, 0);
  const auto after = serve();
  publish({after}, 1);

  EXPECT_EQ(account().entries[0].toll, (Toll{.lost = 2}));
  EXPECT_EQ(account().total, (Toll{.lost = 2}));
  EXPECT_TRUE(account().is_whole());
}

TEST_F(AccountingTest, AConnectionThatBrokeByItselfExplainsNothing) {
  const auto before = serve();
  publish({before}, 0);
  end(before, ConnectionEnd::kLost);
  publish({}, 0);
  const auto after = serve();
  publish({after}, 1);
  happen(Incident::kCut, after);

  EXPECT_EQ(account().unexplained.lost, 2U);
  EXPECT_EQ(account().lost_though_sent, 0U);
  EXPECT_EQ(account().entries[0].toll, Toll{});
}

TEST_F(AccountingTest, SilenceAndLeavingExplainOnlyWhatNobodyWasSent) {
  for (const auto incident : {Incident::kSilence, Incident::kLeave}) {
    const auto line = serve();
    publish({line}, 1);
    happen(incident, line);
    end(line, ConnectionEnd::kClosed);
    publish({}, 0);
  }
  const auto last = serve();
  publish({last}, 1);

  EXPECT_EQ(account().entries[0].toll, (Toll{.lost = 1}));
  EXPECT_EQ(account().entries[1].toll, (Toll{.lost = 1}));
  EXPECT_TRUE(account().is_whole());
}

TEST_F(AccountingTest, AHotSwitchoverExplainsNoLoss) {
  const auto before = serve();
  publish({before}, 1);
  happen(Incident::kSwitchover, before);
  end(before, ConnectionEnd::kClosed);
  publish({}, 0);
  const auto after = serve();
  publish({after}, 1);

  EXPECT_EQ(account().unexplained.lost, 1U);
}

TEST_F(AccountingTest, AnOverlapExplainsAsManyDuplicatesAsWereSent) {
  const auto before = serve();
  happen(Incident::kSwitchover, before);
  const auto after = serve();
  publish({before, after}, 2);
  publish({before, after}, 1);
  publish({before, after}, 4);
  publish({after}, 1);

  EXPECT_EQ(account().entries[0].toll, (Toll{.duplicated = 2}));
  EXPECT_EQ(account().unexplained, (Toll{.duplicated = 2}));
  EXPECT_EQ(account().received, account().sent + 4);
}

TEST_F(AccountingTest, AnOverlapWithoutAReasonIsUnexplained) {
  const auto before = serve();
  happen(Incident::kCut, before);
  const auto after = serve();
  publish({before, after}, 2);

  EXPECT_EQ(account().unexplained, (Toll{.duplicated = 1}));
}

TEST_F(AccountingTest, LateMessagesBelongToTheOverlapOfTheirConnection) {
  const auto before = serve();
  const Source old_source = source();
  happen(Incident::kSwitchover, before);
  const auto after = serve();
  const Sequence late = publish({before}, 0);
  publish({before, after}, 1);
  receipts.add(topic, late, old_source);

  EXPECT_EQ(account().entries[0].toll, (Toll{.out_of_order = 1}));
  EXPECT_TRUE(account().is_whole());
}

TEST_F(AccountingTest, DisorderOnOneConnectionIsUnexplained) {
  const auto line = serve();
  happen(Incident::kSwitchover, line);
  const Sequence late = publish({line}, 0);
  publish({line}, 1);
  receipts.add(topic, late, source());

  EXPECT_EQ(account().unexplained, (Toll{.out_of_order = 1}));
}

TEST_F(AccountingTest, WhatWasNeverSentIsInvented) {
  const auto line = serve();
  publish({line}, 1);
  receipts.add(topic, 99, source());
  receipts.add_malformed();

  EXPECT_EQ(account().invented, 2U);
  EXPECT_FALSE(account().is_whole());
}

TEST_F(AccountingTest, ATopicLivesWhenItsLastMessageArrived) {
  const auto line = serve();
  EXPECT_EQ(account().topics_live, 0U);
  publish({line}, 1);
  EXPECT_EQ(account().topics_live, 1U);

  happen(Incident::kCut, line);
  end(line, ConnectionEnd::kCut);
  publish({}, 0);
  EXPECT_EQ(account().topics_live, 0U);
  EXPECT_EQ(account().unexplained, Toll{});
  EXPECT_FALSE(account().is_whole());
}

TEST_F(AccountingTest, RestoredMeansThatAnotherConnectionHasEverySubscription) {
  const auto before = serve();
  happen(Incident::kCut, before);
  EXPECT_EQ(account().entries[0].restored_after, std::nullopt);

  end(before, ConnectionEnd::kCut);
  serve();
  EXPECT_THAT(account().entries[0].restored_after, Optional(Duration{1100ms}));
}

}  // namespace
}  // namespace wsm::demo
