"""The demonstration's web server: gunicorn, on this machine only."""

from gunicorn.app.base import BaseApplication


class DemoServer(BaseApplication):
    """gunicorn with options given here, deaf to its configuration files and command line."""

    def __init__(self, options):
        self.options = options
        super().__init__()

    def load_config(self):
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self):
        from cartographie.wsgi import application  # in the worker, after the fork

        return application


def serve(port):
    """Serve on 127.0.0.1:`port` until interrupted; does not return."""
    DemoServer(
        {
            "bind": f"127.0.0.1:{port}",
            "worker_class": "gthread",
            "workers": 2,
            "threads": 4,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
    ).run()
