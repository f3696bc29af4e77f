#define _GNU_SOURCE
#include "logs.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "descriptors.h"
#include "log_times.h"
#include "report.h"
#include "supervise.h"

#define MOST_LOGS 2
#define CHUNK (64 * 1024)
// More than a pipe or terminal holds.
#define LAST_CHUNKS 32

struct log {
    int source;         // where the output comes from; -1 once it has ended
    int file;
    const char *name;
    uint64_t size;
    int is_inside_line;
    struct log_times times;
};

static struct log logs[MOST_LOGS];
static nfds_t count;
static int signals = -1;
static uint64_t size_limit;     // of a file; 0: none
static uint32_t old_files;      // how many are kept beside the newest
static uid_t owner = (uid_t)-1;
static gid_t group = (gid_t)-1;

static void prepare_signals(void) {
    sigset_t all;
    every_signal(&all);
    signals = move_out_of_the_way(signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK));
    if (signals < 0) fail(AGORA_INIT_STAGE_STREAMS, errno, "watch for signals beside the output");
}

void keep_log(const struct configuration *configuration, int source, int file, const char *name, const struct identity *user) {
    struct stat facts;
    if (fstat(file, &facts) != 0 || fcntl(source, F_SETFL, O_NONBLOCK | (fcntl(source, F_GETFL) & O_ACCMODE)) != 0) {
        fail(AGORA_INIT_STAGE_STREAMS, errno, "prepare the log %s", name);
    }
    if (signals < 0) prepare_signals();
    logs[count++] = (struct log){source, file, name, (uint64_t)facts.st_size, 0, {0}};
    size_limit = (uint64_t)configuration->log_kilobytes * 1024;
    old_files = configuration->log_files > 0 ? configuration->log_files - 1 : 0;
    if (user == NULL) return;
    owner = user->user;
    group = user->group;
}

int keeps_logs(void) {
    return count > 0;
}

// A full disk must not stop the command: what does not fit is lost.
static void write_whole(struct log *log, const char *bytes, size_t size) {
    note_time(&log->times, log->name, log->file, log->size, owner, group);
    while (size > 0) {
        ssize_t written = write(log->file, bytes, size);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;
        log->size += (uint64_t)written;
        log->is_inside_line = bytes[written - 1] != '\n';
        bytes += written;
        size -= (size_t)written;
    }
}

// The sandbox is the container's: whatever has been put there under these names is only moved or replaced as it is.
static void start_new_file(struct log *log) {
    char from[32], to[32];
    for (uint32_t number = old_files; number > 0; number--) {
        snprintf(to, sizeof to, "%s.%u", log->name, number);
        snprintf(from, sizeof from, number > 1 ? "%s.%u" : "%s", log->name, number - 1);
        renameat(AGORA_INIT_SANDBOX, from, AGORA_INIT_SANDBOX, to);
    }
    if (old_files == 0) unlinkat(AGORA_INIT_SANDBOX, log->name, 0);
    int file = openat(AGORA_INIT_SANDBOX, log->name, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    move_times(&log->times, log->name, old_files);
    // Without a new file, the old one goes on under whatever name it has.
    if (file < 0) {
        log->size = 0;
        log->times.has_failed = 1;
        return;
    }
    if (owner != (uid_t)-1) (void)!fchown(file, owner, group);
    dup3(file, log->file, O_CLOEXEC);
    close(file);
    log->size = 0;
    log->is_inside_line = 0;
}

// How much of the output belongs into the file that is open: up to the end of a line.
static size_t part_that_fits(const struct log *log, const char *bytes, size_t size) {
    uint64_t room = log->size < size_limit ? size_limit - log->size : 0;
    if (size_limit == 0 || size <= room) return size;
    const char *end = room > 0 ? memrchr(bytes, '\n', room) : NULL;
    if (end != NULL) return (size_t)(end - bytes) + 1;
    if (log->size > 0 && !log->is_inside_line) return 0;
    // A line that has begun here ends here, if it ends in time.
    end = memchr(bytes, '\n', size);
    if (end != NULL) return (size_t)(end - bytes) + 1;
    return log->size < 2 * size_limit || log->size == 0 ? size : 0;
}

static void write_log(struct log *log, const char *bytes, size_t size) {
    while (size > 0) {
        size_t part = part_that_fits(log, bytes, size);
        write_whole(log, bytes, part);
        bytes += part;
        size -= part;
        if (size > 0) start_new_file(log);
    }
}

// One reading; 0 if there is nothing at the moment, or nothing more ever.
static int read_once(struct log *log) {
    static char chunk[CHUNK];
    ssize_t size = read(log->source, chunk, sizeof chunk);
    if (size > 0) {
        write_log(log, chunk, (size_t)size);
        return 1;
    }
    // A terminal that nobody has open any more says EIO.
    if (size == 0 || (errno != EAGAIN && errno != EINTR)) log->source = -1;
    return 0;
}

void write_logs_until_signal(void) {
    struct pollfd watched[MOST_LOGS + 1];
    for (;;) {
        for (nfds_t i = 0; i < count; i++) watched[i] = (struct pollfd){.fd = logs[i].source, .events = POLLIN};
        watched[count] = (struct pollfd){.fd = signals, .events = POLLIN};
        if (poll(watched, count + 1, -1) < 0) continue;
        for (nfds_t i = 0; i < count; i++) {
            if (watched[i].revents != 0) read_once(&logs[i]);
        }
        if (watched[count].revents != 0) return;
    }
}

void write_last_logs(void) {
    for (nfds_t i = 0; i < count; i++) {
        for (int chunk = 0; chunk < LAST_CHUNKS && logs[i].source >= 0 && read_once(&logs[i]); chunk++) {
        }
    }
}
