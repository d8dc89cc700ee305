// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#include <stdatomic.h>

#include "template_internal.h"

void sl_sketch_of_person_portable(const sl_generator *g, sl_typicality t, sl_person person,
                                  const double *centre, const uint64_t *spare,
                                  const float *bounds, uint8_t *code) {
  (void)spare;  // the typicality is drawn anyway
  float latent[SL_LATENT];
  sl_write_person_latent(g, t, person, centre, latent);
  sl_sketch_of_latent(latent, bounds, code);
}

// Chosen at the first call; see template.c.
typedef void code_function(const sl_generator *, sl_typicality, sl_person, const double *,
                           const uint64_t *, const float *, uint8_t *);
static void choose_code(const sl_generator *g, sl_typicality t, sl_person person,
                        const double *centre, const uint64_t *spare, const float *bounds,
                        uint8_t *code);
static _Atomic(code_function *) chosen_code = choose_code;

static void choose_code(const sl_generator *g, sl_typicality t, sl_person person,
                        const double *centre, const uint64_t *spare, const float *bounds,
                        uint8_t *code) {
  code_function *f = sl_sketch_of_person_portable;
#if defined(__x86_64__)
  if (sl_cpu().uses_avx2) f = sl_sketch_of_person_avx2;
#endif
  atomic_store_explicit(&chosen_code, f, memory_order_relaxed);
  sl_sketch_of_person(g, t, person, centre, spare, bounds, code);
}

void sl_sketch_of_person(const sl_generator *g, sl_typicality t, sl_person person,
                         const double *centre, const uint64_t *spare, const float *bounds,
                         uint8_t *code) {
  code_function *f = atomic_load_explicit(&chosen_code, memory_order_relaxed);
  // A typicality that rounds to 1 leaves nothing of the direction, not even signs.
  if ((float)t.low <= -1 || (float)t.high >= 1) f = sl_sketch_of_person_portable;
  f(g, t, person, centre, spare, bounds, code);
}
