"""nginx on 127.0.0.1, showing a folder, with a log of what it answered."""
import os
import re
import shutil
import socket
import subprocess
import tempfile

import rig

NGINX = """daemon off; master_process off; pid {0}/nginx.pid;
error_log {0}/error.log;
events {{ worker_connections 512; }}
http {{
  types {{ text/html html; application/atom+xml atom;
    application/rss+xml rss; application/feed+json json; }}
  default_type text/html; charset utf-8; gzip on; gzip_min_length 1;
  client_body_temp_path {0}/t1; proxy_temp_path {0}/t2;
  fastcgi_temp_path {0}/t3; uwsgi_temp_path {0}/t4; scgi_temp_path {0}/t5;
  log_format facts '$uri $status $connection $connection_requests '
    '"$http_if_none_match" "$sent_http_content_encoding" "$sent_http_etag"';
  access_log {0}/access.log facts;
  keepalive_timeout {1};
  server {{ {2} root {0}/root; }}
}}
"""


def free_ports(count):
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in held]
    for s in held:
        s.close()
    return ports


class Nginx:
    def __init__(self, hosts=1, keep="60s"):
        program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
        if program is None:
            raise rig.Skip("no nginx")
        self.folder = tempfile.mkdtemp(prefix="metrofeed-nginx-")
        os.chmod(self.folder, 0o755)
        os.mkdir(self.folder + "/root")
        self.ports = free_ports(hosts)
        listen = " ".join("listen 127.0.0.1:%d;" % p for p in self.ports)
        with open(self.folder + "/nginx.conf", "w", encoding="ascii") as f:
            f.write(NGINX.format(self.folder, keep, listen))
        self.process = subprocess.Popen(
            [program, "-p", self.folder, "-c", self.folder + "/nginx.conf"],
            stderr=subprocess.DEVNULL)
        rig.wait_for("nginx", self.answers)

    def answers(self):
        try:
            socket.create_connection(("127.0.0.1", self.ports[-1])).close()
            return True
        except OSError:
            return False

    def show(self, name, body):
        path = self.folder + "/root/" + name
        with open(path + ".new", "wb") as f:
            f.write(body)
        os.rename(path + ".new", path)

    def lines(self):
        with open(self.folder + "/access.log", encoding="utf-8") as f:
            return [re.match(r'(\S+) (\d+) (\d+) (\d+) "([^"]*(?:\\x22[^"]*)*)"'
                             r' "([^"]*)" "(.*)"$', line).groups()
                    for line in f if line.endswith("\n")]

    def stop(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
