"""Workers act, and decide nothing: one module per kind of job: pages, downloads, wheels, builds, bytecode."""
