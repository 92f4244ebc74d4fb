"""The pages on which a person reads a service's API: everything they load comes from the service itself.

`/docs` is Swagger UI and `/redoc` is ReDoc, as FastAPI has them, without another host's script: a page of a system
that holds health data runs nothing that somebody else can change, and works without the internet.
"""

from __future__ import annotations

from pathlib import Path

import fastapi_offline
from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse, Response
from fastapi.staticfiles import StaticFiles

STATIC = "/docs-static"
FILES = Path(fastapi_offline.__file__).parent / "static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; worker-src blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}

_SWAGGER = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{{title}}</title>
<link rel="stylesheet" href="{STATIC}/swagger-ui.css">
<link rel="icon" href="{STATIC}/favicon.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="{STATIC}/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
_START = """SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  layout: "BaseLayout",
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIBundle.SwaggerUIStandalonePreset],
});
"""
_REDOC = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{{title}}</title>
<link rel="icon" href="{STATIC}/favicon.png">
</head>
<body>
<redoc spec-url="/openapi.json"></redoc>
<script src="{STATIC}/redoc.standalone.js"></script>
</body>
</html>
"""


def install(app: FastAPI) -> None:
    """Add the pages to an application made with `docs_url=None, redoc_url=None`."""
    pages = APIRouter(include_in_schema=False)

    @pages.get("/docs")
    async def swagger() -> Response:
        return HTMLResponse(_SWAGGER.format(title=app.title), headers=HEADERS)

    @pages.get("/docs/start.js")
    async def start() -> Response:
        return Response(_START, media_type="text/javascript", headers=HEADERS)

    @pages.get("/redoc")
    async def redoc() -> Response:
        return HTMLResponse(_REDOC.format(title=app.title), headers=HEADERS)

    app.include_router(pages)
    app.mount(STATIC, StaticFiles(directory=FILES), name="docs-static")
