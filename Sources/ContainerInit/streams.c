#define _GNU_SOURCE
#include "streams.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "descriptors.h"
#include "logs.h"
#include "report.h"
#include "terminal.h"

// A pipe whose ends are for the command's user to open again by /dev/stdout and the like.
static void make_pipe(const struct configuration *configuration, int ends[2], const struct identity *user) {
    uint32_t first = configuration->confinement.first_id;
    if (pipe2(ends, O_CLOEXEC) != 0 || (user != NULL && fchown(ends[0], first + user->user, first + user->group) != 0)) {
        fail(AGORA_INIT_STAGE_STREAMS, errno, "make a pipe for the command");
    }
    for (int i = 0; i < 2; i++) {
        ends[i] = move_out_of_the_way(ends[i]);
        if (ends[i] < 0) fail(AGORA_INIT_STAGE_STREAMS, errno, "keep a pipe for the command");
    }
}

static int open_input(const struct configuration *configuration, const struct identity *user) {
    int ends[2];
    make_pipe(configuration, ends, user);
    if (dup3(ends[1], AGORA_INIT_INPUT, O_CLOEXEC) < 0) fail(AGORA_INIT_STAGE_STREAMS, errno, "keep the command's input open");
    close(ends[1]);
    return ends[0];
}

static int open_output(const struct configuration *configuration, int log, const char *name, const struct identity *user) {
    int ends[2];
    make_pipe(configuration, ends, user);
    keep_log(configuration, ends[0], log, name, user);
    return ends[1];
}

void open_streams(const struct configuration *configuration, int root, const struct identity *user, struct streams *streams) {
    uint32_t flags = configuration->flags;
    *streams = (struct streams){-1, -1, -1, 0};
    if (flags & AGORA_INIT_TERMINAL_FOR_COMMAND) {
        streams->is_terminal = 1;
        streams->input = streams->output = streams->errors = open_terminal(configuration, root, user);
        if (flags & AGORA_INIT_KEEP_LOGS) keep_log(configuration, AGORA_INIT_TERMINAL, AGORA_INIT_STDOUT, "stdout", user);
        return;
    }
    if (flags & AGORA_INIT_KEEP_INPUT) streams->input = open_input(configuration, user);
    if (!(flags & AGORA_INIT_KEEP_LOGS)) return;
    streams->output = open_output(configuration, AGORA_INIT_STDOUT, "stdout", user);
    streams->errors = open_output(configuration, AGORA_INIT_STDERR, "stderr", user);
}

int take_streams(const struct streams *streams) {
    if (streams->is_terminal && ioctl(streams->input, TIOCSCTTY, 0) != 0) return -1;
    if (streams->input >= 0 && dup2(streams->input, STDIN_FILENO) < 0) return -1;
    if (streams->output >= 0 && dup2(streams->output, STDOUT_FILENO) < 0) return -1;
    if (streams->errors >= 0 && dup2(streams->errors, STDERR_FILENO) < 0) return -1;
    return 0;
}

void close_streams(const struct streams *streams) {
    if (streams->input >= 0) close(streams->input);
    if (streams->is_terminal) return;
    if (streams->output >= 0) close(streams->output);
    if (streams->errors >= 0) close(streams->errors);
}
