"""nginx before the trees: configuration and start.

What a tree lacks is asked of the mirror behind it; it is not there where there is no mirror.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass

CONFIGURATION = """
daemon off; worker_processes 1; pid {run}/nginx.pid; error_log {run}/nginx.log warn; {user}
events {{ worker_connections 4096; }}
http {{
  client_body_temp_path {run}/body; proxy_temp_path {run}/proxy; fastcgi_temp_path {run}/fastcgi;
  uwsgi_temp_path {run}/uwsgi; scgi_temp_path {run}/scgi;
  log_format line '$status $body_bytes_sent $request_uri'; access_log {log} line;
  sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 1000000; keepalive_timeout 300;
  etag on; if_modified_since off; gzip_vary off;
  types {{ text/html html; application/vnd.pypi.simple.v1+json json; }} default_type application/octet-stream;
  map $http_accept $form {{ default html; "~application/vnd\\.pypi\\.simple\\.v1\\+json" json; }}
  server {{
    {listen}
    root {root};
    location ~ ^/(?<tree>[^/]+)/simple/(?<project>[^/]+)/$ {{
      try_files /$tree/simple/$project/index.$form {lacking}; gzip_static on;
      add_header Cache-Control "max-age=600, public"; add_header Vary "Accept, Accept-Encoding"; }}
    location ~ ^/(?<tree>[^/]+)/plain/(?<project>[^/]+)/$ {{
      try_files /$tree/simple/$project/plain.html {lacking}; gzip_static on;
      add_header Cache-Control "max-age=600, public"; add_header Vary "Accept-Encoding"; }}
    location ~ ^/[^/]+/files/ {{
      try_files $uri {lacking}; types {{}} default_type application/octet-stream;
      add_header Cache-Control "max-age=365000000, immutable, public"; }}
    location @mirror {{
      proxy_pass http://127.0.0.1:{mirror}; proxy_read_timeout 600s; proxy_max_temp_file_size 0; }}
    location / {{ return 404; }}
  }}
}}
"""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where things listen on loopback."""

    plain: int
    tls: int
    mirror: int


def find_nginx() -> str | None:
    """Return the program, which is often outside of PATH; None without one."""
    return shutil.which(
        "nginx", path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
    )


def configuration(
    root: str,
    run: str,
    log: str,
    ports: Ports,
    certificate: tuple[str, str] | None,
    *,
    has_mirror: bool,
) -> str:
    """Return the configuration: HTTP/1.1 on one port; with a certificate and its key HTTP/2 on another.

    Without a mirror what a tree lacks is answered with 404.
    """
    listen = f"listen 127.0.0.1:{ports.plain} backlog=1024;"

    if certificate is not None:
        chain, key = certificate
        listen += (
            f" listen 127.0.0.1:{ports.tls} ssl http2; ssl_certificate {chain}; ssl_certificate_key {key};"
        )
        listen += " ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache shared:sessions:1m;"

    # A worker that is nobody could not read a cache folder of root's.
    user = "user root;" if hasattr(os, "getuid") and os.getuid() == 0 else ""

    lacking = "@mirror" if has_mirror else "=404"

    return CONFIGURATION.format(
        run=run, log=log, root=root, mirror=ports.mirror, lacking=lacking, listen=listen, user=user
    )


def start_nginx(program: str, run: str, text: str) -> subprocess.Popen[bytes]:
    """Start nginx in the foreground of a child, with its files below ``run``."""
    path = os.path.join(run, "nginx.conf")

    with open(path, "w", encoding="utf-8") as file:
        file.write(text)

    return subprocess.Popen([program, "-p", run, "-c", path], stdin=subprocess.DEVNULL)


def make_certificate(run: str) -> tuple[str, str]:
    """Return the paths of a new certificate for loopback and its key; raises CalledProcessError, OSError."""
    chain, key = os.path.join(run, "certificate.pem"), os.path.join(run, "key.pem")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
            *("-keyout", key, "-out", chain, "-days", "30", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
            *("-addext", "basicConstraints=critical,CA:FALSE"),
        ],
        check=True,
        capture_output=True,
    )

    return chain, key
