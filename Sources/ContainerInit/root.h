#ifndef ROOT_H
#define ROOT_H

#include "configuration.h"

// Puts the image's layers on top of each other and makes them the root. See overlayfs in the kernel's documentation.
void enter_image_root(const struct configuration *configuration);

#endif
