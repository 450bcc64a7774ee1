#ifndef PROBITY_CSIMDJSON_H
#define PROBITY_CSIMDJSON_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Finds where the tokens of JSON texts start, by the first stage of simdjson's parser, in the form that suits the
/// processor it runs on. One indexer serves one thread.
typedef struct json_indexer json_indexer;

/// What became of a text.
typedef enum {
  /// Quotes, control characters in strings, and UTF-8 are right throughout; nothing else has been looked at.
  JSON_INDEXED = 0,
  /// One of these is not.
  JSON_NOT_INDEXED = 1,
} json_indexing;

/// How many positions may be read past the last, each of them the text's length.
enum { json_indexer_margin = 4 };

/// An indexer with room for nothing yet; NULL without memory.
json_indexer *json_indexer_create(void);

void json_indexer_destroy(json_indexer *indexer);

/// Finds the tokens of a text, or of any number of texts with white space between them, below 4 GiB.
json_indexing json_indexer_run(json_indexer *indexer, const uint8_t *bytes, size_t length);

/// Where each token starts, in ascending order: a bracket, a comma, a colon, an opening quote, or the first byte of
/// whatever else is not white space. They stay until the next run.
const uint32_t *json_indexer_positions(const json_indexer *indexer);

size_t json_indexer_count(const json_indexer *indexer);

/// The first offset in `from..<to` at which a byte stands; `to` where it does not.
static inline size_t byte_search(const uint8_t *bytes, size_t from, size_t to, uint8_t byte) {
  const void *found = from < to ? memchr(bytes + from, byte, to - from) : NULL;
  return found == NULL ? to : (size_t)((const uint8_t *)found - bytes);
}

/// The last offset below `count` at which a byte stands; `count` where it does not.
static inline size_t last_byte_search(const uint8_t *bytes, size_t count, uint8_t byte) {
  // Lines are far shorter than what is looked through, so that going back by blocks soon finds one.
  enum { block = 4096 };
  size_t end = count;
  while (end > 0) {
    const size_t start = end > block ? end - block : 0;
    size_t found = byte_search(bytes, start, end, byte), last = end;
    while (found < end) {
      last = found;
      found = byte_search(bytes, found + 1, end, byte);
    }
    if (last < end) { return last; }
    end = start;
  }
  return count;
}

#ifdef __cplusplus
}
#endif

#endif
