// Notes when output came, in a file beside each log: `.NAME.times` for NAME, `.NAME.times.1` for NAME.1 and so on.
//
// A file of records, each two 64-bit numbers in the machine's own order. The first record has the log's inode and a magic
// number; each other one a time in nanoseconds since 1970 and a place in the log: what stands from there on came at that
// time or up to a tenth of a second later. Times never run backwards. Where much came slowly, so that the notes would
// take more than a part of the log, a record stands for several tenths, and has the time of the last of them.
#ifndef LOG_TIMES_H
#define LOG_TIMES_H

#include <stdint.h>
#include <sys/types.h>

struct log_times {
    int is_open;
    int has_failed;     // there are no more notes about this log
    int file;
    uint64_t count;     // records, the first included
    uint64_t last_time;
    uint64_t last_place;
};

// Notes that what is written into the log from `place` on comes now.
void note_time(struct log_times *times, const char *name, int log, uint64_t place, uid_t owner, gid_t group);

// The log has got the number 1, those before it the next ones: so do their notes.
void move_times(struct log_times *times, const char *name, uint32_t old_files);

#endif
