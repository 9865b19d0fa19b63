#include "manager/manager_fixture.h"

namespace wsm::testing {

ManagerFixture::ManagerFixture() {
  // Whatever a test does not ask for must not happen in it: no renewal, no time-out of data.
  config.proactive_reconnect_interval(std::nullopt).data_timeout(std::nullopt);
  // The venue speaks no TLS, and to load the authorities of the system takes longer than a test.
  config.tls({.ca_file = {}, .server_name = {}, .dangerously_skip_verification = true});
}

void ManagerFixture::TearDown() {
  gate->open();
  manager.reset();
  venue.reset();
}

void ManagerFixture::start_venue() {
  auto started = venue::Venue::start(venue_options);
  ASSERT_TRUE(started);
  venue = *std::move(started);
}

void ManagerFixture::make(const std::string& url) {
  const auto built = config.backoff(backoff).build();
  ASSERT_TRUE(built) << to_string(built.error());
  handler = std::make_shared<TestHandler>(url, initial);
  handler->before = before;
  handler->answer_error = answer_error;
  handler->look = look;
  manager = std::make_unique<Manager>(*built, handler, logger);
}

void ManagerFixture::start() {
  ASSERT_NO_FATAL_FAILURE(start_venue());
  ASSERT_NO_FATAL_FAILURE(make(venue->url()));
  ASSERT_TRUE(manager->start());
}

void ManagerFixture::start_live() {
  ASSERT_NO_FATAL_FAILURE(start());
  ASSERT_TRUE(manager->wait_until_live(kPatience));
  ASSERT_TRUE(wait_for_data());
}

bool ManagerFixture::wait_for_data(std::size_t count) {
  return journal().wait_for([&](const Notes& notes) { return notes.data >= count; });
}

std::uint64_t ManagerFixture::reported(const std::string& hook) const {
  std::uint64_t sum = 0;
  for (const std::string& line : logger->lines("handler: " + hook + " threw: ")) {
    const auto more = line.find('(');  // "… (17 more before it)"
    sum += 1 + (more == std::string::npos ? 0 : std::stoull(line.substr(more + 1)));
  }
  return sum;
}

bool ManagerFixture::is_suspended(ShardId shard) const {
  const MetricsSnapshot now = snapshot();
  return std::ranges::any_of(now.shards, [&](const ShardMetrics& it) {
    return it.shard_id == shard && it.status == ShardStatus::kSuspended;
  });
}

}  // namespace wsm::testing
