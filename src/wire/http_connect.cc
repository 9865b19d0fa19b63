#include "wire/http_connect.h"

#include <string>

#include "wire/base64.h"

namespace wsm {

HttpConnect::HttpConnect(const ProxyUrl& proxy, const TunnelTarget& target)
    : has_login_(!proxy.user.empty()) {
  const std::string where = target.text();
  transmit("CONNECT " + where + " HTTP/1.1\r\nHost: " + where + "\r\n");
  if (has_login_) {
    transmit("Proxy-Authorization: Basic " + base64(proxy.user + ":" + proxy.password) + "\r\n");
  }
  transmit("\r\n");
}

ProxyTunnel::Progress HttpConnect::receive(std::span<const std::byte> bytes) {
  if (progress_ != Progress::kNeedsMore) return progress_;
  switch (head_.receive(bytes)) {
    case HttpHeadReader::Progress::kNeedsMore: break;
    case HttpHeadReader::Progress::kComplete: progress_ = judge(head_.response()); break;
    case HttpHeadReader::Progress::kFailed: progress_ = fail({.detail = head_.fault()}); break;
  }
  return progress_;
}

ProxyTunnel::Progress HttpConnect::judge(const HttpResponse& response) {
  if (response.status / 100 == 2) return Progress::kOpen;
  std::string detail = describe(response);
  if (response.status == 407 || response.status == 401) {  // tinyproxy says 401.
    detail += has_login_ ? " (it does not accept the user and password of the proxy's URL)"
                         : " (the proxy's URL has no user and password)";
  }
  return fail({.detail = std::move(detail),
               .is_of_target = response.status == 502 || response.status == 504,
               .http_status = response.status,
               .retry_after = retry_after_of(response)});
}

}  // namespace wsm
