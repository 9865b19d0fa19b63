// Hooks that throw, in both modes of delivery: what it costs, and what is told of it.

#include <array>
#include <atomic>
#include <stdexcept>
#include <tuple>

#include "manager/manager_fixture.h"

namespace wsm::testing {
namespace {

using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Values;

enum class Mode { kQueue, kLowLatency };

/// Hooks without whose answer there is no connection or no subscription.
constexpr std::array<std::string_view, 6> kNeeded{
    "url", "urls", "connection_headers", "subprotocols", "on_connect", "subscription_message"};
constexpr std::array<std::string_view, 8> kOthers{
    "on_message",      "on_event", "on_disconnect",     "on_error",
    "is_data_message", "inspect",  "subscription_name", "unsubscription_message"};

class ThrowingHooksTest : public ManagerFixture {
 protected:
  /// `is_broken` says which hooks throw; it is asked at every call, and every throw is counted.
  void start(Mode mode, std::function<bool(std::string_view)> is_broken) {
    before = [this, is_broken = std::move(is_broken)](std::string_view hook, auto) {
      if (!is_broken(hook)) return;
      ++thrown;
      throw std::runtime_error{std::string{hook} + " is broken"};
    };
    config.low_latency_mode(mode == Mode::kLowLatency);
    venue_options.messages_per_second = 10'000;
    ManagerFixture::start();
  }

  /// Whether the log says by name that `hook` threw.
  [[nodiscard]] bool is_logged(std::string_view hook) const {
    const std::string name{hook};
    return eventually(
        [&] { return logger->count("handler: " + name + " threw: " + name + " is broken") > 0; });
  }

  /// Goes through everything that calls a hook: an unsubscribe, a cut, the way back.
  void visit_all_hooks() {
    manager->unsubscribe({"T0003"});
    ASSERT_TRUE(eventually([&] {
      return venue->counters().unsubscribe_requests == 1 ||
             notes().calls_of("unsubscription_message") > 0;
    }));
    // What is live has been requested; the venue may still have to read the request.
    ASSERT_TRUE(eventually([&] { return venue->busiest().has_value(); }));
    ASSERT_TRUE(venue->cut(*venue->busiest()));
    ASSERT_TRUE(journal().wait_for([](const Notes& notes) {
      return notes.calls_of("on_disconnect") > 0 && notes.calls_of("on_error") > 0;
    }));
    ASSERT_TRUE(eventually([&] { return venue->counters().connections_opened == 2; }));
    ASSERT_TRUE(manager->wait_until_live(kPatience));
  }

  /// After the end: everything that was thrown has been counted, and what arrived is a message.
  void expect_exact_count() {
    EXPECT_TRUE(manager->stop(kPatience));
    EXPECT_EQ(snapshot().counters.handler_exceptions, thrown.load());
  }

  std::atomic<std::uint64_t> thrown = 0;
};

class ThrowingHookTest : public ThrowingHooksTest,
                         public ::testing::WithParamInterface<std::tuple<std::string_view, Mode>> {
};

using NeededHookTest = ThrowingHookTest;

TEST_P(NeededHookTest, IsAskedAgainUntilItAnswersAndIsToldByItsName) {
  const auto [hook, mode] = GetParam();
  std::atomic<bool> is_repaired = false;
  start(mode, [&, wanted = hook](std::string_view it) { return it == wanted && !is_repaired; });
  ASSERT_TRUE(eventually([&] { return thrown >= 3; }));
  EXPECT_TRUE(is_logged(hook));
  EXPECT_TRUE(journal().wait_for([&](const Notes& notes) {
    return std::ranges::any_of(notes.events_of<event::HandlerThrew>(),
                               [&](const auto& event) { return event.hook == hook; });
  }));

  is_repaired = true;

  EXPECT_TRUE(manager->wait_until_live(kPatience));
  EXPECT_TRUE(wait_for_data());
  expect_exact_count();
}

TEST_P(NeededHookTest, IsNoReasonToHangWhenItIsNeverRepaired) {
  const auto [hook, mode] = GetParam();
  start(mode, [wanted = hook](std::string_view it) { return it == wanted; });
  ASSERT_TRUE(eventually([&] { return thrown >= 2; }));

  expect_exact_count();
}

INSTANTIATE_TEST_SUITE_P(Hooks, NeededHookTest,
                         ::testing::Combine(::testing::ValuesIn(kNeeded),
                                            Values(Mode::kQueue, Mode::kLowLatency)));

using OtherHookTest = ThrowingHookTest;

TEST_P(OtherHookTest, CostsItsOwnCallAndNothingElse) {
  const auto [hook, mode] = GetParam();
  start(mode, [wanted = hook](std::string_view it) { return it == wanted; });
  ASSERT_TRUE(manager->wait_until_live(kPatience));

  visit_all_hooks();

  EXPECT_TRUE(is_logged(hook));
  EXPECT_TRUE(eventually([&] { return venue->counters().messages_sent > 500; }));
  EXPECT_EQ(venue->counters().connections_opened, 2U);
  EXPECT_EQ(manager->total_subscriptions(), 2U);
  expect_exact_count();
  if (hook != "on_message") {
    EXPECT_THAT(lost(venue->record(), notes()), IsEmpty());
  }
  EXPECT_EQ(snapshot().counters.messages_received, notes().calls_of("on_message"));
}

INSTANTIATE_TEST_SUITE_P(Hooks, OtherHookTest,
                         ::testing::Combine(::testing::ValuesIn(kOthers),
                                            Values(Mode::kQueue, Mode::kLowLatency)));

class ThrowingModeTest : public ThrowingHooksTest, public ::testing::WithParamInterface<Mode> {};

TEST_P(ThrowingModeTest, AMessageThatThrowsCostsThatMessageOnly) {
  std::atomic<std::uint64_t> calls = 0;
  start(GetParam(),
        [&](std::string_view hook) { return hook == "on_message" && ++calls % 2 == 0; });

  ASSERT_TRUE(wait_for_data(500));

  EXPECT_TRUE(manager->stop(kPatience));
  EXPECT_EQ(notes().messages.size() + thrown, notes().calls_of("on_message"));
  EXPECT_EQ(snapshot().counters.messages_received, notes().calls_of("on_message"));
  EXPECT_EQ(snapshot().counters.handler_exceptions, thrown.load());
  EXPECT_EQ(venue->counters().connections_opened, 1U);
}

TEST_P(ThrowingModeTest, ABusyHookIsReportedOnceASecondWithTheNumberOfWhatItThrew) {
  const auto began = std::chrono::steady_clock::now();
  start(GetParam(), [](std::string_view hook) { return hook == "on_message"; });
  ASSERT_TRUE(eventually([&] { return thrown > 500; }));
  ASSERT_TRUE(manager->stop(kPatience));
  const auto seconds = (std::chrono::steady_clock::now() - began) / 1s;

  // The first, one at the end of each second, what is left when all is closed, and what the handler
  // threw at the messages that it got after that.
  EXPECT_LE(logger->count("handler: on_message threw: "), 3U + static_cast<std::size_t>(seconds));
  EXPECT_EQ(reported("on_message"), thrown.load());
}

TEST_P(ThrowingModeTest, AllHooksAtOnceAreStillOneConnectionAndEachIsToldByItsName) {
  std::atomic<bool> are_needed_broken = true;
  start(GetParam(), [&](std::string_view hook) {
    const bool is_needed = std::ranges::find(kNeeded, hook) != kNeeded.end();
    return is_needed ? are_needed_broken.load() : std::ranges::find(kOthers, hook) != kOthers.end();
  });
  ASSERT_TRUE(is_logged("urls"));
  are_needed_broken = false;
  ASSERT_TRUE(manager->wait_until_live(kPatience));

  visit_all_hooks();

  for (const std::string_view hook : kOthers) EXPECT_TRUE(is_logged(hook)) << hook;
  EXPECT_TRUE(eventually([&] { return venue->counters().messages_sent > 500; }));
  EXPECT_EQ(venue->counters().connections_opened, 2U);
  expect_exact_count();
  EXPECT_EQ(snapshot().counters.messages_received, notes().calls_of("on_message"));
}

TEST_P(ThrowingModeTest, WhatABusyHookThrowsDoesNotHideWhatAnotherThrowsOnce) {
  std::atomic<int> calls = 0;
  start(GetParam(), [&](std::string_view hook) {
    return hook == "on_message" || (hook == "on_disconnect" && ++calls == 1);
  });
  ASSERT_TRUE(manager->wait_until_live(kPatience));

  visit_all_hooks();

  EXPECT_TRUE(is_logged("on_disconnect"));
  EXPECT_TRUE(manager->stop(kPatience));
}

TEST_P(ThrowingModeTest, ALoggerThatThrowsHurtsNobody) {
  class ThrowingLogger final : public Logger {
    void log(LogLevel, std::string_view) override { throw std::runtime_error{"disk full"}; }
  };
  start_venue();
  handler = std::make_shared<TestHandler>(venue->url(), initial);
  manager =
      std::make_unique<Manager>(*config.low_latency_mode(GetParam() == Mode::kLowLatency).build(),
                                handler, std::make_shared<ThrowingLogger>());

  ASSERT_TRUE(manager->start());

  EXPECT_TRUE(wait_for_data(10));
  EXPECT_TRUE(manager->stop(kPatience));
}

INSTANTIATE_TEST_SUITE_P(Modes, ThrowingModeTest, Values(Mode::kQueue, Mode::kLowLatency));

}  // namespace
}  // namespace wsm::testing
