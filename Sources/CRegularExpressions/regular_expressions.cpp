#include "CRegularExpressions.h"

#include <re2/re2.h>

#include <cstdio>
#include <memory>
#include <string>

struct agora_regex {
    re2::RE2 expression;

    agora_regex(const re2::StringPiece &pattern, const re2::RE2::Options &options) : expression(pattern, options) {}
};

struct agora_regex *agora_regex_compile(
    const char *pattern, size_t length, int64_t max_memory, int max_program_size, char *error, size_t error_size) {
    re2::RE2::Options options(re2::RE2::Quiet);
    options.set_max_mem(max_memory);
    auto regex = std::make_unique<agora_regex>(re2::StringPiece(pattern, length), options);
    if (!regex->expression.ok()) {
        std::snprintf(error, error_size, "%s", regex->expression.error().c_str());
        return nullptr;
    }
    int size = regex->expression.ProgramSize();
    if (size > max_program_size) {
        std::snprintf(error, error_size, "its program has %d instructions; %d are allowed", size, max_program_size);
        return nullptr;
    }
    return regex.release();
}

bool agora_regex_matches(const struct agora_regex *regex, const char *text, size_t length) {
    return re2::RE2::FullMatch(re2::StringPiece(text, length), regex->expression);
}

void agora_regex_free(struct agora_regex *regex) {
    delete regex;
}
