import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from helpdesk.supervisor import Log, Program, Supervisor

SLEEP = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def until(condition, timeout: float = 10.0) -> None:
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


@pytest.fixture
def supervisor(tmp_path):
    supervisor = Supervisor(Log(tmp_path / "log" / "all.log"))
    yield supervisor
    supervisor.stop()


def test_output_goes_to_terminal_and_file_with_its_name(supervisor, tmp_path, capsys) -> None:
    program = Program("clock", [sys.executable, "-c", "print('tick')"], os.environ)
    supervisor.start(program).wait()
    until(lambda: "tick" in (tmp_path / "log" / "all.log").read_text())
    assert (tmp_path / "log" / "all.log").read_text().split(" ", 2)[2] == "clock    tick\n"
    assert capsys.readouterr().out == "clock    tick\n"


def test_dead_program_is_started_again_with_growing_delay(supervisor) -> None:
    program = Program("short", [sys.executable, "-c", "raise SystemExit(3)"], os.environ)
    supervisor.start(program)
    delays = []
    for _ in range(2):
        until(lambda: not program.alive)
        supervisor.look_after()
        delays.append(round(program.restart_at - time.monotonic(), 1))
        program.restart_at = time.monotonic()
        supervisor.look_after()
    assert delays == [0.2, 0.5]


def test_killed_program_is_back(supervisor) -> None:
    program = Program("long", SLEEP, os.environ)
    first = supervisor.start(program).pid
    os.kill(first, signal.SIGKILL)
    until(lambda: (supervisor.look_after(), program.alive and program.process.pid != first)[1])


def test_stop_kills_what_ignores_it_and_its_children(supervisor) -> None:
    code = textwrap.dedent("""
        import signal, subprocess, sys, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]).pid, flush=True)
        time.sleep(60)
    """)
    program = Program("deaf", [sys.executable, "-c", code], os.environ, patience=0.3)
    process = supervisor.start(program)
    until(lambda: program.last_words.isdigit())  # noqa: PLW0108 (each time the newest words)
    grandchild = int(program.last_words)
    supervisor.stop()
    assert process.returncode == -signal.SIGKILL
    until(lambda: not alive(grandchild))


def test_children_die_with_a_supervisor_that_is_killed(tmp_path) -> None:
    code = textwrap.dedent(f"""
        import os, time
        from pathlib import Path
        from helpdesk.supervisor import Log, Program, Supervisor
        supervisor = Supervisor(Log(Path({str(tmp_path / "log")!r})))
        print(supervisor.start(Program("long", {SLEEP!r}, os.environ)).pid, flush=True)
        time.sleep(60)
    """)
    parent = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    )
    child = next(int(line) for line in parent.stdout if line.strip().isdecimal())  # what the child says may come first
    assert alive(child)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    until(lambda: not alive(child))


def test_run_returns_code_and_output_and_logs_errors(supervisor, tmp_path) -> None:
    code = "import sys; print('answer'); print('progress', file=sys.stderr); sys.exit(4)"
    assert supervisor.run("step", [sys.executable, "-c", code], os.environ) == (4, "answer\n")
    assert (tmp_path / "log" / "all.log").read_text().endswith("step     progress\n")
