#define _GNU_SOURCE
#include "descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "container_init_protocol.h"

int move_out_of_the_way(int descriptor) {
    int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, AGORA_INIT_FIRST_OWN);
    int error = errno;
    close(descriptor);
    errno = error;
    return moved;
}
