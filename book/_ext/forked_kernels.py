"""Kernels that start in no time: forks of one process that has imported everything.

A kernel takes more than a second to import itself, numpy and matplotlib, and the book runs one
for each chapter. Here a server imports them once, and forks for every kernel that Jupyter
starts. What Jupyter starts and watches is a small client, which lives as long as its kernel.
Only Linux forks a process with these libraries safely; elsewhere kernels start as usual.

Run as a script: ``serve SOCKET [many]``, or ``kernel SOCKET`` and what a kernel takes.
"""

import gc
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path

IMPORTED = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "matplotlib.pyplot",
    "backcheck.catalogue",
    "backcheck.fair",
    "backcheck.showing.figures",
    "backcheck.training",
)
"""What kernels need, or many of them. A chapter still has to import what it uses."""


class ForkedKernels:
    """A server that forks, and a setting that lets Jupyter start its Python kernels there.

    Parameters
    ----------
    build : Path
        The folder for files that are made anew.
    many : bool
        Whether many chapters will run: what half of them ask for is then made before.
    """

    def __init__(self, build: Path, many: bool) -> None:
        self.spec = build / ".jupyter" / "kernels" / "python3" / "kernel.json"
        # The path of a socket may have no more than about a hundred characters.
        self.folder = tempfile.TemporaryDirectory()
        address = f"{self.folder.name}/socket"
        client = [sys.executable, "-I", "-S", __file__, "kernel", address]
        entry = {
            "argv": [*client, "-f", "{connection_file}"],
            "display_name": "Python 3",
            "language": "python",
            # A signal would reach the client and not the kernel.
            "interrupt_mode": "message",
        }
        self.spec.parent.mkdir(parents=True, exist_ok=True)
        self.spec.write_text(json.dumps(entry), encoding="utf-8")
        self.server = subprocess.Popen(  # noqa: S603 - this file
            [sys.executable, __file__, "serve", address, *(["many"] if many else [])],
            stdout=subprocess.PIPE,
        )

    def __enter__(self) -> None:
        """Wait for the server, and send Jupyter there.

        A server that cannot import what kernels need says why and ends. Kernels then start as
        usual, and the cells that need what is broken say so themselves.
        """
        self.known = os.environ.get("JUPYTER_PATH", "")
        if self.server.stdout.readline():  # type: ignore[union-attr]
            first = str(self.spec.parents[2])
            os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [first, self.known]))

    def __exit__(self, *error: object) -> None:
        """End the server, and with it the kernels that are left."""
        os.environ["JUPYTER_PATH"] = self.known
        self.close()

    def close(self) -> None:
        """End the server."""
        self.server.kill()
        self.server.communicate()
        self.spec.unlink(missing_ok=True)
        self.folder.cleanup()


def serve(address: str, *many: str) -> None:
    """Import what kernels need, and fork one for each client."""
    gc.disable()  # A fifth of the time would go to it, and each kernel ends with its chapter.
    # Set by each kernel as it starts, and read by matplotlib when it is imported.
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    for name in IMPORTED:
        import_module(name)
    # Half of the chapters ask for these, and they are the same for all.
    fixtures = import_module("backcheck.fixtures")
    mutate = import_module("backcheck.mutate")
    for id in fixtures.ids() if many else ():
        mutate.mutants(fixtures.load(id))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listening:
        try:
            listening.bind(address)
        except FileNotFoundError:
            return  # The build has ended already, and its folder with it.
        listening.listen()
        # A build that was stopped, or that failed before its chapters ran, ends nothing.
        builder = os.getppid()
        listening.settimeout(2)
        print("ready", flush=True)
        while os.getppid() == builder:
            try:
                client, _ = listening.accept()
            except TimeoutError:
                continue
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
