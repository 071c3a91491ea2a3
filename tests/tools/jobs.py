#!/usr/bin/env python3
"""jobs.py FOLDER COMMAND .. <LINES: runs `COMMAND .. JOB` for each job named in LINES, two at a time.

Cargo lets one build at a time into a folder, so each of the two lanes has its own, FOLDER/1 and FOLDER/2, as
CARGO_TARGET_DIR. The jobs of a line share builds and run one after another in one lane; a free lane takes the
next line, so the longest come first. In the same FOLDER a line goes to the lane that has built it before.

Each line that a job prints appears at once with the job's name before it, its start and its end with the time
since the beginning. The last line of a job must be its counts, `N passed, N failed, N skipped`; a job without
them is a failure. The last line here is their sum, which is also written to FOLDER/counts. An interrupt ends
all jobs. With CI=true a skip is a failure.
"""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

LANES = ("1", "2")
COUNTS = re.compile(r"^(\d+) passed, (\d+) failed, (\d+) skipped$")
REMIND = 60  # seconds without a line after which the running jobs are named


class Jobs:
    def __init__(self, folder, command, lines):
        self.folder, self.command, self.waiting = Path(folder), command, lines
        self.lock = threading.RLock()
        self.running, self.counts = {}, {}
        self.begun = self.spoken = time.monotonic()

    def say(self, text):
        with self.lock:
            self.spoken = time.monotonic()
            try:
                print(f"{self.spoken - self.begun:4.0f} s  {text}", flush=True)
            except BrokenPipeError:  # nobody reads on
                self.stop()

    def owner(self, line):
        """The file that says which lane has built a line."""
        return self.folder / "owners" / line[0].replace(":", "-")

    def next_line(self, lane):
        """The first waiting line that no other lane has built before."""
        with self.lock:
            for line in self.waiting:
                owner = self.owner(line)
                if not owner.exists() or owner.read_text() == lane:
                    owner.write_text(lane)
                    self.waiting.remove(line)
                    return line
            return None

    def lane(self, lane):
        while line := self.next_line(lane):
            for job in line:
                try:
                    self.run(job, lane)
                except Exception as trouble:
                    self.counts[job] = (0, 1, 0)
                    self.say(f"{job}: {trouble}")

    def run(self, job, lane):
        with self.lock:
            # A session of its own, so that an interrupt can end all that the job has started.
            process = subprocess.Popen(
                [*self.command, job], env=os.environ | {"CARGO_TARGET_DIR": str(self.folder / lane)}, text=True, errors="replace",
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
            )
            self.running[job] = (process, time.monotonic())
            self.say(f"{job} begins")
        counts = None
        for line in process.stdout:
            counts = COUNTS.match(line)
            if not counts:
                self.say(f"{job} | {line.rstrip()}")
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        with self.lock:
            _, begun = self.running.pop(job)
            self.counts[job] = tuple(map(int, counts.groups())) if counts else (0, 1, 0)
            seconds, work = time.monotonic() - begun, usage.ru_utime + usage.ru_stime
            how = counts[0] if counts else f"stopped early, status {process.returncode}"
            self.say(f"{job} ends: {how}; {seconds:.0f} s, {work:.0f} s of processor")

    def stop(self, *_):
        """Ends all jobs, at once if they do not do it themselves."""
        self.lock.acquire(timeout=5)  # so that none begins from now on
        processes = [process for process, _ in self.running.values()]
        for kind in (signal.SIGTERM, signal.SIGKILL):
            for process in processes:
                try:
                    os.killpg(process.pid, kind)
                except ProcessLookupError:
                    pass
            time.sleep(0.3)
        os._exit(130)

    def all(self):
        (self.folder / "owners").mkdir(parents=True, exist_ok=True)
        jobs = [job for line in self.waiting for job in line]
        for kind in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(kind, self.stop)
        threads = [threading.Thread(target=self.lane, args=[lane], daemon=True) for lane in LANES]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            time.sleep(0.1)
            if time.monotonic() - self.spoken > REMIND:
                with self.lock:
                    self.say("running: " + ", ".join(f"{j} ({time.monotonic() - t:.0f} s)" for j, (_, t) in self.running.items()))
        for job in (job for job in jobs if job not in self.counts):
            self.counts[job] = (0, 1, 0)
            self.say(f"{job} did not run")
        return [sum(column) for column in zip(*self.counts.values())]


def main():
    folder, *command = sys.argv[1:]
    passed, failed, skipped = Jobs(folder, command, [line.split() for line in sys.stdin if line.strip()]).all()
    strict = os.environ.get("CI") == "true" and skipped > 0
    if strict:
        print("with CI=true nothing may be skipped")
    if passed == 0:
        print("nothing could run")
    counts = f"{passed} passed, {failed} failed, {skipped} skipped"
    Path(folder, "counts").write_text(f"{counts}\n")
    print(counts)
    return failed > 0 or passed == 0 or strict


if __name__ == "__main__":
    sys.exit(main())
