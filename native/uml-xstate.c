/* Preloaded into User-Mode Linux: lets it restore the floating point state of its processes on CPUs with large
 * extended state (Intel AMX).
 *
 * UML hands PTRACE_SETREGSET(NT_X86_XSTATE) a buffer of the size it was compiled with: 2696 bytes, enough for AVX-512.
 * The host kernel accepts only the whole XSAVE area of this CPU (arch/x86/kernel/fpu/regset.c, xstateregs_set: -EFAULT
 * for any other length), which is 11008 bytes with AMX, and UML panics at its first process: "ptrace set fp regs failed,
 * errno = 14". Here the whole area is read, UML's part is laid over its beginning, and the whole is written back. The
 * rest, tile registers, is nobody's: a process must first ask the kernel for them, and UML's kernel has no such call.
 * Where the sizes agree every call passes through. UML calls ptrace from one thread only, so one static buffer does. */
#define _GNU_SOURCE
#include <elf.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static char area[64 * 1024];
static size_t area_size = sizeof area; /* what this CPU really has is known after the first read */

static long set_xstate(pid_t pid, const struct iovec *given)
{
	struct iovec whole = { area, sizeof area };

	if (given->iov_len >= area_size)
		return syscall(SYS_ptrace, PTRACE_SETREGSET, pid, NT_X86_XSTATE, given);
	if (syscall(SYS_ptrace, PTRACE_GETREGSET, pid, NT_X86_XSTATE, &whole) < 0)
		return -1;
	area_size = whole.iov_len;
	if (given->iov_len >= area_size)
		return syscall(SYS_ptrace, PTRACE_SETREGSET, pid, NT_X86_XSTATE, given);
	memcpy(area, given->iov_base, given->iov_len);
	return syscall(SYS_ptrace, PTRACE_SETREGSET, pid, NT_X86_XSTATE, &whole);
}

long ptrace(enum __ptrace_request request, ...)
{
	va_list arguments;
	va_start(arguments, request);
	pid_t pid = va_arg(arguments, pid_t);
	void *address = va_arg(arguments, void *);
	void *data = va_arg(arguments, void *);
	va_end(arguments);

	if (request == PTRACE_SETREGSET && address == (void *)NT_X86_XSTATE)
		return set_xstate(pid, data);
	/* The system call stores the peeked word, the C function returns it (ptrace(2), "C library/kernel differences"). */
	if (request >= PTRACE_PEEKTEXT && request <= PTRACE_PEEKUSER) {
		long word;
		return syscall(SYS_ptrace, request, pid, address, &word) < 0 ? -1 : word;
	}
	return syscall(SYS_ptrace, request, pid, address, data);
}
