/* What the outside may ask of subscriptions. */
#pragma once
#include "http/request.h"
#include "http/route.h"

extern const struct route subscriptions_routes[];
extern const size_t subscriptions_route_count;

struct err *subscriptions_show_overview(struct req *r);
struct err *subscriptions_show_tiers(struct req *r);
struct err *subscriptions_show_change(struct req *r);
struct err *subscriptions_post_change(struct req *r);
struct err *subscriptions_show_addon(struct req *r);
struct err *subscriptions_post_addon_page(struct req *r);
struct err *subscriptions_post_start(struct req *r);
struct err *subscriptions_show_cancel(struct req *r);
struct err *subscriptions_post_cancel_page(struct req *r);
struct err *subscriptions_post_reactivate_page(struct req *r);
struct err *subscriptions_post_pay_page(struct req *r);
struct err *subscriptions_show_details(struct req *r);
struct err *subscriptions_post_details(struct req *r);
struct err *subscriptions_show_invoices(struct req *r);
struct err *subscriptions_show_invoice(struct req *r);
struct err *subscriptions_get_pdf(struct req *r);
struct err *subscriptions_get_xml(struct req *r);

struct err *subscriptions_show_figures(struct req *r);
struct err *subscriptions_show_seller(struct req *r);
struct err *subscriptions_post_seller(struct req *r);
struct err *subscriptions_show_rates(struct req *r);
struct err *subscriptions_post_rate_page(struct req *r);
struct err *subscriptions_post_rate_remove(struct req *r);
struct err *subscriptions_show_all_invoices(struct req *r);
struct err *subscriptions_show_any_invoice(struct req *r);
struct err *subscriptions_post_any_invoice(struct req *r);
struct err *subscriptions_show_all(struct req *r);
struct err *subscriptions_show_account(struct req *r);
struct err *subscriptions_post_refund_page(struct req *r);
struct err *subscriptions_post_vat_page(struct req *r);
struct err *subscriptions_post_clock(struct req *r);
struct err *subscriptions_show_offers(struct req *r);
struct err *subscriptions_show_offer(struct req *r);
struct err *subscriptions_post_offer(struct req *r);
struct err *subscriptions_post_retire(struct req *r);

struct err *subscriptions_get_all_tiers(struct req *r);
struct err *subscriptions_get_all_subscriptions(struct req *r);
struct err *subscriptions_get_all_invoices(struct req *r);
struct err *subscriptions_post_invoice_pay(struct req *r);
struct err *subscriptions_post_invoice_credit(struct req *r);
struct err *subscriptions_post_invoice_write_off(struct req *r);
struct err *subscriptions_get_rates(struct req *r);
struct err *subscriptions_post_rate(struct req *r);
struct err *subscriptions_delete_rate(struct req *r);
struct err *subscriptions_get_account(struct req *r);
struct err *subscriptions_post_refund(struct req *r);
struct err *subscriptions_post_vat(struct req *r);

struct err *subscriptions_get_tiers(struct req *r);
struct err *subscriptions_get_addons(struct req *r);
struct err *subscriptions_get_subscription(struct req *r);
struct err *subscriptions_get_usage(struct req *r);
struct err *subscriptions_get_upcoming(struct req *r);
struct err *subscriptions_get_invoices(struct req *r);
struct err *subscriptions_get_invoice(struct req *r);
struct err *subscriptions_post_change_tier(struct req *r);
struct err *subscriptions_post_subscribe(struct req *r);
struct err *subscriptions_post_addon(struct req *r);
struct err *subscriptions_post_addon_cancel(struct req *r);
struct err *subscriptions_post_cancel(struct req *r);
struct err *subscriptions_post_reactivate(struct req *r);
struct err *subscriptions_post_pay(struct req *r);
struct err *subscriptions_post_convert(struct req *r);
