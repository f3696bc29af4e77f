#ifndef NAMESPACES_H
#define NAMESPACES_H

#include "configuration.h"

// Moves this process into the cgroups whose files it was given.
void join_cgroups(const struct configuration *configuration);

// Enters the parent's namespaces and makes those of the container's own.
void enter_namespaces(const struct configuration *configuration);

#endif
