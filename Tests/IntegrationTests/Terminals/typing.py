"""Runs a command on a terminal and types into it.

Arguments: the conversation as JSON, then the command. The conversation is a list of pairs: what to wait for in the output, and
what to type then; "rows columns" as a pair of numbers changes the terminal's size, and a number alone is a signal to what runs in
front. Prints the output as it comes, ends with the command's status.
"""
import fcntl, json, os, pty, select, struct, sys, termios, time

steps = json.loads(sys.argv[1])
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])

seen, position, end = b"", 0, time.monotonic() + 60
while time.monotonic() < end:
    if steps:
        awaited, typed = steps[0]
        place = seen.find(awaited.encode(), position)
        if place >= 0:
            position = place + len(awaited)
            steps.pop(0)
            if isinstance(typed, list):
                fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", typed[0], typed[1], 0, 0))
            elif isinstance(typed, int):
                os.killpg(os.tcgetpgrp(terminal), typed)
            else:
                os.write(terminal, typed.encode())
            continue
    if not select.select([terminal], [], [], 0.2)[0]:
        continue
    try:
        piece = os.read(terminal, 65536)
    except OSError:
        break
    if not piece:
        break
    seen += piece
    sys.stdout.buffer.write(piece)
    sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
