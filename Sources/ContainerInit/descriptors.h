#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

// Moves a descriptor that stays open for long out of the numbers that have a meaning (container_init_protocol.h).
// Takes it; -1 and errno on failure.
int move_out_of_the_way(int descriptor);

#endif
