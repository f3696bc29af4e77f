#ifndef COMMAND_H
#define COMMAND_H

#include <sys/types.h>

#include "configuration.h"
#include "identity.h"
#include "streams.h"

// Starts the command as the given user (NULL: as this process) and returns its process. A program that cannot be run
// ends with status 127 (not found) or 126, as of a shell, with a line on its stderr; anything else that goes wrong
// fails the set-up.
pid_t start_command(const struct configuration *configuration, const struct identity *identity, const struct streams *streams);

#endif
