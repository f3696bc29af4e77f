import Glibc
import LinuxKernel

/// The rules of the standard profile, by what the calls are for.
enum StandardCalls {
    typealias Rule = SeccompProfile.Rule

    static let everyday: [Rule] = [
        files, folders, polling, memory, processes, identity, signals, time, sockets, interprocess, limits, restrictions, tracing,
    ]

    private static let files = Rule.allow(
        """
        access chmod chown chown32 close close_range copy_file_range creat dup dup2 dup3 faccessat faccessat2 fadvise64
        fadvise64_64 arm_fadvise64_64 fallocate fchmod fchmodat fchmodat2 fchown fchown32 fchownat fcntl fcntl64 fdatasync fgetxattr
        flistxattr flock fremovexattr fsetxattr fstat fstat64 fstatat64 fstatfs fstatfs64 fsync ftruncate ftruncate64
        futimesat getxattr ioctl lchown lchown32 lgetxattr link linkat listxattr llistxattr _llseek lremovexattr lseek
        lsetxattr lstat lstat64 newfstatat open openat openat2 pread64 preadv preadv2 pwrite64 pwritev pwritev2 read readahead
        readlink readlinkat readv removexattr rename renameat renameat2 sendfile sendfile64 setxattr splice stat stat64
        statfs statfs64 statx symlink symlinkat sync sync_file_range sync_file_range2 syncfs tee truncate truncate64 umask
        unlink unlinkat utime utimensat utimensat_time64 utimes vmsplice write writev cachestat
        """
    )
    private static let folders = Rule.allow(
        """
        chdir fanotify_mark fchdir getcwd getdents getdents64 inotify_add_watch inotify_init inotify_init1 inotify_rm_watch
        mkdir mkdirat mknod mknodat name_to_handle_at rmdir
        """
    )
    private static let polling = Rule.allow(
        """
        epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd eventfd2
        io_cancel io_destroy io_getevents io_pgetevents io_pgetevents_time64 io_setup io_submit pipe pipe2 poll ppoll
        ppoll_time64 pselect6 pselect6_time64 select _newselect signalfd signalfd4 timerfd_create timerfd_gettime
        timerfd_gettime64 timerfd_settime timerfd_settime64
        """
    )
    private static let memory = Rule.allow(
        """
        brk get_mempolicy madvise membarrier memfd_create memfd_secret mincore mlock mlock2 mlockall mmap mmap2 mprotect mremap
        msync munlock munlockall munmap pkey_alloc pkey_free pkey_mprotect process_madvise process_mrelease remap_file_pages
        """
    )
    private static let processes = Rule.allow(
        """
        alarm execve execveat exit exit_group fork futex futex_time64 futex_waitv get_robust_list get_thread_area getcpu
        getpgid getpgrp getpid getppid getpriority getsid gettid ioprio_get ioprio_set kcmp pidfd_open pidfd_send_signal prctl
        restart_syscall rseq sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr
        sched_getparam sched_getscheduler sched_rr_get_interval sched_rr_get_interval_time64 sched_setaffinity sched_setattr
        sched_setparam sched_setscheduler sched_yield set_robust_list set_thread_area set_tid_address setpgid setpriority
        setsid vfork wait4 waitid waitpid
        """
    )
    private static let identity = Rule.allow(
        """
        capget capset getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups getgroups32 getresgid getresgid32
        getresuid getresuid32 getuid getuid32 setfsgid setfsgid32 setfsuid setfsuid32 setgid setgid32 setgroups setgroups32
        setregid setregid32 setresgid setresgid32 setresuid setresuid32 setreuid setreuid32 setuid setuid32
        """
    )
    private static let signals = Rule.allow(
        """
        kill pause rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait
        rt_sigtimedwait_time64 rt_tgsigqueueinfo sigaction sigaltstack signal sigpending sigprocmask sigreturn sigsuspend tgkill tkill
        """
    )
    private static let time = Rule.allow(
        """
        adjtimex clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime clock_gettime64 clock_nanosleep
        clock_nanosleep_time64 getitimer gettimeofday nanosleep setitimer time timer_create timer_delete timer_getoverrun
        timer_gettime timer_gettime64 timer_settime timer_settime64 times
        """
    )
    private static let sockets = Rule.allow(
        """
        accept accept4 bind connect getpeername getsockname getsockopt listen recv recvfrom recvmmsg recvmmsg_time64 recvmsg
        send sendmmsg sendmsg sendto setsockopt shutdown socketcall socketpair
        """
    )
    private static let interprocess = Rule.allow(
        """
        ipc mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 mq_unlink
        msgctl msgget msgrcv msgsnd semctl semget semop semtimedop semtimedop_time64 shmat shmctl shmdt shmget
        """
    )
    private static let limits = Rule.allow("getrlimit getrusage prlimit64 setrlimit sysinfo ugetrlimit uname")
    private static let restrictions = Rule.allow("landlock_add_rule landlock_create_ruleset landlock_restrict_self seccomp getrandom")
    // Of processes of the container's own; the kernel asks who may (ptrace(2), "Ptrace access mode checking").
    private static let tracing = Rule.allow("ptrace process_vm_readv process_vm_writev pidfd_getfd")

    static let ofProcessors: [Rule] = [
        Rule.allow("arch_prctl modify_ldt").on("amd64"),
        Rule.allow("arm_sync_file_range breakpoint cacheflush set_tls sync_file_range2").on("arm64"),
    ]
}
