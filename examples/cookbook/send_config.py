#!/usr/bin/env python3
"""The client of "Configuration server example" in Python's logging cookbook.

Sends a file to config_server.ts as its new logging configuration, with its length before it:

    python3 examples/cookbook/send_config.py FILE [PORT]

The cookbook's own script is from Python 2: here the file is read as bytes, and the port can be
given.
"""
import socket, sys, struct

data_to_send = open(sys.argv[1], 'rb').read()

HOST = 'localhost'
PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 9999
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
print('connecting...')
s.connect((HOST, PORT))
print('sending config...')
s.sendall(struct.pack('>L', len(data_to_send)))
s.sendall(data_to_send)
s.close()
print('complete')
