# SPDX-License-Identifier: Apache-2.0
"""The temporary directory of the comparison."""

import base64
import getpass
import os
import secrets
import shutil
import tempfile

from .peers import PROJECT


class Place:
    """Where sockets, stores and logs are. `owner`: the user that PHP runs as, when not the present one."""

    def __init__(self, owner=None):
        self.directory = tempfile.mkdtemp(prefix="cloakroom-bench-")
        # PHP-FPM's user has to get at the sockets; what is secret has permissions of its own.
        os.chmod(self.directory, 0o711)
        self.owner = owner
        self.handler_key = base64.b64encode(secrets.token_bytes(32)).decode()
        self.php_client = self._copy_of_php_client()
        # Where PHP-FPM's user may read it, which the project's directory need not be.
        self.encrypted_files = shutil.copy(os.path.join(PROJECT, "Benchmarks/handlers/encrypted-files.php"), self.directory)
        self.key_file = os.path.join(self.directory, "key")
        with open(os.open(self.key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(base64.b64encode(secrets.token_bytes(32)).decode())

    def _copy_of_php_client(self):
        """As installed: only what PHP needs, where every user may read it."""
        source, target = os.path.join(PROJECT, "php-client"), os.path.join(self.directory, "php-client")
        shutil.copytree(os.path.join(source, "src"), os.path.join(target, "src"))
        for name in ("prepend.php", "classes.php"):
            shutil.copy(os.path.join(source, name), target)
        return target

    def path(self, *names):
        return os.path.join(self.directory, *names)

    def socket(self, server):
        return self.path(f"{server}.sock")

    def make(self, name):
        """A directory that only PHP's user may use."""
        path = self.path(name)
        if not os.path.isdir(path):
            os.mkdir(path, 0o700)
            if self.owner is not None:
                shutil.chown(path, self.owner)
        return path

    def log(self, name):
        return self.path(f"{name}.log")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.directory, ignore_errors=True)


def present_user():
    return getpass.getuser()
