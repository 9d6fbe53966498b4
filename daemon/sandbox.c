#include "daemon/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>

#include "feed/buffer.h"
#include "feed/memory.h"

/* The largest page (2 MiB) can take 48 times its size; the libraries come on
 * top of that. */
#define MEMORY_BYTES ((rlim_t)512 << 20)

#ifndef METROFEED_NO_LOCKDOWN

/* ---- privileges ---- */

static bool
drop_privileges(void)
{
	struct __user_cap_header_struct head = {
	    .version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {{0}};
	/* the parent's death is the worker's, also in the middle of a page */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       syscall(SYS_capset, &head, none) == 0;
}

/* ---- Landlock ---- */

/* The header may be older than the kernel that we run on. */
struct ruleset {
	uint64_t files, net, scoped;
};

enum {
	FILES_ABI_1 = (1 << 13) - 1,
	FILE_REFER = 1 << 13,     /* ABI 2 */
	FILE_TRUNCATE = 1 << 14,  /* ABI 3 */
	FILE_IOCTL_DEV = 1 << 15, /* ABI 5 */
	NET_BIND = 1 << 0,        /* ABI 4 */
	NET_CONNECT = 1 << 1,
	SCOPE_ABSTRACT = 1 << 0, /* ABI 6 */
	SCOPE_SIGNAL = 1 << 1,
};

/* 0 where the kernel has none or was started without it. */
static unsigned
landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
	return abi > 0 ? (unsigned)abi : 0;
}

/* Everything that the ABI knows. */
static struct ruleset
ruleset_of(unsigned abi)
{
	struct ruleset set = {.files = FILES_ABI_1};
	if (abi >= 2)
		set.files |= FILE_REFER;
	if (abi >= 3)
		set.files |= FILE_TRUNCATE;
	if (abi >= 4)
		set.net = NET_BIND | NET_CONNECT;
	if (abi >= 5)
		set.files |= FILE_IOCTL_DEV;
	if (abi >= 6)
		set.scoped = SCOPE_ABSTRACT | SCOPE_SIGNAL;
	return set;
}

static int
ruleset_open(const struct ruleset *set)
{
	/* an older kernel takes a longer struct if its end is zero */
	return (int)syscall(SYS_landlock_create_ruleset, set, sizeof(*set), 0);
}

/* With no rule in it, a ruleset allows nothing of what it handles. */
static unsigned
forbid_files(void)
{
	unsigned abi = landlock_abi();
	if (abi == 0)
		return 0;
	struct ruleset set = ruleset_of(abi);
	int fd = ruleset_open(&set);
	if (fd == -1)
		return 0;
	if (syscall(SYS_landlock_restrict_self, fd, 0) == -1)
		abi = 0;
	close(fd);
	return abi;
}

/* What may be done with a file, and what only with a folder. */
enum {
	FILE_EXECUTE = 1 << 0,
	FILE_WRITE = 1 << 1,
	FILE_READ = 1 << 2,
	FOLDER_READ = 1 << 3,
	FOLDER_REMOVE_FOLDER = 1 << 4,
	FOLDER_REMOVE_FILE = 1 << 5,
	FOLDER_MAKE_FOLDER = 1 << 7,
	FOLDER_MAKE_FILE = 1 << 8,
	FILES_ONLY = FILE_EXECUTE | FILE_WRITE | FILE_READ | FILE_TRUNCATE,
};

/* As landlock(7) has it: packed. */
struct path_rule {
	uint64_t allowed;
	int32_t fd;
} __attribute__((packed));

static uint64_t
rights_of(enum sandbox_access access)
{
	switch (access) {
	case SANDBOX_READ:
		return FILE_READ | FOLDER_READ;
	case SANDBOX_RUN:
		return FILE_READ | FOLDER_READ | FILE_EXECUTE;
	default: /* SANDBOX_WRITE; no links, sockets and devices */
		return FILE_READ | FOLDER_READ | FILE_WRITE | FILE_TRUNCATE |
		       FOLDER_MAKE_FILE | FOLDER_MAKE_FOLDER |
		       FOLDER_REMOVE_FILE | FOLDER_REMOVE_FOLDER | FILE_REFER;
	}
}

/* A path that is not there, or out of reach now, stays out of reach.  Any other
 * reason passes (no descriptor free), but what was left out would be missed for
 * as long as we run: no worker starts without /dev/null. */
static bool
add_path(int ruleset, const struct sandbox_path *path, uint64_t known)
{
	struct path_rule rule = {.allowed = rights_of(path->access) & known};
	struct stat about;
	rule.fd = open(path->path, O_PATH | O_CLOEXEC);
	if (rule.fd == -1)
		return errno == ENOENT || errno == ENOTDIR || errno == EACCES ||
		       errno == ELOOP;
	if (fstat(rule.fd, &about) == 0 && !S_ISDIR(about.st_mode))
		rule.allowed &= FILES_ONLY;
	bool good = syscall(SYS_landlock_add_rule, ruleset, 1 /* path */, &rule,
			0) == 0;
	close(rule.fd);
	return good;
}

unsigned
sandbox_keep_to(const struct sandbox_path *paths, size_t count)
{
	unsigned abi = landlock_abi();
	if (abi < 2)
		return 0;
	struct ruleset set = ruleset_of(abi);
	set.net &= NET_BIND;
	set.scoped = 0; /* sd_notify may be abstract; the workers end by kill */
	int fd = ruleset_open(&set);
	if (fd == -1)
		return 0;
	bool good = true;
	for (size_t i = 0; i < count && good; i++)
		good = add_path(fd, &paths[i], set.files);
	if (!good || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    syscall(SYS_landlock_restrict_self, fd, 0) == -1)
		abi = 0;
	close(fd);
	return abi;
}

/* ---- limits ---- */

static bool
set_limits(void)
{
	/* the CPU time is moved on by the daemon, page by page */
	static const struct {
		int resource;
		rlim_t most;
	} limits[] = {
	    {RLIMIT_AS, MEMORY_BYTES},
	    {RLIMIT_CORE, 0},
	    {RLIMIT_FSIZE, 0},
	    {RLIMIT_MEMLOCK, 0},
	    {RLIMIT_MSGQUEUE, 0},
	    {RLIMIT_NOFILE, 0}, /* what is open stays */
	    {RLIMIT_NPROC, 0},
	};
	bool good = true;
	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
		struct rlimit limit = {
		    .rlim_cur = limits[i].most, .rlim_max = limits[i].most};
		good &= setrlimit(limits[i].resource, &limit) == 0;
	}
	return good;
}

/* ---- seccomp ---- */

#if defined(__x86_64__)
#define FILTER_ARCH AUDIT_ARCH_X86_64
#define FILTER_X32 0x40000000 /* calls of that ABI have this bit */
#elif defined(__aarch64__)
#define FILTER_ARCH AUDIT_ARCH_AARCH64
#endif

#ifdef FILTER_ARCH

/* Memory, time, chance and the end; sysinfo is what qsort asks. */
static const int allowed[] = {
    SYS_brk,
    SYS_clock_gettime,
    SYS_exit,
    SYS_exit_group,
    SYS_getpid, /* abort() */
    SYS_getrandom,
    SYS_gettid, /* abort() */
    SYS_gettimeofday,
    SYS_madvise,
    SYS_mremap,
    SYS_munmap,
    SYS_restart_syscall,
    SYS_sysinfo,
#ifdef SYS_time
    SYS_time,
#endif
};

/*
 * Nobody calls these in good faith once all is open, and a library that did
 * would go on with less in silence (tzset: UTC).  The end of the process is
 * loud, and costs one page.
 */
static const int deadly[] = {
#ifdef __x86_64__ /* younger architectures never had them */
    SYS_creat,
    SYS_fork,
    SYS_open,
    SYS_vfork,
#endif
    SYS_accept,
    SYS_accept4,
    SYS_add_key,
    SYS_bind,
    SYS_bpf,
    SYS_chroot,
    SYS_clone,
    SYS_clone3,
    SYS_connect,
    SYS_execve,
    SYS_execveat,
    SYS_finit_module,
    SYS_fsopen,
    SYS_init_module,
    SYS_io_uring_enter,
    SYS_io_uring_register,
    SYS_io_uring_setup,
    SYS_kexec_load,
    SYS_keyctl,
    SYS_kill,
    SYS_listen,
    SYS_memfd_create,
    SYS_mount,
    SYS_move_mount,
    SYS_name_to_handle_at,
    SYS_open_by_handle_at,
    SYS_open_tree,
    SYS_openat,
    SYS_openat2,
    SYS_perf_event_open,
    SYS_personality,
    SYS_pidfd_getfd,
    SYS_pidfd_open,
    SYS_pidfd_send_signal,
    SYS_pivot_root,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_ptrace,
    SYS_request_key,
    SYS_rt_sigqueueinfo,
    SYS_rt_tgsigqueueinfo,
    SYS_sendmmsg,
    SYS_sendmsg,
    SYS_sendto,
    SYS_setns,
    SYS_socket,
    SYS_socketpair,
    SYS_tkill,
    SYS_umount2,
    SYS_unshare,
    SYS_userfaultfd,
};

struct filter {
	struct sock_filter code[256];
	unsigned short count;
};

static void
add(struct filter *filter, uint16_t code, uint32_t k, uint8_t yes, uint8_t no)
{
	filter->code[filter->count++] =
	    (struct sock_filter)BPF_JUMP(code, k, yes, no);
}

static void
add_load(struct filter *filter, size_t offset)
{
	add(filter, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

/* The lower half: both architectures are little-endian, and what is looked at
 * fits an int. */
static void
add_load_argument(struct filter *filter, unsigned which)
{
	add_load(filter,
	    offsetof(struct seccomp_data, args) + which * sizeof(uint64_t));
}

static void
add_return(struct filter *filter, uint32_t action)
{
	add(filter, BPF_RET | BPF_K, action, 0, 0);
}

/* Unless the accumulator is k, the next `skip` instructions are left out. */
static void
add_equal(struct filter *filter, int64_t k, uint8_t skip)
{
	add(filter, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)k, 0, skip);
}

/* Unless it has one of the bits. */
static void
add_has(struct filter *filter, uint32_t bits, uint8_t skip)
{
	add(filter, BPF_JMP | BPF_JSET | BPF_K, bits, 0, skip);
}

static void
add_calls(
    struct filter *filter, const int *calls, size_t count, uint32_t action)
{
	for (size_t i = 0; i < count; i++) {
		add_equal(filter, calls[i], 1);
		add_return(filter, action);
	}
}

/* Another ABI numbers its calls otherwise. */
static void
add_architecture(struct filter *filter)
{
	add_load(filter, offsetof(struct seccomp_data, arch));
	add(filter, BPF_JMP | BPF_JEQ | BPF_K, FILTER_ARCH, 1, 0);
	add_return(filter, SECCOMP_RET_KILL_PROCESS);
	add_load(filter, offsetof(struct seccomp_data, nr));
#ifdef FILTER_X32
	add(filter, BPF_JMP | BPF_JGE | BPF_K, FILTER_X32, 0, 1);
	add_return(filter, SECCOMP_RET_KILL_PROCESS);
#endif
}

static void
add_descriptor(struct filter *filter, int call, int fd)
{
	add_equal(filter, call, 4);
	add_load_argument(filter, 0);
	add_equal(filter, fd, 1);
	add_return(filter, SECCOMP_RET_ALLOW);
	add_return(filter, SECCOMP_RET_ERRNO | EBADF);
}

/* Memory that can never be executed, and no file in it. */
static void
add_memory(struct filter *filter)
{
	add_equal(filter, SYS_mprotect, 4);
	add_load_argument(filter, 2);
	add_has(filter, PROT_EXEC, 1);
	add_return(filter, SECCOMP_RET_KILL_PROCESS);
	add_return(filter, SECCOMP_RET_ALLOW);
	add_equal(filter, SYS_mmap, 7);
	add_load_argument(filter, 2);
	add_has(filter, PROT_EXEC, 1);
	add_return(filter, SECCOMP_RET_KILL_PROCESS);
	add_load_argument(filter, 3);
	add_has(filter, MAP_ANONYMOUS, 1);
	add_return(filter, SECCOMP_RET_ALLOW);
	add_return(filter, SECCOMP_RET_KILL_PROCESS);
}

/* To wait and to wake; what else hides in futex has a history. */
static void
add_futex(struct filter *filter)
{
	static const int operations[] = {
	    FUTEX_WAIT, FUTEX_WAKE, FUTEX_WAIT_BITSET, FUTEX_WAKE_BITSET};
	const uint8_t count = sizeof(operations) / sizeof(*operations);
	add_equal(filter, SYS_futex, 2 * count + 3);
	add_load_argument(filter, 1);
	add(filter, BPF_ALU | BPF_AND | BPF_K, FUTEX_CMD_MASK, 0, 0);
	add_calls(filter, operations, count, SECCOMP_RET_ALLOW);
	add_return(filter, SECCOMP_RET_ERRNO | ENOSYS);
}

/* abort() of our own, so that a crash looks like one. */
static void
add_abort(struct filter *filter)
{
	add_equal(filter, SYS_tgkill, 6);
	add_load_argument(filter, 0);
	add_equal(filter, getpid(), 3);
	add_load_argument(filter, 2);
	add_equal(filter, SIGABRT, 1);
	add_return(filter, SECCOMP_RET_ALLOW);
	add_return(filter, SECCOMP_RET_KILL_PROCESS);
}

static bool
filter_calls(int fd)
{
	struct filter filter = {.count = 0};
	add_architecture(&filter);
	add_descriptor(&filter, SYS_read, fd);
	add_descriptor(&filter, SYS_write, fd);
	add_memory(&filter);
	add_futex(&filter);
	add_abort(&filter);
	add_calls(&filter, allowed, sizeof(allowed) / sizeof(*allowed),
	    SECCOMP_RET_ALLOW);
	add_calls(&filter, deadly, sizeof(deadly) / sizeof(*deadly),
	    SECCOMP_RET_KILL_PROCESS);
	add_return(&filter, SECCOMP_RET_ERRNO | ENOSYS);
	struct sock_fprog program = {
	    .len = filter.count, .filter = filter.code};
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

#else

static bool
filter_calls(int fd)
{
	(void)fd; /* no list of calls for this architecture yet */
	return false;
}

#endif

/* ---- all of it ---- */

static void
close_others(int fd)
{
	for (int other = 0; other < fd; other++)
		close(other);
	closefrom(fd + 1);
}

struct sandbox
sandbox_enter(int fd, unsigned parts)
{
	struct sandbox got = {0};
	close_others(fd);
	if ((parts & SANDBOX_PRIVILEGES) != 0 && drop_privileges())
		got.parts |= SANDBOX_PRIVILEGES;
	if ((parts & SANDBOX_LANDLOCK) != 0)
		got.landlock_abi = forbid_files();
	if (got.landlock_abi > 0)
		got.parts |= SANDBOX_LANDLOCK;
	if ((parts & SANDBOX_LIMITS) != 0 && set_limits())
		got.parts |= SANDBOX_LIMITS;
	/* last: it forbids all that came before */
	if ((parts & SANDBOX_SECCOMP) != 0 && filter_calls(fd))
		got.parts |= SANDBOX_SECCOMP;
	return got;
}

#else

struct sandbox
sandbox_enter(int fd, unsigned parts)
{
	(void)fd;
	(void)parts;
	return (struct sandbox){0};
}

unsigned
sandbox_keep_to(const struct sandbox_path *paths, size_t count)
{
	(void)paths;
	(void)count;
	return 0;
}

#endif

/* ", seccomp, limits": those that it has, or those that it lacks. */
static void
add_parts(struct buffer *words, const struct sandbox *sandbox, unsigned which)
{
	static const char *const names[] = {
	    "no_new_privs", "Landlock", "limits", "seccomp"};
	const char *before = "";
	for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++) {
		unsigned part = 1U << i;
		if ((which & part) == 0)
			continue;
		buffer_add_format(words, "%s%s", before, names[i]);
		if ((sandbox->parts & part & SANDBOX_LANDLOCK) != 0)
			buffer_add_format(
			    words, " (ABI %u)", sandbox->landlock_abi);
		before = ", ";
	}
}

char *
sandbox_words(const struct sandbox *sandbox)
{
	struct buffer words = {0};
	unsigned missing = SANDBOX_ALL & ~sandbox->parts;
	if (missing == SANDBOX_ALL)
		return xstrdup("not locked in");
	buffer_add_string(
	    &words, missing == 0 ? "locked in: " : "not wholly locked in: ");
	add_parts(&words, sandbox, sandbox->parts);
	if (missing != 0) {
		buffer_add_string(&words, "; without ");
		add_parts(&words, sandbox, missing);
	}
	return buffer_take(&words);
}
