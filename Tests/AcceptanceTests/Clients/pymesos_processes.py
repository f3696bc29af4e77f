"""A scheduler on pymesos, unmodified, for the executor that pymesos itself brings: pymesos.subprocess.executor.

That executor starts a process for each task and connects the process's standard streams to ports of the scheduler; here
one process echoes a line, one fails, and one runs until it is killed. (The scheduler that pymesos brings for it does not
run on Python 3.) Usage: pymesos_processes.py HOST:PORT
"""

import pickle
import socket
import sys
import threading

from pymesos import MesosSchedulerDriver, Scheduler, decode_data

from conversation import COMMANDS, Life, Progress, executor_task

NAMES = dict(enumerate(COMMANDS, 1))  # That executor wants numbers as the ids of tasks.
# That executor misses the end of a process that comes before it has noted the start: none ends at once.
PROGRAMS = {
    "ends": ["/bin/sh", "-c", "sleep 1; cat"],
    "fails": ["/bin/sh", "-c", "sleep 1; exit 7"],
    "stays": ["/bin/sleep", "1000"],
}


class Streams:
    """Three ports that a process is connected to: what it is to read, and what it writes."""

    def __init__(self, words):
        self.listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
        self.ports = [listener.getsockname()[1] for listener in self.listeners]
        self.output = b""
        self.threads = [
            threading.Thread(target=self.write, args=(words,), daemon=True),
            threading.Thread(target=self.read, daemon=True),
            threading.Thread(target=self.listeners[2].accept, daemon=True),
        ]
        for thread in self.threads:
            thread.start()

    def write(self, words):
        connection, _ = self.listeners[0].accept()
        connection.sendall(words)
        connection.close()

    def read(self):
        connection, _ = self.listeners[1].accept()
        while piece := connection.recv(4096):
            self.output += piece


class ProcessScheduler(Scheduler):
    def __init__(self, progress):
        self.progress = progress
        self.streams = {number: Streams(b"hello\n") for number in NAMES}
        self.life = None

    def registered(self, driver, framework_id, master_info):
        self.life = Life(
            self.progress,
            lambda name, agent: driver.reconcileTasks([{"task_id": {"value": number(name)}, "agent_id": {"value": agent}}]),
            lambda name, agent: driver.killTask({"value": number(name)}),
        )

    def reregistered(self, driver, master_info):
        self.life.back()

    def resourceOffers(self, driver, offers):
        for offer in offers:
            if self.progress.step("launched"):
                driver.launchTasks(offer["id"], [self.task(n, offer["agent_id"]["value"]) for n in NAMES])
            else:
                driver.declineOffer(offer["id"])

    def task(self, number, agent):
        what = {"a": [PROGRAMS[NAMES[number]]], "kw": {}, "handlers": self.streams[number].ports, "hostname": "127.0.0.1"}
        command = "exec /usr/bin/python3 -m pymesos.subprocess.executor"
        return executor_task(str(number), agent, command, pickle.dumps(what))

    def statusUpdate(self, driver, update):
        name = NAMES[int(update["task_id"]["value"])]
        if update.get("data"):
            code, error = pickle.loads(decode_data(update["data"]))
            update["message"] = str(error or code)
        self.life.update(name, update)

    def error(self, driver, message):
        self.progress.fail(message)


def number(name):
    return str(list(COMMANDS).index(name) + 1)


def main():
    progress = Progress()
    scheduler = ProcessScheduler(progress)
    framework = {"user": "root", "name": "processes", "failover_timeout": 600}
    driver = MesosSchedulerDriver(scheduler, framework, sys.argv[1], use_addict=False)
    driver.start()
    progress.finish()
    echo = scheduler.streams[1]
    echo.threads[1].join(10)
    if echo.output != b"hello\n":
        progress.problems.append("the process echoed %r" % echo.output)
    driver.stop()
    driver.join()
    progress.report()


main()
