// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors
//
// Counts what is asked of the heap: calls of malloc, calloc, realloc, memalign, aligned_alloc, posix_memalign,
// valloc and pvalloc, and the bytes they ask for; by thread and of the whole process. Loaded before the C library:
//
//     cc -O2 -shared -fPIC -o count.so count.c -ldl && LD_PRELOAD=./count.so sightline bench stages frames
//
// `sightline` finds the two functions below by name. Any other program can have the number of calls of its whole
// run: it is written to the file that COUNT_TO names when the program ends.
//
// Whose an allocation is: a *library's* while AprilTag's detector or TurboJPEG's decoder is at work on the thread
// (their entrances are wrapped, so that what the C library or a compiler's runtime takes on their behalf is theirs
// too), and where it is called from a library that is neither Swift's nor the C or C++ runtime (SQLite, OpenSSL,
// OpenBLAS); else it is *ours*: our code, and what the Swift runtime takes for it.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

enum { OURS_CALLS, OURS_BYTES, LIBRARY_CALLS, LIBRARY_BYTES, FIGURES };

static atomic_ullong everywhere[FIGURES];
// In the static part of thread-local memory: the other part is made by malloc.
#define OWN static _Thread_local __attribute__((tls_model("initial-exec")))
OWN unsigned long long here[FIGURES];
OWN int inside;

// Where code of ours and of the runtimes lies.
static struct { uintptr_t begin, end; } own[64];
static int owns;

static int is_ours(const char *name) {
  static const char *const runtimes[] = {"libswift", "Foundation", "libdispatch", "libBlocksRuntime",
                                         "libc.so", "libstdc++", "libgcc_s", "ld-linux"};
  if (!*name) return 1; // the program itself
  for (size_t i = 0; i < sizeof runtimes / sizeof *runtimes; i++)
    if (strstr(name, runtimes[i])) return 1;
  return 0;
}

static int note(struct dl_phdr_info *info, size_t size, void *unused) {
  (void)size, (void)unused;
  if (!is_ours(info->dlpi_name)) return 0;
  for (int i = 0; i < info->dlpi_phnum && owns < 64; i++) {
    const ElfW(Phdr) *part = &info->dlpi_phdr[i];
    if (part->p_type != PT_LOAD || !(part->p_flags & PF_X)) continue;
    own[owns].begin = info->dlpi_addr + part->p_vaddr;
    own[owns].end = own[owns].begin + part->p_memsz;
    owns++;
  }
  return 0;
}

static void count(size_t bytes, const void *caller) {
  int library = inside > 0;
  if (!library && owns) {
    library = 1;
    for (int i = 0; i < owns && library; i++)
      library = (uintptr_t)caller < own[i].begin || (uintptr_t)caller >= own[i].end;
  }
  int calls = library ? LIBRARY_CALLS : OURS_CALLS;
  here[calls]++;
  here[calls + 1] += bytes;
  atomic_fetch_add_explicit(&everywhere[calls], 1, memory_order_relaxed);
  atomic_fetch_add_explicit(&everywhere[calls + 1], bytes, memory_order_relaxed);
}

#define CALLER __builtin_return_address(0)

void *malloc(size_t size) { count(size, CALLER); return __libc_malloc(size); }
void *calloc(size_t n, size_t size) { count(n * size, CALLER); return __libc_calloc(n, size); }
void *realloc(void *old, size_t size) { count(size, CALLER); return __libc_realloc(old, size); }
void *memalign(size_t to, size_t size) { count(size, CALLER); return __libc_memalign(to, size); }
void *aligned_alloc(size_t to, size_t size) { count(size, CALLER); return __libc_memalign(to, size); }
void *valloc(size_t size) { count(size, CALLER); return __libc_memalign(4096, size); }
void *pvalloc(size_t size) { count(size, CALLER); return __libc_memalign(4096, (size + 4095) & ~(size_t)4095); }
int posix_memalign(void **out, size_t to, size_t size) {
  count(size, CALLER);
  void *got = __libc_memalign(to, size);
  if (!got) return 12; // ENOMEM
  *out = got;
  return 0;
}

// The entrances of the two libraries that work on pixels. Each is looked up at its first call.
#define WRAP(result, name, parameters, arguments)                                  \
  result name parameters {                                                         \
    static result(*_Atomic next) parameters;                                       \
    result(*call) parameters = next;                                               \
    if (!call) next = call = (result(*) parameters)dlsym(RTLD_NEXT, #name);        \
    inside++;                                                                      \
    result out = call arguments;                                                   \
    inside--;                                                                      \
    return out;                                                                    \
  }

WRAP(void *, apriltag_detector_detect, (void *detector, void *image), (detector, image))
WRAP(int, tjDecompressHeader3, (void *jpeg, const void *bytes, unsigned long size, int *w, int *h, int *s, int *c),
     (jpeg, bytes, size, w, h, s, c))
WRAP(int, tjDecompress2,
     (void *jpeg, const void *bytes, unsigned long size, void *to, int w, int stride, int h, int form, int flags),
     (jpeg, bytes, size, to, w, stride, h, form, flags))

/// Calls and bytes that are ours, calls and bytes that are a library's: of the calling thread so far.
void sightline_allocations(unsigned long long out[FIGURES]) { memcpy(out, here, sizeof here); }

/// The same of all threads.
void sightline_allocations_of_all(unsigned long long out[FIGURES]) {
  for (int i = 0; i < FIGURES; i++) out[i] = atomic_load_explicit(&everywhere[i], memory_order_relaxed);
}

__attribute__((constructor)) static void begin(void) { dl_iterate_phdr(note, NULL); }

__attribute__((destructor)) static void tell(void) {
  const char *path = getenv("COUNT_TO");
  unsigned long long calls = everywhere[OURS_CALLS] + everywhere[LIBRARY_CALLS];
  FILE *file = path ? fopen(path, "w") : NULL;
  if (!file) return;
  fprintf(file, "%llu\n", calls);
  fclose(file);
}
