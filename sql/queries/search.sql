-- Lists of products and search in them (src/search). The functions know the transaction's shop alone.

-- name: search_words :many
-- $1 text, $2 reader's language, $3 whether somebody is typing it. What the shop knows of its words.
SELECT slot, kind, typed, word, key, second, n FROM search_words($1, $2, $3);

-- name: search_best :many
-- $1 a SKU or GTIN, $2 keys, $3 their slots, $4 weights, $5 keys of which one is enough or NULL, $6 whether all words are common, $7 status or NULL,
-- $8 category or NULL, $9-$11 class, score and id behind which the page begins (class -1: the first), $12 how many.
SELECT product_id, class, score, total
  FROM search_rows($1, $2::bigint[], $3::integer[], $4::integer[], $5::bigint[], $6, $7::product_status, $8, $9::integer, $10, $11, $12::integer);

-- name: search_list :many
-- $1 order, $2 status or NULL, $3 category or NULL, $4 reader's language, $5-$8 phase, number, title and id behind which the page begins (phase 0:
-- the first), $9 how many.
SELECT product_id, phase, number, title FROM product_list($1, $2::product_status, $3, $4, $5::integer, $6, $7, $8, $9::integer);

-- name: search_list_of :many
-- $1 keys, $2 their slots, $3-$11 as search_list has them.
SELECT product_id, phase, number, title, total
  FROM product_list_of($1::bigint[], $2::integer[], $3, $4::product_status, $5, $6, $7::integer, $8, $9, $10, $11::integer);

-- name: search_shops :many
-- $1 time. Shops that have new words since then.
SELECT DISTINCT vendor_id FROM search_word WHERE since >= $1 ORDER BY vendor_id;

-- name: search_count :one
-- $1 shop.
SELECT search_count($1::bigint);
