"""The snippets of config/web, each in the server that it is for: a feed comes
with its media type and an ETag, a second request is a 304, news is a 200 again,
a file that is being written stays hidden."""
import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import rig  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
SNIPPETS = os.path.join(HERE, "..", "..", "config", "web")
SITE = "    article-link: /article/{id}\n    formats: [atom, rss, json]\n"
TYPES = {".atom": "application/atom+xml", ".rss": "application/rss+xml",
         ".json": "application/feed+json"}


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def snippet(name, output, changes):
    """As it is shipped, but for the address and the folder."""
    with open(os.path.join(SNIPPETS, name), encoding="utf-8") as file:
        text = file.read()
    for old, new in [("/var/lib/metrofeed/feeds", output), *changes]:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


class Server:
    """Started with the snippet, in a folder of its own."""

    def __init__(self, name, command, files):
        program = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin")
        if program is None:
            raise rig.Skip(f"no {name}")
        self.folder = tempfile.mkdtemp(prefix=f"metrofeed-{name}-")
        for file, text in files.items():
            with open(os.path.join(self.folder, file), "w",
                      encoding="utf-8") as out:
                out.write(text.replace("FOLDER", self.folder))
        self.log = open(os.path.join(self.folder, "log"), "wb")
        self.process = subprocess.Popen(
            [program, *(word.replace("FOLDER", self.folder)
                        for word in command)],
            stdout=self.log, stderr=self.log,
            env={**os.environ, "HOME": self.folder,
                 "XDG_DATA_HOME": self.folder,
                 "XDG_CONFIG_HOME": self.folder})

    def close(self):
        self.process.terminate()
        self.process.wait(20)
        self.log.close()
        shutil.rmtree(self.folder)


def nginx(output, port):
    return Server("nginx", ["-p", "FOLDER", "-c", "FOLDER/main.conf",
                            "-e", "FOLDER/log"], {
        "main.conf":
            "daemon off; master_process off; pid FOLDER/pid;\n"
            "error_log FOLDER/log;\n"
            "events {}\nhttp { access_log off; "
            "client_body_temp_path FOLDER/a; proxy_temp_path FOLDER/b; "
            "fastcgi_temp_path FOLDER/c; uwsgi_temp_path FOLDER/d; "
            "scgi_temp_path FOLDER/e; include FOLDER/metrofeed.conf; }\n",
        "metrofeed.conf": snippet("nginx.conf", output, [
            ("listen 80;", f"listen 127.0.0.1:{port};")]),
    })


def caddy(output, port):
    return Server("caddy", ["run", "--adapter", "caddyfile", "--config",
                            "FOLDER/Caddyfile"], {
        "Caddyfile": "{\n\tadmin off\n\tauto_https off\n}\n" + snippet(
            "Caddyfile", output, [("\nfeeds.example.net {",
                                   f"\nhttp://127.0.0.1:{port} {{")]),
    })


def get(port, path, method="GET", **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, headers={
        name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def is_up(port):
    try:
        get(port, "/")
        return True
    except OSError:
        return False


def serves(start):
    room = rig.Newsroom("--pace", "100000")
    it = rig.Rig(room.url, {"policy": "/newsList/222"}, SITE)
    server = None
    try:
        it.once()
        output = os.path.dirname(os.path.dirname(it.path("policy")))
        port = free_port()
        server = start(output, port)
        rig.wait_for("the server", lambda: is_up(port))
        for extension, media_type in TYPES.items():
            url = "/paper/policy" + extension
            answer, body = get(port, url)
            assert answer.status == 200, answer.status
            with open(it.path("policy", extension), "rb") as file:
                assert body == file.read(), url
            given = answer.getheader("Content-Type").replace(" ", "").lower()
            assert given == media_type + ";charset=utf-8", given
            assert answer.getheader("X-Robots-Tag") == "noindex"
            assert "max-age=300" in answer.getheader("Cache-Control")
            etag = answer.getheader("ETag")
            assert get(port, url, If_None_Match=etag)[0].status == 304, url
            packed, some = get(port, url, Accept_Encoding="gzip")
            assert packed.getheader("Content-Encoding") == "gzip", url
            assert len(some) < len(body)
            again = get(port, url, Accept_Encoding="gzip",
                        If_None_Match=packed.getheader("ETag"))[0]
            assert again.status == 304, again.status
            assert get(port, url, "DELETE")[0].status in (403, 405)
        url, etag = "/paper/policy.atom", get(
            port, "/paper/policy.atom")[0].getheader("ETag")
        room.control(do="publish", section="222", n=1)
        it.once()
        news, body = get(port, url, If_None_Match=etag)
        assert news.status == 200 and news.getheader("ETag") != etag
        hidden = os.path.join(output, "paper", ".policy.metrofeed-0.tmp")
        with open(hidden, "w", encoding="ascii") as file:
            file.write("half")
        assert get(port, "/paper/.policy.metrofeed-0.tmp")[0].status == 404
        os.unlink(hidden)
    finally:
        if server is not None:
            server.close()
        it.close()
        room.stop()


def nginx_serves_the_feeds():
    serves(nginx)


def caddy_serves_the_feeds():
    serves(caddy)


rig.run([nginx_serves_the_feeds, caddy_serves_the_feeds])
