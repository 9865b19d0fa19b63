// Subscriptions whose copy, hash or comparison throws.

#include <atomic>
#include <compare>
#include <stdexcept>

#include "manager/manager_fixture.h"

namespace wsm::testing {

/// Names a topic by its number, and throws in whatever `fault` says.
struct Touchy {
  enum class Fault { kNone, kCopy, kHash, kEqual };
  static inline std::atomic<Fault> fault = Fault::kNone;
  static inline std::atomic<int> broken = 0;  // The number that throws; 0: every one.

  explicit Touchy(int its_number) : number(its_number) {}
  Touchy(const Touchy& other) : number(other.number) { other.check(Fault::kCopy); }
  Touchy& operator=(const Touchy& other) {
    other.check(Fault::kCopy);
    number = other.number;
    return *this;
  }
  ~Touchy() = default;
  bool operator==(const Touchy& other) const {
    check(Fault::kEqual);
    return number == other.number;
  }
  void check(Fault now) const {
    if (fault == now && (broken == 0 || broken == number)) throw std::runtime_error{"touchy"};
  }

  int number;
};

}  // namespace wsm::testing

template <>
struct std::hash<wsm::testing::Touchy> {
  std::size_t operator()(const wsm::testing::Touchy& it) const {
    it.check(wsm::testing::Touchy::Fault::kHash);
    return 7;  // The same for all, so that they are compared.
  }
};

namespace wsm::testing {
namespace {

using Fault = Touchy::Fault;

class TouchyHandler final : public WebSocketHandler<Touchy> {
 public:
  explicit TouchyHandler(std::string url) : url_(std::move(url)) {}
  std::string url(const ConnectionState&) override { return url_; }
  void on_message(const Message&, const ConnectionState&) override {}
  std::vector<Touchy> subscriptions() override { return {}; }
  std::optional<OutgoingMessage> subscription_message(std::span<const Touchy>) override {
    return std::nullopt;
  }
  std::optional<OutgoingMessage> unsubscription_message(std::span<const Touchy>) override {
    if (in_unsubscription) in_unsubscription();
    return std::nullopt;
  }

  std::function<void()> in_unsubscription;

 private:
  std::string url_;
};

class ThrowingSubscriptionsTest : public ManagerFixture,
                                  public ::testing::WithParamInterface<Fault> {
 protected:
  void SetUp() override {
    start_venue();
    handler = std::make_shared<TouchyHandler>(venue->url());
    touchy = std::make_unique<ShardManager<Touchy>>(*config.auto_rebalance(false).build(), handler,
                                                    logger);
    ASSERT_TRUE(touchy->start());
    touchy->subscribe(first);
    ASSERT_TRUE(touchy->wait_until_live(kPatience));
  }
  void TearDown() override {
    repair();
    touchy.reset();
    ManagerFixture::TearDown();
  }
  static void break_it(int number = 0) {
    Touchy::broken = number;
    Touchy::fault = GetParam();
  }
  static void repair() { Touchy::fault = Fault::kNone; }

  const std::vector<Touchy> first{Touchy{1}, Touchy{2}};
  const std::vector<Touchy> more{Touchy{3}, Touchy{4}};
  std::shared_ptr<TouchyHandler> handler;
  std::unique_ptr<ShardManager<Touchy>> touchy;
};

TEST_P(ThrowingSubscriptionsTest, ThrowOutOfTheCallAndTheManagerGoesOn) {
  break_it();

  EXPECT_THROW(touchy->subscribe(more), std::runtime_error);
  if (GetParam() == Fault::kCopy) {
    EXPECT_THROW((void)touchy->shard_subscriptions(ShardId{0}), std::runtime_error);
  } else {
    EXPECT_THROW(touchy->unsubscribe(first), std::runtime_error);
    EXPECT_THROW((void)touchy->subscription_status(first.front()), std::runtime_error);
  }

  repair();
  EXPECT_EQ(touchy->total_subscriptions(), 2U);
  EXPECT_EQ(touchy->subscribe(more).at(0).status, SubscribeStatus::kPlaced);
  EXPECT_TRUE(touchy->wait_until_live(kPatience));
  EXPECT_TRUE(touchy->stop(kPatience));
}

TEST_P(ThrowingSubscriptionsTest, TheItemsBeforeOneThatThrowsAreAsIfTheyHadNotBeenSaid) {
  break_it(4);

  EXPECT_THROW(touchy->subscribe(more), std::runtime_error);

  repair();
  EXPECT_EQ(touchy->total_subscriptions(), 2U);
  EXPECT_FALSE(touchy->subscription_status(more.front()));
  EXPECT_EQ(touchy->subscribe(more).at(0).status, SubscribeStatus::kPlaced);
}

TEST_P(ThrowingSubscriptionsTest, HurtNobodyWhenTheyAreForgotten) {
  handler->in_unsubscription = [] { break_it(); };

  touchy->unsubscribe(first);

  ASSERT_TRUE(eventually([&] { return Touchy::fault != Fault::kNone; }));
  EXPECT_EQ(touchy->total_subscriptions(), 0U);
  repair();
  EXPECT_EQ(touchy->subscribe(first).at(0).status, SubscribeStatus::kPlaced);
  EXPECT_TRUE(touchy->wait_until_live(kPatience));
}

INSTANTIATE_TEST_SUITE_P(Faults, ThrowingSubscriptionsTest,
                         ::testing::Values(Fault::kCopy, Fault::kHash, Fault::kEqual));

}  // namespace
}  // namespace wsm::testing
