#!/usr/bin/python3
"""An RTSP server that plays a H.264 MP4 once; run with the system's Python.

    /usr/bin/python3 rtsp_server.py clip.mp4 [--port 8554] [--user NAME --password SECRET]

Prints "ready PORT" when it answers at rtsp://127.0.0.1:PORT/live. A file that ends in .h264 is played
as a raw stream, whose pictures may change their size on the way. It ends with its standard input.
Needs python3-gi, gir1.2-gst-rtsp-server-1.0 and GStreamer's good and bad plug-ins.
"""

import argparse
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

PATH = "/live"
DEMUXER = {"mp4": "qtdemux !", "h264": ""}
PAYLOADER = "h264parse config-interval=-1 ! rtph264pay name=pay0 pt=96"


def protect(
    server: GstRtspServer.RTSPServer, factory: GstRtspServer.RTSPMediaFactory, user: str, password: str
) -> None:
    """Asks for name and password, as basic or digest, whichever the client can."""
    token = GstRtspServer.RTSPToken()
    token.set_string(GstRtspServer.RTSP_TOKEN_MEDIA_FACTORY_ROLE, user)
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    auth.add_digest(user, password, token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role(user, GstRtspServer.RTSP_PERM_MEDIA_FACTORY_ACCESS, True)
    permissions.add_permission_for_role(user, GstRtspServer.RTSP_PERM_MEDIA_FACTORY_CONSTRUCT, True)
    factory.set_permissions(permissions)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clip")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--user", default="")
    parser.add_argument("--password", default="")
    options = parser.parse_args()

    Gst.init(None)
    kind = options.clip.rpartition(".")[2]
    factory = GstRtspServer.RTSPMediaFactory(shared=True)
    factory.set_launch(f'( filesrc location="{options.clip}" ! {DEMUXER[kind]} {PAYLOADER} )')
    server = GstRtspServer.RTSPServer(address="127.0.0.1", service=str(options.port))
    server.get_mount_points().add_factory(PATH, factory)
    if options.user:
        protect(server, factory, options.user, options.password)
    if not server.attach(None):
        print(f"port {options.port} is taken", file=sys.stderr)
        return 1
    print("ready", server.get_bound_port(), flush=True)
    main_loop = GLib.MainLoop()
    GLib.io_add_watch(
        sys.stdin.fileno(), GLib.PRIORITY_DEFAULT, GLib.IOCondition.HUP, lambda *_: main_loop.quit()
    )
    main_loop.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
