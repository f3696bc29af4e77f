#define _GNU_SOURCE
#include "folders.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static uint64_t resolve_flags(enum resolution resolution) {
    switch (resolution) {
    case INSIDE: return RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
    case BELOW: return RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
    case PLAIN: return RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS;
    }
    return RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
}

static int open_resolved(int folder, const char *path, uint64_t flags, enum resolution resolution) {
    while (resolution != INSIDE && *path == '/') path++;
    struct open_how how = {.flags = flags | O_CLOEXEC, .resolve = resolve_flags(resolution)};
    int attempts = 64;
    long descriptor;
    do {
        descriptor = syscall(SYS_openat2, folder, *path ? path : ".", &how, sizeof how);
    } while (descriptor < 0 && errno == EAGAIN && --attempts > 0);
    return (int)descriptor;
}

int open_below(int folder, const char *path, enum resolution resolution) {
    return open_resolved(folder, path, O_PATH, resolution);
}

int open_file_below(int folder, const char *path) {
    // A pipe of that name must not make us wait.
    int descriptor = open_resolved(folder, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, INSIDE);
    if (descriptor < 0) return -1;
    struct stat facts;
    if (fstat(descriptor, &facts) == 0 && S_ISREG(facts.st_mode)) return descriptor;
    close(descriptor);
    errno = EINVAL;
    return -1;
}

// What is not there although it has a name is a link that leads nowhere, as to what a service would write: in a root, which is the
// container's own, it gives way to the file.
static int remove_dead_link(int parent, const char *name) {
    struct stat facts;
    if (fstatat(parent, name, &facts, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISLNK(facts.st_mode)) return 0;
    return unlinkat(parent, name, 0);
}

static int make_one(int parent, const char *name, enum kind kind, enum resolution resolution) {
    if (kind == FOLDER) return mkdirat(parent, name, 0755);
    if (resolution == INSIDE && remove_dead_link(parent, name) != 0) return -1;
    int descriptor = openat(parent, name, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (descriptor < 0) return -1;
    return close(descriptor);
}

// Opens the part of a path that ends at `end`, making its last name in `parent` if it is missing. Takes `parent`.
static int step(int folder, int parent, const char *path, const char *name, const char *end, enum kind kind,
    enum resolution resolution, int *made) {
    char prefix[PATH_MAX], last[NAME_MAX + 1];
    size_t length = (size_t)(end - path), name_length = (size_t)(end - name);
    int descriptor = -1;
    if (made != NULL) *made = 0;
    if (length >= sizeof prefix || name_length >= sizeof last) {
        errno = ENAMETOOLONG;
    } else {
        memcpy(prefix, path, length);
        prefix[length] = 0;
        memcpy(last, name, name_length);
        last[name_length] = 0;
        descriptor = open_below(folder, prefix, resolution);
        if (descriptor < 0 && errno == ENOENT && (make_one(parent, last, kind, resolution) == 0 || errno == EEXIST)) {
            descriptor = open_below(folder, prefix, resolution);
            if (made != NULL) *made = 1;
        }
    }
    int error = errno;
    close(parent);
    errno = error;
    return descriptor;
}

int make_below(int folder, const char *path, enum kind kind, enum resolution resolution, int *made) {
    int current = open_below(folder, ".", resolution);
    const char *name = path;
    if (made != NULL) *made = 0;
    while (current >= 0) {
        while (*name == '/') name++;
        if (*name == 0) break;
        const char *end = strchrnul(name, '/');
        const char *rest = end;
        while (*rest == '/') rest++;
        enum kind wanted = *rest == 0 ? kind : FOLDER;
        current = step(folder, current, path, name, end, wanted, resolution, made);
        name = end;
    }
    return current;
}
