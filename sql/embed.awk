# Turns SQL files into C at build time, so that a statement is reached by its name and a misspelt
# one does not compile.
#
#   awk -v make=ids        -f embed.awk queries/*.sql      enum query { Q_name, …, QUERIES }
#   awk -v make=texts      -f embed.awk queries/*.sql      the rows of query_texts[] (db/query.h)
#   awk -v make=migrations -f embed.awk migrations/*.sql   the rows of migrations[]
#
# A statement begins with `-- name: NAME SHAPE`, SHAPE being :one, :maybe, :many or :exec, and ends
# with the next one. Comments are left out; line breaks stay, so that an error's position can be
# told as a line. A migration's text stays as it is, since its checksum is recorded.

function fail(why) {
    printf "%s:%d: %s\n", FILENAME, FNR, why | "cat 1>&2"
    failed = 1
    exit 1
}

function base_name(path) {
    sub(/^.*\//, "", path)
    return path
}

function c_text(text) {
    gsub(/\\/, "\\\\", text)
    gsub(/"/, "\\\"", text)
    gsub(/\?/, "\\?", text) # no trigraphs
    return text
}

# The line without its comment; `quote` is the open quotation mark, kept from line to line.
function without_comment(line,    i, c) {
    for (i = 1; i <= length(line); i++) {
        c = substr(line, i, 1)
        if (quote != "") {
            if (c == quote)
                quote = ""
        } else if (c == "'" || c == "\"") {
            quote = c
        } else if (substr(line, i, 2) == "--") {
            line = substr(line, 1, i - 1)
            break
        }
    }
    if (quote == "")
        sub(/[ \t]+$/, "", line)
    return line
}

# The highest $n of the statement.
function parameters(text,    most, n) {
    most = 0
    while (match(text, /\$[0-9]+/)) {
        n = substr(text, RSTART + 1, RLENGTH - 1) + 0
        if (n > most)
            most = n
        text = substr(text, RSTART + RLENGTH)
    }
    return most
}

function end_statement() {
    if (name == "")
        return
    if (quote != "")
        fail("an open " quote " in " name)
    sub(/[; \t\n]+$/, "", text)
    if (text == "")
        fail("no text for " name)
    if (make == "ids")
        printf "    Q_%s,\n", name
    else {
        nargs = parameters(text)
        text = c_text(text)
        gsub(/\n/, "\\n\"\n      \"", text)
        printf "    [Q_%s] = { \"%s\",\n      \"%s\",\n      \"sql/queries/%s\", %d, %d, %s },\n", \
            name, name, text, file, line, nargs, shape
    }
    name = text = ""
}

BEGIN {
    shapes[":one"] = "SHAPE_ONE"; shapes[":maybe"] = "SHAPE_MAYBE"
    shapes[":many"] = "SHAPE_MANY"; shapes[":exec"] = "SHAPE_EXEC"
    print "/* Made from sql/ by sql/embed.awk. */"
    if (make == "ids")
        print "#pragma once\nenum query {"
}

make == "migrations" {
    if (FNR == 1) {
        if (NR > 1)
            print "    },"
        printf "    { \"%s\",\n", base_name(FILENAME)
    }
    printf "      \"%s\\n\"\n", c_text($0)
    next
}

FNR == 1 && NR > 1 { end_statement() }

/^-- name:/ {
    end_statement()
    if (NF != 4 || $3 !~ /^[a-z][a-z0-9_]*$/)
        fail("expected `-- name: NAME SHAPE`")
    if (!($4 in shapes))
        fail("unknown shape " $4)
    if ($3 in seen)
        fail($3 " is already in " seen[$3])
    name = $3; shape = shapes[$4]; file = base_name(FILENAME); line = FNR
    seen[name] = FILENAME
    next
}

{
    rest = without_comment($0)
    if (rest ~ /^[ \t]*$/ && quote == "")
        next
    if (name == "")
        fail("a statement without a name")
    text = text rest "\n"
}

END {
    if (failed)
        exit 1
    end_statement()
    if (make == "ids")
        print "    QUERIES\n};"
    if (make == "migrations" && NR > 0)
        print "    },"
}
