/* What the files of this room share. */
#pragma once
#include "entitle/entitle.h"

extern const struct entitle_offers builtin_offers;
