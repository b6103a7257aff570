/* What a host tells the others through PostgreSQL. Inside of src/limits. */
#pragma once
#include "limits/inside.h"

/* Once a minute, and soon after the rules changed, by whichever worker comes first. */
void limits_tell_in_turn(struct limits *l, struct work *w);
/* Now. A failure is logged and nothing is lost: the next time tells the same. */
void limits_tell(struct limits *l, struct work *w);
