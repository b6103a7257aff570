"""The product read in FastAPI with asyncpg and no ORM, as quick as we could write it: uvloop and
httptools under uvicorn, prepared statements, one pipeline to Redis, no response model, texts and
images passed through as the JSON that PostgreSQL made. asyncpg cannot send two statements at once,
so the tenant is set for the connection and not for a transaction: two round trips instead of four.
"""
import os
from json import dumps

import asyncpg
from fastapi import FastAPI, Request
from fastapi.responses import Response

from common import Front, money, when

SQL = """
SELECT id, sku, gtin, brand, category, price_minor, compare_at_minor, currency, active, version,
       created_at, updated_at, texts, images
  FROM product_shape WHERE vendor_id = (SELECT current_vendor()) AND id = $1
"""
app = FastAPI(openapi_url=None)
front = Front()


@app.on_event("startup")
async def start():
    await front.open()
    app.state.pool = await asyncpg.create_pool(
        host=os.environ["PEER_PG_HOST"], user="souk_app", database="souk", min_size=4, max_size=4,
    )


@app.get("/{peer}/products/{product}")
async def get_product(product: int, request: Request):
    vendor = await front.ask(request.headers["x-real-ip"], request.cookies.get("session", ""))
    if vendor is False:
        return Response(status_code=429)
    if vendor is None:
        return Response(status_code=401)
    async with app.state.pool.acquire() as c:
        await c.fetchval("SELECT set_config('souk.vendor', $1, false)", vendor)
        p = await c.fetchrow(SQL, product)
    if p is None:
        return Response(status_code=404)
    body = dumps({
        "id": str(p["id"]), "sku": p["sku"], "gtin": p["gtin"], "brand": p["brand"],
        "category": p["category"], "price": money(p["price_minor"], p["currency"]),
        "compare_at_price": money(p["compare_at_minor"], p["currency"]), "active": p["active"],
        "variants": [], "created_at": when(p["created_at"]), "updated_at": when(p["updated_at"]),
    }, ensure_ascii=False, separators=(",", ":"))
    body = f'{body[:-1]},"translations":{p["texts"] or "{}"},"images":{p["images"] or "[]"}}}'
    return Response(body, media_type="application/json",
                    headers={"ETag": f'"{p["version"]}"', "Cache-Control": "no-store"})
