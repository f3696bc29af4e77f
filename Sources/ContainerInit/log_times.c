#define _GNU_SOURCE
#include "log_times.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "container_init_protocol.h"
#include "descriptors.h"

struct record {
    uint64_t time;
    uint64_t place;
};

#define STEP 100000000u     // nanoseconds
// A record for so many bytes of the log, but for the first ones: notes take an eighth of the log and 64 KiB.
#define BYTES_PER_RECORD 128
#define FREE_RECORDS 4096

static void give_up(struct log_times *times) {
    if (times->is_open) close(times->file);
    times->is_open = 0;
    times->has_failed = 1;
}

// A record that is not whole would move all that follow.
static void write_record(struct log_times *times, uint64_t number, struct record record) {
    off_t place = (off_t)(number * sizeof record);
    if (pwrite(times->file, &record, sizeof record, place) == sizeof record) return;
    (void)!ftruncate(times->file, place);
    give_up(times);
}

// The sandbox is the container's: what stands there under this name is replaced.
static void open_times(struct log_times *times, const char *name, int log, uid_t owner, gid_t group) {
    char path[32];
    struct stat facts;
    snprintf(path, sizeof path, ".%s.times", name);
    unlinkat(AGORA_INIT_SANDBOX, path, 0);
    times->file = move_out_of_the_way(openat(AGORA_INIT_SANDBOX, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
    times->is_open = times->file >= 0;
    if (!times->is_open || fstat(log, &facts) != 0) return give_up(times);
    if (owner != (uid_t)-1) (void)!fchown(times->file, owner, group);
    times->count = 1;
    write_record(times, 0, (struct record){facts.st_ino, AGORA_INIT_LOG_TIMES_MAGIC});
}

void note_time(struct log_times *times, const char *name, int log, uint64_t place, uid_t owner, gid_t group) {
    struct timespec clock;
    if (times->has_failed || clock_gettime(CLOCK_REALTIME, &clock) != 0) return;
    uint64_t now = (uint64_t)clock.tv_sec * 1000000000u + (uint64_t)clock.tv_nsec;
    if (now < times->last_time) now = times->last_time;
    if (times->is_open && now - times->last_time < STEP) return;
    if (!times->is_open) open_times(times, name, log, owner, group);
    if (times->has_failed) return;
    if (times->count == 1 || times->count < FREE_RECORDS + place / BYTES_PER_RECORD) {
        times->count++;
        times->last_place = place;
    }
    times->last_time = now;
    write_record(times, times->count - 1, (struct record){now, times->last_place});
}

void move_times(struct log_times *times, const char *name, uint32_t old_files) {
    char from[48], to[48];
    uint32_t number = 1;
    // Only as many as there are; which log they are about, each of them says itself.
    for (; number < old_files; number++) {
        snprintf(from, sizeof from, ".%s.times.%u", name, number);
        if (faccessat(AGORA_INIT_SANDBOX, from, F_OK, AT_SYMLINK_NOFOLLOW) != 0) break;
    }
    for (; number > 0 && old_files > 0; number--) {
        snprintf(to, sizeof to, ".%s.times.%u", name, number);
        snprintf(from, sizeof from, number > 1 ? ".%s.times.%u" : ".%s.times", name, number - 1);
        renameat(AGORA_INIT_SANDBOX, from, AGORA_INIT_SANDBOX, to);
    }
    if (times->is_open) close(times->file);
    times->is_open = 0;
    times->has_failed = 0;
}
