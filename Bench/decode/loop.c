// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors
//
// The least that decoding can take: tjDecompressHeader3 and tjDecompress2 over files that are in memory,
// into one buffer, again and again.
//
//     loop gray|rgb DENOMINATOR SECONDS FILE...
//
// Prints frames a second, CPU milliseconds a frame, and how many frames were decoded in all.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <turbojpeg.h>

static double now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

int main(int argc, char **argv) {
  if (argc < 5) return 2;
  int gray = strcmp(argv[1], "gray") == 0, divisor = atoi(argv[2]), count = argc - 4;
  double seconds = atof(argv[3]);
  unsigned char **files = calloc(count, sizeof *files);
  size_t *sizes = calloc(count, sizeof *sizes);
  for (int i = 0; i < count; i++) {
    FILE *file = fopen(argv[4 + i], "rb");
    if (!file) { perror(argv[4 + i]); return 1; }
    fseek(file, 0, SEEK_END);
    sizes[i] = ftell(file);
    rewind(file);
    files[i] = malloc(sizes[i]);
    if (fread(files[i], 1, sizes[i], file) != sizes[i]) return 1;
    fclose(file);
  }
  tjhandle handle = tjInitDecompress();
  unsigned char *pixels = NULL;
  size_t room = 0;
  long frames = 0, all = 0;
  double start = 0, cpu = 0;
  // The first time over all files warms up.
  for (int round = 0;; round++) {
    if (round == 1) { start = now(CLOCK_MONOTONIC); cpu = now(CLOCK_PROCESS_CPUTIME_ID); frames = 0; }
    for (int i = 0; i < count; i++) {
      int width, height, sampling, space;
      if (tjDecompressHeader3(handle, files[i], sizes[i], &width, &height, &sampling, &space)) return 1;
      width = (width + divisor - 1) / divisor;
      height = (height + divisor - 1) / divisor;
      size_t needed = (size_t)width * height * (gray ? 1 : 3);
      if (needed > room) { free(pixels); pixels = malloc(room = needed); }
      if (tjDecompress2(handle, files[i], sizes[i], pixels, width, 0, height, gray ? TJPF_GRAY : TJPF_RGB, 0))
        return 1;
      frames++;
      all++;
      if (round > 0 && now(CLOCK_MONOTONIC) - start >= seconds) goto done;
    }
  }
done:;
  double wall = now(CLOCK_MONOTONIC) - start, used = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
  printf("%.3f %.6f %ld\n", frames / wall, used * 1e3 / frames, all);
  return 0;
}
