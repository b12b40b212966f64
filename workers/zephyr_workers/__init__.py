"""Workers act: one module per kind of job (index pages, downloads, wheels, bytecode). They decide nothing."""
