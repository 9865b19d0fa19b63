#include "wire/socks5.h"

#include "wire/ip_address.h"

namespace wsm {

namespace {

using Progress = ProxyTunnel::Progress;

constexpr std::uint8_t kVersion = 5;
constexpr std::uint8_t kLoginVersion = 1;
constexpr std::uint8_t kNoLogin = 0;
constexpr std::uint8_t kUserAndPassword = 2;
constexpr std::uint8_t kNoneAcceptable = 0xff;
constexpr std::uint8_t kConnect = 1;
constexpr std::uint8_t kIpv4 = 1;
constexpr std::uint8_t kName = 3;
constexpr std::uint8_t kIpv6 = 4;
constexpr std::uint8_t kSucceeded = 0;

char byte(std::size_t value) { return static_cast<char>(value); }

/// Behind a byte with its length.
std::string counted(const std::string& text) { return byte(text.size()) + text; }

std::string login_message(const ProxyUrl& proxy) {
  if (proxy.user.empty()) return {};
  return byte(kLoginVersion) + counted(proxy.user) + counted(proxy.password);
}

/// RFC 1928, section 4. No URL has a name whose length would not fit.
std::string request_message(const TunnelTarget& target) {
  std::string message{byte(kVersion), byte(kConnect), byte(0)};
  if (const auto address = ip_address_bytes(target.host)) {
    message += byte(address->size() == 4 ? kIpv4 : kIpv6) + *address;
  } else {
    message += byte(kName) + counted(target.host);
  }
  return message + byte(target.port >> 8U) + byte(target.port & 0xffU);
}

/// RFC 1928, section 6.
std::string meaning_of(std::uint8_t reply) {
  switch (reply) {
    case 1: return "general failure of the proxy";
    case 2: return "not allowed by the rules of the proxy";
    case 3: return "the network of the server cannot be reached";
    case 4: return "the server cannot be reached";
    case 5: return "the server refused the connection";
    case 6: return "the server is too many hops away, or did not answer in time";
    case 7: return "the proxy does not know CONNECT";
    case 8: return "the proxy does not know this kind of address";
    default: return "reply " + std::to_string(reply) + ", which RFC 1928 does not have";
  }
}

/// That it knows no IPv6, too, says that it cannot reach this server.
bool is_of_target(std::uint8_t reply) { return (3 <= reply && reply <= 6) || reply == 8; }

}  // namespace

Socks5::Socks5(const ProxyUrl& proxy, const TunnelTarget& target)
    : login_(login_message(proxy)), request_(request_message(target)) {
  if (login_.empty()) {
    transmit(std::string{byte(kVersion), byte(1), byte(kNoLogin)});
  } else {
    transmit(std::string{byte(kVersion), byte(2), byte(kNoLogin), byte(kUserAndPassword)});
  }
}

Progress Socks5::receive(std::span<const std::byte> bytes) {
  if (progress_ != Progress::kNeedsMore) return progress_;
  input_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  Step before{};
  do {
    before = step_;
    progress_ = go_on();
  } while (progress_ == Progress::kNeedsMore && step_ != before);
  return progress_;
}

Progress Socks5::go_on() {
  switch (step_) {
    case Step::kMethod: return take_method();
    case Step::kLogin: return take_login();
    case Step::kReply: return take_reply();
  }
  return progress_;
}

Progress Socks5::take_method() {
  if (!input_.empty() && at(0) != kVersion) {
    return fail({.detail = "the proxy does not speak SOCKS5: its first byte is " +
                           std::to_string(at(0)) + ", not 5"});
  }
  if (input_.size() < 2) return Progress::kNeedsMore;
  const std::uint8_t method = at(1);
  input_.erase(0, 2);
  if (method == kNoLogin) {
    ask();
  } else if (method == kUserAndPassword && !login_.empty()) {
    transmit(login_);
    step_ = Step::kLogin;
  } else if (method == kNoneAcceptable) {
    return fail({.detail = login_.empty()
                               ? "the proxy wants to know who we are, and its URL has no user"
                               : "the proxy accepts neither nobody nor a user and password"});
  } else {
    return fail({.detail = "the proxy chose authentication method " + std::to_string(method) +
                           ", which was not offered"});
  }
  return Progress::kNeedsMore;
}

Progress Socks5::take_login() {
  if (input_.size() < 2) return Progress::kNeedsMore;
  // RFC 1929, section 2: the first byte is 1. Some proxies send 5, and what counts is the second.
  if (at(1) != kSucceeded) {
    return fail({.detail = "the proxy does not accept the user and password of its URL"});
  }
  input_.erase(0, 2);
  ask();
  return Progress::kNeedsMore;
}

Progress Socks5::take_reply() {
  if (!input_.empty() && at(0) != kVersion) {
    return fail({.detail = "the proxy's reply is not one of SOCKS5"});
  }
  if (input_.size() >= 2 && at(1) != kSucceeded) {
    return fail({.detail = meaning_of(at(1)), .is_of_target = is_of_target(at(1))});
  }
  if (input_.size() < 5) return Progress::kNeedsMore;
  const std::size_t size = reply_size();
  if (size == 0) {
    return fail(
        {.detail = "the proxy's reply has an address of unknown kind " + std::to_string(at(3))});
  }
  if (input_.size() < size) return Progress::kNeedsMore;
  input_.erase(0, size);
  return Progress::kOpen;
}

void Socks5::ask() {
  transmit(request_);
  step_ = Step::kReply;
}

/// With the address that the proxy connects from, which nobody needs; 0 if it is of no known kind.
std::size_t Socks5::reply_size() const {
  constexpr std::size_t kBeforeAddress = 4;
  constexpr std::size_t kPort = 2;
  switch (at(3)) {
    case kIpv4: return kBeforeAddress + 4 + kPort;
    case kIpv6: return kBeforeAddress + 16 + kPort;
    case kName: return kBeforeAddress + 1 + at(4) + kPort;
    default: return 0;
  }
}

}  // namespace wsm
