/* The floor: a product read with nothing around it but libfcgi, hiredis and libpq. The same two
 * round trips as souk's, one after the other because the tenant comes out of the first: Redis (one
 * pipeline: rate limits of the network and the log-in, and the log-in's copy) and PostgreSQL (one
 * pipeline: the tenant setting and the prepared statement), then JSON into a fixed buffer. No
 * router, no arena, no checks of the input beyond the path's number, no retry, no log: what souk
 * adds to this is its price.
 *
 * A FastCGI worker on descriptor 0. Environment: LOOP_PG (conninfo), LOOP_REDIS (socket's path),
 * LOOP_SCRIPT (file of the Lua script). Path: …/{product}. Cookie: session=TOKEN, a key
 * bench:session:TOKEN whose value is the vendor's id. */
#include <fcgiapp.h>
#include <hiredis/hiredis.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ROOM 65536

static const char product_sql[] =
    "SELECT id, sku, gtin, brand, category, price_minor, compare_at_minor, currency, active, "
    "version, created_at, updated_at, texts, images FROM product_shape "
    "WHERE vendor_id = (SELECT current_vendor()) AND id = $1";

static void
give_up(const char *what, const char *why)
{
    fprintf(stderr, "loop: %s: %s\n", what, why);
    exit(1);
}

/* ---- Redis ---- */

static redisContext *redis;
static char script_sha[41];

static void
load_script(void)
{
    static char text[4096];
    FILE *f = fopen(getenv("LOOP_SCRIPT"), "r");
    if (!f)
        give_up("script", getenv("LOOP_SCRIPT"));
    text[fread(text, 1, sizeof(text) - 1, f)] = 0;
    fclose(f);
    redisReply *reply = redisCommand(redis, "SCRIPT LOAD %s", text);
    if (!reply || reply->type != REDIS_REPLY_STRING)
        give_up("script", reply ? reply->str : redis->errstr);
    memcpy(script_sha, reply->str, 40);
    freeReplyObject(reply);
}

/* One round trip. 0, or the status to answer with; `vendor` has room for 24 bytes. */
static int
ask_redis(const char *address, const char *token, size_t token_length, char *vendor)
{
    char ip[96], user[160], session[160];
    snprintf(ip, sizeof(ip), "bench:ip:%s", address);
    snprintf(user, sizeof(user), "bench:user:%.*s", (int)token_length, token);
    snprintf(session, sizeof(session), "bench:session:%.*s", (int)token_length, token);
    const char *eval[] = {
        "EVALSHA", script_sha, "2", ip, user, "1", "250000000", "1", "250000000"
    };
    const char *get[] = { "GET", session };
    redisAppendCommandArgv(redis, 9, eval, NULL);
    redisAppendCommandArgv(redis, 2, get, NULL);

    redisReply *limit, *copy;
    if (redisGetReply(redis, (void **)&limit) || redisGetReply(redis, (void **)&copy))
        give_up("redis", redis->errstr);
    int status = 0;
    if (limit->type != REDIS_REPLY_ARRAY || limit->element[0]->integer != 1)
        status = 429;
    else if (copy->type != REDIS_REPLY_STRING || copy->len >= 24)
        status = 401;
    else
        memcpy(vendor, copy->str, copy->len + 1);
    freeReplyObject(limit);
    freeReplyObject(copy);
    return status;
}

/* ---- PostgreSQL ---- */

static PGconn *pg;

static void
prepare(const char *name, const char *sql)
{
    PGresult *res = PQprepare(pg, name, sql, 0, NULL);
    if (PQresultStatus(res) != PGRES_COMMAND_OK)
        give_up("prepare", PQerrorMessage(pg));
    PQclear(res);
}

static PGresult *
next_result(void)
{
    PGresult *res = PQgetResult(pg);
    if (!res || PQresultStatus(res) != PGRES_TUPLES_OK)
        give_up("statement", PQerrorMessage(pg));
    if (PQgetResult(pg)) /* the NULL behind each statement's result */
        give_up("statement", "more than one result");
    return res;
}

/* One round trip; the caller clears. */
static PGresult *
ask_postgres(const char *vendor, const char *id)
{
    PQsendQueryPrepared(pg, "tenant", 1, &vendor, NULL, NULL, 0);
    PQsendQueryPrepared(pg, "product", 1, &id, NULL, NULL, 0);
    if (!PQpipelineSync(pg))
        give_up("pipeline", PQerrorMessage(pg));
    PQclear(next_result());
    PGresult *product = next_result();
    PGresult *end = PQgetResult(pg);
    if (PQresultStatus(end) != PGRES_PIPELINE_SYNC)
        give_up("pipeline", PQerrorMessage(pg));
    PQclear(end);
    return product;
}

/* ---- JSON ---- */

static char out[ROOM];
static size_t length;

static void
put(const char *text, size_t n)
{
    if (length + n > ROOM)
        give_up("answer", "too long");
    memcpy(out + length, text, n);
    length += n;
}

#define PUT(literal) put(literal, sizeof(literal) - 1)

static void
put_column(const PGresult *res, int column)
{
    put(PQgetvalue(res, 0, column), (size_t)PQgetlength(res, 0, column));
}

static void
put_text(const PGresult *res, int column)
{
    if (PQgetisnull(res, 0, column)) {
        PUT("null");
        return;
    }
    PUT("\"");
    for (const char *c = PQgetvalue(res, 0, column); *c; c++) {
        if (*c == '"' || *c == '\\')
            put("\\", 1);
        if ((unsigned char)*c >= ' ')
            put(c, 1);
        else
            length += (size_t)snprintf(out + length, ROOM - length, "\\u%04x", (unsigned)*c);
    }
    PUT("\"");
}

static void
put_money(const PGresult *res, int column)
{
    if (PQgetisnull(res, 0, column)) {
        PUT("null");
        return;
    }
    PUT("{\"amount\":");
    put_column(res, column);
    PUT(",\"currency\":\"");
    put_column(res, 7);
    PUT("\"}");
}

/* "2026-01-31 10:00:00.123456+00" as PostgreSQL says it in UTC. */
static void
put_time(const PGresult *res, int column)
{
    PUT("\"");
    size_t at = length;
    put_column(res, column);
    out[at + 10] = 'T';
    length -= 3;
    PUT("Z\"");
}

static void
write_product(const PGresult *res)
{
    length = 0;
    PUT("Status: 200\r\nContent-Type: application/json\r\nCache-Control: no-store\r\nETag: \"");
    put_column(res, 9);
    PUT("\"\r\n\r\n{\"id\":\"");
    put_column(res, 0);
    PUT("\",\"sku\":");
    put_text(res, 1);
    PUT(",\"gtin\":");
    put_text(res, 2);
    PUT(",\"brand\":");
    put_text(res, 3);
    PUT(",\"category\":");
    put_text(res, 4);
    PUT(",\"price\":");
    put_money(res, 5);
    PUT(",\"compare_at_price\":");
    put_money(res, 6);
    if (*PQgetvalue(res, 0, 8) == 't')
        PUT(",\"active\":true,\"translations\":");
    else
        PUT(",\"active\":false,\"translations\":");
    if (PQgetisnull(res, 0, 12))
        PUT("{}");
    put_column(res, 12);
    PUT(",\"images\":");
    if (PQgetisnull(res, 0, 13))
        PUT("[]");
    put_column(res, 13);
    PUT(",\"variants\":[],\"created_at\":");
    put_time(res, 10);
    PUT(",\"updated_at\":");
    put_time(res, 11);
    PUT("}");
}

/* ---- The request ---- */

static void
refuse(int status)
{
    length = (size_t)snprintf(out, ROOM,
                              "Status: %d\r\nContent-Type: application/problem+json\r\n\r\n"
                              "{\"status\":%d}",
                              status, status);
}

static void
answer(char **params)
{
    const char *uri = FCGX_GetParam("REQUEST_URI", params);
    const char *cookie = FCGX_GetParam("HTTP_COOKIE", params);
    const char *id = uri ? strrchr(uri, '/') : NULL;
    char vendor[24];
    if (!cookie || strncmp(cookie, "session=", 8) != 0) {
        refuse(401);
        return;
    }
    if (!id || !id[1] || id[strspn(id + 1, "0123456789") + 1]) {
        refuse(404);
        return;
    }
    int status = ask_redis(FCGX_GetParam("REMOTE_ADDR", params), cookie + 8,
                           strcspn(cookie + 8, ";"), vendor);
    if (status) {
        refuse(status);
        return;
    }
    PGresult *res = ask_postgres(vendor, id + 1);
    if (PQntuples(res))
        write_product(res);
    else
        refuse(404);
    PQclear(res);
}

int
main(void)
{
    redis = redisConnectUnix(getenv("LOOP_REDIS"));
    if (!redis || redis->err)
        give_up("redis", redis ? redis->errstr : "no memory");
    load_script();
    pg = PQconnectdb(getenv("LOOP_PG"));
    if (PQstatus(pg) != CONNECTION_OK)
        give_up("postgres", PQerrorMessage(pg));
    PQclear(PQexec(pg, "SET timezone = 'UTC'"));
    prepare("tenant", "SELECT set_config('souk.vendor', $1, true)");
    prepare("product", product_sql);
    if (!PQenterPipelineMode(pg))
        give_up("pipeline", PQerrorMessage(pg));

    FCGX_Request request;
    FCGX_Init();
    FCGX_InitRequest(&request, 0, 0);
    while (FCGX_Accept_r(&request) == 0) {
        answer(request.envp);
        FCGX_PutStr(out, (int)length, request.out);
        FCGX_Finish_r(&request);
    }
    return 0;
}
