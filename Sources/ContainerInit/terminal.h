// A pseudo-terminal for the command (pty(7)).
#ifndef TERMINAL_H
#define TERMINAL_H

#include "configuration.h"
#include "identity.h"

// Makes one in the container's own /dev/pts, of the wanted size and for the user (NULL: root). Its other end is left at
// AGORA_INIT_TERMINAL. Returns the end that the command gets.
int open_terminal(const struct configuration *configuration, int root, const struct identity *user);

#endif
