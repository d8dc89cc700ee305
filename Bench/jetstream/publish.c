// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors
//
// The measure for forwarding: js_PublishAsync and nothing else. Same bytes, ids and subjects, acknowledged and
// de-duplicated, from memory.
//
//     publish URL STREAM EVENTS BYTES CAMERAS IN_FLIGHT   prints seconds and the count of failures

#include <nats/nats.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static long failures;

static void failed(jsCtx *js, jsPubAckErr *error, void *closure) {
  (void)js;
  (void)error;
  (void)closure;
  __atomic_add_fetch(&failures, 1, __ATOMIC_RELAXED);
}

static void check(natsStatus status, const char *what) {
  if (status == NATS_OK) return;
  fprintf(stderr, "publish: %s: %s\n", what, natsStatus_GetText(status));
  exit(1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

int main(int argc, char **argv) {
  if (argc != 7) {
    fprintf(stderr, "usage: publish URL STREAM EVENTS BYTES CAMERAS IN_FLIGHT\n");
    return 2;
  }
  const char *name = argv[2];
  long events = atol(argv[3]), bytes = atol(argv[4]), cameras = atol(argv[5]);
  natsConnection *connection = NULL;
  jsCtx *js = NULL;
  jsOptions options;
  check(natsConnection_ConnectTo(&connection, argv[1]), "connect");
  check(jsOptions_Init(&options), "options");
  options.PublishAsync.MaxPending = atol(argv[6]);
  options.PublishAsync.ErrHandler = failed;
  options.PublishAsync.StallWait = 10000;
  check(natsConnection_JetStream(&js, connection, &options), "context");

  jsStreamConfig config;
  jsErrCode code = 0;
  const char *subjects[] = {"sightline.sighting.>"};
  check(jsStreamConfig_Init(&config), "configuration");
  config.Name = name;
  config.Subjects = subjects;
  config.SubjectsLen = 1;
  config.Storage = js_FileStorage;
  config.Discard = js_DiscardNew;
  config.Duplicates = 120LL * 1000000000;
  check(js_AddStream(NULL, js, &config, NULL, &code), "stream");

  char *body = malloc((size_t)bytes + 1);
  memset(body, 'x', (size_t)bytes);
  jsPubOptions publish;
  check(jsPubOptions_Init(&publish), "publish options");
  double start = now();
  for (long i = 0; i < events; i++) {
    char subject[64], id[40];
    snprintf(subject, sizeof subject, "sightline.sighting.bench.cam-%04ld", i % cameras);
    snprintf(id, sizeof id, "%032ld", i);
    publish.MsgId = id;
    check(js_PublishAsync(js, subject, body, (int)bytes, &publish), "publish");
  }
  check(js_PublishAsyncComplete(js, NULL), "complete");
  printf("%.6f %ld\n", now() - start, failures);
  jsCtx_Destroy(js);
  natsConnection_Destroy(connection);
  nats_Close();
  free(body);
  return 0;
}
