// Messages of a new connection that have waited for those of the old one.

#include <atomic>
#include <string>

#include "manager/manager_fixture.h"
#include "support/server_codec.h"

namespace wsm::testing {
namespace {

using test::server_text;
using ::testing::ElementsAre;

/// One subscription with keys, on two connections that do what the test says: "k105" has the key
/// 105.
class HeldMessagesTest : public ManagerFixture {
 protected:
  void SetUp() override {
    initial = topics(1, 1);
    look = [](const Message& message) -> Inspection<std::string> {
      return {.role = MessageRole::kData,
              .subscription = "T0001",
              .numbering = {.key = std::stoull(std::string{message.text().substr(1)})}};
    };
    make(server.url());
    ASSERT_TRUE(manager->start());
    ASSERT_TRUE(wait_for_messages(1));
  }
  /// The scripts of the server end before it does, whatever has failed.
  void TearDown() override {
    cut.open();
    catch_up.open();
    ManagerFixture::TearDown();
  }
  [[nodiscard]] bool wait_for_messages(std::size_t count) {
    return journal().wait_for([=](const Notes& notes) { return notes.messages.size() >= count; });
  }

  Gate cut;
  Gate catch_up;
  std::atomic<int> connections = 0;
  RawServer server{[this](RawConnection& connection) {
    const bool is_old = connections++ == 0;
    if (!connection.accept_upgrade() || !connection.wait_for_frame(Opcode::kText)) return;
    if (!is_old) {
      connection.send(server_text("k106") + server_text("k107"));
      return cut.pass();
    }
    connection.send(server_text("k104"));
    catch_up.pass();
    connection.send(server_text("k105") + server_text("k106"));
    connection.wait_until_closed();
  }};
};

TEST_F(HeldMessagesTest, AreDeliveredWhenTheirConnectionIsOverAlready) {
  ASSERT_TRUE(manager->hot_switchover(ShardId{0}));
  ASSERT_TRUE(eventually([&] { return snapshot().counters.messages_received == 3; }));
  EXPECT_EQ(notes().messages.size(), 1U) << "105 comes first, which only the old one has";

  cut.open();
  ASSERT_TRUE(wait_for_event<event::Disconnected>());
  catch_up.open();
  ASSERT_TRUE(wait_for_messages(4));

  const Notes seen = notes();
  std::vector<std::string> texts;
  for (const auto& message : seen.messages) texts.push_back(message.text);
  EXPECT_THAT(texts, ElementsAre("k104", "k105", "k106", "k107"));
  EXPECT_EQ(seen.messages.back().generation, Generation{2});
  EXPECT_TRUE(manager->is_running());
}

}  // namespace
}  // namespace wsm::testing
