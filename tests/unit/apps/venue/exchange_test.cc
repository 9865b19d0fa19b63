#include "venue/exchange.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace wsm::venue {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::VariantWith;

class ExchangeTest : public ::testing::Test {
 protected:
  ConnectionId open() { return exchange.handle_opened("/", now); }

  Exchange::Answer request(ConnectionId connection, const std::string& text) {
    return exchange.handle_request(connection, text, now);
  }

  /// Topics `first` to `last` in one request.
  Exchange::Answer subscribe(ConnectionId connection, unsigned first, unsigned last) {
    std::string args;
    for (unsigned number = first; number <= last; ++number) {
      args += fmt::format("{}\"T{:04}\"", args.empty() ? "" : ",", number);
    }
    return request(connection, fmt::format(R"({{"op":"subscribe","args":[{}],"id":1}})", args));
  }

  static auto is_reply(const std::string& part) {
    return VariantWith<Exchange::Reply>(Field(&Exchange::Reply::text, HasSubstr(part)));
  }
  static auto is_violation(const std::string& part) {
    return VariantWith<Exchange::Violation>(Field(&Exchange::Violation::reason, HasSubstr(part)));
  }

  Duration now = 1s;
  Options options{.topics = 20,
                  .limits = {.subscriptions_per_connection = 5,
                             .args_per_request = 4,
                             .request_bytes = 80,
                             .requests_per_window = 3,
                             .window = 1s}};
  Exchange exchange{options};
};

TEST_F(ExchangeTest, AcknowledgesWithWhatTheConnectionHas) {
  const auto connection = open();

  EXPECT_THAT(subscribe(connection, 1, 3), is_reply(R"("ok":true,"count":3)"));
  EXPECT_THAT(subscribe(connection, 3, 4), is_reply(R"("ok":true,"count":4)"));
  EXPECT_THAT(request(connection, R"({"op":"unsubscribe","args":["T0001","T0009"]})"),
              is_reply(R"("ok":true,"count":3)"));
}

TEST_F(ExchangeTest, OneUnknownTopicRefusesTheWholeRequest) {
  const auto connection = open();

  EXPECT_THAT(subscribe(connection, 20, 21), is_reply(R"(no topic \"T0021\")"));
  EXPECT_EQ(exchange.subscriptions(connection), 0U);
  EXPECT_EQ(exchange.counters().requests_in_error, 1U);
}

TEST_F(ExchangeTest, TheCapOfAConnectionHoldsToTheLastSubscription) {
  const auto connection = open();

  EXPECT_THAT(subscribe(connection, 1, 4), is_reply("\"count\":4"));
  EXPECT_THAT(subscribe(connection, 4, 5), is_reply("\"count\":5"));
  EXPECT_THAT(subscribe(connection, 6, 6), is_violation("more than 5 subscriptions"));
}

TEST_F(ExchangeTest, TheArgsOfARequestAreLimited) {
  EXPECT_THAT(subscribe(open(), 1, 4), is_reply("\"count\":4"));
  EXPECT_THAT(subscribe(open(), 1, 5), is_violation("a request with 5 args; 4 are allowed"));
}

TEST_F(ExchangeTest, TheBytesOfARequestAreLimited) {
  std::string text = R"({"op":"subscribe","args":["T0001"]})";
  text.resize(80, ' ');

  EXPECT_THAT(request(open(), text), is_reply("\"count\":1"));
  EXPECT_THAT(request(open(), text + ' '), is_violation("a request of 81 bytes; 80 are allowed"));
}

TEST_F(ExchangeTest, RequestsAreLimitedInARollingWindow) {
  const auto connection = open();
  for (const unsigned topic : {1U, 2U, 3U}) (void)subscribe(connection, topic, topic);

  now += 1s - 1ns;
  EXPECT_THAT(subscribe(connection, 4, 4), is_violation("more than 3 requests in 1000 ms"));
  now += 1ns;
  EXPECT_THAT(subscribe(connection, 4, 4), is_reply("\"count\":4"));
}

TEST_F(ExchangeTest, PublishesToThoseWhoAreSubscribed) {
  options.topics = 1;
  Exchange small{options};
  EXPECT_THAT(small.publish().subscribers, IsEmpty());

  const auto first = small.handle_opened("/", now);
  const auto second = small.handle_opened("/", now);
  (void)small.handle_request(second, R"({"op":"subscribe","args":["T0001"]})", now);
  (void)small.handle_request(first, R"({"op":"subscribe","args":["T0001"]})", now);

  const auto publication = small.publish();
  EXPECT_EQ(publication.sequence, 2U);
  EXPECT_THAT(publication.subscribers, ElementsAre(second, first));
}

TEST_F(ExchangeTest, CountsTopicsThatAnybodyIsServedWith) {
  const auto first = open();
  const auto second = open();
  (void)subscribe(first, 1, 3);
  (void)subscribe(second, 3, 4);
  EXPECT_EQ(exchange.topics_in_service(), 4U);

  exchange.apply(FaultKind::kSilenced, first, now);
  EXPECT_EQ(exchange.topics_in_service(), 2U);

  exchange.handle_ended(second, ConnectionEnd::kClosed, now);
  EXPECT_EQ(exchange.topics_in_service(), 0U);
}

TEST_F(ExchangeTest, ASilencedConnectionKeepsItsSubscriptionsAndIsToBlame) {
  const auto connection = open();
  (void)subscribe(connection, 1, 1);
  exchange.apply(FaultKind::kSilenced, connection, now);

  EXPECT_THAT(subscribe(connection, 2, 2), is_reply("\"count\":2"));
  EXPECT_EQ(exchange.topics_in_service(), 0U);
  for (unsigned count = 0; count < options.topics; ++count) (void)exchange.publish();
  EXPECT_THAT(last_server_before(exchange.record(), TopicId{1}, 1), Optional(connection));
}

TEST_F(ExchangeTest, NothingIsObeyedFromAConnectionThatIsLeaving) {
  for (const auto kind : {FaultKind::kCut, FaultKind::kAskedToLeave, FaultKind::kViolated}) {
    const auto connection = open();
    (void)subscribe(connection, 1, 1);
    exchange.apply(kind, connection, now);

    EXPECT_THAT(subscribe(connection, 2, 2), VariantWith<Exchange::Ignore>(testing::_));
    EXPECT_EQ(exchange.topics_in_service(), 0U);
  }
}

TEST_F(ExchangeTest, TheBusiestHasTheMostSubscriptionsThatAreServed) {
  EXPECT_EQ(exchange.busiest(), std::nullopt);
  const auto small = open();
  const auto large = open();
  (void)subscribe(small, 1, 1);
  (void)subscribe(large, 2, 4);
  EXPECT_THAT(exchange.busiest(), Optional(large));

  exchange.apply(FaultKind::kSilenced, large, now);
  EXPECT_THAT(exchange.busiest(), Optional(small));
}

TEST_F(ExchangeTest, CountsHowConnectionsEnd) {
  exchange.handle_ended(open(), ConnectionEnd::kClosed, now);
  exchange.handle_ended(open(), ConnectionEnd::kCut, now);
  exchange.handle_ended(open(), ConnectionEnd::kLost, now);

  EXPECT_EQ(exchange.counters().connections_opened, 3U);
  EXPECT_EQ(exchange.counters().connections_closed, 1U);
  EXPECT_EQ(exchange.counters().connections_cut, 1U);
  EXPECT_EQ(exchange.counters().connections_lost, 1U);
}

}  // namespace
}  // namespace wsm::venue
