"""An executor on pymesos, unmodified: its task's data says how it ends, and messages are sent back.

"finish" and "fail" end by themselves, "run" runs until it is killed.
"""

import base64
import sys
import threading

from pymesos import Executor, MesosExecutorDriver


class Runner(Executor):
    def launchTask(self, driver, task):
        threading.Thread(target=self.run, args=(driver, task), daemon=True).start()

    def run(self, driver, task):
        self.update(driver, task["task_id"], "TASK_RUNNING")
        manner = base64.b64decode(task["data"]).decode()
        if manner == "finish":
            self.update(driver, task["task_id"], "TASK_FINISHED")
        elif manner == "fail":
            self.update(driver, task["task_id"], "TASK_FAILED")

    def update(self, driver, task_id, state):
        driver.sendStatusUpdate({"task_id": task_id, "state": state})

    def killTask(self, driver, task_id):
        self.update(driver, task_id, "TASK_KILLED")

    def frameworkMessage(self, driver, message):
        driver.sendFrameworkMessage(message)

    def error(self, driver, message):
        print(message, file=sys.stderr)


MesosExecutorDriver(Runner()).run()
