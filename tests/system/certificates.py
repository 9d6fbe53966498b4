"""Certificates that are not to be trusted: the feed stays, nobody goes on
unverified, and `tls` mends what can be mended.
"""
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import fault_server  # noqa: E402
import rig  # noqa: E402

CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def make_more(folder):
    """One that signed itself; one whose chain leaves out its middle."""
    def at(name):
        return os.path.join(folder, name)

    def extension(name, text):
        with open(at(name), "w", encoding="ascii") as f:
            f.write(text + "\n")
        return at(name)
    names = "subjectAltName=IP:127.0.0.1"
    fault_server.openssl(
        "req", "-x509", *CURVE, "-keyout", at("self.key"), "-out",
        at("self.pem"), "-days", "2", "-subj", "/CN=self", "-addext", names)
    for name, ca, ext in (
            ("middle", "ca", extension("middle.ext",
                                       "basicConstraints=critical,CA:TRUE")),
            ("chain", "middle", extension("chain.ext", names))):
        fault_server.openssl("req", *CURVE, "-keyout", at(name + ".key"),
                             "-out", at(name + ".csr"), "-subj", "/CN=" + name)
        fault_server.openssl(
            "x509", "-req", "-in", at(name + ".csr"), "-CA", at(ca + ".pem"),
            "-CAkey", at(ca + ".key"), "-CAcreateserial", "-extfile", ext,
            "-days", "2", "-out", at(name + ".pem"))


class Hosts:
    def __init__(self, folder):
        try:
            fault_server.make_certificates(folder)
            make_more(folder)
        except (OSError, subprocess.CalledProcessError) as reason:
            raise rig.Skip("no openssl: %s" % reason) from reason
        self.folder = folder
        self.server = fault_server.FaultServer().start()
        self.sections = {}
        self.later = {}

    def add(self, name, now, path="/turn/listing", later=None, tls=None):
        """A host with the certificate `now`, and another one `later`."""
        port = self.server.listen(fault_server.tls_context(self.folder, now))
        self.later[name] = (self.server.listeners[-1], later or now)
        tls = tls or "ca-file: %s" % os.path.join(self.folder, "ca.pem")
        self.sections[name] = "{url: 'https://127.0.0.1:%d%s', tls: {%s}}" % (
            port, path, tls)

    def turn_bad(self):
        for listener, name in self.later.values():
            listener.context = fault_server.tls_context(self.folder, name)
        self.server.bad.set()

    def ca(self, name):
        return "ca-file: %s" % os.path.join(self.folder, name + ".pem")


# What the section's certificate becomes, and what the status says of it.
BAD = {
    "expired": ("expired", "certificate: .*expired"),
    "wrong-name": ("wrong", "certificate: .*(match|subject name)"),
    "self-signed": ("self", "certificate: .*self.signed"),
    "cut-chain": ("chain", "certificate: .*(local issuer|first certificate)"),
}


def bad_certificates_keep_the_feed():
    with tempfile.TemporaryDirectory() as folder:
        hosts = Hosts(folder)
        for name, (later, _) in BAD.items():
            hosts.add(name, "good", later=later)
        hosts.add("to-http", "good",
                  "/turn/redirect?to=" + hosts.server.url("/secret"))
        hosts.add("good", "good", "/close-after")
        it = rig.Rig(hosts.server.url("/"), hosts.sections)
        try:
            it.start()
            rig.wait_for("the feeds", lambda: all(
                os.path.exists(it.path(name)) for name in hosts.sections))
            before = {name: it.feed(name) for name in hosts.sections}
            hosts.turn_bad()
            expected = {name: words for name, (_, words) in BAD.items()}
            expected["to-http"] = "redirected from https to http.*refused"
            for name, words in expected.items():
                rig.wait_for("a failure: " + name,
                             lambda n=name: it.status(n)["failures"] > 1)
                status = it.status(name)
                assert re.search(words, status["reason"]), status
                assert it.feed(name).same_file(before[name]), name
                assert status["verified"], status
            # and nobody asked for a page in spite of it
            rounds = it.status("good")["last-round"]
            rig.wait_for("the good one goes on", lambda: it.status(
                "good")["last-round"] > rounds)
            assert it.status("good")["state"] == "good"
            counts = hosts.server.log()["counts"]
            assert "/secret" not in counts, "https fell to http"
            assert not it.said("not verified")
            assert it.stop() == 0
        finally:
            it.close()
            hosts.server.stop()


def a_ca_file_mends_and_nothing_is_dropped_in_silence():
    with tempfile.TemporaryDirectory() as folder:
        hosts = Hosts(folder)
        hosts.add("self-signed", "self", tls=hosts.ca("self"))
        hosts.add("cut-chain", "chain", tls=hosts.ca("middle"))
        hosts.add("other-ca", "good", tls=hosts.ca("self"))
        hosts.add("unverified", "expired", tls="verify: false")
        it = rig.Rig(hosts.server.url("/"), hosts.sections)
        try:
            it.start()
            mended = ("self-signed", "cut-chain", "unverified")
            rig.wait_for("the feeds", lambda: all(
                os.path.exists(it.path(name)) for name in mended))
            rig.wait_for("a refusal", lambda: it.status(
                "other-ca")["failures"] > 0)
            assert "certificate: " in it.status("other-ca")["reason"]
            assert not os.path.exists(it.path("other-ca"))
            for name in hosts.sections:
                assert it.status(name)["verified"] == (name != "unverified")
            shown = it.call("status").stdout
            assert shown.count("certificates are not verified") == 1, shown

            def times_said():
                with open(it.log, encoding="utf-8") as f:
                    return f.read().count(
                        "paper/unverified: certificates are not verified")
            assert times_said() == 1
            assert it.stop() == 0
            it.start()
            rig.wait_for("said at each start", lambda: times_said() == 2)
            assert it.stop() == 0
        finally:
            it.close()
            hosts.server.stop()


if __name__ == "__main__":
    sys.exit(rig.run([
        bad_certificates_keep_the_feed,
        a_ca_file_mends_and_nothing_is_dropped_in_silence,
    ]))
