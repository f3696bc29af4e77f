#ifndef VOLUMES_H
#define VOLUMES_H

#include <sys/types.h>

#include "configuration.h"

// Opens the sources of all volumes, and the sandbox if it is to be mounted, while the host's files are in sight.
void open_sources(const struct configuration *configuration);

// Mounts the sandbox at its place, then the volumes; `root` is the container's root.
void attach_sources(const struct configuration *configuration, int root);

// Gives folders that were made for volumes, and the sandbox with its files if it is new, to the container's user.
void give_to_user(const struct configuration *configuration, uid_t user, gid_t group);

// Opens the output again in the sandbox as the container sees it, where ids are mapped; after it was given to the user.
void map_outputs(const struct configuration *configuration);

#endif
