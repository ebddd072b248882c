// What OpenGate does, for those who are not root: preloaded into the browser's process for cameras alone.
// The rule, in the file HARNESS_GATE_RULE, is "<seconds to wait> <1 to refuse>"; beside it each start is noted as
// `held`, and as `refused` when it was.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

static FILE *rule(const char *mode, const char *ending) {
  char path[4096];
  const char *name = getenv("HARNESS_GATE_RULE");
  if (!name || snprintf(path, sizeof path, "%s%s", name, ending) >= (int)sizeof path) return NULL;
  return fopen(path, mode);
}

static void note(const char *what) {
  FILE *log = rule("a", ".log");
  if (!log) return;
  fprintf(log, "%s\n", what);
  fclose(log);
}

// Whether this opening is to fail, after it was kept waiting.
static int refused(const char *path) {
  char thread[17] = {0};
  double seconds = 0;
  int refuse = 0;
  const char *camera = getenv("HARNESS_GATE");
  if (!camera || !path || strcmp(path, camera)) return 0;
  prctl(PR_GET_NAME, thread);
  if (strncmp(thread, "CaptureThread", 13)) return 0;
  FILE *told = rule("r", "");
  if (!told) return 0;
  if (fscanf(told, "%lf %d", &seconds, &refuse) != 2) seconds = refuse = 0;
  fclose(told);
  note("held");
  struct timespec wait = {(time_t)seconds, (long)((seconds - (time_t)seconds) * 1e9)};
  nanosleep(&wait, NULL);
  if (refuse) note("refused");
  if (refuse) errno = EBUSY;
  return refuse;
}

#define STAND_IN(NAME)                                             \
  int NAME(const char *path, int flags, ...) {                     \
    static int (*real)(const char *, int, ...);                    \
    mode_t mode = 0;                                               \
    if (flags & (O_CREAT | O_TMPFILE)) {                           \
      va_list more;                                                \
      va_start(more, flags);                                       \
      mode = va_arg(more, mode_t);                                 \
      va_end(more);                                                \
    }                                                              \
    if (refused(path)) return -1;                                  \
    if (!real) real = dlsym(RTLD_NEXT, #NAME);                     \
    return real(path, flags, mode);                                \
  }
STAND_IN(open)
STAND_IN(open64)
