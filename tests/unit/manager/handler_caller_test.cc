#include "manager/handler_caller.h"

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "unit/manager/fake_handler_port.h"

namespace wsm {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::UnorderedElementsAre;

using Clock = HandlerCaller::Clock;

const Message kMessage{MessageKind::kText, {}};
const ConnectionState kState{};
constexpr std::array kIds{SubscriptionId{1}};

class HandlerCallerTest : public ::testing::Test {
 protected:
  /// Calls every hook once.
  void call_all() {
    (void)caller.urls(kState);
    (void)caller.headers(kState);
    (void)caller.subprotocols(kState);
    (void)caller.on_connect(kState);
    (void)caller.on_error(kState, {});
    (void)caller.render(RequestKind::kSubscribe, kIds);
    (void)caller.render(RequestKind::kUnsubscribe, kIds);
    (void)caller.inspect(kMessage);
    caller.on_message(kMessage, kState);
    caller.on_notice(Event{});
    caller.on_notice(DisconnectNotice{std::make_shared<const ConnectionState>(), {}});
  }
  void throw_always() {
    port->before = [](const std::string& hook) { throw std::runtime_error{hook + " is broken"}; };
  }

  const std::shared_ptr<FakeHandlerPort> port = std::make_shared<FakeHandlerPort>();
  std::vector<std::string> announced;
  Clock::time_point due;  // Of what was announced last.
  HandlerCaller caller{port, [this](std::string_view hook, Clock::time_point at) {
                         announced.emplace_back(hook);
                         due = at;
                       }};
};

TEST_F(HandlerCallerTest, HandsOutWhatTheHooksAnswer) {
  EXPECT_THAT(*caller.urls(kState), ElementsAre("ws://host"));
  EXPECT_THAT(*caller.headers(kState), ElementsAre(Header{"a", "b"}));
  EXPECT_THAT(*caller.subprotocols(kState), ElementsAre("v1"));
  EXPECT_THAT(*caller.on_connect(kState), ElementsAre(OutgoingMessage::text("login")));
  EXPECT_EQ(caller.on_error(kState, {}), ErrorAnswer::kStop);
  EXPECT_EQ(caller.inspect(kMessage).role, MessageRole::kData);
  EXPECT_EQ(*caller.render(RequestKind::kSubscribe, kIds), OutgoingMessage::text("subscribe"));
  EXPECT_EQ(*caller.render(RequestKind::kUnsubscribe, kIds), std::nullopt);
  EXPECT_EQ(caller.exceptions(), 0U);
  EXPECT_THAT(announced, IsEmpty());
}

TEST_F(HandlerCallerTest, NothingThatAHookThrowsGetsAnyFurtherAndEachIsToldByItsName) {
  throw_always();

  EXPECT_NO_THROW(call_all());

  EXPECT_THAT(announced, UnorderedElementsAre(
                             "urls", "connection_headers", "subprotocols", "on_connect", "on_error",
                             "subscription_message", "unsubscription_message", "inspect",
                             "is_data_message", "on_message", "on_event", "on_disconnect"));
  EXPECT_EQ(caller.exceptions(), 12U);
}

TEST_F(HandlerCallerTest, AHookWithoutWhichThereIsNoConnectionIsTheReasonThatThereIsNone) {
  throw_always();

  const auto failed_by = [](const std::string& hook) {
    return AllOf(Field(&DisconnectReason::kind, DisconnectKind::kHookFailed),
                 Field(&DisconnectReason::detail, hook + ": " + hook + " is broken"));
  };
  EXPECT_THAT(caller.urls(kState).error(), failed_by("urls"));
  EXPECT_THAT(caller.headers(kState).error(), failed_by("connection_headers"));
  EXPECT_THAT(caller.subprotocols(kState).error(), failed_by("subprotocols"));
  EXPECT_THAT(caller.on_connect(kState).error(), failed_by("on_connect"));
}

TEST_F(HandlerCallerTest, AsksForOneUrlWhereTheHandlerDoesNotNameSeveral) {
  port->before = [](const std::string& hook) {
    if (hook == "url") throw std::runtime_error{"no token"};
  };
  EXPECT_EQ(caller.urls(kState).error().detail, "url: no token");

  port->several = {"ws://one", "ws://two"};

  EXPECT_THAT(*caller.urls(kState), ElementsAre("ws://one", "ws://two"));
}

TEST_F(HandlerCallerTest, AsksForDataOnlyWhatInspectLeavesUndecided) {
  port->inspection = {.role = MessageRole::kAcknowledgement, .request = 12};

  const Inspected inspected = caller.inspect(kMessage);

  EXPECT_EQ(inspected.role, MessageRole::kAcknowledgement);
  EXPECT_EQ(inspected.request, 12U);
  EXPECT_THAT(port->inspecting, ElementsAre("inspect"));
}

TEST_F(HandlerCallerTest, WithoutAnAnswerTheSafeOneIsTaken) {
  throw_always();

  EXPECT_EQ(caller.on_error(kState, {}), ErrorAnswer::kDefault);
  EXPECT_EQ(caller.inspect(kMessage).role, MessageRole::kOther);
  const auto rendered = caller.render(RequestKind::kSubscribe, kIds);
  ASSERT_FALSE(rendered);
  EXPECT_EQ(rendered.error().code, Errc::kHandlerFailed);
  EXPECT_EQ(rendered.error().detail, "subscription_message is broken");
}

TEST_F(HandlerCallerTest, AReportSaysWhatWasThrownLastAndHowOften) {
  throw_always();

  caller.on_message(kMessage, kState);
  caller.on_message(kMessage, kState);
  caller.on_message(kMessage, kState);

  EXPECT_THAT(announced, ElementsAre("on_message"));
  EXPECT_THAT(caller.take_report("on_message"),
              Optional(AllOf(Field(&event::HandlerThrew::hook, "on_message"),
                             Field(&event::HandlerThrew::what, "on_message is broken"),
                             Field(&event::HandlerThrew::count, 3U))));
}

TEST_F(HandlerCallerTest, ABusyHookThatThrowsDoesNotHideAnother) {
  throw_always();

  caller.on_message(kMessage, kState);
  (void)caller.urls(kState);

  EXPECT_THAT(announced, ElementsAre("on_message", "urls"));
  EXPECT_EQ(caller.take_report("urls")->count, 1U);
}

TEST_F(HandlerCallerTest, WhatIsThrownAfterAReportIsAnnouncedOnceForWhenTheIntervalIsOver) {
  throw_always();
  caller.on_message(kMessage, kState);
  EXPECT_LE(due, Clock::now());
  const auto reported_at = Clock::now();
  (void)caller.take_report("on_message");

  caller.on_message(kMessage, kState);
  caller.on_message(kMessage, kState);

  EXPECT_THAT(announced, ElementsAre("on_message", "on_message"));
  EXPECT_GE(due, reported_at + HandlerCaller::kReportInterval);
  EXPECT_EQ(caller.take_report("on_message")->count, 2U);
}

TEST_F(HandlerCallerTest, TheRestIsWhatWasAnnouncedAndNotReported) {
  throw_always();
  caller.on_message(kMessage, kState);
  (void)caller.urls(kState);
  (void)caller.take_report("urls");

  EXPECT_THAT(caller.take_rest(), ElementsAre(Field(&event::HandlerThrew::hook, "on_message")));
  EXPECT_FALSE(caller.take_report("on_message"));
  EXPECT_THAT(caller.take_rest(), IsEmpty());
}

TEST_F(HandlerCallerTest, ReportsAddUpToTheNumberOfExceptions) {
  constexpr int kThreads = 4;
  constexpr int kCalls = 500;
  throw_always();
  std::atomic<std::uint64_t> reported = 0;
  HandlerCaller shared{
      port, [&](std::string_view hook, auto) { reported += shared.take_report(hook)->count; }};

  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int call = 0; call < kCalls; ++call) shared.on_message(kMessage, kState);
    });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(shared.exceptions(), std::uint64_t{kThreads * kCalls});
  EXPECT_EQ(reported.load(), std::uint64_t{kThreads * kCalls});
}

TEST_F(HandlerCallerTest, KnowsWhetherTheThreadIsInsideAHook) {
  std::vector<bool> inside;
  port->before = [&](const std::string&) {
    inside.push_back(HandlerCaller::is_inside_hook());
    throw std::runtime_error{"out again"};
  };

  caller.on_message(kMessage, kState);
  inside.push_back(HandlerCaller::is_inside_hook());

  EXPECT_THAT(inside, ElementsAre(true, false));
}

TEST_F(HandlerCallerTest, AHookThatLeadsToAnotherIsStillInsideWhenThatIsOver) {
  std::vector<bool> inside;
  port->before = [&](const std::string& hook) {
    if (hook != "on_message") return;
    (void)caller.inspect(kMessage);
    inside.push_back(HandlerCaller::is_inside_hook());
  };

  caller.on_message(kMessage, kState);

  EXPECT_THAT(inside, ElementsAre(true));
}

TEST_F(HandlerCallerTest, IsInsideAHookOnThatThreadOnly) {
  bool is_other_inside = true;
  port->before = [&](const std::string&) {
    std::thread{[&] { is_other_inside = HandlerCaller::is_inside_hook(); }}.join();
  };

  caller.on_message(kMessage, kState);

  EXPECT_FALSE(is_other_inside);
}

TEST_F(HandlerCallerTest, CallsNoHookOnceItIsRetired) {
  std::vector<std::string> called;
  port->before = [&](const std::string& hook) { called.push_back(hook); };

  caller.retire();
  call_all();

  EXPECT_THAT(called, IsEmpty());
  EXPECT_THAT(announced, IsEmpty());
  EXPECT_EQ(caller.exceptions(), 0U);
  EXPECT_EQ(caller.urls(kState).error().kind, DisconnectKind::kHookFailed);
}

TEST_F(HandlerCallerTest, HandsForgottenSubscriptionsOn) {
  caller.forget(SubscriptionId{7});

  EXPECT_THAT(port->forgotten, ElementsAre(SubscriptionId{7}));
}

}  // namespace
}  // namespace wsm
