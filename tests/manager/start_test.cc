// start(), and what there is before and after it.

#include <stdexcept>

#include "manager/manager_fixture.h"

namespace wsm::testing {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using StartTest = ManagerFixture;

TEST_F(StartTest, BringsDataForWhatIsSubscribedUntilItIsStopped) {
  start_live();
  EXPECT_TRUE(manager->is_running());
  EXPECT_EQ(manager->total_subscriptions(), 3U);

  const auto placed = manager->subscribe(topics(4, 1));

  EXPECT_THAT(placed, Each(Field(&SubscribeResult::status, SubscribeStatus::kPlaced)));
  EXPECT_TRUE(journal().wait_for([](const Notes& notes) {
    return std::ranges::any_of(notes.messages, [](const Received& message) {
      return message.text.starts_with(R"({"topic":"T0004")");
    });
  }));
  EXPECT_EQ(snapshot().active_connections, 1U);
  EXPECT_TRUE(manager->stop(kPatience));
  EXPECT_FALSE(manager->is_running());
  EXPECT_EQ(notes().count<event::Stopped>(), 1U);
}

TEST_F(StartTest, IsRefusedASecondTimeAndTheFirstGoesOn) {
  start_live();

  const auto again = manager->start();

  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Errc::kAlreadyRunning);
  EXPECT_TRUE(manager->is_running());
  EXPECT_EQ(manager->total_subscriptions(), 3U);
  EXPECT_TRUE(eventually([&] { return venue->counters().connections_opened == 1; }));
  EXPECT_EQ(notes().calls_of("subscriptions"), 1U);
}

TEST_F(StartTest, IsRefusedAfterStop) {
  start_live();
  ASSERT_TRUE(manager->stop(kPatience));

  EXPECT_EQ(manager->start().error().code, Errc::kStopped);
  EXPECT_FALSE(manager->is_running());
}

TEST_F(StartTest, IsRefusedWhenStopCameFirst) {
  make("ws://127.0.0.1:1");
  ASSERT_TRUE(manager->stop(kPatience));

  EXPECT_EQ(manager->start().error().code, Errc::kStopped);
}

TEST_F(StartTest, NamesTheCaFileThatCannotBeUsed) {
  config.tls({.ca_file = "/no/such/file.pem", .server_name = {}});
  make("ws://127.0.0.1:1");

  const auto started = manager->start();

  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, Errc::kInvalidArgument);
  EXPECT_THAT(started.error().detail, HasSubstr("/no/such/file.pem"));
  EXPECT_FALSE(manager->is_running());
  EXPECT_EQ(notes().calls_of("url"), 0U);
  EXPECT_TRUE(manager->stop(kPatience));
}

TEST_F(StartTest, RefusesACapOfZeroFromTheHandler) {
  class NoRoom final : public WebSocketHandler<int> {
    std::string url(const ConnectionState&) override { return "ws://127.0.0.1:1"; }
    void on_message(const Message&, const ConnectionState&) override {}
    std::vector<int> subscriptions() override { return {1}; }
    std::optional<OutgoingMessage> subscription_message(std::span<const int>) override {
      return std::nullopt;
    }
    std::size_t max_subscriptions_per_shard() override { return 0; }
  };
  ShardManager numbers{*config.build(), std::make_shared<NoRoom>(), logger};

  const auto started = numbers.start();

  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, Errc::kInvalidArgument);
  EXPECT_FALSE(numbers.is_running());
}

TEST_F(StartTest, FailsWithWhatSubscriptionsThrowsAndCanBeTriedAgain) {
  before = [calls = 0](std::string_view hook, auto) mutable {
    if (hook == "subscriptions" && ++calls == 1) throw std::runtime_error{"no database"};
  };
  start_venue();
  make(venue->url());

  const auto failed = manager->start();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Errc::kHandlerFailed);
  EXPECT_EQ(failed.error().detail, "subscriptions: no database");
  EXPECT_FALSE(manager->is_running());
  EXPECT_EQ(snapshot().counters.handler_exceptions, 1U);
  EXPECT_TRUE(
      eventually([&] { return logger->count("handler: subscriptions threw: no database") == 1; }));

  EXPECT_TRUE(manager->start());
  EXPECT_TRUE(manager->wait_until_live(kPatience));
}

TEST_F(StartTest, WhatAHookThrewLastIsReportedAlthoughNothingElseHappens) {
  before = [](std::string_view hook, auto) {
    if (hook == "subscriptions") throw std::runtime_error{"no database"};
  };
  make("ws://127.0.0.1:1");

  for (int i = 0; i < 3; ++i) EXPECT_FALSE(manager->start());

  EXPECT_TRUE(eventually([&] { return reported("subscriptions") == 3; }));
}

TEST_F(StartTest, FailsWithWhatTheHookOfTheCapThrows) {
  before = [](std::string_view hook, auto) {
    if (hook == "max_subscriptions_per_shard") throw 7;
  };
  make("ws://127.0.0.1:1");

  const auto failed = manager->start();

  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Errc::kHandlerFailed);
  EXPECT_THAT(failed.error().detail, HasSubstr("max_subscriptions_per_shard: "));
  EXPECT_EQ(snapshot().counters.handler_exceptions, 1U);
}

TEST_F(StartTest, AsksTheHandlerForTheCapOnlyWhereTheConfigurationHasNone) {
  config.max_subscriptions_per_shard(2);
  start_live();

  EXPECT_EQ(notes().calls_of("max_subscriptions_per_shard"), 0U);
  EXPECT_EQ(manager->shard_count(), 2U);
}

TEST_F(StartTest, CountsRepeatedSubscriptionsOnce) {
  initial = {"T0001", "T0002", "T0001"};
  start_live();

  EXPECT_EQ(manager->total_subscriptions(), 2U);
  EXPECT_EQ(venue->connections().at(0).subscriptions, 2U);
  EXPECT_EQ(venue->counters().subscribe_requests, 1U);
}

TEST_F(StartTest, OpensNoConnectionWithoutSubscriptions) {
  initial.clear();
  start();

  EXPECT_TRUE(manager->wait_until_live(kPatience));
  EXPECT_EQ(manager->shard_count(), 0U);
  EXPECT_EQ(notes().calls_of("url"), 0U);

  manager->subscribe(topics(1, 1));
  EXPECT_TRUE(manager->wait_until_live(kPatience));
  EXPECT_TRUE(eventually([&] { return venue->connections().size() == 1; }));
}

TEST_F(StartTest, CommandsBeforeItAreRefused) {
  make("ws://127.0.0.1:1");
  const ShardId shard{0};

  EXPECT_THAT(manager->subscribe(topics(1, 2)),
              AllOf(SizeIs(2), Each(Field(&SubscribeResult::status, SubscribeStatus::kRefused))));
  EXPECT_EQ(manager->subscribe(topics(1, 1)).at(0).error->code, Errc::kNotRunning);
  EXPECT_EQ(manager->unsubscribe(topics(1, 1)).at(0).status, UnsubscribeStatus::kNotSubscribed);
  EXPECT_EQ(manager->wait_until_live(kPatience).error().code, Errc::kNotRunning);
  EXPECT_EQ(manager->reconnect_shard(shard).error().code, Errc::kNotRunning);
  EXPECT_EQ(manager->hot_switchover(shard).error().code, Errc::kNotRunning);
  EXPECT_FALSE(manager->send(shard, OutgoingMessage::text("x")));
  EXPECT_EQ(manager->shard_subscriptions(shard).error().code, Errc::kUnknownShard);
  EXPECT_FALSE(manager->subscription_status("T0001"));
  EXPECT_EQ(manager->shard_count(), 0U);
  EXPECT_THAT(notes().hooks, IsEmpty());
}

TEST_F(StartTest, CommandsAfterStopAreRefused) {
  start_live();
  ASSERT_TRUE(manager->stop(kPatience));
  const ShardId shard{0};

  EXPECT_EQ(manager->subscribe(topics(9, 1)).at(0).error->code, Errc::kStopped);
  EXPECT_EQ(manager->wait_until_live(kPatience).error().code, Errc::kStopped);
  EXPECT_EQ(manager->reconnect_shard(shard).error().code, Errc::kStopped);
  EXPECT_EQ(manager->hot_switchover(shard).error().code, Errc::kStopped);
  EXPECT_FALSE(manager->send(shard, OutgoingMessage::text("x")));
  EXPECT_EQ(manager->shard_count(), 0U);
}

}  // namespace
}  // namespace wsm::testing
