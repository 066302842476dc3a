"""Certificates made by openssl, right ones and wrong ones, and the callers they stand for."""

import ssl
import subprocess

from rules import tool

CONFIGURATION = """\
[ca]
default_ca = authority
[authority]
dir = {folder}
new_certs_dir = {folder}
database = {folder}/index.txt
serial = {folder}/serial
certificate = {folder}/ca.pem
private_key = {folder}/ca.key
default_md = sha256
default_days = {days}
policy = anything
unique_subject = no
copy_extensions = none
[anything]
commonName = optional
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
"""


class Authority:
    """A certificate authority in a folder. What it issues is good for `days`, as it is itself."""

    def __init__(self, folder, days=2):
        self.folder = folder
        self.configuration = folder / "openssl.cnf"
        self.configuration.write_text(CONFIGURATION.format(folder=folder, days=days))
        (folder / "index.txt").touch()
        (folder / "serial").write_text("1000\n")
        self.key("ca")
        # One key for all: what is wrong with a certificate is never its key.
        self.key("client")
        self.openssl(
            "req", "-x509", "-config", self.configuration, "-extensions", "root", "-key", folder / "ca.key",
            "-subj", "/CN=Attack CA", "-days", str(days), "-out", folder / "ca.pem")

    def openssl(self, *arguments):
        done = subprocess.run([tool("openssl"), *map(str, arguments)], capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError(f"openssl {arguments[0]}: {done.stderr}")
        return done.stdout

    def key(self, name):
        self.openssl(
            "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", self.folder / f"{name}.key")

    def issue(self, name, *alternative_names, usage="clientAuth", begins=None, ends=None):
        """Certificate and key of names such as URI:spiffe://… or DNS:…; an empty one is left out."""
        request, extensions = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
        certificate = self.folder / f"{name}.pem"
        self.openssl(
            "req", "-new", "-config", self.configuration, "-key", self.folder / "client.key", "-subj", f"/CN={name}",
            "-out", request)
        lines = ["basicConstraints = CA:FALSE", f"extendedKeyUsage = {usage}"]
        names = [each.split(":", 1) for each in alternative_names if each]
        if names:
            lines += ["subjectAltName = @names", "[names]"]
            lines += [f"{kind}.{number} = {value}" for number, (kind, value) in enumerate(names, start=1)]
        extensions.write_bytes("\n".join(lines).encode("latin-1") + b"\n")
        dates = ["-startdate", begins, "-enddate", ends] if begins else []
        self.openssl(
            "ca", "-batch", "-notext", "-config", self.configuration, "-extfile", extensions, "-in", request,
            "-out", certificate, *dates)
        return certificate, self.folder / "client.key"

    def serial(self, certificate):
        return self.openssl("x509", "-noout", "-serial", "-in", certificate[0]).strip().removeprefix("serial=")

    def server_section(self, revoked=None):
        """The `tls:` part of a server's configuration: its own certificate from `init`, clients from here."""
        section = (
            "tls:\n  certificate: tls/server.pem\n  key: tls/server.key\n"
            f"  client_ca: {self.folder / 'ca.pem'}\n")
        return section + (f"  revoked_serials: {revoked}\n" if revoked else "")

    def callers(self, tenants='"*"', **scopes):
        """The `callers:` part: spiffe://attack.test/NAME for each name with its scopes."""
        return "callers:\n" + "".join(
            self.caller(name.replace("_", "-"), tenants, words) for name, words in scopes.items())

    @staticmethod
    def caller(name, tenants, scopes):
        return (
            f"  - identity: spiffe://attack.test/{name}\n    name: {name}\n    tenants: {tenants}\n"
            f"    scopes: {scopes}\n")


def client_context(server, certificate=None):
    """A client of the server that shows a certificate, or none."""
    context = ssl.create_default_context(cafile=server.folder / "tls" / "ca.pem")
    if certificate is not None:
        context.load_cert_chain(*certificate)
    return context
