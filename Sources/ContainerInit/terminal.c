#define _GNU_SOURCE
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "descriptors.h"
#include "folders.h"
#include "report.h"

// The folder of terminals as the kernel has it: what an image put in that place would be a way to have us open anything.
static int open_multiplexer(int root) {
    int folder = open_below(root, "dev/pts", PLAIN);
    struct statfs facts;
    if (folder < 0 || fstatfs(folder, &facts) != 0) fail(AGORA_INIT_STAGE_TERMINAL, errno, "open /dev/pts for a terminal");
    if (facts.f_type != DEVPTS_SUPER_MAGIC) fail(AGORA_INIT_STAGE_TERMINAL, 0, "there are no terminals at /dev/pts of the container");
    int multiplexer = openat(folder, "ptmx", O_RDWR | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
    if (multiplexer < 0) fail(AGORA_INIT_STAGE_TERMINAL, errno, "make a terminal in /dev/pts");
    close(folder);
    return multiplexer;
}

int open_terminal(const struct configuration *configuration, int root, const struct identity *user) {
    int multiplexer = open_multiplexer(root), unlocked = 0;
    struct winsize size = {.ws_col = (uint16_t)configuration->columns, .ws_row = (uint16_t)configuration->rows};
    int terminal = ioctl(multiplexer, TIOCSPTLCK, &unlocked) == 0
        // By the other end, not by a path: a path may lead elsewhere by now.
        ? ioctl(multiplexer, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;
    if (terminal >= 0) terminal = move_out_of_the_way(terminal);
    if (terminal < 0 || ioctl(multiplexer, TIOCSWINSZ, &size) != 0
        || (user != NULL && fchown(terminal, configuration->confinement.first_id + user->user, (gid_t)-1) != 0)
        || dup3(multiplexer, AGORA_INIT_TERMINAL, O_CLOEXEC) < 0) {
        fail(AGORA_INIT_STAGE_TERMINAL, errno, "prepare a terminal for the command");
    }
    close(multiplexer);
    return terminal;
}
