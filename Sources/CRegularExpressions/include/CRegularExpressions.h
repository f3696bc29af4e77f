// Regular expressions of RE2, whose matching takes linear time whatever the expression and the text.
#ifndef AGORA_REGULAR_EXPRESSIONS_H
#define AGORA_REGULAR_EXPRESSIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// A compiled expression. Any number of threads may match with it at once.
struct agora_regex;

// Compiles `pattern`, which is UTF-8 of `length` bytes and need not end with 0.
//
// `max_memory` bounds what the compiled expression and its matching take, in bytes; `max_program_size` the number of its
// instructions. Returns NULL if the pattern is none of RE2's or beyond a limit; `error` then says why, ended by 0 and cut to
// `error_size` bytes. What is returned is freed by `agora_regex_free`.
struct agora_regex *agora_regex_compile(
    const char *pattern, size_t length, int64_t max_memory, int max_program_size, char *error, size_t error_size);

// True if the whole text matches.
bool agora_regex_matches(const struct agora_regex *regex, const char *text, size_t length);

void agora_regex_free(struct agora_regex *regex);

#ifdef __cplusplus
}
#endif

#endif
