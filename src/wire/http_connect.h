#pragma once

#include <cstddef>
#include <span>

#include "wire/http_head_reader.h"
#include "wire/proxy_tunnel.h"

namespace wsm {

/// CONNECT (RFC 9110, section 9.3.6), with Basic credentials (RFC 7617) where the proxy's URL has a
/// user. Any 2xx opens the way, and what such an answer says of a body is ignored, as that section
/// demands. 502 and 504 speak of the server, everything else of the proxy.
class HttpConnect final : public ProxyTunnel {
 public:
  HttpConnect(const ProxyUrl& proxy, const TunnelTarget& target);

  Progress receive(std::span<const std::byte> bytes) override;
  [[nodiscard]] bool has_asked() const override { return true; }
  [[nodiscard]] std::span<const std::byte> rest() const override { return head_.rest(); }

 private:
  [[nodiscard]] Progress judge(const HttpResponse& response);

  const bool has_login_;
  HttpHeadReader head_{"the proxy", "https://"};
  Progress progress_ = Progress::kNeedsMore;
};

}  // namespace wsm
