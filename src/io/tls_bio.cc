#include "io/tls_bio.h"

#include <algorithm>
#include <cstring>

#include <openssl/bio.h>

#include "io/tls_filter.h"
#include "io/tls_memory.h"

namespace wsm::io {
namespace {

TlsRecords& records_of(BIO* bio) { return *static_cast<TlsRecords*>(BIO_get_data(bio)); }

int not_now(BIO* bio) {
  BIO_set_retry_read(bio);
  return 0;
}

/// Through the connection below.
int read_from(TlsRecords& records, BIO* bio, std::span<std::byte> into, std::size_t* count) {
  const auto [bytes, status] = records.under->decrypt(into);
  *count = bytes;
  if (bytes > 0) return 1;
  records.is_under_closed = status == TlsStatus::kClosed;
  return status == TlsStatus::kClosed || status == TlsStatus::kFailed ? 0 : not_now(bio);
}

int read_next(BIO* bio, char* into, std::size_t size, std::size_t* count) {
  TlsRecords& records = records_of(bio);
  const std::size_t wanted = std::min(size, records.allowance);
  if (wanted == 0) return not_now(bio);
  if (!records.input.empty()) {
    *count = std::min(wanted, records.input.size());
    std::memcpy(into, records.input.data(), *count);
    records.input = records.input.subspan(*count);
  } else if (records.under == nullptr) {
    return not_now(bio);
  } else if (read_from(records, bio, std::as_writable_bytes(std::span{into, wanted}), count) == 0) {
    return 0;
  }
  records.allowance -= *count;
  return 1;
}

int read_input(BIO* bio, char* into, std::size_t size, std::size_t* count) {
  BIO_clear_retry_flags(bio);
  *count = 0;
  try {
    return read_next(bio, into, size, count);
  } catch (...) {
    records_of(bio).thrown = std::current_exception();
    return 0;
  }
}

int write_output(BIO* bio, const char* from, std::size_t size, std::size_t* count) {
  BIO_clear_retry_flags(bio);
  try {
    records_of(bio).output.append(std::as_bytes(std::span{from, size}));
  } catch (...) {
    records_of(bio).thrown = std::current_exception();
    return 0;
  }
  *count = size;
  return 1;
}

long control(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
  // Flushing succeeds, since nothing is held back; no other request is supported.
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

/// Made once and kept for the life of the process: BIOs refer to it.
const BIO_METHOD* method() {
  static BIO_METHOD* const instance = [] {
    BIO_METHOD* made =
        or_bad_alloc(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wsm records"));
    BIO_meth_set_read_ex(made, read_input);
    BIO_meth_set_write_ex(made, write_output);
    BIO_meth_set_ctrl(made, control);
    return made;
  }();
  return instance;
}

}  // namespace

BIO* make_record_bio(TlsRecords& records) {
  BIO* bio = or_bad_alloc(BIO_new(method()));
  BIO_set_data(bio, &records);
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace wsm::io
