#include "venue/request.h"

#include <boost/json.hpp>

namespace wsm::venue {
namespace {

namespace json = boost::json;

std::optional<Operation> operation_of(const json::object& request) {
  const json::value* op = request.if_contains("op");
  if (op == nullptr || !op->is_string()) return std::nullopt;
  for (const Operation operation : {Operation::kSubscribe, Operation::kUnsubscribe}) {
    if (op->get_string() == json::string_view{to_string(operation)}) return operation;
  }
  return std::nullopt;
}

std::optional<std::vector<std::string>> args_of(const json::object& request) {
  const json::value* args = request.if_contains("args");
  if (args == nullptr || !args->is_array()) return std::nullopt;
  std::vector<std::string> names;
  for (const json::value& arg : args->get_array()) {
    if (!arg.is_string()) return std::nullopt;
    names.emplace_back(arg.get_string());
  }
  return names;
}

}  // namespace

Result<Request, RequestFault> parse_request(std::string_view text) {
  boost::system::error_code error;
  const json::value value = json::parse({text.data(), text.size()}, error);
  if (error) return Failure{RequestFault{std::nullopt, "not JSON: " + error.message()}};
  const json::object* request = value.if_object();
  if (request == nullptr) return Failure{RequestFault{std::nullopt, "not a JSON object"}};

  std::optional<std::int64_t> id;
  if (const json::value* given = request->if_contains("id")) {
    if (!given->is_int64()) return Failure{RequestFault{id, "\"id\" must be an integer"}};
    id = given->get_int64();
  }
  const auto operation = operation_of(*request);
  if (!operation) {
    return Failure{RequestFault{id, "\"op\" must be \"subscribe\" or \"unsubscribe\""}};
  }
  auto args = args_of(*request);
  if (!args || args->empty()) {
    return Failure{RequestFault{id, "\"args\" must be a list of at least one topic"}};
  }
  return Request{*operation, *std::move(args), id};
}

}  // namespace wsm::venue
