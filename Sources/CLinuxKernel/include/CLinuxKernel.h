// The system calls that Swift cannot make by itself: those without a function in the C library, with variable
// arguments, or with code that runs between clone and exec. Each returns a result that is at least 0, or -errno.
#ifndef CLINUXKERNEL_H
#define CLINUXKERNEL_H

#include <stdint.h>
#include <sys/types.h>

#include "container_init_protocol.h"

// A process to start, with nothing of ours but the descriptors it is given.
struct agora_spawn {
    int executable;             // descriptor of the program
    const char *name;           // its argv[0]
    const int *descriptors;     // becomes 0, 1, 2 …; -1 leaves a number closed
    unsigned descriptor_count;  // at most AGORA_SPAWN_DESCRIPTORS
    int pid_namespace_of;       // pidfd: be born in (or below) that process's pid namespace; -1: in ours
    int new_pid_namespace;      // whether to be process 1 of a new one
    int cgroup;                 // descriptor of a v2 cgroup to be born in; -1: ours
    const char *helper;         // path of a program that works for the calling thread (see below), instead of `executable`
    char *const *environment;   // ends with NULL; NULL: none
};

// A helper leads a session of its own, has no signal blocked, and is killed when the thread that started it ends.

#define AGORA_SPAWN_DESCRIPTORS 26

// Starts a process and waits until it runs its program (see clone(2), CLONE_VFORK): nothing of this process's
// memory is copied. Returns its pid, or 0 where only the pidfd can tell, and its pidfd. All signals must be blocked by
// the calling thread, so that no handler runs in the shared memory.
int agora_spawn(const struct agora_spawn *spawn, int *pidfd);

// openat2(2).
int agora_open_at(int folder, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);
// Opens a file with the rights of another user: the calling thread takes its ids for files for the moment (setfsuid(2)).
// Needs root, whose own rights it does not use; without root it opens the file with the rights there are.
int agora_open_as(const char *path, int flags, uid_t user, gid_t group, const gid_t *groups, unsigned group_count);
int agora_pidfd_open(pid_t pid);
// A signal that carries a number to the init: see sigqueue(3). A payload of 0 sends a plain signal.
int agora_pidfd_send_signal(int pidfd, int signal, int payload);
// The wait status of an ended child as in wait(2), which is then gone. 1: status is set; 0: it still runs.
int agora_pidfd_reap(int pidfd, int *status);
// A copy of a descriptor of another process (pidfd_getfd(2)).
int agora_pidfd_copy_descriptor(int pidfd, int number);
// Takes one record off a socket without waiting, and the descriptor that came with it (-1: none). The record's size.
int agora_receive(int socket, void *record, unsigned size, int *descriptor);
// The size of a terminal in characters (TIOCSWINSZ, ioctl_tty(2)).
int agora_set_terminal_size(int terminal, unsigned short columns, unsigned short rows);
// A pipe, closed on exec.
int agora_pipe(int ends[2]);
// A file in memory that can be executed.
int agora_memory_file(const char *name);
// Forbids any further change of a file in memory.
int agora_seal(int descriptor);

// A network namespace, whose loopback interface is up: a descriptor of it. The calling thread is in it afterwards, so it
// must have nothing else to do.
int agora_make_network(void);

// The same, made by the root of a user namespace, to which it belongs. The calling thread stays where it is.
int agora_make_network_of(int user_namespace);

// A descriptor of the user namespace that a network namespace belongs to.
int agora_owner_of_network(int network);

// Puts the calling thread into a network namespace.
int agora_enter_network(int network);
// Whether a descriptor is one of a namespace: 1 or 0.
int agora_is_namespace(int descriptor);
// Keeps a namespace alive at the path of a file, and lets go of it.
int agora_pin(int namespace, const char *path);
int agora_unpin(const char *path);
// Whether something is mounted at a path: 1 or 0.
int agora_is_mount(const char *path);
// Makes a folder a mount whose changes are seen wherever its mounts were copied to.
int agora_share_folder(const char *path);

// epoll(7), whose event the C library lays out differently on each processor. A watch tells of events by its token.
int agora_epoll_create(void);
int agora_epoll_watch(int epoll, int descriptor, uint64_t token, int once, int for_writing);
void agora_epoll_forget(int epoll, int descriptor);
// Returns the number of tokens; 0 at a timeout (milliseconds, -1: none) or a signal.
int agora_epoll_wait(int epoll, uint64_t *tokens, int capacity, int timeout);

// A counter to wake a poller with: eventfd(2).
int agora_eventfd(void);
void agora_eventfd_signal(int eventfd);
void agora_eventfd_clear(int eventfd);

// A device that processes of a cgroup may use.
struct agora_device_rule {
    int is_block;   // else a character device
    int is_usable;  // may be read and written; else it may only be made
    int is_forbidden;   // whatever later rules say
    int any_major;
    int any_minor;
    uint32_t major;
    uint32_t minor;
};

#define AGORA_DEVICE_RULES 300

// Lets the processes of a v2 cgroup, by its descriptor, and of those below use these devices only, beside what the cgroups
// above forbid (bpf(2), BPF_CGROUP_DEVICE). It holds until the cgroup is removed.
int agora_limit_devices(int cgroup, const struct agora_device_rule *rules, unsigned count);

// Which file system a path is on, by its number in the kernel's magic.h.
int64_t agora_file_system(const char *path);

// Whether the file system of a folder limits what the files of a project take: 1 or 0.
int agora_limits_projects(int folder);
// What the files of a project may take together in the file system of a folder, in KiB; 0: as much as there is.
int agora_limit_project(int folder, uint32_t project, uint64_t kilobytes);
// What they take, and how many they are.
int agora_project_usage(int folder, uint32_t project, uint64_t *bytes, uint64_t *files);
// Puts a file into a project, or a folder with all that is made in it from then on.
int agora_put_into_project(int file, uint32_t project, int is_folder);

// Makes a user namespace whose ids 0 … count - 1 are `first` … of ours, and returns a descriptor of it.
int agora_user_namespace(uint32_t first, uint32_t count);

// Folders to be seen as one, for a container's root.
struct agora_overlay {
    const char *const *layers;  // highest first
    unsigned layer_count;
    const char *written;        // has the folders "upper" and "work", which are empty
    int user_namespace;         // whose users the files belong to; -1: the machine's
    uint32_t first_id;          // the id of its root
};

// Mounts an overlay, at no path: a descriptor of the mount. What is written into it is not brought to the disk when it ends.
int agora_make_overlay(const struct agora_overlay *overlay);

// Puts the calling thread, for good, into a mount namespace with nothing in it but an empty folder that nobody can write to, and
// returns a descriptor of the namespace. `place` is a folder on which it is put together.
int agora_empty_mounts(const char *place);

// Names the calling thread, for those who look at it with ps(1).
void agora_name_thread(const char *name);

#endif
