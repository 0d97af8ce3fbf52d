"""Kernels that start in no time: forks of one process that has imported everything.

A kernel takes more than a second to import itself, numpy and matplotlib, and the book runs one
for each chapter. Here a server imports them once, and forks for every kernel that Jupyter
starts. What Jupyter starts and watches is a small client, which lives as long as its kernel.
Only Linux forks a process with these libraries safely; elsewhere kernels start as usual.

Run as a script: ``serve SOCKET``, or ``kernel SOCKET`` and what a kernel takes.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

IMPORTED = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "matplotlib.pyplot",
    "backcheck.catalogue",
    "backcheck.fair",
    "backcheck.figures",
    "backcheck.training",
)
"""What kernels need, or many of them. A chapter still has to import what it uses."""


@contextmanager
def forked_kernels(build: Path) -> Iterator[None]:
    """Let Jupyter start its Python kernels as forks of one server, while the block runs."""
    if sys.platform != "linux":
        yield
        return
    # The path of a socket may have no more than about a hundred characters.
    with tempfile.TemporaryDirectory() as folder:
        address = f"{folder}/socket"
        spec = build / ".jupyter" / "kernels" / "python3" / "kernel.json"
        spec.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-I", "-S", __file__, "kernel", address, "-f", "{connection_file}"]
        entry = {"argv": command, "display_name": "Python 3", "language": "python"}
        spec.write_text(json.dumps(entry), encoding="utf-8")
        known = os.environ.get("JUPYTER_PATH")
        os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [str(spec.parents[2]), known]))
        server = subprocess.Popen(  # noqa: S603 - this file
            [sys.executable, __file__, "serve", address], stdout=subprocess.PIPE
        )
        try:
            server.stdout.readline()  # type: ignore[union-attr]
            yield
        finally:
            server.kill()
            server.communicate()
            os.environ["JUPYTER_PATH"] = known or ""


def serve(address: str) -> None:
    """Import what kernels need, and fork one for each client."""
    # Set by each kernel as it starts, and read by matplotlib when it is imported.
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    for name in IMPORTED:
        import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen()
        print("ready", flush=True)
        while True:
            client, _ = listening.accept()
            if os.fork() == 0:
                listening.close()
                _become_kernel(client)
            client.close()


def _become_kernel(client: socket.socket) -> None:
    asked = json.loads(client.makefile().readline())
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.chdir(asked["cwd"])
    os.environ.clear()
    # A kernel ends when its parent does, and its parent is the server.
    os.environ.update(asked["environment"], JPY_PARENT_PID=str(os.getppid()))
    sys.argv = ["ipykernel_launcher", *asked["arguments"]]
    sys.path[0] = ""
    # The client's end is closed when this process is gone, whatever ends it.
    sys.modules["ipykernel.kernelapp"].launch_new_instance()
    os._exit(0)


def kernel(address: str, *arguments: str) -> None:
    """Ask for a kernel, and live as long as it does."""
    # Jupyter interrupts a kernel before it asks it to shut down.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(address)
        asked = {"arguments": arguments, "cwd": os.getcwd(), "environment": dict(os.environ)}
        server.sendall(json.dumps(asked).encode() + b"\n")
        server.recv(1)


if __name__ == "__main__":
    {"serve": serve, "kernel": kernel}[sys.argv[1]](*sys.argv[2:])
