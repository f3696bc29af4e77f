#ifndef PRIVILEGES_H
#define PRIVILEGES_H

#include <stdint.h>

// Capabilities are sets here, one bit each. The functions return 0, or -1 with errno.

// Takes all but these off what any program of the container can ever have.
int bound_capabilities(uint64_t bounding);

// Takes the capabilities of the command, once this process has become its user. As usual root has these and other users
// have none; with `is_exact` the user does not matter, and that must have been announced by PR_SET_KEEPCAPS.
int take_capabilities(uint64_t effective, int is_exact);

// Makes and opens files as another user and group, with all rights that this process has: where ids are mapped, the machine's
// own root is nobody who could own a file.
int own_files_as(uint32_t id);

// Gives up what the init does not need once the command runs. Who keeps logs makes files in a folder of somebody else's.
void drop_own_capabilities(int keeps_logs);

#endif
