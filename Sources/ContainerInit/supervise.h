#ifndef SUPERVISE_H
#define SUPERVISE_H

#include <signal.h>
#include <stdint.h>
#include <sys/types.h>

// Puts every signal of the kernel into a set.
void every_signal(sigset_t *set);

// Blocks every signal, so that they are waited for instead of acted upon, and forgets what was ignored before.
void take_signals(void);

// Forwards signals to the command and collects ended processes until the command ends; leaves its status for the
// containerizer and ends likewise. Without a command (0) it waits for a signal that would end a program.
void supervise(pid_t command, uint32_t flags) __attribute__((noreturn));

#endif
