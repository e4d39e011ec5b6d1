"""What an inmate may not ask of the kernel, whatever has become of it: other programs, connections, looking into other processes.

A seccomp filter (prctl(2), seccomp(2)) that answers EPERM. It is one more wall: where the kernel or a container does not let us set it, the
limits of time, memory and files still hold, and `confine` says so.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct

_SET_NO_NEW_PRIVS, _SET_SECCOMP, _MODE_FILTER = 38, 22, 2
_LOAD, _JUMP_EQUAL, _JUMP_FROM, _RETURN = 0x20, 0x15, 0x35, 0x06  # LD|W|ABS, JMP|JEQ|K, JMP|JGE|K, RET|K
_OTHER_NUMBERS = 0x40000000  # from here on: the same calls under other numbers (x32)
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000
_NUMBER_AT, _ARCHITECTURE_AT = 0, 4  # in struct seccomp_data

# execve, execveat, socket, connect, bind, listen, accept, accept4, ptrace, process_vm_readv, process_vm_writev, kill, tkill,
# tgkill, mount, umount2, chroot, unshare, setns, bpf, perf_event_open, keyctl, io_uring_setup
_REFUSED = {
    "x86_64": (
        0xC000003E,
        (59, 322, 41, 42, 49, 50, 43, 288, 101, 310, 311, 62, 200, 234, 165, 166, 161, 272, 308, 321, 298, 250, 425),
    ),
    "aarch64": (
        0xC00000B7,
        (221, 281, 198, 203, 200, 201, 202, 242, 117, 270, 271, 129, 130, 131, 40, 39, 51, 97, 268, 280, 241, 219, 425),
    ),
}


class _Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def confine() -> bool:
    """For the rest of this process's life. Whether it holds."""
    known = _REFUSED.get(platform.machine())
    if known is None:
        return False
    instructions = _instructions(*known)
    code = b"".join(struct.pack("=HBBI", *one) for one in instructions)
    program = _Program(len(instructions), ctypes.cast(ctypes.c_char_p(code), ctypes.c_void_p))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program), 0, 0) == 0)


def _instructions(architecture: int, refused: tuple[int, ...]) -> list[tuple[int, int, int, int]]:
    """Calls of another architecture end the process: their numbers mean something else."""
    made = [(_LOAD, 0, 0, _ARCHITECTURE_AT), (_JUMP_EQUAL, 1, 0, architecture), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, _NUMBER_AT)]
    made.append((_JUMP_FROM, len(refused) + 1, 0, _OTHER_NUMBERS))
    made += [(_JUMP_EQUAL, len(refused) - place, 0, number) for place, number in enumerate(refused)]
    return [*made, (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
