/* `souk admin create`: the operator's first log-in. */
#include <getopt.h>
#include <stdio.h>

#include "accounts/accounts.h"
#include "base/file.h"
#include "base/text.h"
#include "db/db.h"
#include "main/commands.h"
#include "main/wiring.h"

static struct err *
create(struct work *w, const char *email, const char *password_file, const char *name)
{
    struct bytes password;
    struct user_id id;
    TRY(file_read(w->arena, password_file, 4096, &password));
    TRY(wire_accounts(w->arena, w));
    tx_open(w, TX_OPERATOR_WRITE);
    struct account_draft draft = { .email = email,
                                   .name = name,
                                   .admin = true,
                                   .password = text_trim(w->arena, (const char *)password.at) };
    TRY(accounts_create(w, &draft, &id));
    return tx_commit(w);
}

int
main_admin(int argc, char **argv)
{
    static const struct option options[] = { { "email", required_argument, NULL, 'e' },
                                             { "password-file", required_argument, NULL, 'p' },
                                             { "name", required_argument, NULL, 'n' },
                                             { 0 } };
    const char *email = NULL, *password_file = NULL, *name = "";
    bool create_asked = argc > 1 && text_is(argv[1], "create");
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == 'e')
            email = optarg;
        else if (c == 'p')
            password_file = optarg;
        else if (c == 'n')
            name = optarg;
    }
    if (!create_asked || !email || !password_file) {
        fprintf(stderr, "usage: souk admin create --email E --password-file F [--name N]\n");
        return 2;
    }
    struct process p;
    if (!process_open(&p, PROCESS_DB))
        return 1;
    struct err *e = create(&p.work, email, password_file, name);
    if (e)
        process_complain(e);
    process_close(&p);
    return e ? 1 : 0;
}
