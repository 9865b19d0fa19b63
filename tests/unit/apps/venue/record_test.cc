#include "venue/record.h"

#include <gmock/gmock.h>

namespace wsm::venue {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

class RecordTest : public ::testing::Test {
 protected:
  /// Publishes `count` messages and notes each as sent on `connections`.
  void publish(int count, std::initializer_list<ConnectionId> connections = {}) {
    for (; count > 0; --count) {
      const Sequence sequence = record.publish(topic);
      for (const ConnectionId id : connections) record.note_sent(topic, id, sequence);
    }
  }

  ConnectionId serve() {
    const ConnectionId id = record.open("/", 1s);
    record.begin_service(topic, id);
    return id;
  }

  const TopicId topic{1};
  Record record{3};
};

TEST_F(RecordTest, NumbersMessagesOfATopicFromOne) {
  EXPECT_EQ(record.publish(topic), 1U);
  EXPECT_EQ(record.publish(topic), 2U);
  EXPECT_EQ(record.publish(TopicId{0}), 1U);
}

TEST_F(RecordTest, JoinsWhatWasSentInARow) {
  const auto connection = serve();
  publish(3, {connection});
  publish(2);
  publish(1, {connection});

  const auto& services = record.topic(topic).services;
  ASSERT_EQ(services.size(), 1U);
  EXPECT_THAT(services[0].sent, ElementsAre(SequenceRange{1, 3}, SequenceRange{6, 6}));
}

TEST_F(RecordTest, FindsWhatWasSentAtTheEdgesOfRanges) {
  const Service service{ConnectionId{0}, 0, std::nullopt, {{2, 3}, {6, 6}}};

  const std::vector<bool> expected{false, true, true, false, false, true, false};
  for (Sequence sequence = 1; sequence <= expected.size(); ++sequence) {
    EXPECT_EQ(service.has_sent(sequence), expected[sequence - 1]) << sequence;
  }
}

TEST_F(RecordTest, ASecondSubscriptionOfOneConnectionIsAServiceOfItsOwn) {
  const auto connection = serve();
  publish(2, {connection});
  record.end_service(topic, connection);
  publish(1);
  record.begin_service(topic, connection);
  publish(1, {connection});

  const auto& services = record.topic(topic).services;
  ASSERT_EQ(services.size(), 2U);
  EXPECT_THAT(services[0].until, Optional(2U));
  EXPECT_EQ(services[1].after, 3U);
  EXPECT_THAT(services[1].sent, ElementsAre(SequenceRange{4, 4}));
}

TEST_F(RecordTest, WhatWasSentBeforeACleanEndWasSentForSure) {
  const auto connection = serve();
  publish(1, {connection});
  EXPECT_EQ(fate_of(record, topic, 1), Fate::kSentForSure);

  record.end(connection, ConnectionEnd::kClosed, 2s);
  EXPECT_EQ(fate_of(record, topic, 1), Fate::kSentForSure);
}

TEST_F(RecordTest, WhatOnlyABrokenConnectionCarriedIsNotSure) {
  for (const ConnectionEnd end : {ConnectionEnd::kCut, ConnectionEnd::kLost}) {
    const auto connection = serve();
    publish(1, {connection});
    record.end_service(topic, connection);
    record.end(connection, end, 2s);

    EXPECT_EQ(fate_of(record, topic, record.topic(topic).published), Fate::kSentAndCut);
  }
}

TEST_F(RecordTest, OneDependableCarrierIsEnough) {
  const auto cut = serve();
  const auto living = serve();
  publish(1, {cut, living});
  record.end(cut, ConnectionEnd::kCut, 2s);

  EXPECT_EQ(fate_of(record, topic, 1), Fate::kSentForSure);
  EXPECT_THAT(carriers_of(record, topic, 1), ElementsAre(cut, living));
}

TEST_F(RecordTest, WithoutCarriersItWasSentToNobody) {
  publish(1);

  EXPECT_EQ(fate_of(record, topic, 1), Fate::kSentToNobody);
  EXPECT_THAT(carriers_of(record, topic, 1), IsEmpty());
  EXPECT_EQ(last_server_before(record, topic, 1), std::nullopt);
}

TEST_F(RecordTest, TheServiceThatEndedLastIsBlamed) {
  const auto first = serve();
  const auto second = serve();
  record.end_service(topic, second);
  publish(1, {first});
  record.end_service(topic, first);
  publish(1);
  const auto third = serve();
  publish(1, {third});

  EXPECT_THAT(last_server_before(record, topic, 2), Optional(first));
}

TEST_F(RecordTest, AServiceThatEndedBeforeItsFirstMessageIsBlamedToo) {
  const auto first = serve();
  publish(1, {first});
  record.end_service(topic, first);
  const auto second = serve();
  record.end_service(topic, second);
  publish(1);

  EXPECT_THAT(last_server_before(record, topic, 2), Optional(second));
}

TEST_F(RecordTest, AServiceThatDroppedTheMessageIsBlamed) {
  const auto first = serve();
  publish(1, {first});
  publish(1);
  record.end_service(topic, first);

  EXPECT_THAT(last_server_before(record, topic, 2), Optional(first));
}

}  // namespace
}  // namespace wsm::venue
