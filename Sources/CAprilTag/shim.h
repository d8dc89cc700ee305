// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors
#pragma once
#include <apriltag/apriltag.h>
#include <apriltag/tagStandard41h12.h>
