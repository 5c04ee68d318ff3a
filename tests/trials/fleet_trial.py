"""fleet_trial.py FOLDER: a fleet of three hosts tried for real, each a network namespace, encrypted, and everything killed once.

For root on a Linux with `ip` and `openssl`. The hosts share one kernel and one disk; each has its own address, spool, folder
for temporary files and lock. Their workers are begun again when they end, as systemd would. In this order:

    a worker is killed while it measures; a host is cut off while it measures, and comes back; a host is added;
    the scheduler is killed and started again; the coordinator is killed and the same command is given again;
    then a short study on one host that is not simulated: the real thing.

Ends with 0 where every host was measured once, every bundle added once, no host ever had two studies at once, and nothing runs
any more.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
NET = "10.77.7"
BRIDGE = "fleetbr"
ADDRESS = f"tls://{NET}.254:8786"
PYTHON = sys.executable
SIMULATED = ("--simulated",)
BUDGET = "30m"
REAL = ("--only", "q3-process")
REAL_BUDGET = "60s"
LONGEST_S = 240.0
SAMPLED_EVERY_S = 0.05
HOSTS = ("h1", "h2", "h3")
WORDS = ["-m", "study", "run", "--machine"]
AUTHORITY = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=fleet -keyout {0}-key.pem -out {0}.pem"
REQUEST = "req -newkey rsa:2048 -nodes -subj /CN={0} -keyout {0}-key.pem -out {0}.csr"
SIGNED = "x509 -req -days 2 -in {0}.csr -CA {1}.pem -CAkey {1}-key.pem -CAcreateserial -out {0}.pem"


def tool(*words: str, cwd: Path | None = None, fails: bool = False) -> str:
    """What a program of the system says."""
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)
    assert fails or done.returncode == 0, f"{' '.join(words)}: {done.stderr}"
    return done.stdout


def certificates(folder: Path) -> None:
    """An authority and three sides; and another authority's client."""
    folder.mkdir()
    for authority, sides in (("ca", ("scheduler", "worker", "client")), ("stranger", ("foreign",))):
        tool("openssl", *AUTHORITY.format(authority).split(), cwd=folder)
        for side in sides:
            tool("openssl", *REQUEST.format(side).split(), cwd=folder)
            tool("openssl", *SIGNED.format(side, authority).split(), cwd=folder)


def namespace(number: int) -> str:
    """The name of a host's namespace."""
    return f"fleet{number}"


def network(hosts: int) -> None:
    """A bridge, and a namespace with an address for each host."""
    tool("ip", "link", "add", BRIDGE, "type", "bridge")
    tool("ip", "addr", "add", f"{NET}.254/24", "dev", BRIDGE)
    tool("ip", "link", "set", BRIDGE, "up")
    for number in range(1, hosts + 1):
        name = namespace(number)
        tool("ip", "netns", "add", name)
        tool("ip", "link", "add", f"v{name}", "type", "veth", "peer", "name", "eth0", "netns", name)
        tool("ip", "link", "set", f"v{name}", "master", BRIDGE, "up")
        for words in (f"addr add {NET}.{number}/24 dev eth0", "link set eth0 up", "link set lo up"):
            tool("ip", "-n", name, *words.split())


def no_network(hosts: int) -> None:
    """All of it away."""
    for number in range(1, hosts + 1):
        tool("ip", "netns", "del", namespace(number), fails=True)
        tool("ip", "link", "del", f"v{namespace(number)}", fails=True)
    tool("ip", "link", "del", BRIDGE, fails=True)


def dask(folder: Path, side: str, *words: str) -> list[str]:
    """A command of Dask's with its certificates."""
    tls = folder / "tls"
    files = ("--tls-ca-file", tls / "ca.pem", "--tls-cert", tls / f"{side}.pem", "--tls-key", tls / f"{side}-key.pem")
    quiet = ("--no-dashboard", "--dashboard-address", "127.0.0.1:0")
    return [PYTHON, "-m", "dask", side, *words, *quiet, *map(str, files)]


class Kept:
    """A program that is begun again when it ends, as a unit of systemd with `Restart=always`."""

    def __init__(self, command: list[str], environment: dict[str, str], log: Path) -> None:
        self.command, self.environment, self.log = command, environment, log
        self.process: subprocess.Popen[bytes] | None = None
        self.wanted = True
        self.thread = threading.Thread(target=self._keep, daemon=True)
        self.thread.start()

    def _keep(self) -> None:
        while self.wanted:
            with self.log.open("ab") as log:
                self.process = subprocess.Popen(
                    self.command, cwd=ROOT, env={**os.environ, **self.environment}, stdout=log, stderr=log
                )
                self.process.wait()
            time.sleep(2.0)

    def kill(self) -> None:
        """As the kernel does when memory is short."""
        assert self.process is not None
        self.process.kill()

    def stop(self) -> None:
        """For good."""
        self.wanted = False
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.thread.join(timeout=10)


class Watch:
    """Which studies run, looked at twenty times a second: (host, process) -> when it was seen first and last."""

    def __init__(self) -> None:
        self.seen: dict[str, dict[int, list[float]]] = defaultdict(dict)
        self.most: dict[str, int] = defaultdict(int)
        self.began_s = time.monotonic()
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        while True:
            now_s = time.monotonic() - self.began_s
            studies = {
                process.name: label for process in Path("/proc").glob("[0-9]*") if (label := label_of(process)) in HOSTS
            }
            running: dict[str, list[int]] = defaultdict(list)
            for pid, label in studies.items():
                if (
                    parent_of(pid) not in studies
                ):  # else one that it forked, and that has not become another program yet
                    running[label].append(int(pid))
            for label, pids in running.items():
                self.most[label] = max(self.most[label], len(pids))
                for number in pids:
                    self.seen[label].setdefault(number, [now_s, now_s])[1] = now_s
            time.sleep(SAMPLED_EVERY_S)

    def runs(self, label: str) -> bool:
        """Whether a study runs there now."""
        now_s = time.monotonic() - self.began_s
        return any(now_s - last_s < 10 * SAMPLED_EVERY_S for _, last_s in self.seen[label].values())


def parent_of(pid: str) -> str:
    """The number of its parent, as proc(5) has it; '' of a process that is gone."""
    try:
        return Path("/proc", pid, "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1]
    except OSError:
        return ""


def label_of(process: Path) -> str:
    """The host of a study's own process; '' for any other."""
    try:
        words = (process / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
    except OSError:
        return ""
    return words[1 + len(WORDS)] if words[1 : 1 + len(WORDS)] == WORDS else ""


class Coordinator:
    """One call of `study fleet`, and what it says."""

    def __init__(
        self, folder: Path, *words: str, client: str = "client", scheduler: str = ADDRESS, results: str = "results"
    ) -> None:
        tls = folder / "tls"
        self.command = [
            *(PYTHON, "-m", "study", "fleet", "--scheduler", scheduler, "--tls-ca", str(tls / "ca.pem")),
            *("--tls-cert", str(tls / f"{client}.pem"), "--tls-key", str(tls / f"{client}-key.pem")),
            *("--results", str(folder / results), "--journal", str(folder / "journal"), *words),
        ]
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            self.command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1
        )
        self.began_s = time.monotonic()
        self.thread = threading.Thread(target=self._hear, daemon=True)
        self.thread.start()

    def _hear(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            print(f"    {time.monotonic() - self.began_s:6.1f} s  {line.rstrip()}", flush=True)

    def hears(self, text: str) -> Callable[[], bool]:
        """Whether it has said this."""
        return lambda: any(text in line for line in self.lines)

    def ends(self) -> int:
        """How it ended."""
        code = self.process.wait(timeout=LONGEST_S)
        self.thread.join(timeout=10)
        return code


def until(what: str, true: Callable[[], bool], longest_s: float = LONGEST_S) -> None:
    """Wait for it."""
    deadline_s = time.monotonic() + longest_s
    while not true():
        assert time.monotonic() < deadline_s, f"not seen: {what}"
        time.sleep(0.1)


class Trial:
    """The fleet of three hosts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workers: dict[int, Kept] = {}
        self.scheduler = self.started()
        self.watch = Watch()

    def settings(self) -> dict[str, str]:
        """What scheduler and workers are told."""
        return {"DASK_CONFIG": str(ROOT / "study" / "fleet" / "dask.yaml")}

    def started(self) -> subprocess.Popen[bytes]:
        """The scheduler."""
        command = dask(self.folder, "scheduler", "--protocol", "tls", "--host", f"{NET}.254", "--port", "8786")
        with (self.folder / "scheduler.log").open("ab") as log:
            return subprocess.Popen(
                command, cwd=ROOT, env={**os.environ, **self.settings()}, stdout=log, stderr=subprocess.STDOUT
            )

    def host(self, number: int) -> None:
        """A host's worker, from now on."""
        home = self.folder / f"h{number}"
        for name in ("spool", "tmp", "work"):
            (home / name).mkdir(parents=True, mode=0o700)
        mine = {"STUDY_SPOOL": str(home / "spool"), "TMPDIR": str(home / "tmp")}
        words = (
            f"{ADDRESS} --name h{number} --host {NET}.{number} --nworkers 1 --nthreads 1 --no-nanny --memory-limit 0"
        )
        command = dask(self.folder, "worker", *words.split(), "--local-directory", str(home / "work"))
        inside = ["ip", "netns", "exec", namespace(number), *command]
        self.workers[number] = Kept(inside, {**self.settings(), **mine}, home / "worker.log")

    def everything_is_killed_once(self) -> None:
        """The trial itself."""
        words = ("--budget", BUDGET, "--", *SIMULATED)
        self.host(1)
        self.host(2)
        first = Coordinator(self.folder, *words)
        until("both measure", lambda: self.watch.runs("h1") and self.watch.runs("h2"))
        time.sleep(2.0)
        print("  the worker of h1 is killed, and h2 is cut off", flush=True)
        self.workers[1].kill()
        tool("ip", "link", "set", f"v{namespace(2)}", "down")
        until("h1 lost", first.hears("h1: lost"))
        until("h1 back", first.hears("h1: is back"))
        until("h2 lost", first.hears("h2: lost"))
        print("  h2 comes back, and h3 is added", flush=True)
        tool("ip", "link", "set", f"v{namespace(2)}", "up")
        self.host(3)
        until("h3 measures", lambda: self.watch.runs("h3"))
        print("  the scheduler is killed", flush=True)
        self.scheduler.kill()
        self.scheduler.wait()
        until("the scheduler is missed", first.hears("waited for"))
        time.sleep(3.0)
        self.scheduler = self.started()
        until("the scheduler is back", first.hears("the scheduler is back"))
        until("h3 is asked again", lambda: sum("h3: asked" in line for line in first.lines) == 2)
        print("  the coordinator is killed", flush=True)
        first.process.kill()
        first.ends()
        time.sleep(1.0)
        second = Coordinator(self.folder, *words)
        assert second.ends() == 0, "the second coordinator did not end well"
        print("  and once more, to collect what is there", flush=True)
        assert Coordinator(self.folder, "--collect", *words).ends() == 0

    def strangers_are_refused(self) -> None:
        """Without TLS, and with a certificate of another authority."""
        assert Coordinator(self.folder, "--", *SIMULATED, scheduler=f"tcp://{NET}.254:8786").ends() == 1
        assert Coordinator(self.folder, "--", *SIMULATED, client="foreign").ends() == 3

    def one_is_real(self) -> None:
        """A short study of the real thing on one host, whose target was made before: a host here reaches no packages."""
        plan = (
            PYTHON,
            "-m",
            "study",
            "plan",
            "--budget",
            REAL_BUDGET,
            "--results",
            str(self.folder / "plan"),
            "--lock",
            str(self.folder),
            *REAL,
        )
        tool(*plan, cwd=ROOT)
        words = ("--budget", REAL_BUDGET, "--hosts", "h1", "--", *REAL)
        assert Coordinator(self.folder, *words, results="results-real").ends() == 0

    def look(self, wanted: list[list[str]]) -> None:
        """What must hold of every fleet, each with these hosts; one that met nobody has nothing."""
        fleets: dict[str, list[str]] = {}
        for path in sorted((self.folder / "journal").glob("*/fleet.jsonl")):
            journal = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
            fleets[path.parent.name] = sorted(line["run"] for line in journal if line["kind"] == "added")
        met = {fleet: added for fleet, added in fleets.items() if added}
        assert [[run.split("/")[0] for run in added] for added in met.values()] == wanted, fleets
        for fleet, added in met.items():
            labels = [run.split("/")[0] for run in added]
            for label in labels:
                measured = list((self.folder / label / "spool" / fleet / "results").glob("*/*/manifest.json"))
                assert len(measured) == 1, f"{label} was measured {len(measured)} times"
                manifest = json.loads(measured[0].read_text(encoding="utf-8"))
                assert manifest["state"] == "finished"
                [run] = [run for run in added if run.startswith(f"{label}/")]
                [stored] = self.folder.glob(f"results*/{run}/manifest.json")
                assert stored.read_bytes() == measured[0].read_bytes()
                print(f"  {fleet} {label}: one run, {len(manifest['rounds'])} rounds, added once as {run}")
        every = list(self.folder.glob("results*/*/*/manifest.json"))
        assert len(every) == sum(map(len, wanted)), every
        for label, processes in sorted(self.watch.seen.items()):
            spans = [f"{first_s:.1f} to {last_s:.1f} s" for first_s, last_s in sorted(processes.values())]
            print(f"  {label}: {len(spans)} processes of its study, one after the other: {'; '.join(spans)}")
        assert max(self.watch.most.values()) == 1, dict(self.watch.most)

    def end(self) -> None:
        """Everything that the trial has started."""
        for worker in self.workers.values():
            worker.stop()
        self.scheduler.terminate()
        self.scheduler.wait()

    def left(self) -> list[str]:
        """What runs although nothing should."""
        inside = [pid for number in self.workers for pid in tool("ip", "netns", "pids", namespace(number)).split()]
        marked = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                environment = (process / "environ").read_bytes()
            except OSError:
                continue
            marked += [process.name] if f"STUDY_SPOOL={self.folder}".encode() in environment else []
        return [*inside, *marked]


def main(folder: Path) -> int:
    """The whole trial; 1 where something does not hold."""
    folder.mkdir(parents=True)
    certificates(folder / "tls")
    no_network(3)
    network(3)
    trial = Trial(folder)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        trial.everything_is_killed_once()
        trial.strangers_are_refused()
        trial.one_is_real()
        trial.look([[*HOSTS], ["h1"]])
    finally:
        trial.end()
        left = trial.left()
        no_network(3)
    assert not left, f"still running: {left}"
    print("nothing runs any more; all that was tried holds")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).absolute()))
