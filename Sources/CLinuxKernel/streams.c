// Descriptors that come from other processes, and terminals.
#define _GNU_SOURCE
#include "CLinuxKernel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int agora_pidfd_copy_descriptor(int pidfd, int number) {
    long descriptor = syscall(SYS_pidfd_getfd, pidfd, number, 0);
    return descriptor < 0 ? -errno : (int)descriptor;
}

int agora_receive(int socket, void *record, unsigned size, int *descriptor) {
    struct iovec content = {record, size};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof *descriptor)];
    } rights;
    struct msghdr message = {
        .msg_iov = &content, .msg_iovlen = 1, .msg_control = rights.space, .msg_controllen = sizeof rights.space,
    };
    *descriptor = -1;
    ssize_t received = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (received < 0) return -errno;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header != NULL && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS) {
        memcpy(descriptor, CMSG_DATA(header), sizeof *descriptor);
    }
    return (int)received;
}

int agora_set_terminal_size(int terminal, unsigned short columns, unsigned short rows) {
    struct winsize size = {.ws_col = columns, .ws_row = rows};
    return ioctl(terminal, TIOCSWINSZ, &size) < 0 ? -errno : 0;
}

int agora_pipe(int ends[2]) {
    return pipe2(ends, O_CLOEXEC) < 0 ? -errno : 0;
}
