// Projects of files: what those of one take together, and may take (quotactl(2)), and to which a file belongs
// (ioctl_xfs_fsgetxattr(2)). ext4 and xfs answer the same calls.
#define _GNU_SOURCE
#include "CLinuxKernel.h"

#include <errno.h>
#include <linux/dqblk_xfs.h>
#include <linux/fs.h>
#include <linux/quota.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// Of Linux 5.14, which headers may be older than.
#ifndef SYS_quotactl_fd
#define SYS_quotactl_fd 443
#endif

static int ask(int folder, unsigned command, uint32_t project, void *what) {
    long result = syscall(SYS_quotactl_fd, folder, QCMD(command, PRJQUOTA), project, what);
    return result < 0 ? -errno : 0;
}

int agora_limits_projects(int folder) {
    struct fs_quota_stat state = {0};
    int result = ask(folder, Q_XGETQSTAT, 0, &state);
    if (result < 0) return result;
    return (state.qs_flags & FS_QUOTA_PDQ_ACCT) && (state.qs_flags & FS_QUOTA_PDQ_ENFD);
}

int agora_limit_project(int folder, uint32_t project, uint64_t kilobytes) {
    struct if_dqblk limits = {.dqb_bhardlimit = kilobytes, .dqb_valid = QIF_BLIMITS};
    return ask(folder, Q_SETQUOTA, project, &limits);
}

int agora_project_usage(int folder, uint32_t project, uint64_t *bytes, uint64_t *files) {
    struct if_dqblk usage = {0};
    int result = ask(folder, Q_GETQUOTA, project, &usage);
    *bytes = usage.dqb_curspace;
    *files = usage.dqb_curinodes;
    // xfs knows nothing of a project that never had anything.
    return result == -ENOENT ? 0 : result;
}

int agora_put_into_project(int file, uint32_t project, int is_folder) {
    struct fsxattr attributes = {0};
    if (ioctl(file, FS_IOC_FSGETXATTR, &attributes) != 0) return -errno;
    attributes.fsx_projid = project;
    if (is_folder) attributes.fsx_xflags |= FS_XFLAG_PROJINHERIT;
    return ioctl(file, FS_IOC_FSSETXATTR, &attributes) == 0 ? 0 : -errno;
}
