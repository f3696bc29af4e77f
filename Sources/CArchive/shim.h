// What Sources/Images needs from C: libarchive, and the few calls that Swift cannot make itself.
#ifndef AGORA_CARCHIVE_H
#define AGORA_CARCHIVE_H

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <linux/openat2.h>
#include <locale.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

// openat2(2) of something that exists already. glibc has no wrapper for it, and Swift cannot call the variadic syscall(2).
// The path is resolved as if `root` were "/": neither "..", nor an absolute symbolic link, nor /proc's magic links lead out of it.
static inline int agora_open_in_root(int root, const char *path, int flags) {
    struct open_how how = {
        .flags = (uint64_t)flags,
        .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
    };
    // The kernel asks to try again when a rename anywhere raced with a resolution through ".." (openat2(2), EAGAIN).
    int attempts = 1000;
    long descriptor;
    do {
        descriptor = syscall(SYS_openat2, root, path, &how, sizeof how);
    } while (descriptor < 0 && errno == EAGAIN && --attempts > 0);
    return (int)descriptor;
}

// syncfs(2), which glibc declares only where Swift does not look.
static inline int agora_syncfs(int descriptor) {
    return (int)syscall(SYS_syncfs, descriptor);
}

// The C locale for one thread: names pass through libarchive as the bytes they are (LC_CTYPE_MASK is a macro that Swift does not see).
static inline locale_t agora_new_byte_locale(void) {
    return newlocale(LC_CTYPE_MASK, "C", (locale_t)0);
}

// The same with names in UTF-8.
static inline locale_t agora_new_unicode_locale(void) {
    return newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

#endif
