#define _GNU_SOURCE
#include "mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mount_calls.h"

static int close_keeping_error(int descriptor) {
    int error = errno;
    close(descriptor);
    errno = error;
    return -1;
}

int new_mount(const char *type, const struct option *options, uint64_t attributes) {
    int context = fsopen(type, FSOPEN_CLOEXEC);
    if (context < 0) return -1;
    for (; options != NULL && options->name != NULL; options++) {
        unsigned command = options->value == NULL ? FSCONFIG_SET_FLAG : FSCONFIG_SET_STRING;
        if (fsconfig(context, command, options->name, options->value, 0) != 0) return close_keeping_error(context);
    }
    if (fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) != 0) return close_keeping_error(context);
    int mount = fsmount(context, FSMOUNT_CLOEXEC, (unsigned)attributes);
    if (mount < 0) return close_keeping_error(context);
    close(context);
    return mount;
}

int copy_mount(int folder, const char *path) {
    return open_tree(folder, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE);
}

int copy_single_mount(int folder, const char *path) {
    return open_tree(folder, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
}

int copy_from_new_mount(int mount, const char *path, int root) {
    int copy = copy_single_mount(mount, path);
    if (copy >= 0 || errno != EINVAL) return copy;
    // Linux before 6.15 copies only what stands somewhere: there it stands on the root for a moment.
    if (attach_mount(mount, root) != 0) return -1;
    copy = copy_single_mount(mount, path);
    int error = errno;
    char place[32];
    snprintf(place, sizeof place, "/proc/self/fd/%d", mount);
    if (umount2(place, MNT_DETACH) != 0) return copy >= 0 ? close_keeping_error(copy) : -1;
    errno = error;
    return copy;
}

static int change_attributes(int mount, uint64_t attributes, unsigned flags) {
    struct mount_attr change = {.attr_set = attributes};
    return mount_setattr(mount, "", AT_EMPTY_PATH | flags, &change, sizeof change);
}

int set_mount_attributes(int mount, uint64_t attributes) {
    return change_attributes(mount, attributes, AT_RECURSIVE);
}

int set_single_mount_attributes(int mount, uint64_t attributes) {
    return change_attributes(mount, attributes, 0);
}

int set_mount_propagation(int mount, uint64_t propagation) {
    struct mount_attr change = {.propagation = propagation};
    return mount_setattr(mount, "", AT_EMPTY_PATH | AT_RECURSIVE, &change, sizeof change);
}

// The number of the mount of a descriptor, as mountinfo has it; 0 if it is not told (proc_pid_fdinfo(5)).
static unsigned long mount_number(int place) {
    char path[64], line[256];
    unsigned long number = 0;
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", place);
    FILE *facts = fopen(path, "re");
    if (facts == NULL) return 0;
    while (fgets(line, sizeof line, facts) != NULL && sscanf(line, "mnt_id: %lu", &number) != 1) {
    }
    fclose(facts);
    return number;
}

int is_in_shared_mount(int place) {
    unsigned long wanted = mount_number(place), number;
    FILE *table = wanted != 0 ? fopen("/proc/self/mountinfo", "re") : NULL;
    if (table == NULL) return -1;
    char *line = NULL;
    size_t room = 0;
    int is_shared = 0;
    while (getline(&line, &room, table) > 0) {
        if (sscanf(line, "%lu ", &number) != 1 || number != wanted) continue;
        // What a mount passes on to stands among the fields that a single "-" ends; paths have no spaces there.
        const char *end = strstr(line, " - "), *field = strstr(line, " shared:");
        is_shared = field != NULL && end != NULL && field < end;
    }
    free(line);
    fclose(table);
    return is_shared;
}

int map_mount_ids(int mount, int user_namespace) {
    struct mount_attr change = {.attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)user_namespace};
    return mount_setattr(mount, "", AT_EMPTY_PATH | AT_RECURSIVE, &change, sizeof change);
}

int attach_mount(int mount, int place) {
    return move_mount(mount, "", place, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

int bind_place(int source, int place) {
    char from[32], to[32];
    snprintf(from, sizeof from, "/proc/self/fd/%d", source);
    snprintf(to, sizeof to, "/proc/self/fd/%d", place);
    return mount(from, to, NULL, MS_BIND, NULL);
}

int enter_root(void) {
    // With both folders the same, the old root ends up on top of the new one, from where it is taken off
    // (pivot_root(2), NOTES).
    if (syscall(SYS_pivot_root, ".", ".") != 0) return -1;
    if (umount2(".", MNT_DETACH) != 0) return -1;
    return chdir("/");
}
