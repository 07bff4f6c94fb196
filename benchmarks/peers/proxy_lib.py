"""fastapi-proxy-lib as its documentation starts, one service; from the peers' environment."""

from __future__ import annotations

import os

from fastapi_proxy_lib.fastapi.app import reverse_http_app  # type: ignore[import-not-found]

app = reverse_http_app(base_url=os.environ["PEER_DOWNSTREAM"] + "/")
