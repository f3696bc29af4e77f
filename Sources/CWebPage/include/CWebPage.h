#ifndef CWEBPAGE_H
#define CWEBPAGE_H

#include <stddef.h>

/// One file of the web page.
struct web_page_file {
    /// Below Files/, such as "view/table.js".
    const char *path;
    const unsigned char *bytes;
    size_t count;
};

/// All files of the web page; they live as long as the program.
const struct web_page_file *web_page_files(size_t *count);

#endif
