"""Workers act: one module per kind of job (index pages, downloads, wheels, builds, git, bytecode). They decide nothing."""
