#include "io/tls_failure.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>
#include <vector>

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/printable.h"

namespace wsm::io {
namespace {

constexpr std::size_t kTextMax = 80;  ///< Of one name; a real host name fits.
constexpr std::size_t kNamesMax = 5;  ///< Some certificates are for hundreds of hosts.

/// The peer's text, fit for a terminal and a log.
std::string excerpt(std::string_view text) {
  const std::string clean = printable(text.substr(0, kTextMax));
  return text.size() > kTextMax ? clean + "..." : clean;
}

std::string_view view(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

/// The common name, or else the organisation, in quotation marks.
std::string label(const X509_NAME* name) {
  for (const int part : {NID_commonName, NID_organizationName}) {
    const int index = X509_NAME_get_index_by_NID(name, part, -1);
    if (index < 0) continue;
    const auto* entry = X509_NAME_get_entry(name, index);
    return '"' + excerpt(view(X509_NAME_ENTRY_get_data(entry))) + '"';
  }
  return "a nameless party";
}

std::string address_text(std::string_view bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = bytes.size() == 4 ? AF_INET : AF_INET6;
  if (bytes.size() != 4 && bytes.size() != 16) return "?";
  return inet_ntop(family, bytes.data(), text.data(), text.size());
}

/// The hosts that the certificate is for.
std::string hosts_of(const X509* certificate) {
  const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> names{
      static_cast<GENERAL_NAMES*>(
          X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
      &GENERAL_NAMES_free};
  std::vector<std::string> hosts;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_DNS) hosts.push_back(excerpt(view(name->d.dNSName)));
    if (name->type == GEN_IPADD) hosts.push_back(address_text(view(name->d.iPAddress)));
  }
  if (hosts.empty()) {
    return "no host, since it has no alternative names (only the subject " +
           label(X509_get_subject_name(certificate)) + ")";
  }

  std::string text;
  for (std::size_t i = 0; i < std::min(hosts.size(), kNamesMax); ++i) {
    text += (i == 0 ? "" : ", ") + hosts[i];
  }
  if (hosts.size() <= kNamesMax) return text;
  return text + " and " + std::to_string(hosts.size() - kNamesMax) + " more";
}

std::string day_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return "an unreadable date";
  std::array<char, 16> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d", &parts)};
}

/// How far `time` is from now, in the largest unit that fits.
std::string distance(const ASN1_TIME* time) {
  int days = 0;
  int seconds = 0;
  if (ASN1_TIME_diff(&days, &seconds, time, nullptr) != 1) return "an unknown time";
  days = std::abs(days);
  seconds = std::abs(seconds);
  const auto count = [](int number, std::string_view unit) {
    return std::to_string(number) + " " + std::string{unit} + (number == 1 ? "" : "s");
  };
  if (days > 0) return count(days, "day");
  if (seconds >= 3600) return count(seconds / 3600, "hour");
  if (seconds >= 60) return count(seconds / 60, "minute");
  return count(seconds, "second");
}

std::string minimum_version_text(const SSL* ssl) {
  return SSL_get_min_proto_version(const_cast<SSL*>(ssl)) == TLS1_3_VERSION ? "TLS 1.3" : "TLS 1.2";
}

/// `code` is one of those of RFC 8446, section 6.
std::string describe_alert(int code, const SSL* ssl) {
  const std::string name{SSL_alert_desc_string_long(code)};
  const std::string text = "the server refused the handshake with the alert \"" + name + "\"";
  if (code != SSL_AD_PROTOCOL_VERSION) return text;
  return text + "; " + minimum_version_text(ssl) +
         " is the oldest version that is allowed here (tls.minimum_version)";
}

}  // namespace

std::string describe_certificate_fault(int error, const X509* certificate, std::string_view host) {
  const std::string openssl_text = X509_verify_cert_error_string(error);
  if (certificate == nullptr) return "the certificate was not accepted: " + openssl_text;
  const std::string subject = label(X509_get_subject_name(certificate));
  const std::string issuer = label(X509_get_issuer_name(certificate));
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED: {
      const ASN1_TIME* end = X509_get0_notAfter(certificate);
      return "the certificate of " + subject + " expired " + distance(end) + " ago, on " +
             day_of(end);
    }
    case X509_V_ERR_CERT_NOT_YET_VALID: {
      const ASN1_TIME* start = X509_get0_notBefore(certificate);
      return "the certificate of " + subject + " is not valid before " + day_of(start) + ", in " +
             distance(start) + "; is the clock of this machine right?";
    }
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "the certificate is for " + hosts_of(certificate) + ", not for " + std::string{host};
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return "the certificate of " + subject +
             " is signed by itself, by no authority; to trust it, name its file with --ca "
             "(tls.ca_file)";
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return "the certificate of " + subject + " was issued by " + issuer +
             ", which is not trusted here; to trust it, name its certificate with --ca "
             "(tls.ca_file)";
    default: return "the certificate of " + subject + " was not accepted: " + openssl_text;
  }
}

std::string describe_tls_error(unsigned long error, const SSL* ssl) {
  const int reason = ERR_GET_REASON(error);
  const int alert = reason - SSL_AD_REASON_OFFSET;
  if (ERR_GET_LIB(error) == ERR_LIB_SSL) {
    if (SSL_is_init_finished(ssl) == 0) {
      if (alert >= 0 && alert < 256) return describe_alert(alert, ssl);
    }
    switch (reason) {
      case SSL_R_WRONG_VERSION_NUMBER:
      case SSL_R_HTTP_REQUEST:
      case SSL_R_PACKET_LENGTH_TOO_LONG:
      case SSL_R_RECORD_LENGTH_MISMATCH:
        return "the server does not speak TLS here; is the port right, and wss:// rather than "
               "ws://?";
      case SSL_R_UNSUPPORTED_PROTOCOL:
      case SSL_R_VERSION_TOO_LOW:
      case SSL_R_WRONG_SSL_VERSION:
        return "the server chose a TLS version older than " + minimum_version_text(ssl) +
               ", the oldest that is allowed here (tls.minimum_version)";
      default: break;
    }
  }
  const char* text = ERR_reason_error_string(error);
  return text == nullptr ? "OpenSSL gave no reason" : text;
}

}  // namespace wsm::io
