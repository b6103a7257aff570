/* A document is in its reader's language whatever page it was asked from, and its legal words are
 * those of the tax laws: so they stand here and not in the templates' language files. Luxembourg's
 * law knows French and German ones. */
#include "paper/words.h"

#include <time.h>

#include "base/text.h"

enum { EN, FR, DE, LB, LANGUAGES };
static const char *const languages[LANGUAGES] = { "en", "fr", "de", "lb" };

/* clang-format off */
static const char *const words[PAPER_WORDS][LANGUAGES] = {
    [WORD_NONE]         = { "", "", "", "" },
    [WORD_INVOICE]      = { "Invoice", "Facture", "Rechnung", "Rechnung" },
    [WORD_CREDIT_NOTE]  = { "Credit note", "Note de crédit", "Gutschrift", "Kreditnot" },
    [WORD_NUMBER]       = { "Number", "Numéro", "Nummer", "Nummer" },
    [WORD_ISSUED]       = { "Date", "Date", "Datum", "Datum" },
    [WORD_DUE]          = { "Due", "Échéance", "Fällig", "Fälleg" },
    [WORD_CREDITS]      = { "Credits invoice", "Crédite la facture", "Zu Rechnung", "Zu Rechnung" },
    [WORD_DATED]        = { "of", "du", "vom", "vum" },
    [WORD_PAGE]         = { "Page", "Page", "Seite", "Säit" },
    [WORD_FOR]          = { "For", "Désignation", "Leistung", "Leeschtung" },
    [WORD_QUANTITY]     = { "Qty", "Qté", "Menge", "Quant." },
    [WORD_UNIT]         = { "Unit", "Prix unit.", "Einzelpreis", "Eenzelpräis" },
    [WORD_AMOUNT]       = { "Net", "Net", "Netto", "Netto" },
    [WORD_CREDIT]       = { "Credit:", "Crédit :", "Gutschrift:", "Kredit:" },
    [WORD_LINE]         = { "line", "ligne", "Position", "Positioun" },
    [WORD_OF]           = { "of", "sur", "von", "vun" },
    [WORD_DAYS]         = { "days", "jours", "Tagen", "Deeg" },
    [WORD_NET]          = { "Net", "Total net", "Nettosumme", "Nettozomm" },
    [WORD_VAT]          = { "VAT", "TVA", "MwSt.", "TVA" },
    [WORD_RATE]         = { "VAT rate", "Taux de TVA", "MwSt.-Satz", "TVA-Saz" },
    [WORD_TOTAL]        = { "Total", "Total TTC", "Gesamtbetrag", "Total" },
    [WORD_BALANCE]      = { "Credit balance used", "Avoir utilisé", "Verrechnetes Guthaben", "Guddhabe benotzt" },
    [WORD_TO_PAY]       = { "Amount due", "Net à payer", "Zu zahlen", "Ze bezuelen" },
    [WORD_PAID]         = { "Paid. Thank you.", "Payé. Merci.", "Bezahlt. Vielen Dank.", "Bezuelt. Villmools Merci." },
    [WORD_BY_CARD]      = { "Charged to your card.", "Prélevé sur votre carte.", "Wird von Ihrer Karte abgebucht.", "Gëtt vun Ärer Kaart ofgebucht." },
    [WORD_KEPT]         = { "Set off against open invoices; what is left stays as your credit balance.", "Imputé sur les factures ouvertes ; le reste demeure à votre avoir.", "Wird mit offenen Rechnungen verrechnet, der Rest bleibt Ihr Guthaben.", "Gëtt mat oppene Rechnunge verrechent, de Rescht bleift Äert Guddhaben." },
    [WORD_VAT_ID]       = { "VAT no.", "N° TVA", "USt-IdNr.", "TVA-Nr." },
    [WORD_REVERSE]      = { "Reverse charge: the recipient is liable for the VAT.", "Autoliquidation : TVA due par le preneur.", "Steuerschuldnerschaft des Leistungsempfängers.", "Autoliquidation (Steuerschuldnerschaft des Leistungsempfängers)." },
    [WORD_OUTSIDE]      = { "Outside the scope of EU VAT.", "Hors champ de la TVA de l’UE.", "Außerhalb des Anwendungsbereichs der EU-Mehrwertsteuer.", "Baussent der EU-TVA." },
    [WORD_EXEMPT]       = { "Exempt from VAT.", "Exonéré de TVA.", "Von der Mehrwertsteuer befreit.", "Vun der TVA befreit." },
    [WORD_TRANSFER]     = { "Please transfer to", "Virement à effectuer à", "Bitte überweisen an", "Iwwerweist w. e. g. op" },
    [WORD_BANK]         = { "Bank", "Banque", "Bank", "Bank" },
    [WORD_REFERENCE]    = { "Reference", "Communication", "Verwendungszweck", "Kommunikatioun" },
    [WORD_POINT]        = { ".", ",", ",", "," },
};

static const char *const months[12][LANGUAGES] = {
    { "January", "janvier", "Januar", "Januar" },         { "February", "février", "Februar", "Februar" },
    { "March", "mars", "März", "Mäerz" },                 { "April", "avril", "April", "Abrëll" },
    { "May", "mai", "Mai", "Mee" },                       { "June", "juin", "Juni", "Juni" },
    { "July", "juillet", "Juli", "Juli" },                { "August", "août", "August", "August" },
    { "September", "septembre", "September", "September" }, { "October", "octobre", "Oktober", "Oktober" },
    { "November", "novembre", "November", "November" },   { "December", "décembre", "Dezember", "Dezember" },
};
/* clang-format on */

static int
index_of(const char *language)
{
    for (int i = 0; i < LANGUAGES; i++)
        if (text_is(language, languages[i]))
            return i;
    return EN;
}

const char *
paper_word(const char *language, enum paper_word word)
{
    return words[word][index_of(language)];
}

char *
paper_date(struct arena *a, const char *language, int64_t at)
{
    struct tm tm;
    time_t seconds = (time_t)at;
    int i = index_of(language);
    gmtime_r(&seconds, &tm);
    return text_printf(a, i == DE || i == LB ? "%d. %s %d" : "%d %s %d", tm.tm_mday,
                       months[tm.tm_mon][i], tm.tm_year + 1900);
}

char *
paper_day(struct arena *a, int64_t at)
{
    struct tm tm;
    time_t seconds = (time_t)at;
    gmtime_r(&seconds, &tm);
    return text_printf(a, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}
