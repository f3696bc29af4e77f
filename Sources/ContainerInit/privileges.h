#ifndef PRIVILEGES_H
#define PRIVILEGES_H

// Limits what programs in a container with an image's root can ever be allowed to do. 0, or -1 with errno.
int bound_capabilities(void);

// Gives up what the init does not need once the command runs. Who keeps logs makes files in a folder of somebody else's.
void drop_own_capabilities(int keeps_logs);

#endif
