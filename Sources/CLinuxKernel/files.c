#define _GNU_SOURCE
#include "CLinuxKernel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <unistd.h>

// The C library's setgroups(2) changes all threads; the system call only this one.
static long set_thread_groups(size_t count, const gid_t *groups) {
    return syscall(SYS_setgroups, count, groups);
}

static int open_with_ids(const char *path, int flags, uid_t user, gid_t group) {
    setfsgid(group);
    setfsuid(user);
    // Neither call reports a failure; what is not allowed changes nothing.
    int is_changed = setfsuid((uid_t)-1) == (int)user && setfsgid((gid_t)-1) == (int)group;
    int descriptor = is_changed ? open(path, flags | O_CLOEXEC) : -1;
    int error = is_changed ? errno : EPERM;
    setfsuid(geteuid());
    setfsgid(getegid());
    errno = error;
    return descriptor;
}

int agora_open_as(const char *path, int flags, uid_t user, gid_t group, const gid_t *groups, unsigned group_count) {
    if (geteuid() != 0) {
        int descriptor = open(path, flags | O_CLOEXEC);
        return descriptor < 0 ? -errno : descriptor;
    }
    int own_count = getgroups(0, NULL);
    gid_t *own = own_count < 0 ? NULL : malloc(((size_t)own_count + 1) * sizeof *own);
    if (own == NULL) return -ENOMEM;
    int descriptor = -1;
    int error = 0;
    if (getgroups(own_count, own) != own_count || set_thread_groups(group_count, groups) != 0) {
        error = EPERM;
    } else {
        descriptor = open_with_ids(path, flags, user, group);
        error = errno;
        set_thread_groups((size_t)own_count, own);
    }
    free(own);
    return descriptor < 0 ? -error : descriptor;
}
