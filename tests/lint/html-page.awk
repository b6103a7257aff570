# Checks whole HTML pages, as the server answers them: what a browser would silently put right, and
# what the pages of souk promise. Usage: awk -f html-page.awk FILE...   One line a finding; exit 1.
#
# Tags close in order, attributes are quoted and given once, ids are given once and what refers to an
# id finds it; a paragraph holds no block; one h1, no level skipped; pictures have alt and size,
# controls a label, header cells a scope, forms that write a token; nothing inline that the content
# security policy would refuse; no template tag left.

BEGIN {
    split("area base br col embed hr img input link meta source track wbr", w, " ")
    for (i in w) is_void[w[i]] = 1
    split("address article aside blockquote details dialog div dl fieldset figure footer form h1 h2 h3 h4 header hr main nav ol p pre section table ul", w, " ")
    for (i in w) is_block[w[i]] = 1
    RS = "\001"
}

function say(what) {
    printf "%s: %s\n", FILENAME, what
    bad = 1
}

# The first character behind the tag that begins at `from`, quotes respected.
function tag_end(from,    i, c, quote) {
    quote = ""
    for (i = from + 1; i <= length(html); i++) {
        c = substr(html, i, 1)
        if (quote != "") {
            if (c == quote) quote = ""
        } else if (c == "\"" || c == "'") quote = c
        else if (c == ">") return i + 1
    }
    return length(html) + 1
}

# Fills attr[] of the tag's text behind its name.
function read_attributes(tag, text,    name, value, n) {
    delete attr
    while (match(text, /^[ \t\r\n]*[^ \t\r\n=\/]+/)) {
        name = substr(text, RSTART, RLENGTH)
        sub(/^[ \t\r\n]+/, "", name)
        text = substr(text, RLENGTH + 1)
        value = ""
        if (substr(text, 1, 1) == "=") {
            if (substr(text, 2, 1) != "\"") {
                say("<" tag "> " name " is not quoted")
                return
            }
            n = index(substr(text, 3), "\"")
            value = substr(text, 3, n - 1)
            text = substr(text, n + 3)
        }
        if (name in attr) say("<" tag "> has " name " twice")
        attr[name] = value
        sub(/^[ \t\r\n]*\//, "", text)
    }
    if (text ~ /[^ \t\r\n\/]/) say("<" tag "> is not readable from: " text)
}

function refer(ids, from,    i, n, one) {
    n = split(ids, one, /[ \t\r\n]+/)
    for (i = 1; i <= n; i++)
        if (one[i] != "") wanted[one[i]] = from
}

function check_attributes(tag,    name) {
    for (name in attr) {
        if (name ~ /^on/ || name == "style") say("<" tag "> has " name "=")
        if (attr[name] ~ /^[ \t\r\n]*javascript:/) say("<" tag "> has a javascript: address")
    }
    if ("id" in attr) {
        if (attr["id"] in ids) say("id " attr["id"] " is given twice")
        if (attr["id"] == "" || attr["id"] ~ /[ \t]/) say("<" tag "> has an id with no or white characters: \"" attr["id"] "\"")
        ids[attr["id"]] = 1
    }
    if ("aria-describedby" in attr) refer(attr["aria-describedby"], "aria-describedby")
    if ("aria-labelledby" in attr) refer(attr["aria-labelledby"], "aria-labelledby")
    if ("for" in attr) refer(attr["for"], "for")
    if ("form" in attr) refer(attr["form"], "form")
    if (("href" in attr) && attr["href"] ~ /^#./) refer(substr(attr["href"], 2), "href")
    if ("for" in attr) labelled[attr["for"]] = 1
}

function check_heading(tag,    level) {
    level = substr(tag, 2) + 0
    if (level == 1) h1s++
    if (level > last_level + 1) say("<" tag "> follows a heading of level " last_level)
    last_level = level
}

function check_control(tag,    type) {
    type = attr["type"]
    if (type == "hidden" || type == "submit") {
        if (attr["name"] == "csrf") tokens[form] = 1
        return
    }
    if (!("aria-label" in attr) && !("aria-labelledby" in attr) && !inside["label"])
        needs_label[attr["id"]] = tag " " attr["name"]
}

function check_open(tag) {
    if (tag ~ /^h[1-6]$/) check_heading(tag)
    if (tag == "img" && !("alt" in attr)) say("<img> without alt: " attr["src"])
    if (tag == "img" && (attr["width"] == "" || attr["height"] == "")) say("<img> without size: " attr["src"])
    if (tag == "img" && attr["src"] == "") say("<img> without an address")
    if (tag == "html" && attr["lang"] == "") say("<html> without lang")
    if (tag == "th" && !("scope" in attr)) say("<th> without scope")
    if (tag == "a" && !("href" in attr)) say("<a> without href")
    if (tag == "a" && attr["href"] == "") say("<a> with an empty href")
    if (tag == "script" && !("src" in attr)) say("inline <script>")
    if (tag == "style") say("inline <style>")
    if ((tag == "a" || tag == "button") && (inside["a"] || inside["button"])) say("<" tag "> inside <a> or <button>")
    if (tag == "form") {
        if (inside["form"]) say("<form> inside <form>")
        form = ++forms
        if (attr["method"] == "post") posts[form] = attr["action"]
    }
    if (tag == "input" || tag == "select" || tag == "textarea") check_control(tag)
    if (tag == "meter" && (attr["value"] == "" || attr["max"] == "")) say("<meter> without value or max")
    if (tag in is_block && inside["p"]) say("<" tag "> inside <p>")
}

function check_end(    k) {
    while (depth > 0) say("<" open[depth--] "> is not closed")
    if (h1s != 1) say("has " h1s + 0 " h1")
    if (title ~ /^[ \t\r\n]*$/) say("has no title")
    for (k in wanted) if (!(k in ids)) say(wanted[k] " refers to " k ", which is not there")
    for (k in needs_label) if (!(k in labelled) || k == "") say("<" needs_label[k] "> has no label")
    for (k in posts) if (!(k in tokens)) say("the form to \"" posts[k] "\" has no token")
}

# Text of <script>, <style>, <title> and <textarea> holds no tags.
function skip_raw(tag, from,    n) {
    n = index(substr(html, from), "</" tag ">")
    if (n && tag == "title") title = title substr(html, from, n - 1)
    return n ? from + n - 1 : from
}

function read_tag(at,    next_at, text, tag, closing) {
    next_at = tag_end(at)
    text = substr(html, at + 1, next_at - at - 2)
    closing = substr(text, 1, 1) == "/"
    if (closing) text = substr(text, 2)
    match(text, /^[a-zA-Z][a-zA-Z0-9-]*/)
    tag = substr(text, 1, RLENGTH)
    if (tag == "") {
        say("a bare < before: " substr(text, 1, 30))
        return at + 1
    }
    text = substr(text, RLENGTH + 1)
    if (closing) {
        if (depth < 1 || open[depth] != tag) say("</" tag "> where <" open[depth] "> is open")
        else depth--
        if (inside[tag] > 0) inside[tag]--
        return next_at
    }
    read_attributes(tag, text)
    check_attributes(tag)
    check_open(tag)
    if (tag in is_void || text ~ /\/$/) return next_at
    open[++depth] = tag
    inside[tag]++
    return (tag == "script" || tag == "style" || tag == "textarea" || (tag == "title" && !inside["svg"])) ? skip_raw(tag, next_at) : next_at
}

{
    html = $0
    depth = h1s = last_level = forms = form = 0
    title = ""
    delete ids; delete wanted; delete labelled; delete needs_label
    delete posts; delete tokens; delete inside; delete open
    if (tolower(substr(html, 1, 15)) != "<!doctype html>") say("does not begin with <!doctype html>")
    if (index(html, "{{") || index(html, "}}")) say("has a template tag left")
    at = 16
    while ((n = index(substr(html, at), "<"))) {
        at += n - 1
        if (substr(html, at, 4) == "<!--") at += index(substr(html, at), "-->") + 2
        else at = read_tag(at)
    }
    check_end()
    pages++
}

END {
    if (!pages) {
        print "no page was given"
        exit 1
    }
    exit bad
}
