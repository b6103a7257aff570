#include "accounts/chart.h"

/* 1, 2 or 5 with noughts, and not less than n. */
static int64_t
round_up(int64_t n)
{
    for (int64_t unit = 1;; unit *= 10)
        for (int64_t k = 1; k <= 5; k += k == 2 ? 3 : 1)
            if (k * unit >= n)
                return k * unit;
}

static void
set_part(struct val *column, const char *name, int64_t below, int64_t n, int64_t top)
{
    int64_t low = CHART_HEIGHT * below / top, high = CHART_HEIGHT * (below + n) / top;
    struct val *part = val_set_map(column, name);
    val_set_i64(part, "y", CHART_HEIGHT - high);
    val_set_i64(part, "height", high - low);
}

void
chart_fill(struct val *m, const struct chart_column *columns, size_t n)
{
    int64_t most = 1;
    for (size_t i = 0; i < n; i++)
        if (columns[i].lower + columns[i].upper > most)
            most = columns[i].lower + columns[i].upper;
    int64_t top = round_up(most), step = CHART_WIDTH / (int64_t)n;
    val_set_i64(m, "width", CHART_WIDTH);
    val_set_i64(m, "height", CHART_HEIGHT);
    val_set_count(m, "top", top);
    struct val *list = val_set_list(m, "columns");
    for (size_t i = 0; i < n; i++) {
        struct val *column = val_add_map(list);
        val_set_i64(column, "x", (int64_t)i * step + 1);
        val_set_i64(column, "width", step - 2);
        set_part(column, "lower", 0, columns[i].lower, top);
        set_part(column, "upper", columns[i].lower, columns[i].upper, top);
    }
}
