#define _GNU_SOURCE
#include "CLinuxKernel.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#define STACK_SIZE 16384

// In the network namespace of the calling thread.
static int raise_loopback(void) {
    int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (sock < 0) return -errno;
    struct ifreq request;
    memset(&request, 0, sizeof request);
    strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP | IFF_RUNNING | IFF_LOOPBACK;
    int result = ioctl(sock, SIOCSIFFLAGS, &request) == 0 ? 0 : -errno;
    close(sock);
    return result;
}

int agora_make_network(void) {
    if (unshare(CLONE_NEWNET) != 0) return -errno;
    int result = raise_loopback();
    if (result < 0) return result;
    int network = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    return network < 0 ? -errno : network;
}

struct maker {
    int user_namespace;
    int network;
};

// On our memory and with our descriptors, while the calling thread waits.
static int make_as_owner(void *argument) {
    struct maker *maker = argument;
    maker->network = setns(maker->user_namespace, CLONE_NEWUSER) == 0 ? agora_make_network() : -errno;
    _exit(0);
}

int agora_make_network_of(int user_namespace) {
    _Alignas(16) char stack[STACK_SIZE];
    struct maker maker = {.user_namespace = user_namespace, .network = -ECHILD};
    pid_t process = clone(make_as_owner, stack + sizeof stack, CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD, &maker);
    if (process < 0) return -errno;
    while (waitpid(process, NULL, 0) < 0 && errno == EINTR) {
    }
    return maker.network;
}

int agora_owner_of_network(int network) {
    int owner = ioctl(network, NS_GET_USERNS);
    return owner < 0 ? -errno : owner;
}

int agora_enter_network(int network) {
    return setns(network, CLONE_NEWNET) == 0 ? 0 : -errno;
}

int agora_is_namespace(int descriptor) {
    struct statfs facts;
    if (fstatfs(descriptor, &facts) != 0) return -errno;
    return facts.f_type == NSFS_MAGIC;
}

int agora_pin(int namespace, const char *path) {
    char source[32];
    snprintf(source, sizeof source, "/proc/self/fd/%d", namespace);
    return mount(source, path, NULL, MS_BIND, NULL) == 0 ? 0 : -errno;
}

int agora_unpin(const char *path) {
    return umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) == 0 ? 0 : -errno;
}

int agora_share_folder(const char *path) {
    if (mount(path, path, NULL, MS_BIND, NULL) != 0) return -errno;
    // First apart from whatever the mount around it belongs to, then a group of its own.
    if (mount(NULL, path, NULL, MS_PRIVATE, NULL) == 0 && mount(NULL, path, NULL, MS_SHARED, NULL) == 0) return 0;
    int error = errno;
    umount2(path, MNT_DETACH);
    return -error;
}

int agora_is_mount(const char *path) {
    struct statx facts;
    if (statx(AT_FDCWD, path, AT_NO_AUTOMOUNT | AT_SYMLINK_NOFOLLOW, 0, &facts) != 0) return -errno;
    return (facts.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}
