"""What we tell the embedded PostgreSQL: safe, sized for a laptop, loopback only."""

import os
import shutil
from pathlib import Path

import psutil

INCLUDE = "include_if_exists = 'ehospital.conf'"
RULES = "# Passwords, on loopback, for everybody. There is no other way in.\nhost all all 127.0.0.1/32 scram-sha-256\n"
SMALL_SHARED_MEMORY = 512 * 2**20  # containers give 64 MB, on which a parallel query fails

SAFE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "wal_level": "replica"}
THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum_naptime": "10min",
}


def write(folder: Path, *, port: int, throwaway: bool) -> None:
    """Write `ehospital.conf` and the access rules into the cluster `folder`."""
    memory = psutil.virtual_memory().total
    buffers_mb = max(128, min(1024, memory // 2**20 // 16))
    settings = {
        "listen_addresses": "'127.0.0.1'",
        "port": str(port),
        "unix_socket_directories": "''",
        "password_encryption": "scram-sha-256",
        "max_connections": "200",
        "shared_buffers": f"{buffers_mb}MB",
        "effective_cache_size": f"{max(256, memory // 2**20 // 2)}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "max_wal_size": "2GB",
        "min_wal_size": "256MB",
        "wal_compression": "on",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "jit": "off",
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
        "log_line_prefix": "'%m [%p] %u@%d '",
        "log_lock_waits": "on",
        "dynamic_shared_memory_type": _shared_memory(),
        **(THROWAWAY if throwaway else SAFE),
    }
    owner = folder.stat()
    _replace(folder / "ehospital.conf", "".join(f"{name} = {value}\n" for name, value in settings.items()), owner)
    _replace(folder / "pg_hba.conf", RULES, owner)
    main = folder / "postgresql.conf"
    if INCLUDE not in main.read_text():
        with main.open("a") as file:
            file.write(f"\n{INCLUDE}\n")


def _shared_memory() -> str:
    shared = Path("/dev/shm")  # noqa: S108
    if shared.is_dir() and shutil.disk_usage(shared).total < SMALL_SHARED_MEMORY:
        return "mmap"
    return "posix"


def _replace(path: Path, text: str, owner: os.stat_result) -> None:
    draft = path.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text(text)
    if owner.st_uid != os.geteuid():
        os.chown(draft, owner.st_uid, owner.st_gid)
    draft.replace(path)
