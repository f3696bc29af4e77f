#define _GNU_SOURCE
#include "identity.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "folders.h"
#include "report.h"

// The files are the image's, so nothing in them is trusted: neither their size nor their form.
#define FILE_LIMIT (1 << 20)
#define FIELDS 7
#define NAME_LIMIT 256

// The text of a file, ended by NUL; empty if it does not exist.
static char *read_text(int root, const char *path) {
    int file = open_file_below(root, path);
    if (file < 0 && errno == ENOENT) return calloc(1, 1);
    char *text = file < 0 ? NULL : malloc(FILE_LIMIT + 1);
    if (text == NULL) fail(AGORA_INIT_STAGE_USER, errno, "read %s of the container", path);
    size_t length = 0;
    ssize_t size;
    while (length <= FILE_LIMIT && (size = read(file, text + length, FILE_LIMIT + 1 - length)) > 0) length += (size_t)size;
    if (length > FILE_LIMIT) fail(AGORA_INIT_STAGE_USER, 0, "%s of the container is larger than %d bytes", path, FILE_LIMIT);
    text[length] = 0;
    close(file);
    return text;
}

// Cuts the next line off a text and that line into fields; missing ones are empty. 0 at the end of the text.
static int next_line(char **text, char *fields[FIELDS]) {
    char *line = strsep(text, "\n");
    if (line == NULL) return 0;
    for (int i = 0; i < FIELDS; i++) {
        char *field = strsep(&line, ":");
        fields[i] = field != NULL ? field : "";
    }
    return 1;
}

static int parse_number(const char *text, uint32_t *number) {
    uint64_t value = 0;
    if (*text == 0) return 0;
    for (; *text; text++) {
        if (*text < '0' || *text > '9') return 0;
        value = value * 10 + (uint64_t)(*text - '0');
        // The largest is no user but "leave as it is" in setresuid(2).
        if (value >= UINT32_MAX) return 0;
    }
    *number = (uint32_t)value;
    return 1;
}

// Finds a user by name, or by number if it is one; 0 if it is not listed.
static int find_user(char *passwd, const char *name, struct identity *identity, char *found_name) {
    char *fields[FIELDS];
    uint32_t wanted = 0, user, group;
    int by_number = parse_number(name, &wanted);
    while (next_line(&passwd, fields)) {
        if (!parse_number(fields[2], &user) || !parse_number(fields[3], &group)) continue;
        if (by_number ? user != wanted : strcmp(fields[0], name) != 0) continue;
        identity->user = user;
        identity->group = group;
        snprintf(found_name, NAME_LIMIT, "%s", fields[0]);
        return 1;
    }
    return 0;
}

// Images may come without /etc/passwd; 0 is root there too.
static int parse_user(const char *name, uint32_t *number) {
    if (strcmp(name, "root") != 0) return parse_number(name, number);
    *number = 0;
    return 1;
}

static void resolve_user(const char *name, int root, struct identity *identity, char *found_name) {
    char *passwd = read_text(root, "/etc/passwd");
    uint32_t number;
    if (!find_user(passwd, name, identity, found_name)) {
        if (!parse_user(name, &number)) {
            fail(AGORA_INIT_STAGE_USER, 0, "there is no user \"%s\" in the container's /etc/passwd", name);
        }
        identity->user = number;
        identity->group = 0;
    }
    free(passwd);
}

static void resolve_group(const char *name, int root, struct identity *identity) {
    uint32_t number;
    if (parse_number(name, &number)) {
        identity->group = number;
        return;
    }
    char *text = read_text(root, "/etc/group"), *rest = text, *fields[FIELDS];
    while (next_line(&rest, fields)) {
        if (strcmp(fields[0], name) != 0 || !parse_number(fields[2], &number)) continue;
        identity->group = number;
        free(text);
        return;
    }
    fail(AGORA_INIT_STAGE_USER, 0, "there is no group \"%s\" in the container's /etc/group", name);
}

static int lists_member(char *members, const char *name) {
    char *member;
    while ((member = strsep(&members, ",")) != NULL) {
        if (strcmp(member, name) == 0) return 1;
    }
    return 0;
}

static void find_groups(const char *name, int root, struct identity *identity) {
    char *text = read_text(root, "/etc/group"), *rest = text, *fields[FIELDS];
    uint32_t number;
    while (next_line(&rest, fields)) {
        if (!parse_number(fields[2], &number) || !lists_member(fields[3], name)) continue;
        if (identity->group_count == IDENTITY_GROUPS) {
            fail(AGORA_INIT_STAGE_USER, 0, "user \"%s\" is in more than %d groups", name, IDENTITY_GROUPS);
        }
        identity->groups[identity->group_count++] = number;
    }
    free(text);
}

void identity_resolve(const char *text, int root, struct identity *identity) {
    char user[NAME_LIMIT], found_name[NAME_LIMIT] = "";
    const char *colon = strchrnul(text, ':');
    size_t length = (size_t)(colon - text);
    int has_group = *colon == ':';
    if (length == 0 || length >= sizeof user || (has_group && colon[1] == 0)) {
        fail(AGORA_INIT_STAGE_USER, 0, "\"%s\" is no user: give a name or number, or both user and group as user:group", text);
    }
    memcpy(user, text, length);
    user[length] = 0;
    identity->group_count = 0;
    resolve_user(user, root, identity, found_name);
    if (has_group) {
        resolve_group(colon + 1, root, identity);
    } else if (*found_name) {
        find_groups(found_name, root, identity);
    }
}
