"""A warm process of a round: it has nothing to import, and forks quick workers. The scheduler says where they are."""

import os

from tampered_worker import be_worker

from bertft_tui.core.training.downloads import end_children
from bertft_tui.core.training.fork_server import serve

if __name__ == "__main__":
    code = serve(lambda: None, be_worker)
    end_children()
    os._exit(code)
