"""What an ordinary user may do, also where the tests run as root."""

import ctypes
import os

_PR_CAPBSET_DROP = 24
_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH, _CAP_FOWNER = 1, 2, 3


def obey_file_modes() -> None:
    """To be run between fork and exec: the program that follows is bound by file modes, even with user id 0.

    Root keeps its user id, so that an interpreter below /root can still be started, and loses the right to override.
    """
    if os.geteuid() != 0:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in (_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH, _CAP_FOWNER):
        if libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            error = ctypes.get_errno()
            raise OSError(error, f"root cannot give up capability {capability}: {os.strerror(error)}")
