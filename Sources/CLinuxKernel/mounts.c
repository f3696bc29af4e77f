// A mount namespace that is all but empty: what a container's is made from, so that none of the machine's mounts is in it for a moment.
#define _GNU_SOURCE
#include "CLinuxKernel.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

static int new_empty_folder(void) {
    int context = fsopen("tmpfs", FSOPEN_CLOEXEC);
    if (context < 0) return -errno;
    int folder = -1;
    if (fsconfig(context, FSCONFIG_SET_STRING, "mode", "555", 0) == 0 && fsconfig(context, FSCONFIG_SET_STRING, "size", "4k", 0) == 0
        && fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0) {
        folder = fsmount(context, FSMOUNT_CLOEXEC, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
    }
    int error = errno;
    close(context);
    return folder < 0 ? -error : folder;
}

// See pivot_root(2), NOTES: with both folders the same, the old root ends up on top of the new one.
static int make_root(int folder, const char *place) {
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return -errno;
    if (move_mount(folder, "", AT_FDCWD, place, MOVE_MOUNT_F_EMPTY_PATH) != 0) return -errno;
    if (fchdir(folder) != 0 || syscall(SYS_pivot_root, ".", ".") != 0 || umount2(".", MNT_DETACH) != 0) return -errno;
    return 0;
}

int agora_empty_mounts(const char *place) {
    if (unshare(CLONE_NEWNS) != 0) return -errno;
    int namespace = open("/proc/thread-self/ns/mnt", O_RDONLY | O_CLOEXEC);
    if (namespace < 0) return -errno;
    int folder = new_empty_folder();
    int result = folder < 0 ? folder : make_root(folder, place);
    if (folder >= 0) close(folder);
    if (result == 0) return namespace;
    close(namespace);
    return result;
}
