/* Tables: which languages there are (ISO 639-1, and those of 639-3 that shops have asked for),
 * their own names, and which are written from right to left. */
#include "catalog/tongue.h"

#include <ctype.h>
#include <string.h>

#include "base/must.h"
#include "base/text.h"

static const char two_letters[] =
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da "
    "de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy "
    "hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg "
    "li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or "
    "os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta "
    "te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";
static const char three_letters[] = "ast ckb dsb fil frr fur gsw haw hsb lmo nds scn szl vec yue";
static const char right_to_left[] = "ar ckb dv fa he ks ps sd ug ur yi";

static const struct {
    const char *tag, *name;
} names[] = {
    { "ar", "العربية" },
    { "bg", "Български" },
    { "bs", "Bosanski" },
    { "ca", "Català" },
    { "cs", "Čeština" },
    { "cy", "Cymraeg" },
    { "da", "Dansk" },
    { "de", "Deutsch" },
    { "el", "Ελληνικά" },
    { "en", "English" },
    { "es", "Español" },
    { "et", "Eesti" },
    { "eu", "Euskara" },
    { "fa", "فارسی" },
    { "fi", "Suomi" },
    { "fr", "Français" },
    { "ga", "Gaeilge" },
    { "gl", "Galego" },
    { "gsw", "Schwiizerdütsch" },
    { "he", "עברית" },
    { "hi", "हिन्दी" },
    { "hr", "Hrvatski" },
    { "hu", "Magyar" },
    { "id", "Bahasa Indonesia" },
    { "is", "Íslenska" },
    { "it", "Italiano" },
    { "ja", "日本語" },
    { "ko", "한국어" },
    { "lb", "Lëtzebuergesch" },
    { "lt", "Lietuvių" },
    { "lv", "Latviešu" },
    { "mk", "Македонски" },
    { "mt", "Malti" },
    { "nb", "Norsk bokmål" },
    { "nl", "Nederlands" },
    { "nn", "Norsk nynorsk" },
    { "pl", "Polski" },
    { "pt", "Português" },
    { "pt-BR", "Português do Brasil" },
    { "rm", "Rumantsch" },
    { "ro", "Română" },
    { "ru", "Русский" },
    { "sk", "Slovenčina" },
    { "sl", "Slovenščina" },
    { "sq", "Shqip" },
    { "sr", "Српски" },
    { "sv", "Svenska" },
    { "th", "ไทย" },
    { "tr", "Türkçe" },
    { "uk", "Українська" },
    { "ur", "اردو" },
    { "vi", "Tiếng Việt" },
    { "zh", "中文" },
    { "zh-Hant", "繁體中文" },
};

/* Is the first part of the tag, up to its hyphen, one of those in the list? */
static bool
is_among(const char *list, const char *tag)
{
    size_t n = strcspn(tag, "-");
    for (const char *at = list; *at; at += strcspn(at, " "), at += *at == ' ')
        if (strcspn(at, " ") == n && strncmp(at, tag, n) == 0)
            return true;
    return false;
}

static bool
is_script(const char *part, size_t n)
{
    return n == 4 && isupper((unsigned char)part[0]) && islower((unsigned char)part[1]) &&
           islower((unsigned char)part[2]) && islower((unsigned char)part[3]);
}

static bool
is_region(const char *part, size_t n)
{
    if (n == 2)
        return isupper((unsigned char)part[0]) && isupper((unsigned char)part[1]);
    return n == 3 && isdigit((unsigned char)part[0]) && isdigit((unsigned char)part[1]) &&
           isdigit((unsigned char)part[2]);
}

bool
tongue_is_valid(const char *tag)
{
    if (!is_among(two_letters, tag) && !is_among(three_letters, tag))
        return false;
    const char *part = tag + strcspn(tag, "-");
    if (*part && is_script(part + 1, strcspn(part + 1, "-")))
        part += 5;
    if (*part && is_region(part + 1, strcspn(part + 1, "-")))
        part += 1 + strcspn(part + 1, "-");
    return *part == 0;
}

const char *
tongue_name(const char *tag)
{
    for (size_t i = 0; i < COUNT(names); i++)
        if (text_is(names[i].tag, tag))
            return names[i].name;
    return tag;
}

const char *
tongue_direction(const char *tag)
{
    bool latin = strstr(tag, "-Latn") != NULL;
    return !latin && (is_among(right_to_left, tag) || strstr(tag, "-Arab") || strstr(tag, "-Hebr"))
               ? "rtl"
               : "ltr";
}

size_t
tongue_count(void)
{
    return COUNT(names);
}

const char *
tongue_at(size_t i)
{
    must(i < COUNT(names));
    return names[i].tag;
}
