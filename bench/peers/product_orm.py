"""The product read in FastAPI with SQLAlchemy's ORM over asyncpg, as its manual shows it: mapped
classes, related rows by selectinload, one session and transaction a request, statements prepared
and compiled once.
"""
import os

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy import BigInteger, Boolean, Column, DateTime, ForeignKey, ForeignKeyConstraint
from sqlalchemy import Integer, LargeBinary, Text, func, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import declarative_base, relationship, selectinload, sessionmaker

from common import Front, money, when

Base = declarative_base()


class Product(Base):
    __tablename__ = "product"
    vendor_id = Column(BigInteger, primary_key=True)
    id = Column(BigInteger, primary_key=True)
    sku = Column(Text)
    gtin = Column(Text)
    brand = Column(Text)
    category = Column(Text)
    price_minor = Column(BigInteger)
    compare_at_minor = Column(BigInteger)
    currency = Column(Text)
    active = Column(Boolean)
    version = Column(BigInteger)
    created_at = Column(DateTime(timezone=True))
    updated_at = Column(DateTime(timezone=True))
    texts = relationship("ProductText")
    images = relationship("ProductImage", order_by="ProductImage.position")


class ProductText(Base):
    __tablename__ = "product_text"
    __table_args__ = (
        ForeignKeyConstraint(["vendor_id", "product_id"], ["product.vendor_id", "product.id"]),
    )
    vendor_id = Column(BigInteger, primary_key=True)
    product_id = Column(BigInteger, primary_key=True)
    language = Column(Text, primary_key=True)
    title = Column(Text)
    description = Column(Text)
    slug = Column(Text)


class ImageFile(Base):
    __tablename__ = "image_file"
    hash = Column(LargeBinary, primary_key=True)
    width = Column(Integer)
    height = Column(Integer)
    bytes = Column(BigInteger)
    width_800 = Column(Integer)
    height_800 = Column(Integer)
    bytes_800 = Column(BigInteger)
    width_200 = Column(Integer)
    height_200 = Column(Integer)
    bytes_200 = Column(BigInteger)


class ProductImage(Base):
    __tablename__ = "product_image"
    __table_args__ = (
        ForeignKeyConstraint(["vendor_id", "product_id"], ["product.vendor_id", "product.id"]),
    )
    vendor_id = Column(BigInteger, primary_key=True)
    id = Column(BigInteger, primary_key=True)
    product_id = Column(BigInteger)
    hash = Column(LargeBinary, ForeignKey("image_file.hash"))
    position = Column(Integer)
    alt = Column(Text)
    file = relationship("ImageFile", lazy="joined", innerjoin=True)


engine = create_async_engine(
    f"postgresql+asyncpg://souk_app@/souk?host={os.environ['PEER_PG_HOST']}",
    pool_size=4, max_overflow=0,
)
Session = sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)
app = FastAPI(openapi_url=None)
front = Front()


@app.on_event("startup")
async def start():
    await front.open()


def image(i):
    name = i.hash.hex()
    name = f"/media/products/{name[:2]}/{name[2:4]}/{name}"
    f = i.file
    return {
        "id": str(i.id), "position": i.position, "alt": i.alt, "pending": f.bytes is None,
        "original": {"url": f"{name}_original.webp", "width": f.width, "height": f.height,
                     "bytes": f.bytes},
        "800": {"url": f"{name}_800.webp", "width": f.width_800, "height": f.height_800,
                "bytes": f.bytes_800},
        "200": {"url": f"{name}_200.webp", "width": f.width_200, "height": f.height_200,
                "bytes": f.bytes_200},
    }


@app.get("/{peer}/products/{product}")
async def get_product(product: int, request: Request):
    vendor = await front.ask(request.headers["x-real-ip"], request.cookies.get("session", ""))
    if vendor is False:
        return Response(status_code=429)
    if vendor is None:
        return Response(status_code=401)
    async with Session() as s, s.begin():
        await s.execute(select(func.set_config("souk.vendor", vendor, True)))
        p = (await s.execute(
            select(Product).where(Product.vendor_id == int(vendor), Product.id == product)
            .options(selectinload(Product.texts), selectinload(Product.images))
        )).scalar_one_or_none()
    if p is None:
        return Response(status_code=404)
    return JSONResponse({
        "id": str(p.id), "sku": p.sku, "gtin": p.gtin, "brand": p.brand, "category": p.category,
        "price": money(p.price_minor, p.currency),
        "compare_at_price": money(p.compare_at_minor, p.currency), "active": p.active,
        "translations": {t.language: {"title": t.title, "description": t.description,
                                      "slug": t.slug} for t in p.texts},
        "images": [image(i) for i in p.images], "variants": [],
        "created_at": when(p.created_at), "updated_at": when(p.updated_at),
    }, headers={"ETag": f'"{p.version}"', "Cache-Control": "no-store"})
