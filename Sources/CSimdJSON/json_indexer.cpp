#include "CSimdJSON.h"

#include <memory>
#include <new>
#include <simdjson.h>

struct json_indexer {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser;
  size_t capacity = 0;
  size_t count = 0;
};

/// The depth is that of simdjson's second stage, which is not run.
static constexpr size_t depth = 1;

json_indexer *json_indexer_create(void) { return new (std::nothrow) json_indexer; }

void json_indexer_destroy(json_indexer *indexer) { delete indexer; }

json_indexing json_indexer_run(json_indexer *indexer, const uint8_t *bytes, size_t length) {
  indexer->count = 0;
  if (length + json_indexer_margin > indexer->capacity) {
    const size_t capacity = length + json_indexer_margin;
    const auto error = simdjson::get_active_implementation()->create_dom_parser_implementation(
        capacity, depth, indexer->parser);
    indexer->capacity = error ? 0 : capacity;
    if (error) { return JSON_NOT_INDEXED; }
  }
  const auto error = indexer->parser->stage1(bytes, length, simdjson::stage1_mode::regular);
  if (error && error != simdjson::EMPTY) { return JSON_NOT_INDEXED; }
  indexer->count = error ? 0 : indexer->parser->n_structural_indexes;
  // There are at most as many tokens as bytes, and room for one more position than the capacity.
  for (size_t index = 0; index < json_indexer_margin; index++) {
    indexer->parser->structural_indexes[indexer->count + index] = static_cast<uint32_t>(length);
  }
  return JSON_INDEXED;
}

const uint32_t *json_indexer_positions(const json_indexer *indexer) {
  return indexer->parser ? indexer->parser->structural_indexes.get() : nullptr;
}

size_t json_indexer_count(const json_indexer *indexer) { return indexer->count; }
