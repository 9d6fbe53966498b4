#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>

#include "daemon/sandbox.h"
#include "feed/memory.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define NOBODY 65534
#define NOWHERE                                                                \
	"/nonexistent-metrofeed/x" /* so that a twin changes nothing           \
				    */
#define SUCCESS 200                /* exit status; else the errno */

#ifndef METROFEED_NO_LOCKDOWN

/* ---- what a break-in would try ---- */

#define AT(pointer) (uintptr_t)(pointer)
#define NO AT(-1)

enum {
	BASIC = 1,      /* anybody may, without the sandbox */
	FILES = 2,      /* Landlock alone denies it, too */
	BORN = 4,       /* returns 0 in a child, which ends at once */
	DESCRIPTOR = 8, /* EBADF is a denial: that one was closed */
};

struct attempt {
	const char *name;
	int flags;
	long number;
	uintptr_t arguments[6];
	long (*call)(void); /* instead of number and arguments */
};

static char bytes[64];
static char *const no_words[] = {NULL};
static char *const true_words[] = {"true", NULL};
static const struct sockaddr_in inet = {.sin_family = AF_INET};
static const struct sockaddr_un unix_name = {
    .sun_family = AF_UNIX, .sun_path = NOWHERE};
static const struct sockaddr_un abstract_name = {
    .sun_family = AF_UNIX, .sun_path = "\0metrofeed-nobody"};
static struct iovec vector = {bytes, 1};
static struct msghdr to_name = {.msg_name = (void *)&unix_name,
    .msg_namelen = sizeof(unix_name),
    .msg_iov = &vector,
    .msg_iovlen = 1};
static const uint64_t open_how[3] = {O_RDONLY, 0, 0};
static uint64_t clone_child[8] = {[4] = SIGCHLD}; /* exit_signal */
static const struct rlimit no_limit = {RLIM_INFINITY, RLIM_INFINITY};
static const struct sigaction ignore = {.sa_handler = SIG_IGN};
static int word;

#ifdef __x86_64__
static long
try_int80(void)
{
	long result;
	/* getpid by the numbers of i386 */
	__asm__ volatile("int $0x80" : "=a"(result) : "a"(20L) : "memory");
	return result;
}
#endif

/* The parent is the test itself, outside. */
static long
try_kill_parent(void)
{
	return kill(getppid(), 0);
}

static long
try_tgkill_parent(void)
{
	return syscall(SYS_tgkill, getppid(), getppid(), 0);
}

/* SIGABRT to oneself is allowed: abort() is how a crash should look. */
static long
try_signal_self(void)
{
	return syscall(SYS_tgkill, getpid(), getpid(), SIGCONT);
}

static long
try_abort_parent(void)
{
	return syscall(SYS_tgkill, getppid(), getpid(), SIGABRT);
}

static long
try_read_parent(void)
{
	struct iovec here = {bytes, 8}, there = {&word, sizeof(word)};
	return syscall(
	    SYS_process_vm_readv, getppid(), &here, 1L, &there, 1L, 0L);
}

static long
try_write_parent(void)
{
	struct iovec here = {bytes, 0}, there = {&word, 0};
	return syscall(
	    SYS_process_vm_writev, getppid(), &here, 1L, &there, 1L, 0L);
}

static long
try_limit_parent(void)
{
	struct rlimit limit;
	return syscall(SYS_prlimit64, getppid(), RLIMIT_CPU, NULL, &limit);
}

static long
try_executable_memory(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return page == MAP_FAILED ? -1
				  : mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

static long
try_executable_key(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return page == MAP_FAILED ? -1
				  : syscall(SYS_pkey_mprotect, page, 4096L,
					(long)(PROT_READ | PROT_EXEC), -1L);
}

static long
try_vfork(void)
{
	pid_t pid = vfork();
	if (pid == 0)
		_exit(0);
	return pid;
}

/* Open a descriptor again under a number that a list might forget. */
static long
try_reuse(void)
{
	return dup2(3, 0) == 0 ? write(0, bytes, 1) : -1;
}

static const struct attempt attempts[] = {
#ifdef __x86_64__ /* the old ones, that newer architectures lack */
    {"open", BASIC | FILES, SYS_open, {AT("/etc/passwd"), O_RDONLY}, NULL},
    {"open for writing", BASIC | FILES, SYS_open, {AT("/dev/null"), O_WRONLY},
	NULL},
    {"creat", 0, SYS_creat, {AT(NOWHERE), 0600}, NULL},
    {"fork", BASIC | BORN, SYS_fork, {0}, NULL},
    {"stat", BASIC, SYS_stat, {AT("/"), AT(bytes)}, NULL},
    {"access", BASIC, SYS_access, {AT("/etc/passwd"), R_OK}, NULL},
    {"readlink", BASIC, SYS_readlink, {AT("/proc/self/exe"), AT(bytes), 9},
	NULL},
    {"unlink", 0, SYS_unlink, {AT(NOWHERE)}, NULL},
    {"rename", 0, SYS_rename, {AT(NOWHERE), AT(NOWHERE)}, NULL},
    {"mkdir", 0, SYS_mkdir, {AT(NOWHERE), 0700}, NULL},
    {"symlink", 0, SYS_symlink, {AT("x"), AT(NOWHERE)}, NULL},
    {"mknod", 0, SYS_mknod, {AT(NOWHERE), 0600}, NULL},
    {"chmod", 0, SYS_chmod, {AT(NOWHERE), 0600}, NULL},
    {"chown", 0, SYS_chown, {AT(NOWHERE), 0, 0}, NULL},
    {"pipe", BASIC, SYS_pipe, {AT(bytes)}, NULL},
    {"poll", BASIC, SYS_poll, {0, 0, 0}, NULL},
    {"epoll_create", BASIC, SYS_epoll_create, {1}, NULL},
    {"inotify_init", BASIC, SYS_inotify_init, {0}, NULL},
    {"eventfd", BASIC, SYS_eventfd, {0}, NULL},
    {"signalfd", BASIC, SYS_signalfd, {NO, AT(bytes), 8}, NULL},
    {"dup2", BASIC, SYS_dup2, {3, 9}, NULL},
    {"alarm", BASIC, SYS_alarm, {0}, NULL},
    {"modify_ldt", 0, SYS_modify_ldt, {0, AT(bytes), 8}, NULL},
    {"arch_prctl", 0, SYS_arch_prctl, {0x1003, AT(bytes)}, NULL},
    {"iopl", 0, SYS_iopl, {0}, NULL},
    {"ioperm", 0, SYS_ioperm, {0, 1, 0}, NULL},
    {"getpid by x32", 0, 0x40000000 | SYS_getpid, {0}, NULL},
    {"open by x32", 0, 0x40000000 | SYS_open, {AT("/etc/passwd")}, NULL},
    {"getpid by int 0x80", 0, 0, {0}, try_int80},
#endif
    /* files */
    {"openat", BASIC | FILES, SYS_openat,
	{AT(AT_FDCWD), AT("/etc/passwd"), O_RDONLY}, NULL},
    {"openat of a folder", BASIC | FILES, SYS_openat,
	{AT(AT_FDCWD), AT("/"), O_RDONLY | O_DIRECTORY}, NULL},
    {"openat to make", 0, SYS_openat,
	{AT(AT_FDCWD), AT(NOWHERE), O_WRONLY | O_CREAT, 0600}, NULL},
    {"openat2", BASIC | FILES, SYS_openat2,
	{AT(AT_FDCWD), AT("/etc/passwd"), AT(open_how), sizeof(open_how)},
	NULL},
    {"open /proc/self/mem", BASIC | FILES, SYS_openat,
	{AT(AT_FDCWD), AT("/proc/self/mem"), O_RDONLY}, NULL},
    {"open /proc/self/environ", BASIC | FILES, SYS_openat,
	{AT(AT_FDCWD), AT("/proc/self/environ"), O_RDONLY}, NULL},
    {"open /proc/self/fd/3", 0, SYS_openat,
	{AT(AT_FDCWD), AT("/proc/self/fd/3"), O_RDWR}, NULL},
    {"open /dev/tty", 0, SYS_openat, {AT(AT_FDCWD), AT("/dev/tty"), O_RDWR},
	NULL},
    {"newfstatat", BASIC, SYS_newfstatat, {AT(AT_FDCWD), AT("/"), AT(bytes), 0},
	NULL},
    {"fstat", BASIC, SYS_fstat, {3, AT(bytes)}, NULL},
    {"faccessat", BASIC, SYS_faccessat, {AT(AT_FDCWD), AT("/"), R_OK}, NULL},
    {"statx", BASIC, SYS_statx, {AT(AT_FDCWD), AT("/"), 0, 0, AT(bytes)}, NULL},
    {"readlinkat", BASIC, SYS_readlinkat,
	{AT(AT_FDCWD), AT("/proc/self/exe"), AT(bytes), 9}, NULL},
    {"getcwd", BASIC, SYS_getcwd, {AT(bytes), 1}, NULL},
    {"chdir", BASIC, SYS_chdir, {AT("/")}, NULL},
    {"chroot", 0, SYS_chroot, {AT(NOWHERE)}, NULL},
    {"unlinkat", 0, SYS_unlinkat, {AT(AT_FDCWD), AT(NOWHERE), 0}, NULL},
    {"renameat2", 0, SYS_renameat2,
	{AT(AT_FDCWD), AT(NOWHERE), AT(AT_FDCWD), AT(NOWHERE)}, NULL},
    {"linkat", 0, SYS_linkat,
	{AT(AT_FDCWD), AT(NOWHERE), AT(AT_FDCWD), AT(NOWHERE)}, NULL},
    {"symlinkat", 0, SYS_symlinkat, {AT("x"), AT(AT_FDCWD), AT(NOWHERE)}, NULL},
    {"mkdirat", 0, SYS_mkdirat, {AT(AT_FDCWD), AT(NOWHERE), 0700}, NULL},
    {"mknodat", 0, SYS_mknodat, {AT(AT_FDCWD), AT(NOWHERE), 0600}, NULL},
    {"truncate", 0, SYS_truncate, {AT(NOWHERE), 0}, NULL},
    {"utimensat", 0, SYS_utimensat, {AT(AT_FDCWD), AT(NOWHERE)}, NULL},
    {"setxattr", 0, SYS_setxattr, {AT(NOWHERE), AT("user.x"), 0, 0}, NULL},
    {"name_to_handle_at", BASIC, SYS_name_to_handle_at,
	{AT(AT_FDCWD), AT("/"), AT(bytes), AT(&word), 0}, NULL},
    {"open_by_handle_at", 0, SYS_open_by_handle_at,
	{AT(AT_FDCWD), AT(bytes), 0}, NULL},
    {"memfd_create", BASIC, SYS_memfd_create, {AT("x"), 0}, NULL},
    {"inotify_init1", BASIC, SYS_inotify_init1, {0}, NULL},
    {"fanotify_init", 0, SYS_fanotify_init, {0, 0}, NULL},
    {"statfs", BASIC, SYS_statfs, {AT("/"), 0}, NULL},
    {"quotactl", 0, SYS_quotactl, {NO, 0, 0, 0}, NULL},
    /* descriptors */
    {"read 0", DESCRIPTOR | BASIC, SYS_read, {0, AT(bytes), 0}, NULL},
    {"write 1", DESCRIPTOR | BASIC, SYS_write, {1, AT(bytes), 0}, NULL},
    {"write 2", DESCRIPTOR | BASIC, SYS_write, {2, AT(bytes), 0}, NULL},
    {"write 4", DESCRIPTOR | BASIC, SYS_write, {4, AT(bytes), 1}, NULL},
    {"dup", BASIC, SYS_dup, {3}, NULL},
    {"dup3", BASIC, SYS_dup3, {3, 9, 0}, NULL},
    {"dup and write", BASIC, 0, {0}, try_reuse},
    {"fcntl dup", BASIC, SYS_fcntl, {3, F_DUPFD, 9}, NULL},
    {"fcntl owner", BASIC, SYS_fcntl, {3, F_SETOWN, 0}, NULL},
    {"ioctl FIONREAD", BASIC, SYS_ioctl, {3, 0x541b, AT(bytes)}, NULL},
    {"ioctl TIOCSTI", 0, SYS_ioctl, {3, 0x5412, AT(bytes)}, NULL},
    {"pread", 0, SYS_pread64, {3, AT(bytes), 0, 0}, NULL},
    {"writev", BASIC, SYS_writev, {3, AT(&vector), 0}, NULL},
    {"sendfile", 0, SYS_sendfile, {3, 3, 0, 1}, NULL},
    {"splice", 0, SYS_splice, {3, 0, 3, 0, 1, 0}, NULL},
    {"vmsplice", 0, SYS_vmsplice, {3, AT(&vector), 1, 0}, NULL},
    {"close", BASIC, SYS_close, {3}, NULL},
    {"pipe2", BASIC, SYS_pipe2, {AT(bytes), 0}, NULL},
    {"epoll_create1", BASIC, SYS_epoll_create1, {0}, NULL},
    {"eventfd2", BASIC, SYS_eventfd2, {0, 0}, NULL},
    {"signalfd4", BASIC, SYS_signalfd4, {NO, AT(bytes), 8, 0}, NULL},
    {"timerfd_create", BASIC, SYS_timerfd_create, {0, 0}, NULL},
    {"ppoll", BASIC, SYS_ppoll, {0, 0, AT(open_how), 0}, NULL},
    /* network */
    {"socket inet", BASIC, SYS_socket, {AF_INET, SOCK_STREAM, 0}, NULL},
    {"socket inet6", 0, SYS_socket, {AF_INET6, SOCK_DGRAM, 0}, NULL},
    {"socket unix", BASIC, SYS_socket, {AF_UNIX, SOCK_DGRAM, 0}, NULL},
    {"socket netlink", BASIC, SYS_socket, {AF_NETLINK, SOCK_RAW, 0}, NULL},
    {"socket packet", 0, SYS_socket, {AF_PACKET, SOCK_RAW, 0}, NULL},
    {"socketpair", BASIC, SYS_socketpair, {AF_UNIX, SOCK_STREAM, 0, AT(bytes)},
	NULL},
    {"connect", BASIC, SYS_connect, {3, AT(&inet), sizeof(inet)}, NULL},
    {"bind", BASIC, SYS_bind, {3, AT(&unix_name), 2}, NULL},
    {"listen", BASIC, SYS_listen, {3, 1}, NULL},
    {"accept", BASIC, SYS_accept, {3, 0, 0}, NULL},
    {"accept4", BASIC, SYS_accept4, {3, 0, 0, 0}, NULL},
    {"sendto", BASIC, SYS_sendto,
	{3, AT(bytes), 1, MSG_NOSIGNAL, AT(&abstract_name),
	    sizeof(abstract_name)},
	NULL},
    {"sendto without a name", BASIC, SYS_sendto,
	{3, AT(bytes), 1, MSG_NOSIGNAL, 0, 0}, NULL},
    {"sendmsg", BASIC, SYS_sendmsg, {3, AT(&to_name), MSG_NOSIGNAL}, NULL},
    {"sendmmsg", BASIC, SYS_sendmmsg, {3, AT(bytes), 0, 0}, NULL},
    {"recvfrom", BASIC, SYS_recvfrom, {3, AT(bytes), 1, MSG_DONTWAIT, 0, 0},
	NULL},
    {"recvmsg", BASIC, SYS_recvmsg, {3, AT(&to_name), MSG_DONTWAIT}, NULL},
    {"setsockopt", BASIC, SYS_setsockopt, {3, 1, 2, AT(&word), 4}, NULL},
    {"getpeername", BASIC, SYS_getpeername, {3, AT(bytes), 0}, NULL},
    {"shutdown", BASIC, SYS_shutdown, {3, 2}, NULL},
    /* processes */
    {"execve", BASIC | FILES, SYS_execve,
	{AT("/bin/true"), AT(true_words), AT(no_words)}, NULL},
    {"execveat", BASIC | FILES, SYS_execveat,
	{AT(AT_FDCWD), AT("/bin/true"), AT(true_words), AT(no_words), 0}, NULL},
    {"vfork", BASIC, 0, {0}, try_vfork},
    {"clone", BASIC | BORN, SYS_clone, {SIGCHLD, 0, 0, 0, 0}, NULL},
    {"clone3", BASIC | BORN, SYS_clone3, {AT(clone_child), sizeof(clone_child)},
	NULL},
    {"ptrace me", BASIC, SYS_ptrace, {0, 0, 0, 0}, NULL},
    {"ptrace 1", 0, SYS_ptrace, {16, 1, 0, 0}, NULL},
    {"process_vm_readv", 0, 0, {0}, try_read_parent},
    {"process_vm_writev", 0, 0, {0}, try_write_parent},
    {"process_madvise", 0, SYS_process_madvise, {NO, AT(&vector), 1, 8, 0},
	NULL},
    {"kill the parent", 0, 0, {0}, try_kill_parent},
    {"kill everybody", BASIC, SYS_kill, {NO, 0}, NULL},
    {"tkill", 0, SYS_tkill, {1, 0}, NULL},
    {"tgkill the parent", 0, 0, {0}, try_tgkill_parent},
    {"tgkill oneself", BASIC, 0, {0}, try_signal_self},
    {"tgkill abort beside", BASIC, 0, {0}, try_abort_parent},
    {"rt_sigqueueinfo", 0, SYS_rt_sigqueueinfo, {1, 0, AT(bytes)}, NULL},
    {"rt_tgsigqueueinfo", 0, SYS_rt_tgsigqueueinfo, {1, 1, 0, AT(bytes)}, NULL},
    {"pidfd_open", BASIC, SYS_pidfd_open, {1, 0}, NULL},
    {"pidfd_getfd", 0, SYS_pidfd_getfd, {NO, 0, 0}, NULL},
    {"pidfd_send_signal", 0, SYS_pidfd_send_signal, {NO, 0, 0, 0}, NULL},
    {"wait4", BASIC, SYS_wait4, {NO, 0, 1, 0}, NULL},
    {"setsid", 0, SYS_setsid, {0}, NULL},
    {"setpgid", BASIC, SYS_setpgid, {0, 0}, NULL},
    {"setuid", 0, SYS_setuid, {0}, NULL},
    {"setgroups", 0, SYS_setgroups, {0, 0}, NULL},
    {"capset", 0, SYS_capset, {0, 0}, NULL},
    {"prctl dumpable", BASIC, SYS_prctl, {4, 1, 0, 0, 0}, NULL},
    {"prctl death signal", BASIC, SYS_prctl, {1, 0, 0, 0, 0}, NULL},
    {"prctl name", BASIC, SYS_prctl, {15, AT("x"), 0, 0, 0}, NULL},
    {"seccomp", BASIC, SYS_seccomp, {0, 1, 0}, NULL},
    {"landlock_create_ruleset", 0, SYS_landlock_create_ruleset, {0, 0, 1},
	NULL},
    {"landlock_restrict_self", 0, SYS_landlock_restrict_self, {NO, 0}, NULL},
    {"personality", BASIC, SYS_personality, {0xffffffff}, NULL},
    {"setrlimit", BASIC, SYS_setrlimit, {RLIMIT_CPU, AT(&no_limit)}, NULL},
    {"prlimit", BASIC, SYS_prlimit64, {0, RLIMIT_CPU, 0, AT(bytes)}, NULL},
    {"prlimit of the parent", 0, 0, {0}, try_limit_parent},
    {"setpriority", BASIC, SYS_setpriority, {0, 0, 19}, NULL},
    {"sched_setaffinity", BASIC, SYS_sched_setaffinity, {0, 8, AT(bytes)},
	NULL},
    {"sched_setscheduler", 0, SYS_sched_setscheduler, {0, NO, AT(bytes)}, NULL},
    /* signals and timers: a limit on CPU time must not be shaken off */
    {"rt_sigaction", BASIC, SYS_rt_sigaction, {SIGXCPU, AT(&ignore), 0, 8},
	NULL},
    {"rt_sigprocmask", BASIC, SYS_rt_sigprocmask, {0, AT(bytes), 0, 8}, NULL},
    {"rt_sigsuspend", BASIC, SYS_rt_sigsuspend, {0, 0}, NULL},
    {"rt_sigreturn", 0, SYS_rt_sigreturn, {0}, NULL},
    {"sigaltstack", BASIC, SYS_sigaltstack, {0, 0}, NULL},
    {"timer_create", BASIC, SYS_timer_create, {1, 0, AT(bytes)}, NULL},
    {"setitimer", BASIC, SYS_setitimer, {0, 0, 0}, NULL},
    {"nanosleep", BASIC, SYS_nanosleep, {AT(open_how), 0}, NULL},
    {"clock_settime", 0, SYS_clock_settime, {NO, AT(bytes)}, NULL},
    {"clock_adjtime", 0, SYS_clock_adjtime, {NO, 0}, NULL},
    /* memory */
    {"mmap to execute", BASIC, SYS_mmap,
	{0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, NO, 0},
	NULL},
    {"mmap to write and execute", BASIC, SYS_mmap,
	{0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_SHARED | MAP_ANONYMOUS, NO, 0},
	NULL},
    {"mmap of a file", BASIC, SYS_mmap, {0, 4096, PROT_READ, MAP_PRIVATE, 3},
	NULL},
    {"mprotect to execute", BASIC, 0, {0}, try_executable_memory},
    {"pkey_mprotect to execute", 0, 0, {0}, try_executable_key},
    {"remap_file_pages", 0, SYS_remap_file_pages, {0, 0, 0, 0, 0}, NULL},
    {"mlock", 0, SYS_mlock, {AT(bytes), 1}, NULL},
    {"userfaultfd", 0, SYS_userfaultfd, {1}, NULL},
    {"futex lock pi", BASIC, SYS_futex, {AT(&word), 8, 0, 0, 0, 0}, NULL},
    {"futex requeue", BASIC, SYS_futex, {AT(&word), 3, 0, 0, 0, 0}, NULL},
    {"shmget", BASIC, SYS_shmget, {0x7e57f00d, 1, 0}, NULL},
    {"shmat", BASIC, SYS_shmat, {NO, 0, 0}, NULL},
    {"semget", BASIC, SYS_semget, {0x7e57f00d, 1, 0}, NULL},
    {"msgget", BASIC, SYS_msgget, {0x7e57f00d, 0}, NULL},
    {"mq_open", BASIC, SYS_mq_open, {AT("metrofeed-nobody"), 0, 0, 0}, NULL},
    /* the kernel's doors */
    {"io_uring_setup", 0, SYS_io_uring_setup, {1, 0}, NULL},
    {"io_uring_enter", 0, SYS_io_uring_enter, {NO, 0, 0, 0, 0, 0}, NULL},
    {"io_uring_register", 0, SYS_io_uring_register, {NO, 0, 0, 0}, NULL},
    {"bpf", 0, SYS_bpf, {NO, AT(bytes), 8}, NULL},
    {"perf_event_open", 0, SYS_perf_event_open, {0, 0, 0, NO, 0}, NULL},
    {"keyctl", 0, SYS_keyctl, {0, NO, 0}, NULL},
    {"add_key", 0, SYS_add_key, {0, 0, 0, 0, 0}, NULL},
    {"request_key", 0, SYS_request_key, {0, 0, 0, 0}, NULL},
    {"mount", 0, SYS_mount, {AT("x"), AT(NOWHERE), AT("tmpfs"), 0, 0}, NULL},
    {"umount2", 0, SYS_umount2, {AT(NOWHERE), 0}, NULL},
    {"pivot_root", 0, SYS_pivot_root, {AT(NOWHERE), AT(NOWHERE)}, NULL},
    {"open_tree", 0, SYS_open_tree, {AT(AT_FDCWD), AT(NOWHERE), 0}, NULL},
    {"move_mount", 0, SYS_move_mount, {NO, AT(NOWHERE), NO, AT(NOWHERE), 0},
	NULL},
    {"fsopen", 0, SYS_fsopen, {AT("nonexistent"), 0}, NULL},
    {"mount_setattr", 0, SYS_mount_setattr, {NO, AT(NOWHERE), 0, 0, 0}, NULL},
    {"unshare", BASIC, SYS_unshare, {0}, NULL},
    {"unshare user", 0, SYS_unshare, {CLONE_NEWUSER}, NULL},
    {"setns", 0, SYS_setns, {NO, 0}, NULL},
    {"init_module", 0, SYS_init_module, {0, 0, AT("")}, NULL},
    {"finit_module", 0, SYS_finit_module, {NO, AT(""), 0}, NULL},
    {"kexec_load", 0, SYS_kexec_load, {0, NO, 0, 0}, NULL},
    {"swapon", 0, SYS_swapon, {AT(NOWHERE), 0}, NULL},
    {"acct", 0, SYS_acct, {AT(NOWHERE)}, NULL},
    {"sethostname", 0, SYS_sethostname, {0, NO}, NULL},
    {"syslog", 0, SYS_syslog, {10, 0, 0}, NULL},
    {"a call to come", 0, 900, {0}, NULL},
};

/* Does this kernel have it at all?  Asked here without our code. */
static bool
has_landlock(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0L, 1L) > 0;
}

/* ---- how one is judged ---- */

/* Ends with what came of it; without `parts` it is the bad twin. */
static void
attempt(const struct attempt *it, unsigned parts)
{
	const uintptr_t *a = it->arguments;
	if (parts != 0)
		(void)sandbox_enter(3, parts); /* its words: another test */
	errno = 0;
	long result = it->call != NULL ? it->call()
				       : syscall(it->number, a[0], a[1], a[2],
					     a[3], a[4], a[5]);
	if ((it->flags & BORN) != 0 && result == 0)
		_exit(0);
	_exit(result != -1 ? SUCCESS : errno);
}

/* The child has what a worker has: a socket at 3; and something at 4. */
static void
become(uid_t uid)
{
	int pair[2];
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == -1)
		_exit(250);
	int ours = fcntl(pair[0], F_DUPFD, 10);
	int theirs = fcntl(pair[1], F_DUPFD, 10);
	if (dup2(theirs, 3) == -1 || dup2(ours, 4) == -1)
		_exit(250);
	if (uid != geteuid() &&
	    (setgroups(0, NULL) == -1 || setresgid(uid, uid, uid) == -1 ||
		setresuid(uid, uid, uid) == -1 ||
		prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == -1))
		_exit(250);
}

static int
outcome(const struct attempt *it, uid_t uid, unsigned parts)
{
	int status = 0;
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		become(uid);
		/* one that waits for ever was not denied */
		(void)alarm(10);
		attempt(it, parts);
	}
	assert_int_not_equal(pid, -1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 250);
	return status;
}

static bool
was_killed(int status)
{
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
}

static bool
was_denied(const struct attempt *it, int status)
{
	int why = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
	return was_killed(status) || why == ENOSYS || why == EPERM ||
	       why == EACCES || ((it->flags & DESCRIPTOR) != 0 && why == EBADF);
}

static const char *
outcome_words(int status)
{
	static char words[64];
	if (WIFSIGNALED(status))
		(void)snprintf(words, sizeof(words), "ended by signal %d",
		    WTERMSIG(status));
	else
		(void)snprintf(words, sizeof(words), "%s",
		    WEXITSTATUS(status) == SUCCESS || WEXITSTATUS(status) == 0
			? "done"
			: strerror(WEXITSTATUS(status)));
	return words;
}

/* How many of those with `flags` are denied; says which are not as
 * they should. */
static size_t
count_denied(uid_t uid, unsigned parts, int flags, size_t *of, size_t *killed)
{
	size_t denied = 0;
	*of = *killed = 0;
	for (size_t i = 0; i < COUNT(attempts); i++) {
		if ((attempts[i].flags & flags) != flags)
			continue;
		int status = outcome(&attempts[i], uid, parts);
		++*of;
		*killed += was_killed(status);
		bool yes = was_denied(&attempts[i], status);
		denied += yes;
		if (yes != (parts != 0) && (parts != 0 || flags != 0))
			print_message("# %s: %s\n", attempts[i].name,
			    outcome_words(status));
	}
	return denied;
}

static void
check_canary(uid_t uid)
{
	size_t of, killed, none;
	size_t denied = count_denied(uid, SANDBOX_ALL, 0, &of, &killed);
	print_message("# uid %u: %zu of %zu denied, %zu of them killed\n",
	    (unsigned)uid, denied, of, killed);
	assert_int_equal(denied, of);
	assert_in_range(killed, 60, of);
	denied = count_denied(
	    uid, SANDBOX_SECCOMP | SANDBOX_PRIVILEGES, 0, &of, &killed);
	print_message("# by seccomp alone: %zu of %zu\n", denied, of);
	assert_int_equal(denied, of);
	denied = count_denied(
	    uid, SANDBOX_LANDLOCK | SANDBOX_PRIVILEGES, FILES, &of, &none);
	print_message("# files, by Landlock alone: %zu of %zu\n", denied, of);
	assert_int_equal(denied, of);
	assert_int_equal(none, 0);
}

/* The bad twin: the same without the sandbox.  What anybody may do is done,
 * and the canary says so; nothing is killed. */
static void
check_twin(uid_t uid)
{
	size_t of, killed;
	size_t denied = count_denied(uid, 0, BASIC, &of, &killed);
	print_message("# the twin, uid %u: %zu of %zu denied of what anybody "
		      "may\n",
	    (unsigned)uid, denied, of);
	assert_int_equal(denied, 0);
	assert_int_equal(killed, 0);
	denied = count_denied(uid, 0, 0, &of, &killed);
	print_message(
	    "# and %zu of %zu in all, by the kernel's own rules\n", denied, of);
	assert_in_range(denied, 0, uid == 0 ? of / 5 : of / 3);
	assert_int_equal(killed, 0);
}

static void
test_canary(void **state)
{
	(void)state;
	check_canary(geteuid());
	check_twin(geteuid());
}

static void
test_canary_of_nobody(void **state)
{
	(void)state;
	if (geteuid() != 0) {
		print_message("# whoever runs this is nobody special\n");
		skip();
	}
	check_canary(NOBODY);
	check_twin(NOBODY);
}

/* ---- what a page needs ---- */

static int
compare_ints(const void *a, const void *b)
{
	const int *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static long
use_memory(void)
{
	char *large = malloc(64 << 20);
	if (large == NULL)
		return -1;
	memset(large, 1, 64 << 20);
	char *larger = realloc(large, 128 << 20); /* mremap */
	if (larger == NULL)
		return -1;
	free(larger);
	for (int i = 0; i < 20000; i++) {
		char *small = malloc((size_t)i);
		if (small == NULL)
			return -1;
		if (i % 3 != 0)
			free(small);
	}
	return 0;
}

static long
use_qsort(void)
{
	static int numbers[300000]; /* large enough to ask for memory */
	for (size_t i = 0; i < COUNT(numbers); i++)
		numbers[i] = (int)((i * 7919) % COUNT(numbers));
	qsort(numbers, COUNT(numbers), sizeof(*numbers), compare_ints);
	return numbers[1] == 1 ? 0 : -1;
}

static long
use_clock(void)
{
	struct timespec now;
	return clock_gettime(CLOCK_MONOTONIC, &now) == 0 &&
		       syscall(SYS_clock_gettime, CLOCK_REALTIME, &now) == 0 &&
		       time(NULL) > 0
		   ? 0
		   : -1;
}

static long
use_chance(void)
{
	return syscall(SYS_getrandom, bytes, 8L, 0L) == 8 ? 0 : -1;
}

static long
use_socket(void)
{
	/* the other end is gone with every other descriptor */
	return read(3, bytes, 1) == 0 ? 0 : -1;
}

static long
use_futex(void)
{
	word = 1;
	return syscall(SYS_futex, &word, 129 /* wake, private */, 1L) == 0 ? 0
									   : -1;
}

static const struct attempt needs[] = {
    {"memory", 0, 0, {0}, use_memory},
    {"qsort", 0, 0, {0}, use_qsort},
    {"clock", 0, 0, {0}, use_clock},
    {"chance", 0, 0, {0}, use_chance},
    {"socket", 0, 0, {0}, use_socket},
    {"futex", 0, 0, {0}, use_futex},
};

static void
test_needs(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(needs); i++) {
		int status = outcome(&needs[i], geteuid(), SANDBOX_ALL);
		if (!WIFEXITED(status) || WEXITSTATUS(status) != SUCCESS)
			fail_msg(
			    "%s: %s", needs[i].name, outcome_words(status));
	}
}

static long
crash(void)
{
	abort();
	return 0;
}

/* More than it may have is refused, not given and killed for. */
static long
use_too_much(void)
{
	void *all = malloc((size_t)600 << 20);
	return all == NULL ? 0 : -1;
}

static long
use_too_long(void)
{
	while (word >= 0)
		word ^= 1;
	return 0;
}

static void
test_ends(void **state)
{
	(void)state;
	struct attempt it = {"abort", 0, 0, {0}, crash};
	int status = outcome(&it, geteuid(), SANDBOX_ALL);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
	it.call = use_too_much;
	status = outcome(&it, geteuid(), SANDBOX_ALL);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), SUCCESS);
}

/* ---- in words ---- */

/* What sandbox_enter says, as the exit status of a child. */
static int
entered(void (*before)(void), unsigned parts)
{
	int status = 0;
	pid_t pid = fork();
	if (pid == 0) {
		become(geteuid());
		if (before != NULL)
			before();
		struct sandbox got = sandbox_enter(3, parts);
		_exit((int)got.parts | (got.landlock_abi > 0 ? 128 : 0));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* A kernel without it, played by a filter: the call is unknown. */
static void
refuse(long number, int first_argument)
{
	struct sock_filter code[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, 4),
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 16),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)first_argument, 1, 0),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)-1, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	if (first_argument == -1) /* whatever it is */
		code[3] = code[4] =
		    (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JA, 0, 0, 0);
	struct sock_fprog program = {COUNT(code), code};
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == -1)
		_exit(255);
}

static void
without_landlock(void)
{
	refuse(SYS_landlock_create_ruleset, -1);
}

static void
without_seccomp(void)
{
	refuse(SYS_prctl, PR_SET_SECCOMP);
}

static void
without_capset(void)
{
	refuse(SYS_capset, -1);
}

static void
without_limits(void)
{
	refuse(SYS_prlimit64, -1);
}

static void
test_degrades(void **state)
{
	(void)state;
	const struct {
		void (*before)(void);
		int missing;
	} rows[] = {
	    {NULL, 0},
	    {without_landlock, SANDBOX_LANDLOCK},
	    {without_seccomp, SANDBOX_SECCOMP},
	    {without_capset, SANDBOX_PRIVILEGES},
	    {without_limits, SANDBOX_LIMITS},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		int want = SANDBOX_ALL & ~rows[i].missing;
		if (!has_landlock())
			want &= ~SANDBOX_LANDLOCK;
		if ((want & SANDBOX_LANDLOCK) != 0)
			want |= 128;
		assert_int_equal(entered(rows[i].before, SANDBOX_ALL), want);
	}
	for (unsigned part = has_landlock() ? 2 : 4; part < SANDBOX_ALL;
	     part *= 2)
		assert_int_equal(
		    entered(NULL, part | SANDBOX_PRIVILEGES) & SANDBOX_ALL,
		    part | SANDBOX_PRIVILEGES);
}

/* ---- kept to some paths ---- */

static char place[64];

static const char *
in_place(const char *name)
{
	static char path[4][128];
	static unsigned turn;
	char *to = path[turn++ % 4];
	(void)snprintf(to, sizeof(path[0]), "%s/%s", place, name);
	return to;
}

static bool
may_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);
	if (fd != -1)
		close(fd);
	return fd != -1;
}

static bool
may_run(const char *path)
{
	int status = 0;
	pid_t pid = fork();
	if (pid == 0) {
		char *const words[] = {(char *)path, NULL};
		(void)execve(path, words, words + 1);
		_exit(99);
	}
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 0;
}

static bool
may_bind(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in any = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	bool good = bind(fd, (struct sockaddr *)&any, sizeof(any)) == 0;
	close(fd);
	return good;
}

/* A folder that was moved away and made again is within what holds it. */
static bool
may_write_again(void)
{
	return rename(in_place("w/out"), in_place("w/old")) == 0 &&
	       mkdir(in_place("w/out"), 0700) == 0 &&
	       may_open(in_place("w/out/new"), O_WRONLY | O_CREAT);
}

static int
is_wrong(const char *name, bool did, bool may)
{
	if (did != may)
		printf("# %s: %s\n", name, did ? "done" : "not done");
	return did != may;
}

/* Those that may, kept or not; and those that may not if kept. */
#define MAY(what) wrong += is_wrong(#what, what, true)
#define MAY_NOT(what) wrong += is_wrong(#what, what, !kept)

static int
count_wrong(bool kept)
{
	int wrong = 0;
	MAY(may_open(in_place("r/file"), O_RDONLY));
	MAY(may_open(in_place("r"), O_RDONLY | O_DIRECTORY));
	MAY_NOT(may_open(in_place("r/file"), O_WRONLY));
	MAY_NOT(may_open(in_place("r/file"), O_RDONLY | O_TRUNC));
	MAY_NOT(may_open(in_place("r/new"), O_WRONLY | O_CREAT));
	MAY_NOT(may_open(in_place("x/file"), O_RDONLY));
	MAY_NOT(may_open(in_place("x/new"), O_WRONLY | O_CREAT));
	MAY(may_open(in_place("w/file"), O_RDWR | O_TRUNC));
	MAY(may_open(in_place("w/new"), O_WRONLY | O_CREAT));
	MAY(rename(in_place("w/new"), in_place("w/out/new")) == 0);
	MAY(unlink(in_place("w/out/new")) == 0);
	MAY(mkdir(in_place("w/folder"), 0700) == 0);
	MAY(rmdir(in_place("w/folder")) == 0);
	MAY(may_write_again());
	MAY_NOT(rename(in_place("w/file"), in_place("x/w")) == 0);
	MAY_NOT(unlink(in_place("x/file")) == 0);
	MAY_NOT(symlink("x", in_place("w/link")) == 0);
	MAY_NOT(mkfifo(in_place("w/fifo"), 0600) == 0);
	MAY_NOT(may_open("/etc/passwd", O_RDONLY));
	MAY_NOT(may_open("/proc/self/environ", O_RDONLY));
	MAY(may_open("/dev/null", O_RDWR));
	MAY_NOT(may_run("/bin/true"));
	fflush(stdout);
	return wrong;
}

static void
make_place(void)
{
	static const char *const folders[] = {"r", "w", "w/out", "x"};
	static const char *const files[] = {"r/file", "w/file", "x/file"};
	(void)snprintf(place, sizeof(place), "/tmp/metrofeed-XXXXXX");
	assert_non_null(mkdtemp(place));
	for (size_t i = 0; i < COUNT(folders); i++)
		assert_int_equal(mkdir(in_place(folders[i]), 0700), 0);
	for (size_t i = 0; i < COUNT(files); i++)
		assert_true(may_open(in_place(files[i]), O_WRONLY | O_CREAT));
}

static void
remove_place(void)
{
	char *command = xasprintf("rm -rf %s", place);
	assert_int_equal(system(command), 0);
	free(command);
}

/* Exit status: how many were wrong, 100 more without the ABI told. */
static int
in_child(bool kept)
{
	int status = 0;
	make_place();
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		const struct sandbox_path paths[] = {
		    {(char *)in_place("r"), SANDBOX_READ},
		    {(char *)in_place("w"), SANDBOX_WRITE},
		    {(char *)"/dev/null", SANDBOX_WRITE},
		    {(char *)in_place("nothing"), SANDBOX_WRITE},
		};
		unsigned abi = kept ? sandbox_keep_to(paths, COUNT(paths)) : 0;
		int wrong = count_wrong(kept);
		if (may_bind() != (abi < 4))
			wrong++;
		_exit(wrong + (kept && abi == 0 ? 100 : 0));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	remove_place();
	return WEXITSTATUS(status);
}

static void
test_kept_to_paths(void **state)
{
	(void)state;
	if (!has_landlock())
		skip();
	assert_int_equal(in_child(true), 0);
	/* the twin may all of it */
	assert_int_equal(in_child(false), 0);
}

/* What cannot be kept to says so, and nothing is given up. */
static void
test_not_kept(void **state)
{
	(void)state;
	int status = 0;
	pid_t pid = fork();
	if (pid == 0) {
		without_landlock();
		const struct sandbox_path path = {(char *)"/dev", SANDBOX_READ};
		_exit(sandbox_keep_to(&path, 1) == 0 &&
			      may_open("/etc/passwd", O_RDONLY)
			  ? 0
			  : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* A path that cannot be looked at now is not left out for good: descriptors for
 * the rules, and none for the path. */
static void
test_not_kept_without_a_look(void **state)
{
	(void)state;
	int status = 0;
	if (!has_landlock())
		skip();
	pid_t pid = fork();
	if (pid == 0) {
		const struct sandbox_path path = {(char *)"/dev", SANDBOX_READ};
		int next = dup(0);
		struct rlimit limit = {(rlim_t)next + 1, (rlim_t)next + 1};
		close(next);
		if (next == -1 || setrlimit(RLIMIT_NOFILE, &limit) == -1)
			_exit(2);
		_exit(sandbox_keep_to(&path, 1) == 0 &&
			      may_open("/etc/passwd", O_RDONLY)
			  ? 0
			  : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* The limit on CPU time is the daemon's to move; here it must bite. */
static void
test_cpu_time(void **state)
{
	(void)state;
	struct rlimit second = {1, RLIM_INFINITY};
	int status = 0;
	pid_t pid = fork();
	if (pid == 0) {
		become(geteuid());
		if (setrlimit(RLIMIT_CPU, &second) == -1)
			_exit(250);
		struct attempt it = {"spin", 0, 0, {0}, use_too_long};
		attempt(&it, SANDBOX_ALL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGXCPU);
}

#endif

static void
test_words(void **state)
{
	(void)state;
	const struct {
		struct sandbox sandbox;
		const char *words;
	} rows[] = {
	    {{SANDBOX_ALL, 7}, "locked in: no_new_privs, Landlock (ABI 7), "
			       "limits, seccomp"},
	    {{SANDBOX_ALL & ~SANDBOX_LANDLOCK, 0},
		"not wholly locked in: no_new_privs, limits, seccomp; "
		"without Landlock"},
	    {{SANDBOX_LANDLOCK, 2},
		"not wholly locked in: Landlock (ABI 2); without "
		"no_new_privs, limits, seccomp"},
	    {{0, 0}, "not locked in"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *words = sandbox_words(&rows[i].sandbox);
		assert_string_equal(words, rows[i].words);
		free(words);
	}
}

#ifdef METROFEED_NO_LOCKDOWN
/* Left out, and said so. */
static void
test_left_out(void **state)
{
	(void)state;
	struct sandbox got = sandbox_enter(3, SANDBOX_ALL);
	assert_int_equal(got.parts, 0);
	assert_int_equal(got.landlock_abi, 0);
}
#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
#ifndef METROFEED_NO_LOCKDOWN
	    cmocka_unit_test(test_canary),
	    cmocka_unit_test(test_canary_of_nobody),
	    cmocka_unit_test(test_needs),
	    cmocka_unit_test(test_ends),
	    cmocka_unit_test(test_degrades),
	    cmocka_unit_test(test_cpu_time),
	    cmocka_unit_test(test_kept_to_paths),
	    cmocka_unit_test(test_not_kept),
	    cmocka_unit_test(test_not_kept_without_a_look),
#else
	    cmocka_unit_test(test_left_out),
#endif
	    cmocka_unit_test(test_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
