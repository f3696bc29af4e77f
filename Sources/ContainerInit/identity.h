#ifndef IDENTITY_H
#define IDENTITY_H

#include <sys/types.h>

// The most supplementary groups that a user of a container may have.
#define IDENTITY_GROUPS 256

struct identity {
    uid_t user;
    gid_t group;
    gid_t groups[IDENTITY_GROUPS];
    size_t group_count;
};

// Whom a text means: "name", "uid", "name:group" or "uid:gid", by /etc/passwd and /etc/group below the folder `root`.
// A number that is not listed there is fine, with group 0 if none is named; a name must be listed.
void identity_resolve(const char *text, int root, struct identity *identity);

#endif
