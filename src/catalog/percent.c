/* Rates in hundredths of a per cent, as people write them. */
#include "catalog/inside.h"
#include "http/form.h"

bool
percent_parse(const char *text, int64_t most, int64_t *bp)
{
    int64_t whole = 0, part = 0;
    int digits = 0, decimals = 0;
    for (; *text >= '0' && *text <= '9' && digits < 4; text++, digits++)
        whole = whole * 10 + (*text - '0');
    if (*text == '.' || *text == ',')
        for (text++; *text >= '0' && *text <= '9' && decimals < 2; text++, decimals++)
            part = part * 10 + (*text - '0');
    *bp = whole * 100 + (decimals == 1 ? part * 10 : part);
    return digits && !*text && *bp <= most;
}

int64_t
percent_read(struct form *f, const char *name, int64_t normal)
{
    int64_t bp;
    const char *text = form_text(f, name, 0, 20);
    if (!*text)
        return normal;
    if (percent_parse(text, 10000, &bp))
        return bp;
    form_fail(f, name, "field.percent", "A rate from 0 to 100 per cent, like 17 or 8.5.");
    return normal;
}

char *
percent_text(struct arena *a, int64_t bp)
{
    if (bp < 0)
        return text_copy(a, "");
    if (bp % 100 == 0)
        return text_i64(a, bp / 100);
    if (bp % 10 == 0)
        return text_printf(a, "%lld.%lld", (long long)bp / 100, (long long)bp / 10 % 10);
    return text_printf(a, "%lld.%02lld", (long long)bp / 100, (long long)bp % 100);
}
