// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

#pragma once

#include <stddef.h>
#include <stdint.h>

// Reading memory and nothing else: what a scan cannot beat.

/// All whole 8-byte words of `bytes`, folded by exclusive or, so that no read can be left out; bytes
/// after the last whole word are each folded into the lowest byte. No alignment is needed.
uint64_t sl_stream_read(const void *bytes, size_t count);
uint64_t sl_stream_read_portable(const void *bytes, size_t count);

#if defined(__x86_64__)
// Call only where the CPU has it.
uint64_t sl_stream_read_avx2(const void *bytes, size_t count);
uint64_t sl_stream_read_avx512(const void *bytes, size_t count);
#endif
