"""The floor: a bare Flask page and a bare durable insert, behind the very same server."""

import sqlite3
import sys
import threading

from flask import Flask, Response

from grievance.web.serve import serve

PAGE = b"<!doctype html><title>floor</title><p>" + b"constant words " * 680


def make(path: str) -> Flask:
    """One constant page of 10 kB, one durable insert."""
    app = Flask("floor")
    lock, local = threading.Lock(), threading.local()

    @app.get("/page")
    def page() -> Response:
        return Response(PAGE, mimetype="text/html")

    @app.post("/insert")
    def insert() -> Response:
        if not hasattr(local, "db"):
            local.db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            local.db.execute("PRAGMA journal_mode=WAL")
            local.db.execute("PRAGMA synchronous=FULL")
            local.db.execute("CREATE TABLE IF NOT EXISTS t (a BLOB)")
        with lock:
            local.db.execute("BEGIN IMMEDIATE")
            local.db.execute("INSERT INTO t VALUES (?)", (b"x" * 3000,))
            local.db.execute("COMMIT")
        return Response("kept", mimetype="text/plain")

    return app


if __name__ == "__main__":
    serve(make(sys.argv[1]), "127.0.0.1:0", 8, lambda address: print(address, flush=True))
