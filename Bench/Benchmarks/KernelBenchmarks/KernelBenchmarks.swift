// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Benchmark

let benchmarks: @Sendable () -> Void = {}
