#include "pay/provider.h"

#include "base/must.h"
#include "base/text.h"

const char *const pay_verdict_names[PAY_VERDICTS] = { "fine", "refused", "later", "wrong",
                                                      "locked" };

const struct provider provider_manual = { .name = "manual" };

bool
pay_is_hard(const char *decline)
{
    static const char *const hard[] = { "lost_card", "stolen_card", "pickup_card" };
    for (size_t i = 0; i < COUNT(hard); i++)
        if (text_is(hard[i], decline))
            return true;
    return false;
}
