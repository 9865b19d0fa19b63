#include "sim/venue.h"

#include <algorithm>

namespace wsm::sim {

Venue::Venue(World& world, const VenueRules& rules, Observer& observer)
    : world_(world),
      dice_(world.dice("venue")),
      rules_(rules),
      observer_(observer),
      by_topic_(rules.topics),
      published_(rules.topics),
      epochs_(rules.topics) {}

void Venue::open() {
  for (std::size_t topic = 0; topic < rules_.topics; ++topic) {
    schedule(Topic{static_cast<Topic::rep>(topic)});
  }
  if (rules_.heartbeat_interval) world_.after(*rules_.heartbeat_interval, [this] { beat(); });
  if (rules_.ping_interval) world_.after(*rules_.ping_interval, [this] { ping(); });
}

void Venue::accept(ConnectionId id, const Wire& wire) {
  std::erase_if(sessions_, [](const auto& session) { return session->is_over(); });
  sessions_.push_back(std::make_unique<Session>(*this, id, wire));
  const VenueLimits& limits = rules_.limits;
  if (!limits.connects) return;
  const std::size_t count = connects_.add(world_.now(), limits.connect_window);
  if (!allows(id, count, *limits.connects, "more connects than allowed")) too_many_.insert(id);
}

bool Venue::allows_frame(ConnectionId id, RateCounter& frames) {
  const VenueLimits& limits = rules_.limits;
  if (!limits.frames) return true;
  const std::size_t count = frames.add(world_.now(), limits.window);
  return allows(id, count, *limits.frames, "more frames than allowed");
}

/// Whoever keeps the rules has nothing to fear from them; only a venue that is stricter than it
/// says may cut him off.
bool Venue::allows(ConnectionId id, std::size_t count, std::size_t limit, std::string_view what) {
  if (count > limit) complain(id, what);
  return count <= std::max<std::size_t>(1, limit / strictness_);
}

void Venue::drop_all() {
  for (Session* session : sessions()) session->reset();
}

void Venue::publish_all() {
  for (std::size_t topic = 0; topic < rules_.topics; ++topic) {
    publish(Topic{static_cast<Topic::rep>(topic)});
  }
}

void Venue::handle_subscribed(Session& session, Topic topic) {
  world_.trace.note("venue", "subscribed", session.id().shard.value(),
                    session.id().generation.value(), topic.value());
  auto& carriers = by_topic_[topic.value()];
  if (std::ranges::find(carriers, &session) == carriers.end()) carriers.push_back(&session);
  observer_.handle_subscribed(session.id(), topic);
}

void Venue::handle_unsubscribed(Session& session, Topic topic) {
  world_.trace.note("venue", "unsubscribed", session.id().shard.value(),
                    session.id().generation.value(), topic.value());
  std::erase(by_topic_[topic.value()], &session);
  observer_.handle_unsubscribed(session.id(), topic);
}

void Venue::handle_ended(Session& session) {
  world_.trace.note("venue", "ended", session.id().shard.value(), session.id().generation.value());
  for (const Topic topic : session.topics()) std::erase(by_topic_[topic.value()], &session);
  too_many_.erase(session.id());
  observer_.handle_ended(session.id());
}

void Venue::complain(ConnectionId id, std::string_view what) {
  world_.trace.note("venue", what, id.shard.value(), id.generation.value());
  observer_.handle_complaint(id, what);
}

std::vector<Session*> Venue::sessions() {
  std::vector<Session*> living;
  for (const auto& session : sessions_) {
    if (!session->is_over()) living.push_back(session.get());
  }
  return living;
}

std::vector<Session*> Venue::open_sessions() {
  std::vector<Session*> open = sessions();
  std::erase_if(open, [](const Session* session) { return !session->is_open(); });
  return open;
}

void Venue::publish(Topic topic) {
  const FeedMessage message = next_of(topic);
  observer_.handle_published(topic, message.sequence);
  for (Session* session : by_topic_[topic.value()]) session->publish(message);
}

FeedMessage Venue::next_of(Topic topic) {
  FeedMessage next{.kind = FeedMessage::Kind::kData, .topic = topic};
  next.sequence = ++published_[topic.value()];
  const Epoch& epoch = epochs_[topic.value()];
  const Sequence place = next.sequence - epoch.since;
  if (rules_.snapshot_every) next.is_whole = place % *rules_.snapshot_every == 0;
  switch (rules_.numbers) {
    case Numbers::kByOne:
      if (epoch.count > 0) next.number = place;
      break;
    case Numbers::kChained:
      next.number = chained_number(place);
      if (place > 1) next.previous = chained_number(place - 1);
      break;
    case Numbers::kOfConnection: next.is_of_connection = true; break;
  }
  return next;
}

void Venue::renumber(Topic topic) {
  Epoch& epoch = epochs_[topic.value()];
  if (epoch.count > 0 && published_[topic.value()] - epoch.since < kEpochMin) return;
  ++epoch.count;
  epoch.since = published_[topic.value()];
  observer_.handle_renumbered(topic, epoch.since + 1);
}

void Venue::renumber_all() {
  for (std::size_t topic = 0; topic < rules_.topics; ++topic) {
    renumber(Topic{static_cast<Topic::rep>(topic)});
  }
}

void Venue::schedule(Topic topic) {
  const Duration pause =
      dice_.between(rules_.message_interval / 2, rules_.message_interval * 3 / 2);
  world_.after(pause, [this, topic] {
    publish(topic);
    schedule(topic);
  });
}

void Venue::beat() {
  for (Session* session : open_sessions()) session->heartbeat();
  world_.after(*rules_.heartbeat_interval, [this] { beat(); });
}

void Venue::ping() {
  for (Session* session : open_sessions()) session->ping();
  world_.after(*rules_.ping_interval, [this] { ping(); });
}

}  // namespace wsm::sim
