// Writes what the command prints into files of the sandbox, and starts new ones when they are full.
//
// The newest output is in NAME, what was before it in NAME.1, NAME.2 and so on; a new file begins with a new line of
// output, unless a line is longer than a whole file.
#ifndef LOGS_H
#define LOGS_H

#include "configuration.h"
#include "identity.h"

// From now on, what comes from `source` is written to `file`, which stands as `name` in the sandbox.
void keep_log(const struct configuration *configuration, int source, int file, const char *name, const struct identity *user);

// Whether there is a log to keep.
int keeps_logs(void);

// Writes what comes, until a signal is pending; all signals must be blocked.
void write_logs_until_signal(void);

// Writes what is there now.
void write_last_logs(void);

#endif
