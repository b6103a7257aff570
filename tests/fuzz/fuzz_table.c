/* CSV. The first byte is the separator; the rest is read whole and in pieces of one byte: both must
 * give the same rows, in UTF-8, within the ceilings, lines going up. */
#include "base/text.h"
#include "fuzz.h"
#include "piece.h"

static void
check_row(const struct row *r, int64_t line, int64_t number)
{
    EXPECT(r->line > line && r->number == number + 1);
    EXPECT(r->count >= 1 && r->count <= TABLE_CELLS_MOST);
    EXPECT(!r->fault || (r->fault_line >= r->line && r->fault_cell >= 1));
    for (size_t i = 0; i < r->count; i++) {
        EXPECT(strlen(r->cells[i].text) == r->cells[i].length);
        EXPECT(r->cells[i].length <= TABLE_CELL_MOST);
        EXPECT(text_is_utf8(BYTES(r->cells[i].text, r->cells[i].length), NULL));
    }
}

static void
expect_same(const struct row *x, const struct row *y)
{
    EXPECT(x->line == y->line && x->count == y->count && x->fault == y->fault);
    EXPECT(x->fault_line == y->fault_line && x->fault_cell == y->fault_cell);
    for (size_t i = 0; i < x->count; i++)
        EXPECT(text_is(x->cells[i].text, y->cells[i].text));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char separators[] = ",;\t|";
    struct arena *a = arena_new((size_t)256 << 20);
    struct row r = { 0 }, s = { 0 };
    bool more = size > 0, also;
    char separator = separators[size ? data[0] % 4 : 0];
    struct piece whole = { data + 1, size ? size - 1 : 0, size }, single = whole;
    single.step = 1;
    struct table *t = table_new(a, (struct table_source){ read_piece, &whole }, separator);
    struct table *u = table_new(a, (struct table_source){ read_piece, &single }, separator);
    while (more) {
        int64_t line = r.line, number = r.number;
        EXPECT(!table_next(t, &r, &more) && !table_next(u, &s, &also) && more == also);
        if (!more)
            break;
        check_row(&r, line, number);
        expect_same(&r, &s);
    }
    arena_free(a);
    return 0;
}
