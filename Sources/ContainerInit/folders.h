// Paths below a folder that somebody else may write in: every step is resolved by the kernel below that folder.
#ifndef FOLDERS_H
#define FOLDERS_H

#include <stdint.h>

// A path may not leave the folder, nor pass through a link of /proc (openat2(2)).
// INSIDE reads absolute links and ".." as within the folder, as a process with that root would; BELOW refuses them;
// PLAIN refuses every link.
enum resolution { INSIDE, BELOW, PLAIN };

// Opens (O_PATH) what stands at a path below `folder`; -1 and errno if it does not.
int open_below(int folder, const char *path, enum resolution resolution);

// Opens a regular file below `folder` for reading; -1 and errno if it is none.
int open_file_below(int folder, const char *path);

enum kind { FOLDER, REGULAR_FILE };

// As open_below, and makes what is missing: folders on the way, and at the end a folder or an empty file. INSIDE, the file also takes
// the place of a link that leads nowhere.
// `made`, if not NULL, tells whether the last part was made.
int make_below(int folder, const char *path, enum kind kind, enum resolution resolution, int *made);

#endif
