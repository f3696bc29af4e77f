#define _GNU_SOURCE
#include "CLinuxKernel.h"

#include <errno.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>

#define BATCH 64

int agora_epoll_create(void) {
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    return epoll < 0 ? -errno : epoll;
}

int agora_epoll_watch(int epoll, int descriptor, uint64_t token, int once, int for_writing) {
    uint32_t wanted = for_writing ? EPOLLOUT : EPOLLIN | EPOLLRDHUP;
    struct epoll_event event = {.events = wanted | (once ? EPOLLONESHOT : 0), .data.u64 = token};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) < 0 ? -errno : 0;
}

void agora_epoll_forget(int epoll, int descriptor) {
    epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, NULL);
}

int agora_epoll_wait(int epoll, uint64_t *tokens, int capacity, int timeout) {
    struct epoll_event events[BATCH];
    int count = epoll_wait(epoll, events, capacity < BATCH ? capacity : BATCH, timeout);
    if (count < 0) return errno == EINTR ? 0 : -errno;
    for (int i = 0; i < count; i++) tokens[i] = events[i].data.u64;
    return count;
}

int agora_eventfd(void) {
    int descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return descriptor < 0 ? -errno : descriptor;
}

void agora_eventfd_signal(int eventfd) {
    eventfd_write(eventfd, 1);
}

void agora_eventfd_clear(int eventfd) {
    eventfd_t count;
    eventfd_read(eventfd, &count);
}

void agora_name_thread(const char *name) {
    prctl(PR_SET_NAME, name, 0, 0, 0);
}
