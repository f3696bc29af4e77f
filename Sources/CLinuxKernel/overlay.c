// An overlay that stands nowhere yet, for a container to put in the place of its root.
#define _GNU_SOURCE
#include "CLinuxKernel.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/fsuid.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PATH_SIZE 4200

// The calling thread makes files as another from here on, with the rights that it has.
static int own_files_as(uint32_t id) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];
    setfsgid(id);
    setfsuid(id);
    // By becoming another, root loses its rights over files (capabilities(7), "Effect of user ID changes").
    if (syscall(SYS_capget, &header, sets) != 0) return -errno;
    for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) sets[i].effective = sets[i].permitted;
    return syscall(SYS_capset, &header, sets) == 0 ? 0 : -errno;
}

// A path of a folder; with a user namespace one of a copy of its mount, in which files belong to the namespace's users.
static int name_folder(const char *folder, int user_namespace, char path[PATH_SIZE], int *copy) {
    *copy = -1;
    if (user_namespace < 0) return snprintf(path, PATH_SIZE, "%s", folder) < PATH_SIZE ? 0 : -ENAMETOOLONG;
    *copy = open_tree(AT_FDCWD, folder, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    if (*copy < 0) return -errno;
    struct mount_attr change = {.attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)user_namespace};
    snprintf(path, PATH_SIZE, "/proc/self/fd/%d", *copy);
    return mount_setattr(*copy, "", AT_EMPTY_PATH, &change, sizeof change) == 0 ? 0 : -errno;
}

static int set(int context, const char *name, const char *value) {
    return fsconfig(context, value == NULL ? FSCONFIG_SET_FLAG : FSCONFIG_SET_STRING, name, value, 0) == 0 ? 0 : -errno;
}

// Keeps the copies of the layers' mounts open until all is made.
static int configure(int context, const struct agora_overlay *overlay, int *copies) {
    char path[PATH_SIZE], below[PATH_SIZE + 8];
    for (unsigned i = 0; i < overlay->layer_count; i++) {
        int result = name_folder(overlay->layers[i], overlay->user_namespace, path, &copies[i]);
        if (result == 0) result = set(context, "lowerdir+", path);
        if (result < 0) return result;
    }
    // What is written and the folder to prepare it in must be of one mount.
    int result = name_folder(overlay->written, overlay->user_namespace, path, &copies[overlay->layer_count]);
    snprintf(below, sizeof below, "%s/upper", path);
    if (result == 0) result = set(context, "upperdir", below);
    snprintf(below, sizeof below, "%s/work", path);
    if (result == 0) result = set(context, "workdir", below);
    // What a container writes into its image goes with it, so nobody needs to wait for the disk when it ends.
    return result == 0 ? set(context, "volatile", NULL) : result;
}

static int make(const struct agora_overlay *overlay, int *copies) {
    int context = fsopen("overlay", FSOPEN_CLOEXEC);
    if (context < 0) return -errno;
    int result = configure(context, overlay, copies);
    if (result == 0 && fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) != 0) result = -errno;
    int mount = result == 0 ? fsmount(context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NODEV) : -1;
    if (result == 0 && mount < 0) result = -errno;
    close(context);
    return result < 0 ? result : mount;
}

int agora_make_overlay(const struct agora_overlay *overlay) {
    unsigned count = overlay->layer_count + 1;
    int *copies = malloc(count * sizeof *copies);
    if (copies == NULL) return -ENOMEM;
    for (unsigned i = 0; i < count; i++) copies[i] = -1;
    int is_mapped = overlay->user_namespace >= 0;
    int result = is_mapped ? own_files_as(overlay->first_id) : 0;
    if (result == 0) result = make(overlay, copies);
    if (is_mapped) own_files_as(0);
    for (unsigned i = 0; i < count; i++) {
        if (copies[i] >= 0) close(copies[i]);
    }
    free(copies);
    return result;
}
