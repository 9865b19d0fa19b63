#include "wire/proxy_tunnel.h"

#include <utility>

#include "wire/http_connect.h"
#include "wire/socks5.h"
#include "wire/url_parts.h"

namespace wsm {

std::string TunnelTarget::text() const { return bracketed(host) + ":" + std::to_string(port); }

ProxyTunnel::Progress ProxyTunnel::fail(TunnelFailure failure) {
  failure_ = std::move(failure);
  return Progress::kFailed;
}

std::unique_ptr<ProxyTunnel> make_tunnel(const ProxyUrl& proxy, const TunnelTarget& target) {
  if (proxy.is_socks()) return std::make_unique<Socks5>(proxy, target);
  return std::make_unique<HttpConnect>(proxy, target);
}

}  // namespace wsm
