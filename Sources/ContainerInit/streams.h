// What the command has as its standard input, output and error, where that is not what the init itself has there.
#ifndef STREAMS_H
#define STREAMS_H

#include "configuration.h"
#include "identity.h"

struct streams {
    // Descriptors for the command; -1: the init's own.
    int input, output, errors;
    int is_terminal;
};

// Makes the terminal, pipes and logs that the configuration asks for.
void open_streams(const struct configuration *configuration, int root, const struct identity *user, struct streams *streams);

// In the command's process: puts the descriptors in their places. -1 and errno on failure.
int take_streams(const struct streams *streams);

// In the init, once the command has them.
void close_streams(const struct streams *streams);

#endif
