// Mounts by descriptor: made detached, then put at a place that was opened before. Each function returns a descriptor
// or 0, or -1 with errno.
#ifndef MOUNTS_H
#define MOUNTS_H

#include <linux/mount.h>
#include <stdint.h>

struct option {
    const char *name;
    const char *value;  // NULL: a flag
};

// A new file system of a type, as a detached mount with attributes (MOUNT_ATTR_…); options end with a NULL name.
int new_mount(const char *type, const struct option *options, uint64_t attributes);

// A detached copy of the mounts at a path below `folder` (or of `folder` itself if the path is empty), all below it.
int copy_mount(int folder, const char *path);

// A detached copy of the one mount at a path below `folder`.
int copy_single_mount(int folder, const char *path);

// A detached copy of what stands at a path in a new mount, which is of no use afterwards; `root` is the root folder.
int copy_from_new_mount(int mount, const char *path, int root);

// Sets attributes of a detached mount and of all below it.
int set_mount_attributes(int mount, uint64_t attributes);

// Sets attributes of one mount, wherever it stands.
int set_single_mount_attributes(int mount, uint64_t attributes);

// Whether mounts below a detached mount, and below all below it, are seen elsewhere: MS_PRIVATE, MS_SLAVE or MS_SHARED.
int set_mount_propagation(int mount, uint64_t propagation);

// Whether the mount in which an opened path is passes on what is mounted below it; -1 and errno if that cannot be told.
int is_in_shared_mount(int place);

// Shows the ids of files, of a detached mount and of all below it, by the map of a user namespace.
int map_mount_ids(int mount, int user_namespace);

// Puts a detached mount at an opened place.
int attach_mount(int mount, int place);

// Mounts what stands at one opened place at another, too; the paths of descriptors in /proc must be in sight. Cheaper than
// a detached copy: letting go of one of those may wait for all processors.
int bind_place(int source, int place);

// Changes the root to the mount of the current folder, and lets go of the old one.
int enter_root(void);

#endif
