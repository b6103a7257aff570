/* Scenarios and vectors of billing, which an operator may take from anywhere. */
#include "fuzz.h"
#include "replay/replay.h"

static void
ledger_sums_to_0(const json_t *answer)
{
    json_t *ledger = json_object_get(json_object_get(answer, "final"), "ledger"), *balance;
    const char *account;
    json_int_t sum = 0;
    json_object_foreach(ledger, account, balance) sum += json_integer_value(balance);
    EXPECT(sum == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t *question = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
    if (!question)
        return 0;
    struct arena *a = arena_new((size_t)256 << 20);
    json_t *answer = NULL;
    if (!replay_answer(a, question, &answer))
        ledger_sums_to_0(answer);
    json_decref(answer);
    json_decref(question);
    arena_free(a);
    return 0;
}
